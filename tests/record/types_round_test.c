/* What a type prints it reads back, for random values of every type; and what it reads from random words it prints back.
** The generator is seeded, so a failure repeats. */
#include "types_sample.h"

#include <stdio.h>

static uint64_t seed = 20260317;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int64_t between(int64_t least, int64_t most)
{
    return least + (int64_t)(next() % (uint64_t)(most - least + 1));
}

/* Any number of digits is as likely as any other, so small values and the ends appear. */
static int64_t number_to(int64_t most)
{
    int64_t value = (int64_t)(next() >> between(1, 63));
    return next() % 20 == 0 ? most : value % (most + 1);
}

static const char *random_text(struct arena *arena, int least, int most, bool lines)
{
    static const char *const pieces[] = { "a",  "B",  "7", " ", "中", "（", "，", "𠮷", "|",
                                          "\\", "\"", "'", "=", "、", ";",  "é",  "\n", "\t" };
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    int count = (int)between(least, most);
    for (int i = 0; i < count; i++) {
        bool inner = i > 0 && i + 1 < count;
        const char *piece = pieces[next() % (lines && inner ? COUNT(pieces) : COUNT(pieces) - 2)];
        text_str(&out, *piece == ' ' && !inner ? "x" : piece);
    }
    return arena_str(arena, text_get(&out));
}

static const char *random_phone(struct arena *arena)
{
    switch (next() % 4) {
    case 0: return arena_printf(arena, "1%lld%09lld", (long long)between(3, 9), (long long)between(0, 999999999));
    case 1:
        return arena_printf(arena, "0%lld%lld%0*lld", (long long)between(310, 998), (long long)between(2, 9),
                            (int)between(6, 7), (long long)between(0, 999999));
    case 2:
        return arena_printf(arena, "02%lld%lld-%lld", (long long)between(0, 9), (long long)between(20000000, 99999999),
                            (long long)between(1, 999999));
    default: return arena_printf(arena, "%s%07lld", next() % 2 ? "400" : "800", (long long)between(0, 9999999));
    }
}

static const char *random_id(struct arena *arena)
{
    int year, month, dom;
    day_to_ymd(between(day_from_ymd(1900, 1, 1), day_from_ymd(2100, 1, 1)), &year, &month, &dom);
    for (int c = 0;; c++) {
        const char *number = arena_printf(arena, "%06lld%04d%02d%02d%03d%c", (long long)370211, year, month, dom,
                                          (int)(seed % 1000), "0123456789X"[c]);
        if (id_number_valid(number))
            return number;
    }
}

static const char *random_set(struct arena *arena)
{
    AUTO_TEXT out = TEXT_LIMIT(1000);
    uint64_t bits = next() % 15 + 1;
    text_char(&out, ',');
    for (size_t i = 0; i < 4; i++)
        if (bits >> i & 1)
            text_printf(&out, "%s,", sample_flag_items[i].code);
    return arena_str(arena, text_get(&out));
}

static const char *random_files(struct arena *arena)
{
    int64_t first = number_to(INT64_MAX / 16) + 1;
    switch (next() % 3) {
    case 0: return arena_printf(arena, ",%lld,", (long long)first);
    case 1: return arena_printf(arena, ",%lld,%lld,", (long long)first + 1, (long long)first);
    default:
        return arena_printf(arena, ",%lld,%lld,%lld,", (long long)first, (long long)first + 7, (long long)first + 1);
    }
}

static struct lines *random_people(struct arena *arena)
{
    struct lines *lines = ARENA_NEW(arena, struct lines);
    lines->count = (size_t)between(1, 4);
    struct person *p = ARENA_ARRAY(arena, struct person, lines->count);
    lines->rows = p;
    for (size_t i = 0; i < lines->count; i++) {
        set(&p[i], name, random_text(arena, 1, 12, false));
        if (next() % 2)
            set(&p[i], post, random_text(arena, 1, 10, false));
        if (next() % 2)
            set(&p[i], phone, random_phone(arena));
        if (next() % 2)
            set(&p[i], remark, random_text(arena, 1, 40, true));
        if (next() % 2)
            set(&p[i], since, between(day_from_ymd(1900, 1, 1), day_from_ymd(2200, 12, 31)));
    }
    return lines;
}

static void fill(struct sample *s, struct arena *arena)
{
    s->title = random_text(arena, 1, 200, false);
    s->note = random_text(arena, 1, 300, true);
    s->short_code = random_text(arena, 3, 5, false);
    s->staff = number_to(9007199254740991);
    s->temperature = between(-273, 5000);
    s->area = number_to(999999999999999999);
    s->ratio = between(-50, 1000);
    s->funds = number_to(9007199254740991);
    s->insured = between(0, 1);
    s->found_on = between(day_from_ymd(1900, 1, 1), day_from_ymd(2200, 12, 31));
    s->seen_at = between(day_from_ymd(1900, 1, 1), day_from_ymd(2200, 12, 30)) * DAY_MS + between(0, 86399) * 1000 +
                 (next() % 2 ? between(0, 999) : 0);
    if (next() % 2)
        s->seen_at -= s->seen_at % 60000;
    s->level = sample_level_items[next() % COUNT(sample_level_items)].code;
    s->flags = random_set(arena);
    s->state = between(0, 2);
    s->owner = number_to(INT64_MAX / 16) + 1;
    s->object = number_to(INT64_MAX / 16) + 1;
    s->region = between(110000000000, 829999999999);
    s->place = (struct place){ (int32_t)between(-1800000000, 1800000000), (int32_t)between(-900000000, 900000000) };
    s->photos = random_files(arena);
    s->id_number = random_id(arena);
    s->phone = random_phone(arena);
    s->people = random_people(arena);
}

static const char *printed(const struct field *f, const struct type_context *ctx, const void *member)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    f->type->to_json(f, ctx, member, false, &out);
    assert_true(text_ok(&out));
    return arena_str(ctx->arena, text_get(&out));
}

static const char *cell(const struct field *f, const struct type_context *ctx, const void *member, bool en)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    f->type->to_text(f, ctx, member, en, &out);
    assert_true(text_ok(&out));
    return arena_str(ctx->arena, text_get(&out));
}

static void check_json(const struct field *f, const struct type_context *ctx, const void *member)
{
    struct error err = { 0 };
    int64_t back = 0;
    const char *json = printed(f, ctx, member);
    if (f->type == &type_state)
        return;
    if (sample_read(f, ctx, json, NULL, &back, &err) != 0)
        fail_msg("%s refuses its own JSON %s: %s", f->name, json, err.fields[0].zh);
    assert_string_equal(printed(f, ctx, &back), json);
}

static void check_cell(const struct field *f, const struct type_context *ctx, const void *member, bool en)
{
    struct error err = { 0 };
    int64_t back = 0;
    const char *text = cell(f, ctx, member, en);
    if (f->type == &type_lines)
        memcpy(&back, member, sizeof back); /* masked numbers are looked up in the old rows */
    int got = sample_read(f, ctx, NULL, text, &back, &err);
    if (got != f->type->personal)
        fail_msg("%s answers %d to its own cell %s: %s", f->name, got, text, err.fields[0].zh);
    if (got == 0)
        assert_string_equal(printed(f, ctx, &back), printed(f, ctx, member));
}

static void check_values(const struct field *f, const struct type_context *ctx, const void *member)
{
    struct value values[TYPE_COLUMNS];
    int64_t back = 0;
    if (f->type->column_count == 0)
        return;
    f->type->to_values(f, ctx, member, values);
    for (size_t i = 0; i < f->type->column_count; i++) {
        static const enum value_is is[] = { VALUE_INT, VALUE_TEXT, VALUE_BYTES };
        assert_int_equal(values[i].is, is[f->type->columns[i].type]);
    }
    assert_true(f->type->from_values(f, ctx, values, &back));
    assert_string_equal(printed(f, ctx, &back), printed(f, ctx, member));
}

static void what_a_type_prints_it_reads_back(void **state)
{
    (void)state;
    for (int round = 0; round < 1500; round++) {
        AUTO_ARENA arena = { 0 };
        struct sample s = { 0 };
        fill(&s, &arena);
        for (size_t i = 0; i < COUNT(sample_fields); i++) {
            const struct field *f = &sample_fields[i];
            struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name };
            const void *member = field_member_const(f, &s);
            check_json(f, &ctx, member);
            check_cell(f, &ctx, member, false);
            check_cell(f, &ctx, member, true);
            check_values(f, &ctx, member);
        }
    }
}

/* A cell with a few bytes changed, dropped or doubled: refused with a sentence, or read as something that prints and
** reads back as itself. */
static void damaged_cells_are_refused_or_mean_what_they_print(void **state)
{
    (void)state;
    int refused = 0, read = 0;
    for (int round = 0; round < 1500; round++) {
        AUTO_ARENA arena = { 0 };
        struct sample s = { 0 };
        fill(&s, &arena);
        for (size_t i = 0; i < COUNT(sample_fields); i++) {
            const struct field *f = &sample_fields[i];
            struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name };
            struct error err = { 0 };
            int64_t back = 0;
            const char *source = f->type->personal ? *(const char *const *)field_member_const(f, &s)
                                                   : cell(f, &ctx, field_member_const(f, &s), next() % 2);
            char *text = arena_str(&arena, source);
            for (uint64_t hits = next() % 3; hits; hits--) {
                size_t n = strlen(text), at = n ? next() % n : 0;
                if (n && next() % 2)
                    text[at] = "0 1-.,/|\\*x\n\xE5"[next() % 13];
                else if (n)
                    memmove(text + at, text + at + 1, n - at);
            }
            int got = f->type->read_text(f, &ctx, text, &back, &err);
            assert_in_range(got + 1, 0, 2);
            assert_int_equal(got == -1, err.field_count > 0);
            refused += got == -1;
            for (size_t e = 0; e < err.field_count && e < ERROR_FIELDS; e++) {
                assert_true(utf8_valid(err.fields[e].zh, strlen(err.fields[e].zh)));
                assert_int_equal(strncmp(err.fields[e].name, f->name, strlen(f->name)), 0);
            }
            if (got != 0)
                continue;
            read++;
            check_json(f, &ctx, &back);
            check_cell(f, &ctx, &back, false);
            check_values(f, &ctx, &back);
        }
    }
    assert_true(refused > 1000 && read > 1000);
}

static void every_schema_is_json_and_every_typescript_type_says_something(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sample_fields); i++) {
        AUTO_ARENA arena = { 0 };
        AUTO_TEXT out = TEXT_LIMIT(1 << 20);
        const struct field *f = &sample_fields[i];
        f->type->schema(f, &sample_kind, &out);
        json_error_t where;
        json_t *schema = json_loads(text_get(&out), 0, &where);
        if (!schema)
            fail_msg("%s: %s in %s", f->name, where.text, text_get(&out));
        assert_true(json_is_string(json_object_get(schema, "type")) || json_is_array(json_object_get(schema, "oneOf")));
        json_decref(schema);
        assert_true(strlen(f->type->typescript(f, &arena)) > 0);
    }
}

struct shape_row {
    const char *says, *field, *schema, *typescript;
};

static const struct shape_row shapes[] = {
    { "a text has its length", "short_code", "{\"type\":\"string\",\"minLength\":3,\"maxLength\":5}", "string" },
    { "a choice lists the codes of all editions", "level",
      "{\"type\":\"string\",\"enum\":[\"general\",\"major\",\"old\",\"grave\"]}",
      "\"general\" | \"major\" | \"old\" | \"grave\"" },
    { "choices are an array of them", "flags",
      "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"HZ_PROD\",\"HOT\",\"HOT_HIGH\",\"DUST\"]},"
      "\"minItems\":1,\"uniqueItems\":true}",
      "(\"HZ_PROD\" | \"HOT\" | \"HOT_HIGH\" | \"DUST\")[]" },
    { "a decimal has its digits", "area",
      "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+\\\\.[0-9]{2}$\",\"x-scale\":2,\"x-minimum\":0,\"x-maximum\":"
      "9999999999999999}",
      "string" },
    { "a date has its format", "found_on", "{\"type\":\"string\",\"format\":\"date\"}", "string" },
    { "a date-time too", "seen_at", "{\"type\":\"string\",\"format\":\"date-time\"}", "string" },
    { "a state is read only", "state",
      "{\"type\":\"string\",\"readOnly\":true,\"enum\":[\"found\",\"fixed\",\"closed\"]}", "string" },
    { "lines are objects of the child's fields", "people", NULL,
      "{ name: string; post: string | null; phone: string | null; remark: string | null; since: string | null }[]" },
};

static void check_shape(void **state)
{
    const struct shape_row *row = *state;
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    const struct field *f = sample_field(row->field);
    f->type->schema(f, &sample_kind, &out);
    if (row->schema)
        assert_string_equal(text_get(&out), row->schema);
    assert_string_equal(f->type->typescript(f, &arena), row->typescript);
}

static void every_type_is_listed_once_and_the_sample_has_it(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct field_type *const *t = type_all; *t; t++, count++) {
        bool used = false;
        for (size_t i = 0; i < COUNT(sample_fields); i++)
            used |= sample_fields[i].type == *t;
        if (!used)
            fail_msg("no sample field of type %s", (*t)->name);
        for (const struct field_type *const *o = type_all; o < t; o++)
            assert_string_not_equal((*o)->name, (*t)->name);
    }
    assert_int_equal(count, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_listed_once_and_the_sample_has_it),
        cmocka_unit_test(what_a_type_prints_it_reads_back),
        cmocka_unit_test(damaged_cells_are_refused_or_mean_what_they_print),
        cmocka_unit_test(every_schema_is_json_and_every_typescript_type_says_something),
    };
    sample_keys();
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_TABLE(shapes, check_shape);
}
