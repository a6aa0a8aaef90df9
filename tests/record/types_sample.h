/* A kind with one field of every type, and rows that say what reading it gives or how it is refused. */
#pragma once
#include "table.h"

#include "base/clock.h"
#include "base/seal.h"
#include "base/utf8.h"
#include "record/type.h"

#include <string.h>

struct person {
    struct record is;
    const char *name, *post, *phone, *remark;
    int64_t since;
};

struct sample {
    struct record is;
    const char *title, *note, *short_code;
    int64_t staff, temperature, area, ratio, funds, insured, found_on, seen_at;
    const char *level, *flags;
    int64_t state, owner, object, region;
    struct place place;
    const char *photos, *id_number, *phone;
    struct lines *people;
};

#define ITEM(c, zh_, en_)                     \
    {                                         \
        .code = (c), .label = {(zh_), (en_) } \
    }

static const struct choice sample_level_items[] = {
    ITEM("general", "一般隐患", "General"),
    ITEM("major", "重大隐患（挂牌）", "Major"),
    { .code = "old", .label = { "较大隐患", "Larger" }, .valid_to = 19722 },    /* to 2023-12-31 */
    { .code = "grave", .label = { "特别重大", "Grave" }, .valid_from = 19723 }, /* from 2024-01-01 */
};
static const struct choices sample_levels = { "level", { "级别", "Level" }, LISTED(sample_level_items) };

static const struct choice sample_flag_items[] = {
    ITEM("HZ_PROD", "危化生产", "Makes chemicals"),
    ITEM("HOT", "动火", "Hot work"),
    ITEM("HOT_HIGH", "动火 高处", "Hot work at height"),
    ITEM("DUST", "粉尘/涉爆", "Dust"),
};
static const struct choices sample_flags = { "flags", { "标签", "Flags" }, LISTED(sample_flag_items) };

static const struct field person_fields[] = {
    { TEXT(struct person, name), .label = { "姓名", "Name" }, .max = 40, .flags = REQUIRED },
    { TEXT(struct person, post), .label = { "岗位", "Post" }, .max = 10 },
    { PHONE(struct person, phone), .label = { "电话", "Phone" } },
    { LONG_TEXT(struct person, remark), .label = { "备注", "Remark" } },
    { DATE(struct person, since), .label = { "任职日期", "Since" } },
};
static const struct kind person_kind = {
    .name = "person",
    .plural = "persons",
    .label = { "人员", "Person" },
    .size = sizeof(struct person),
    .fields = LISTED(person_fields),
    .child = true,
};

static const struct field sample_fields[] = {
    { TEXT(struct sample, title), .label = { "名称", "Title" }, .flags = REQUIRED | TITLE },
    { LONG_TEXT(struct sample, note), .label = { "说明", "Note" } },
    { TEXT(struct sample, short_code), .label = { "代号", "Code" }, .min = 3, .max = 5 },
    { INTEGER(struct sample, staff), .label = { "人数", "Staff" }, .unit = { "人", "people" } },
    { INTEGER(struct sample, temperature), .label = { "温度", "Temperature" }, .min = -273, .max = 5000 },
    { DECIMAL(struct sample, area), .label = { "面积", "Area" }, .unit = { "平方米", "m²" }, .scale = 2 },
    { DECIMAL(struct sample, ratio), .label = { "比例", "Ratio" }, .min = -5, .max = 100, .scale = 1 },
    { MONEY(struct sample, funds), .label = { "资金", "Funds" } },
    { YES_NO(struct sample, insured), .label = { "已投保", "Insured" } },
    { DATE(struct sample, found_on), .label = { "日期", "Found on" } },
    { DATE_TIME(struct sample, seen_at), .label = { "时间", "Seen at" } },
    { CHOICE(struct sample, level), .label = { "级别", "Level" }, .choices = &sample_levels },
    { CHOICES(struct sample, flags), .label = { "标签", "Flags" }, .choices = &sample_flags },
    { STATE(struct sample, state), .label = { "状态", "State" } },
    { REFERENCE(struct sample, owner), .label = { "责任人", "Owner" }, .ref = "account" },
    { OBJECT(struct sample, object), .label = { "单位", "Unit" } },
    { REGION(struct sample, region), .label = { "属地", "Area" } },
    { PLACE(struct sample, place), .label = { "坐标", "Place" } },
    { FILES(struct sample, photos), .label = { "照片", "Photos" }, .max = 3 },
    { ID_NUMBER(struct sample, id_number), .label = { "证件号", "ID number" } },
    { PHONE(struct sample, phone), .label = { "电话", "Phone" } },
    { LINES(struct sample, people), .label = { "人员", "People" }, .lines = &person_kind, .max = 4 },
};
static const struct state sample_states[] = {
    { "found", { "已发现", "Found" }, TONE_IDLE, false },
    { "fixed", { "待复查", "To re-check" }, TONE_JUDGE, false },
    { "closed", { "已销号", "Closed" }, TONE_DONE, true },
};
static const struct kind sample_kind = {
    .name = "sample",
    .plural = "samples",
    .label = { "样例", "Sample" },
    .size = sizeof(struct sample),
    .fields = LISTED(sample_fields),
    .states = LISTED(sample_states),
};

const struct kind *const all_kinds[] = { &sample_kind, &person_kind, NULL };

/* Exactly one of json and text is given; gives is the member's JSON, refusal a part of the Chinese sentence. */
struct type_row {
    const char *says, *field, *json, *text, *gives, *refusal;
    int64_t day;
    const char *at; /* the name in the refusal, when it is not the field's own */
};

static inline const struct field *sample_field(const char *name)
{
    const struct field *f = field_find(&sample_kind, name);
    if (!f)
        fail_msg("the sample has no field %s", name);
    return f;
}

static inline int sample_read(const struct field *f, const struct type_context *ctx, const char *json, const char *text,
                              void *member, struct error *err)
{
    if (text)
        return f->type->read_text(f, ctx, text, member, err);
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    int got = f->type->read_json(f, ctx, value, member, err);
    json_decref(value);
    return got;
}

static inline void check_type_row(void **state)
{
    const struct type_row *row = *state;
    const struct field *f = sample_field(row->field);
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    struct error err = { 0 };
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name, .day = row->day };
    int64_t member = 0;
    int got = sample_read(f, &ctx, row->json, row->text, &member, &err);
    if (row->gives) {
        if (got != 0)
            fail_msg("refused: %s", err.fields[0].zh);
        f->type->to_json(f, &ctx, &member, false, &out);
        assert_string_equal(text_get(&out), row->gives);
        return;
    }
    assert_int_equal(got, -1);
    assert_int_equal(member, 0);
    assert_int_equal(err.fault, FAULT_INVALID);
    assert_int_equal(err.field_count, 1);
    assert_string_equal(err.fields[0].name, row->at ? row->at : f->name);
    if (!strstr(err.fields[0].zh, row->refusal))
        fail_msg("refused with another sentence: %s", err.fields[0].zh);
    assert_true(strlen(err.fields[0].zh) + 1 < sizeof err.fields[0].zh);
    assert_true(strlen(err.fields[0].en) + 1 < sizeof err.fields[0].en);
    assert_true(strlen(err.fields[0].en) > 8);
    assert_true(utf8_valid(err.fields[0].zh, strlen(err.fields[0].zh)));
}

static inline void sample_keys(void)
{
    static const unsigned char master[32] = { 7 };
    seal_open_with(master);
}
