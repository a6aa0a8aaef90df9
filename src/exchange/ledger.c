#include "exchange/ledger.h"

#include "base/utf8.h"
#include "exchange/columns.h"
#include "exchange/export.h"
#include "record/type.h"

#include <ctype.h>
#include <string.h>

/* What offices write above their columns, beside the labels themselves. */
static const struct {
    const char *field, *header;
} synonyms[] = {
    { "name", "单位名称" },
    { "name", "企业名称" },
    { "name", "名称" },
    { "name", "公司名称" },
    { "name", "企业全称" },
    { "name", "name" },
    { "credit_code", "信用代码" },
    { "credit_code", "社会信用代码" },
    { "credit_code", "统一代码" },
    { "phone", "电话" },
    { "phone", "手机" },
    { "phone", "联系方式" },
    { "phone", "手机号" },
    { "phone", "手机号码" },
    { "head", "负责人" },
    { "head", "企业负责人" },
    { "legal_representative", "法人" },
    { "legal_representative", "法人代表" },
    { "sector", "行业" },
    { "sector", "所属行业" },
    { "sector", "行业类别" },
    { "region", "所属区域" },
    { "region", "所在乡镇" },
    { "region", "所属辖区" },
    { "staff", "职工人数" },
    { "staff", "人数" },
    { "staff", "员工人数" },
    { "address", "详细地址" },
    { "address", "经营地址" },
    { "address", "street" },
    { "founded_on", "成立时间" },
    { "remark", "说明" },
    /* The number of a firm is the record's own in a ledger of firms alone; elsewhere it says whose the row is. */
    { "object", "企业编号" },
    { "object", "enterprise_no" },
    { "external_no", "企业编号" },
    { "external_no", "编号" },
    { "external_no", "enterprise_no" },
    { "external_no", "隐患编号" },
    { "description", "问题描述" },
    { "description", "隐患描述" },
    { "description", "存在问题" },
    { "description", "存在的问题" },
    { "description", "隐患问题" },
    { "object", "受检单位" },
    { "object", "被检查单位" },
    { "object", "单位名称" },
    { "object", "企业名称" },
    { "found_on", "发现日期" },
    { "found_on", "发现时间" },
    { "found_on", "排查时间" },
    { "found_on", "检查日期" },
    { "found_on", "检查时间" },
    { "level", "隐患等级" },
    { "level", "级别" },
    { "level", "等级" },
    { "category", "隐患类别" },
    { "due", "整改时限" },
    { "due", "限期整改日期" },
    { "due", "完成时限" },
    { "measures", "整改措施与要求" },
    { "measures", "整改措施及要求" },
    { "measures", "整改要求" },
    { "funds", "整改资金投入" },
    { "fixed_on", "整改日期" },
    { "fixed_on", "整改完成时间" },
    { "fixed_on", "完成日期" },
    { "closed_on", "复查日期" },
    { "closed_on", "复查时间" },
    { "closed_on", "销号时间" },
    { "rectification", "整改结果" },
    { "responsible", "整改责任人" },
    { "state", "状态" },
    { "state", "整改状态" },
    { "fine", "罚款" },
    { "fine_first", "最初罚款" },
    { "capital", "注册资金" },
    { "code", "行政区划代码" },
    { "place", "经纬度" },
    { "place", "地理坐标" },
    { "parent", "parent_code" },
    { "parent", "上级代码" },
    { "parent", "上级区划代码" },
};

/* The parts of an area: the more of them a sheet has, the surer. */
static const char *const area_parts[] = {
    "区县",   "县区",   "县",     "区",       "县市区",     "所属区县",     "所属县区", "乡镇街道", "镇街", "乡镇",
    "街道",   "镇办",   "乡镇办", "所属乡镇", "所属镇街",   "所属乡镇街道", "村居",     "村",       "社区", "村社",
    "村社区", "行政村", "所属村", "所属村居", "所属村社区", "所属区划",     "行政区划", "区划",     NULL,
};

/* "联系电话（手机）", " 联系 电话 " -> what is compared: folded, without spaces and what stands in brackets. */
static const char *header_plain(struct arena *arena, const char *text)
{
    AUTO_TEXT folded = TEXT_LIMIT(LIMIT_CELL_BYTES);
    AUTO_TEXT out = TEXT_LIMIT(LIMIT_CELL_BYTES);
    utf8_plain(&folded, text, strlen(text));
    for (const char *at = text_get(&folded); *at; at++) {
        if (*at == '(' && out.used)
            break;
        if (!isspace((unsigned char)*at) && *at != '*' && *at != ':')
            text_char(&out, (char)tolower((unsigned char)*at));
    }
    return arena_str(arena, text_get(&out));
}

/* 经度 and 纬度 in two columns, also as 企业经度 or 高德纬度; 经纬度 is both in one. */
static enum ledger_half half_of(const char *plain)
{
    static const char *const lon[] = { "lon", "lng", "long", "longitude", "东经", NULL };
    static const char *const lat[] = { "lat", "latitude", "北纬", NULL };
    bool east = strstr(plain, "经度") != NULL || name_listed(lon, COUNT(lon), plain);
    bool north = strstr(plain, "纬度") != NULL || name_listed(lat, COUNT(lat), plain);
    if (strstr(plain, "经纬") || (east && north))
        return HALF_NONE;
    return east ? HALF_LON : north ? HALF_LAT : HALF_NONE;
}

/* Do two columns of one field say it together? */
static bool go_together(const struct mapped_column *a, const struct mapped_column *b)
{
    return a->field->type == &type_region ||
           (a->field->type == &type_place && a->half && b->half && a->half != b->half);
}

/* ---- guessing ---- */

struct words {
    const struct kind *kind;
    const struct field *region; /* of the area's three columns; NULL */
    const struct field *place;  /* of longitude and latitude in two columns; NULL */
    const char *labels[LIMIT_FIELDS][2];
    const char *measured[LIMIT_FIELDS][2]; /* label and unit; NULL */
};

static struct words *words_of(const struct ledger *l)
{
    struct words *w = ARENA_NEW(l->arena, struct words);
    w->kind = l->kind;
    for (size_t i = 0; i < l->kind->field_count; i++) {
        const struct field *f = &l->kind->fields[i];
        w->labels[i][0] = header_plain(l->arena, f->label.zh);
        w->labels[i][1] = header_plain(l->arena, f->label.en);
        if (f->unit.zh) {
            w->measured[i][0] = arena_printf(l->arena, "%s（%s）", f->label.zh, f->unit.zh);
            w->measured[i][1] = arena_printf(l->arena, "%s (%s)", f->label.en, f->unit.en);
        }
        if (f->type == &type_region && !w->region && !l->kind->id_field)
            w->region = f;
        if (f->type == &type_place && !w->place)
            w->place = f;
    }
    return w;
}

/* A name with something in brackets behind it is another name. */
static bool is_whole(const char *header)
{
    return !strchr(header, '(') && !strstr(header, "（");
}

/* known: by the field's own name, in which there is nothing to check. */
static const struct field *guess(const struct words *w, struct arena *arena, const char *header, bool *known)
{
    const struct kind *kind = w->kind;
    const char *plain = header_plain(arena, header);
    *known = true;
    if (!*plain)
        return NULL;
    /* With its unit, as it is exported, first: "Area (m²)" is another field than "Area". */
    for (size_t i = 0; i < kind->field_count; i++)
        if (w->measured[i][0] && (strcmp(header, w->measured[i][0]) == 0 || strcmp(header, w->measured[i][1]) == 0))
            return &kind->fields[i];
    *known = is_whole(header);
    for (size_t i = 0; i < kind->field_count; i++)
        if (strcmp(plain, kind->fields[i].name) == 0 || strcmp(plain, w->labels[i][0]) == 0 ||
            strcmp(plain, w->labels[i][1]) == 0)
            return &kind->fields[i];
    for (size_t i = 0; i < kind->ledger_count; i++)
        if (field_find(kind, kind->ledger[i].field) && strcmp(plain, kind->ledger[i].header.zh) == 0)
            return field_find(kind, kind->ledger[i].field);
    *known = false;
    for (size_t i = 0; i < COUNT(synonyms); i++)
        if (strcmp(plain, synonyms[i].header) == 0 && field_find(kind, synonyms[i].field))
            return field_find(kind, synonyms[i].field);
    if (w->region && name_listed(area_parts, COUNT(area_parts), plain))
        return w->region;
    return half_of(plain) ? w->place : NULL;
}

bool ledger_only_new(const struct field *f)
{
    return (f->flags & MOVE_ONLY) || (f->flags & LEDGER) || f->type == &type_state;
}

bool ledger_takes(const struct field *f)
{
    return (!(f->flags & DERIVED) || (f->flags & LEDGER)) && column_fits(f);
}

/* ---- the header ---- */

static const char *cell_text(const struct staged_row *row, size_t i)
{
    if (i >= row->count)
        return "";
    const struct staged_cell *cell = &row->cells[i];
    return *cell->at || !cell->merged ? cell->at : cell->merged;
}

static bool filled(const struct staged_row *row, size_t i)
{
    return i < row->count && *cell_text(row, i);
}

static size_t filled_count(const struct staged_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->count; i++)
        n += *row->cells[i].at != '\0';
    return n;
}

/* "整改情况" over "期限" and "责任人": the group and its column. A group reaches to the right as far as nothing else
** stands above; a column whose name fills both rows is named once. */
static const char *joined(struct arena *arena, const struct staged_row *above, const struct staged_row *below, size_t i)
{
    const char *name = below && filled(below, i) ? cell_text(below, i) : NULL, *group = NULL;
    if (!name)
        return filled(above, i) ? cell_text(above, i) : "";
    for (size_t k = i + 1; k-- > 0 && !group;)
        if (filled(above, k))
            group = cell_text(above, k);
        else if (k < i && below && !filled(below, k))
            break;
    return group && strcmp(group, name) != 0 ? arena_printf(arena, "%s·%s", group, name) : name;
}

static const struct field *guess_joined(const struct words *w, struct arena *arena, const char *header, bool *known)
{
    const char *dot = strstr(header, "·");
    const struct field *f = guess(w, arena, header, known);
    if (f || !dot)
        return f;
    /* "复查·日期" is 复查日期; "整改情况·责任人" is 责任人. */
    const char *together = arena_printf(arena, "%.*s%s", (int)(dot - header), header, dot + strlen("·"));
    f = guess(w, arena, together, known);
    if (!f)
        f = guess(w, arena, dot + strlen("·"), known);
    *known = false;
    return f;
}

static size_t width_of(const struct staged_row *above, const struct staged_row *below)
{
    size_t n = above->count;
    if (below && below->count > n)
        n = below->count;
    return n < LEDGER_COLUMNS ? n : LEDGER_COLUMNS;
}

static size_t score(const struct ledger *l, const struct words *w, const struct staged_row *above,
                    const struct staged_row *below)
{
    bool met[LIMIT_FIELDS] = { false };
    size_t n = 0;
    for (size_t i = 0; i < width_of(above, below); i++) {
        const char *header = joined(l->arena, above, below, i);
        bool known;
        const struct field *f = *header ? guess_joined(w, l->arena, header, &known) : NULL;
        if (!f || met[f - l->kind->fields])
            continue;
        met[f - l->kind->fields] = true;
        n++;
    }
    return n;
}

/* Two rows are one header when the upper one leaves a gap, or a merged area, over a name in the lower one. */
static bool is_double(const struct staged_row *above, const struct staged_row *below)
{
    for (size_t i = 0; i < below->count; i++)
        if (*below->cells[i].at && (i >= above->count || !*above->cells[i].at))
            return filled_count(above) > 0;
    return false;
}

/* The version is the last column of a sheet that was exported here; in a file of its rejected rows their reason stands
** behind it. */
static bool is_ours(struct ledger *l)
{
    const char *headers[LEDGER_COLUMNS];
    for (size_t i = 0; i < l->count; i++)
        headers[i] = l->columns[i].header;
    for (size_t count = l->count; count > 0 && count + 2 > l->count; count--)
        if (export_is_ours(headers, count, &l->number)) {
            l->version = count - 1;
            return true;
        }
    return false;
}

/* A longitude without its latitude is no place. */
static void drop_lone_halves(struct ledger *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct mapped_column *c = &l->columns[i];
        bool whole = !c->field || !c->half || c->field->type != &type_place;
        for (size_t k = 0; k < l->count && !whole; k++)
            whole = k != i && l->columns[k].field == c->field;
        if (!whole)
            c->field = NULL;
    }
}

static void take_header(struct ledger *l, const struct words *w, const struct staged_row *above,
                        const struct staged_row *below)
{
    l->header_row = above->number;
    l->header_rows = below ? 2 : 1;
    l->count = width_of(above, below);
    for (size_t i = 0; i < l->count; i++)
        l->columns[i] = (struct mapped_column){ .header = joined(l->arena, above, below, i), .guessed = true };
    for (size_t i = 0; i < l->count; i++)
        l->columns[i].half = half_of(header_plain(l->arena, l->columns[i].header));
    l->ours = !below && is_ours(l);
    for (size_t i = 0; i < l->count; i++) {
        struct mapped_column *c = &l->columns[i];
        const struct field *f = *c->header ? guess_joined(w, l->arena, c->header, &c->known) : NULL;
        if (f && (!ledger_takes(f) || (l->ours && (i == l->number || i == l->version))))
            f = NULL;
        c->field = f;
        for (size_t k = 0; c->field && k < i; k++)
            if (l->columns[k].field == f && !go_together(&l->columns[k], c))
                c->field = NULL; /* the first column of a name is meant */
    }
    drop_lone_halves(l);
}

void ledger_head(struct ledger *l, const struct staged_row *rows, size_t count, int64_t header_row)
{
    const struct words *w = words_of(l);
    size_t best = 0, most = count < LEDGER_HEAD ? count : LEDGER_HEAD;
    const struct staged_row *above = NULL, *below = NULL;
    for (size_t i = 0; i < most; i++) {
        if (filled_count(&rows[i]) == 0 || (header_row && rows[i].number != header_row))
            continue;
        size_t one = score(l, w, &rows[i], NULL);
        bool pair = i + 1 < count && is_double(&rows[i], &rows[i + 1]);
        size_t two = pair ? score(l, w, &rows[i], &rows[i + 1]) : 0;
        /* A row of data below must not read as names: a pair has to know clearly more than either row alone. */
        bool take_two = two > one && two > score(l, w, &rows[pair ? i + 1 : i], NULL);
        if (!above || one > best || (take_two && two > best)) {
            if (above && (take_two ? two : one) <= best)
                continue;
            best = take_two ? two : one;
            above = &rows[i];
            below = take_two ? &rows[i + 1] : NULL;
        }
    }
    /* No row is known: the first that has several cells, so that the person can map it. */
    for (size_t i = 0; i < most && best == 0 && !header_row; i++)
        if (filled_count(&rows[i]) > 1) {
            above = &rows[i];
            break;
        }
    if (above)
        take_header(l, w, above, below);
}

/* ---- what the person says ---- */

/* A guess gives way to what was said of the column. */
static void guesses_give_way(struct ledger *l, size_t said)
{
    struct mapped_column *c = &l->columns[said];
    for (size_t k = 0; c->field && k < l->count; k++)
        if (k != said && l->columns[k].field == c->field && l->columns[k].guessed && !go_together(&l->columns[k], c))
            l->columns[k].field = NULL;
}

int ledger_map(struct ledger *l, const json_t *mapping, struct error *err)
{
    const char *letter;
    json_t *name;
    json_object_foreach((json_t *)mapping, letter, name)
    {
        for (size_t i = 0; i < l->count; i++) {
            char own[CSV_COLUMN_NAME];
            csv_column_name(i, own);
            if (strcmp(own, letter) != 0)
                continue;
            const struct field *f = json_is_string(name) ? field_find(l->kind, json_string_value(name)) : NULL;
            if (json_is_string(name) && (!f || !ledger_takes(f)))
                return fail_field(err, "mapping", "%s 列不能导入到“%s”", "Column %s cannot go to \"%s\"", letter,
                                  json_string_value(name));
            l->columns[i].field = f;
            l->columns[i].guessed = false;
            guesses_give_way(l, i);
        }
    }
    return 0;
}

void ledger_values(struct ledger *l, const json_t *values)
{
    for (size_t i = 0; i < l->count; i++) {
        char own[CSV_COLUMN_NAME];
        csv_column_name(i, own);
        const json_t *of = json_object_get(values, own);
        if (json_is_object(of))
            l->columns[i].values = of;
    }
}

bool ledger_has_place(const struct ledger *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->columns[i].field && l->columns[i].field->type == &type_place)
            return true;
    return false;
}

/* ---- saved mappings ---- */

static struct mapped_column *column_headed(struct ledger *l, const char *header)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->columns[i].header, header) == 0)
            return &l->columns[i];
    return NULL;
}

bool ledger_fits(const struct ledger *l, const json_t *saved)
{
    const json_t *columns = json_object_get(saved, "columns");
    const char *header;
    json_t *name;
    json_object_foreach((json_t *)columns, header, name) if (!column_headed((struct ledger *)l, header)) return false;
    return json_object_size(columns) > 0;
}

void ledger_use(struct ledger *l, const json_t *saved)
{
    const json_t *values = json_object_get(saved, "values");
    const char *header, *datum = json_string_value(json_object_get(saved, "datum"));
    json_t *name;
    if (datum && !l->ours)
        datum_parse(datum, &l->datum);
    json_object_foreach(json_object_get(saved, "columns"), header, name)
    {
        struct mapped_column *c = column_headed(l, header);
        const struct field *f = json_is_string(name) ? field_find(l->kind, json_string_value(name)) : NULL;
        if (!c || (json_is_string(name) && (!f || !ledger_takes(f))))
            continue; /* the field has gone since: the guess stands */
        c->field = f;
        c->guessed = false;
        guesses_give_way(l, (size_t)(c - l->columns));
        const json_t *of = json_object_get(values, header);
        if (json_is_object(of))
            c->values = of;
    }
}

json_t *ledger_save(const struct ledger *l)
{
    json_t *columns = json_object(), *values = json_object();
    for (size_t i = 0; i < l->count; i++) {
        const struct mapped_column *c = &l->columns[i];
        if (!*c->header || json_object_get(columns, c->header))
            continue;
        json_object_set_new(columns, c->header, c->field ? json_string(c->field->name) : json_null());
        if (c->values)
            json_object_set(values, c->header, (json_t *)c->values);
    }
    json_t *saved = json_pack("{s:o, s:o}", "columns", columns, "values", values);
    if (ledger_has_place(l))
        json_object_set_new(saved, "datum", json_string(datum_names[l->datum]));
    return saved;
}
