#include "record/filter.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf8.h"
#include "record/type.h"

#include <stdlib.h>
#include <string.h>

bool filter_is_control(const char *name)
{
    static const char *const control[] = { "sort", "limit", "after", "count", "columns", "lang", NULL };
    return name_listed(control, COUNT(control), name);
}

static const struct {
    const char *suffix;
    enum filter_op op;
    unsigned needs;
} suffixes[] = {
    { "in", OP_IN, FILTER_IN },      { "before", OP_BEFORE, FILTER_RANGE }, { "after", OP_AFTER, FILTER_RANGE },
    { "min", OP_MIN, FILTER_RANGE }, { "max", OP_MAX, FILTER_RANGE },       { "none", OP_NONE, FILTER_NONE },
};

struct parser {
    const struct kind *kind;
    struct arena *arena;
    struct filter *out;
    struct error *err;
};

static int unknown(struct parser *p, const char *name)
{
    return fail_field(p->err, name, "没有“%s”这个筛选条件", "There is no filter \"%s\"", name);
}

/* name "level.in" -> field level, op IN. Leaves *op at OP_EQUAL without a suffix. */
static const struct field *split(struct parser *p, const struct kind *kind, const char *name, enum filter_op *op)
{
    const char *dot = strchr(name, '.');
    *op = OP_EQUAL;
    if (!dot)
        return field_find(kind, name);
    const struct field *f = field_find(kind, arena_strn(p->arena, name, (size_t)(dot - name)));
    bool day = f && (f->type == &type_date || f->type == &type_date_time);
    for (size_t i = 0; f && i < COUNT(suffixes); i++)
        if (strcmp(suffixes[i].suffix, dot + 1) == 0) {
            *op = suffixes[i].op;
            /* Days have a before and an after, numbers a least and a most: one spelling each. */
            bool fits = suffixes[i].needs != FILTER_RANGE || day == (*op == OP_BEFORE || *op == OP_AFTER);
            return fits && (f->type->filter & suffixes[i].needs) ? f : NULL;
        }
    return NULL;
}

static int one_value(struct parser *p, const struct kind *kind, const struct field *f, const char *name,
                     const char *text, struct condition *c, struct value *out)
{
    AUTO_TEXT plain = TEXT_LIMIT(LIMIT_CELL_BYTES);
    utf8_plain(&plain, text, strlen(text));
    if (!text_ok(&plain) || plain.used == 0)
        return fail_field(p->err, name, "筛选条件不能为空", "The filter needs a value");
    struct type_context ctx = { .arena = p->arena, .kind = kind, .name = name };
    if (f->type == &type_phone && plain.used == 4 && strspn(text_get(&plain), "0123456789") == 4) {
        unsigned char *tail = arena_alloc(p->arena, 32);
        personal_tail(kind, f, text_get(&plain), tail);
        c->column = arena_printf(p->arena, "%s_tail", f->name);
        *out = value_bytes(tail, 32);
        return 0;
    }
    int64_t member = 0; /* every member is 8 bytes */
    if (f->type->read_text(f, &ctx, text, &member, p->err) != 0)
        return p->err->fault ? -1 : fail_field(p->err, name, "不能按打码的值筛选", "A masked value cannot be compared");
    struct value values[TYPE_COLUMNS];
    f->type->to_values(f, &ctx, arena_copy(p->arena, &member, sizeof member), values);
    *out = f->type->personal ? values[1] : values[0];
    return 0;
}

static int add(struct parser *p, const struct kind *kind, const struct field *f, enum filter_op op, const char *name,
               const char *value, const struct kind *hop, const struct field *via)
{
    struct filter *out = p->out;
    if (out->count == FILTER_CONDITIONS)
        return fail_field(p->err, name, "条件太多，最多 %d 个", "Too many conditions; at most %d", FILTER_CONDITIONS);
    if (op == OP_EQUAL && !(f->type->filter & FILTER_EQUAL))
        return unknown(p, name);
    struct condition *c = &out->items[out->count];
    *c = (struct condition){ .field = f, .op = op, .hop = hop, .via = via };
    c->column = f->type->personal ? arena_printf(p->arena, "%s_hash", f->name)
                : f->type->column_count && f->type->columns[0].suffix[0]
                    ? arena_printf(p->arena, "%s%s", f->name, f->type->columns[0].suffix)
                    : f->name;
    out->personal |= f->type->personal && op != OP_NONE;
    if (op == OP_NONE) {
        if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
            return fail_field(p->err, name, "只能写 true 或 false", "Write true or false");
        c->op = strcmp(value, "true") == 0 ? OP_NONE : OP_SOME;
        out->count++;
        return 0;
    }
    struct value *values = ARENA_ARRAY(p->arena, struct value, FILTER_VALUES);
    if (op == OP_IN) {
        char *list = arena_str(p->arena, value), *rest = NULL;
        for (char *part = strtok_r(list, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
            if (c->count == FILTER_VALUES)
                return fail_field(p->err, name, "最多列 %d 个值", "List at most %d values", FILTER_VALUES);
            if (one_value(p, kind, f, name, part, c, &values[c->count++]) < 0)
                return -1;
        }
        if (c->count == 0)
            return fail_field(p->err, name, "筛选条件不能为空", "The filter needs a value");
    } else {
        if (one_value(p, kind, f, name, value, c, &values[0]) < 0)
            return -1;
        c->count = 1;
        if (op == OP_EQUAL && f->type == &type_region)
            c->op = OP_WITHIN;
        if (op == OP_EQUAL && (f->type == &type_choices || f->type == &type_files)) {
            c->op = OP_CONTAINS; /* ",a," inside ",a,b," */
        }
    }
    c->values = values;
    out->count++;
    return 0;
}

/* Rows of an object lie where the object lies: every such kind can be asked by area. */
static int add_area(struct parser *p, const char *text)
{
    int64_t code;
    struct filter *out = p->out;
    if (!region_parse(text, &code))
        return fail_field(p->err, "region", "区划代码应为 2、4、6、9 或 12 位数字，例：370211005000",
                          "A region code has 2, 4, 6, 9 or 12 digits, e.g. 370211005000");
    if (out->count == FILTER_CONDITIONS)
        return fail_field(p->err, "region", "条件太多，最多 %d 个", "Too many conditions; at most %d",
                          FILTER_CONDITIONS);
    struct value *value = ARENA_NEW(p->arena, struct value);
    *value = value_int(code);
    out->items[out->count++] =
        (struct condition){ .column = "own_county", .op = OP_WITHIN, .values = value, .count = 1 };
    return 0;
}

/* "enterprise.sector": through a reference field of that name, or through the object field to that kind of object. */
static int add_hop(struct parser *p, const char *name, const char *value)
{
    const char *dot = strchr(name, '.');
    const char *head = arena_strn(p->arena, name, (size_t)(dot - name));
    const struct field *via = field_find(p->kind, head);
    const struct kind *hop = NULL;
    if (via && via->type == &type_lines) {
        /* What lines refer to, and nothing else of them. */
        const struct field *child = field_find(via->lines, dot + 1);
        return child && child->type == &type_reference ? add(p, via->lines, child, OP_EQUAL, name, value, NULL, via)
                                                       : unknown(p, name);
    }
    if (via && via->type == &type_reference) {
        hop = kind_find(via->ref);
    } else if (!via && (hop = kind_find(head)) != NULL && hop->scope == SCOPE_IS_OBJECT) {
        for (size_t i = 0; i < p->kind->field_count && !via; i++)
            if (p->kind->fields[i].type == &type_object)
                via = &p->kind->fields[i];
    }
    if (!via || !hop)
        return unknown(p, name);
    enum filter_op op;
    const struct field *f = split(p, hop, dot + 1, &op);
    return f ? add(p, hop, f, op, name, value, hop, via) : unknown(p, name);
}

static bool whole_number(const char *text, int64_t *out)
{
    size_t n = strlen(text);
    *out = 0;
    for (size_t i = 0; i < n && n <= 18; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return n <= 18 && *out > 0;
}

int filter_parse(const struct kind *kind, const struct filter_pair *pairs, size_t count, struct arena *arena,
                 struct filter *out, struct error *err)
{
    struct parser p = { kind, arena, out, err };
    *out = (struct filter){ 0 };
    for (size_t i = 0; i < count; i++) {
        const char *name = pairs[i].name, *value = pairs[i].value;
        if (filter_is_control(name))
            continue;
        if (strcmp(name, "q") == 0) {
            AUTO_TEXT plain = TEXT_LIMIT(4096);
            utf8_plain(&plain, value, strlen(value));
            if (!text_ok(&plain))
                return fail_field(err, "q", "搜索词太长", "The search words are too long");
            if (plain.used)
                out->words = arena_str(arena, text_get(&plain));
            continue;
        }
        if (strcmp(name, "removed") == 0) {
            if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
                return fail_field(err, name, "只能写 true 或 false", "Write true or false");
            out->removed = strcmp(value, "true") == 0;
            continue;
        }
        if (strcmp(name, "todo") == 0) {
            out->todo = move_find(kind, value);
            if (!out->todo || !out->todo->expected.label.zh)
                return fail_field(err, name, "没有“%s”这类待办", "There is nothing to do called \"%s\"", value);
            continue;
        }
        if (strcmp(name, "told") == 0) {
            if (!whole_number(value, &out->told))
                return fail_field(err, name, "写消息的编号，从 1 起的整数", "Write the number of a notice, from 1 up");
            continue;
        }
        if (strcmp(name, "import") == 0) {
            if (!whole_number(value, &out->import))
                return fail_field(err, name, "写导入的编号，从 1 起的整数", "Write the number of an import, from 1 up");
            continue;
        }
        if (strcmp(name, "region") == 0 && kind->scope == SCOPE_OBJECT && !field_find(kind, name)) {
            if (add_area(&p, value) < 0)
                return -1;
            continue;
        }
        enum filter_op op;
        const struct field *f = split(&p, kind, name, &op);
        int got = f                   ? add(&p, kind, f, op, name, value, NULL, NULL)
                  : strchr(name, '.') ? add_hop(&p, name, value)
                                      : unknown(&p, name);
        if (got < 0)
            return -1;
    }
    return 0;
}

/* ---- the query string ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* As browsers write it: %E6 and '+'. NULL when it is no text. */
static const char *decode(struct arena *arena, const char *at, size_t size)
{
    char *out = arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        bool coded = at[i] == '%' && i + 2 < size && hex(at[i + 1]) >= 0 && hex(at[i + 2]) >= 0;
        out[used++] = coded ? (char)(hex(at[i + 1]) << 4 | hex(at[i + 2])) : at[i] == '+' ? ' ' : at[i];
        i += coded ? 2 : 0;
    }
    out[used] = '\0';
    return utf8_valid(out, used) ? out : NULL;
}

int filter_split(const char *filter, struct arena *arena, struct filter_pair *pairs, size_t *count, struct error *err)
{
    *count = 0;
    if (strlen(filter) > FILTER_TEXT)
        return fail_field(err, "filter", "筛选条件太长", "The filter is too long");
    for (const char *at = filter; *at;) {
        size_t size = strcspn(at, "&"), name = strcspn(at, "=&");
        if (*count == LIMIT_QUERY)
            return fail_field(err, "filter", "条件太多，最多 %d 个", "Too many conditions; at most %d", LIMIT_QUERY);
        struct filter_pair pair = { decode(arena, at, name),
                                    name < size ? decode(arena, at + name + 1, size - name - 1) : "" };
        if (!pair.name || !pair.value)
            return fail_field(err, "filter", "筛选条件不是合法的文字", "The filter is not text");
        if (size)
            pairs[(*count)++] = pair;
        at += size + (at[size] == '&');
    }
    return 0;
}

/* "today", "today+7", "today-30" */
static bool moving_day(const char *text, int64_t today, int64_t *out)
{
    static const char word[] = "today";
    if (strncmp(text, word, sizeof word - 1) != 0)
        return false;
    const char *at = text + sizeof word - 1;
    *out = today;
    if (!*at)
        return true;
    size_t digits = strspn(at + 1, "0123456789");
    if ((*at != '+' && *at != '-') || digits == 0 || digits > 4 || at[1 + digits])
        return false;
    int64_t days = strtol(at + 1, NULL, 10);
    *out += *at == '+' ? days : -days;
    return true;
}

void filter_days(const struct kind *kind, struct filter_pair *pairs, size_t count, int64_t day, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const char *dot = strchr(pairs[i].name, '.');
        if (!dot || (strcmp(dot, ".before") != 0 && strcmp(dot, ".after") != 0))
            continue;
        const struct field *f = field_find(kind, arena_strn(arena, pairs[i].name, (size_t)(dot - pairs[i].name)));
        int64_t meant;
        char text[DAY_TEXT];
        if (f && (f->type == &type_date || f->type == &type_date_time) && moving_day(pairs[i].value, day, &meant)) {
            day_print(meant, text);
            pairs[i].value = arena_str(arena, text);
        }
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *filter_canonical(const struct filter *filter, struct arena *arena)
{
    char *parts[FILTER_CONDITIONS];
    for (size_t i = 0; i < filter->count; i++) {
        const struct condition *c = &filter->items[i];
        AUTO_TEXT out = TEXT_LIMIT(1 << 20);
        text_printf(&out, "%s/%s/%s/%d", c->via ? c->via->name : "", c->hop ? c->hop->name : "", c->column, (int)c->op);
        /* With its length before it no value can pretend to be two. */
        for (size_t j = 0; j < c->count; j++) {
            if (c->values[j].is == VALUE_INT) {
                text_printf(&out, "=%lld", (long long)c->values[j].number);
            } else {
                text_printf(&out, "=%zu:", c->values[j].size);
                text_add(&out, c->values[j].at, c->values[j].size);
            }
        }
        parts[i] = arena_strn(arena, text_get(&out), out.used);
    }
    qsort(parts, filter->count, sizeof parts[0], by_text);
    AUTO_TEXT all = TEXT_LIMIT(2 << 20);
    for (size_t i = 0; i < filter->count; i++) {
        text_str(&all, parts[i]);
        text_char(&all, '\n');
    }
    text_printf(&all, "todo=%s told=%lld import=%lld q=%s removed=%d", filter->todo ? filter->todo->name : "",
                (long long)filter->told, (long long)filter->import, filter->words ? filter->words : "",
                filter->removed);
    return arena_str(arena, text_get(&all));
}
