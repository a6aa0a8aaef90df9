/* History folded backwards from the record of today gives every version there was (decision 5). */
#include "domain/town.h"

#include "base/base64.h"
#include "base/seal.h"
#include "base/text.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "record/type.h"

#include <string.h>

enum { STEPS = 60 };

/* All fields of a record as JSON, personal ones in clear. */
static json_t *picture(struct town *t, const struct kind *kind, const void *record)
{
    json_t *all = json_object();
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        AUTO_TEXT out = TEXT_LIMIT(1 << 20);
        struct type_context ctx = { .arena = &t->arena, .kind = kind, .name = f->name };
        if (record_bit(record_of_const(record)->known, field_slot(f)))
            f->type->to_json(f, &ctx, field_member_const(f, record), false, &out);
        else
            text_str(&out, "null");
        json_object_set_new(all, f->name, json_loads(text_get(&out), JSON_DECODE_ANY, NULL));
    }
    return all;
}

/* Sealed values of a history row in clear again. */
static json_t *opened(struct town *t, const struct kind *kind, const struct field *f, const json_t *value)
{
    const json_t *sealed = json_object_get(value, "sealed");
    if (sealed) {
        const void *bytes;
        const char *plain;
        size_t size;
        const char *context = say(t, "history.%s.%s", kind->name, f->name);
        assert_true(base64_get(&t->arena, json_string_value(sealed), &bytes, &size));
        assert_true(unseal(&t->arena, context, bytes, size, &plain));
        return json_string(plain);
    }
    if (f->type != &type_lines || !json_is_array(value))
        return json_deep_copy(value);
    json_t *lines = json_array();
    size_t n;
    json_t *line;
    json_array_foreach((json_t *)value, n, line)
    {
        json_t *clear = json_object();
        for (size_t i = 0; i < f->lines->field_count; i++) {
            const struct field *child = &f->lines->fields[i];
            json_object_set_new(clear, child->name, opened(t, f->lines, child, json_object_get(line, child->name)));
        }
        json_array_append_new(lines, clear);
    }
    return lines;
}

static void fold_back(struct town *t, const struct kind *kind, int64_t id, json_t **pictures, int64_t version)
{
    json_t *now = picture(t, kind, must_read(t, PROGRAM, kind, id));
    assert_int_equal(record_of(must_read(t, PROGRAM, kind, id))->version, version);
    for (int64_t v = version; v >= 1; v--) {
        if (!json_equal(now, pictures[v]))
            fail_msg("version %lld of %s is %s instead of %s", (long long)v, kind->name, said(t, json_deep_copy(now)),
                     said(t, json_deep_copy(pictures[v])));
        json_t *changes = json_incref((json_t *)must_changes(t, kind, id, v)), *pair;
        const char *name;
        json_object_foreach(changes, name, pair)
        {
            const struct field *f = field_find(kind, name);
            json_t *is = opened(t, kind, f, json_array_get(pair, 1));
            if (!json_equal(is, json_object_get(now, name)))
                fail_msg("version %lld of %s changed %s to something else than it shows", (long long)v, kind->name,
                         name);
            json_decref(is);
            json_object_set_new(now, name, opened(t, kind, f, json_array_get(pair, 0)));
        }
        json_decref(changes);
    }
    json_decref(now);
    for (int64_t v = 1; v <= version; v++)
        json_decref(pictures[v]);
}

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Values for an enterprise's fields; "@" is a fresh upload. */
static const struct {
    const char *field, *values[4];
} edits[] = {
    { "address", { "null", "\"甲路 1 号\"", "\"乙路 2 号\"", "\"\"" } },
    { "remark", { "null", "\"一行\\n二行\"", "\"引号 \\\" 与 \\\\ 与 \\t\"", "\"😀\"" } },
    { "staff", { "null", "0", "7", "1000000" } },
    { "capital", { "null", "0", "1", "99999999999" } },
    { "floor_area", { "null", "\"0.00\"", "\"12.50\"", "\"0.01\"" } },
    { "insured", { "null", "false", "true", "true" } },
    { "founded_on", { "null", "\"1970-01-01\"", "\"1969-12-31\"", "\"2026-03-09\"" } },
    { "flags", { "null", "[]", "[\"DUST\"]", "[\"DUST\",\"CONF\",\"NH3\"]" } },
    { "place",
      { "null", "{\"lon\":\"0.0000000\",\"lat\":\"0.0000000\"}", "{\"lon\":\"-120.5\",\"lat\":\"36.0000001\"}",
        "{\"lon\":120.25,\"lat\":-36.5}" } },
    { "phone", { "null", "\"13911110001\"", "\"13911110002\"", "\"139****0001\"" } },
    { "head_id_number", { "null", "\"11010519491231002X\"", "\"440524198001010013\"", "\"\"" } },
    { "key_persons",
      { "null", "[]", "[{\"name\":\"张\",\"post\":\"员\",\"phone\":\"13911110003\"}]",
        "[{\"name\":\"李\",\"post\":\"员\"},{\"name\":\"张\",\"post\":\"长\",\"phone\":\"13911110004\"}]" } },
    { "papers", { "null", "[]", "[@]", "[@,@]" } },
    { "region", { "\"990102001001\"", "\"990102001002\"", "\"990102002001\"", "\"990121001001\"" } },
    { "sector", { "null", "\"HAZCHEM\"", "\"GAS\"", "\"FIRE\"" } },
};

static const char *with_uploads(struct town *t, const char *value)
{
    AUTO_TEXT out = TEXT_LIMIT(4096);
    for (; *value; value++)
        if (*value == '@')
            text_int(&out, must_file(t, OFFICE, "paper"));
        else
            text_char(&out, *value);
    return say(t, "%s", text_get(&out));
}

static void a_firm_edited_sixty_times_can_be_seen_as_it_was(void **state)
{
    struct town *t = TOWN(state);
    json_t *pictures[STEPS * 2 + 2];
    uint64_t seed = 7;
    int64_t version = 1, id = must_create(t, OFFICE, &enterprise_kind,
                                          "{\"name\":\"旧貌\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                                          "\"phone\":\"13911110000\",\"staff\":3}");
    pictures[1] = picture(t, &enterprise_kind, must_read(t, PROGRAM, &enterprise_kind, id));
    for (int i = 0; i < STEPS; i++) {
        AUTO_TEXT body = TEXT_LIMIT(1 << 16);
        struct error err = { 0 };
        struct change_result done = { 0 };
        size_t from = random_next(&seed) % COUNT(edits), count = 1 + random_next(&seed) % 4;
        for (size_t k = 0; k < count; k++) {
            size_t e = (from + k) % COUNT(edits);
            text_printf(&body, "%c\"%s\":%s", k ? ',' : '{', edits[e].field,
                        with_uploads(t, edits[e].values[random_next(&seed) % 4]));
        }
        text_char(&body, '}');
        if (i % 15 == 14) {
            must(town_remove(t, OFFICE, &enterprise_kind, id, &err), &err);
            version++;
            pictures[version] = picture(t, &enterprise_kind, must_read(t, PROGRAM, &enterprise_kind, id));
            must(town_restore(t, OFFICE, &enterprise_kind, id, &err), &err);
            done.version = version + 1;
        } else if (town_patch(t, OFFICE, &enterprise_kind, id, version, text_get(&body), &done, &err) < 0) {
            fail_msg("%s: %s (%s %s)", text_get(&body), err.en, err.fields[0].name, err.fields[0].en);
        }
        if (done.version == version)
            continue;
        version = done.version;
        pictures[version] = picture(t, &enterprise_kind, must_read(t, PROGRAM, &enterprise_kind, id));
    }
    assert_true(version > STEPS / 2);
    fold_back(t, &enterprise_kind, id, pictures, version);
}

static void a_hazard_that_went_round_can_be_seen_as_it_was(void **state)
{
    struct town *t = TOWN(state);
    json_t *pictures[16];
    const char *assign = say(t,
                             "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-04-01\",\"contingency\":\"停\","
                             "\"plan_goal\":\"消除\",\"plan_signed_on\":\"2026-03-09\",\"responsible\":%lld}",
                             (long long)t->people[SAFETY].id);
    const struct {
        enum who who;
        const char *move, *body;
    } steps[] = { { GRID_A, NULL, "{\"location\":\"东\",\"place\":{\"lon\":\"1\",\"lat\":\"2\"}}" },
                  { COUNTY, "classify", "{\"level\":\"major\",\"clause\":\"HC-1\",\"category\":\"thing\"}" },
                  { COUNTY, "assign", assign },
                  { SAFETY, "start", "{}" },
                  { SAFETY, "submit", "{\"rectification\":\"一\",\"assessment\":\"甲\",\"evidence\":[@]}" },
                  { COUNTY, "recheck-fail", "{\"opinion\":\"不\",\"due\":\"2026-05-01\"}" },
                  { SAFETY, "submit", "{\"rectification\":\"二\",\"assessment\":\"乙\",\"evidence\":[@]}" },
                  { CHECKER, "recheck-pass", "{\"opinion\":\"好\",\"site_review_on\":\"2026-03-09\"}" } };
    town_employ(t, SAFETY, FIRM_A1, NULL);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "旧貌");
    pictures[1] = picture(t, &hazard_kind, must_read(t, PROGRAM, &hazard_kind, id));
    for (size_t i = 0; i < COUNT(steps); i++) {
        AUTO_TEXT body = TEXT_LIMIT(4096);
        for (const char *at = steps[i].body; *at; at++)
            if (*at == '@')
                text_int(&body, must_file(t, steps[i].who, "after"));
            else
                text_char(&body, *at);
        if (steps[i].move)
            must_move(t, steps[i].who, id, steps[i].move, text_get(&body));
        else
            must_patch(t, steps[i].who, &hazard_kind, id, text_get(&body));
        pictures[i + 2] = picture(t, &hazard_kind, must_read(t, PROGRAM, &hazard_kind, id));
    }
    fold_back(t, &hazard_kind, id, pictures, COUNT(steps) + 1);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(a_firm_edited_sixty_times_can_be_seen_as_it_was),
        SAYS(a_hazard_that_went_round_can_be_seen_as_it_was),
    };
    return RUN_TOWNS(tests);
}
