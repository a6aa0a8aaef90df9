#include "domain/object/enterprise.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/change.h"
#include "domain/grid/boundary.h"
#include "domain/lists.h"
#include "record/type.h"

#include <ctype.h>
#include <string.h>

/* GB/T 4754-2017: the section letter must match the two-digit division (enterprise reference §3). */
static bool industry_valid(const char *code)
{
    static const struct {
        char section;
        int from, to;
    } sections[] = { { 'A', 1, 5 },   { 'B', 6, 12 },  { 'C', 13, 43 }, { 'D', 44, 46 }, { 'E', 47, 50 },
                     { 'F', 51, 52 }, { 'G', 53, 60 }, { 'H', 61, 62 }, { 'I', 63, 65 }, { 'J', 66, 69 },
                     { 'K', 70, 70 }, { 'L', 71, 72 }, { 'M', 73, 75 }, { 'N', 76, 79 }, { 'O', 80, 82 },
                     { 'P', 83, 83 }, { 'Q', 84, 85 }, { 'R', 86, 90 }, { 'S', 91, 96 }, { 'T', 97, 97 } };
    size_t n = strlen(code);
    if (n < 3 || n > 5 || strspn(code + 1, "0123456789") != n - 1)
        return false;
    int division = (code[1] - '0') * 10 + (code[2] - '0');
    for (size_t i = 0; i < COUNT(sections); i++)
        if (sections[i].section == code[0])
            return division >= sections[i].from && division <= sections[i].to;
    return false;
}

/* Codes are copied in full-width or lower-case letters; they are compared as the licence prints them. A new firm that
** knows where it stands but not in which village is given the one that holds the place. */
static void enterprise_tidy(struct change *c, void *record)
{
    struct enterprise *e = record;
    AUTO_TEXT folded = TEXT_LIMIT(256);
    int64_t found = e->is.id == 0 && has(e, place) && !has(e, region) ? grid_propose(c, e->place) : 0;
    if (found)
        set(e, region, found);
    if (!has(e, credit_code))
        return;
    utf8_plain(&folded, e->credit_code, strlen(e->credit_code));
    char *code = arena_str(c->arena, text_get(&folded));
    for (char *at = code; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    set(e, credit_code, code);
}

static int enterprise_check(struct change *c, struct error *err)
{
    struct enterprise *e = c->after;
    if (has(e, credit_code)) {
        if (!credit_code_valid(e->credit_code))
            fail_field(err, "credit_code", "统一社会信用代码应为 18 位且末位校验相符，请核对营业执照",
                       "A credit code has 18 characters and a matching check character; see the licence");
    } else if (!has(e, no_code_reason)) {
        fail_field(err, "credit_code", "请填统一社会信用代码；没有代码的请选择原因",
                   "Give the credit code, or say why there is none");
    }
    /* A ledger may leave the area open: the row then joins the list of objects without an owner (decision 9). */
    if (!has(e, region) && !c->import_id)
        fail_field(err, "region", "请选择属地，选到村（社区）最好", "Choose the area, down to the village if known");
    if (has(e, industry) && !industry_valid(e->industry))
        fail_field(err, "industry", "行业代码应为门类字母加 2 至 4 位数字且相符，例：C2614",
                   "A section letter and 2 to 4 digits that match, e.g. C2614");
    if (has(e, founded_on) && e->founded_on > day_of_ms(c->now))
        fail_field(err, "founded_on", "成立日期不能晚于今天", "It cannot have been founded after today");
    return err->fault ? -1 : 0;
}

static const struct field key_person_fields[] = {
    { TEXT(struct key_person, name), .label = { "姓名", "Name" }, .max = 40, .flags = REQUIRED },
    { TEXT(struct key_person, post), .label = { "岗位", "Post" }, .max = 60, .flags = REQUIRED },
    { PHONE(struct key_person, phone), .label = { "电话", "Phone" } },
};

const struct kind key_person_kind = {
    .name = "key_person",
    .plural = "key-persons",
    .label = { "关键人员", "Key person" },
    .size = sizeof(struct key_person),
    .fields = LISTED(key_person_fields),
    .child = true,
};

static const struct group enterprise_groups[] = {
    { "basic", { "基本信息", "Basics" } },
    { "place", { "地址", "Place" } },
    { "people", { "人员", "People" } },
    { "more", { "经营与保障", "Business and cover" } },
};

static const struct field enterprise_fields[] = {
    { TEXT(struct enterprise, name), .label = { "企业名称", "Name" }, .max = 120,
      .flags = REQUIRED | TITLE | SEARCH | LIST | WIDE, .group = "basic" },
    { TEXT(struct enterprise, credit_code), .label = { "统一社会信用代码", "Credit code" }, .min = 18, .max = 18,
      .flags = UNIQUE | SEARCH | LIST, .group = "basic" },
    { CHOICE(struct enterprise, no_code_reason), .label = { "无代码原因", "Why no code" }, .choices = &no_code_reasons,
      .group = "basic" },
    { TEXT(struct enterprise, external_no), .label = { "原系统编号", "Source number" }, .max = 60,
      .flags = UNIQUE | SEARCH, .group = "basic", .hint = { "原台账或原系统里的编号", "Number in the source ledger" } },
    { CHOICE(struct enterprise, unit_type), .label = { "单位类型", "Type of unit" }, .choices = &unit_types,
      .flags = LIST, .group = "basic" },
    { CHOICE(struct enterprise, sector), .label = { "行业领域", "Sector" }, .choices = &sectors,
      .flags = LIST | INDEXED, .group = "basic" },
    { CHOICES(struct enterprise, flags), .label = { "监管标签", "Flags" }, .choices = &firm_flags, .group = "basic" },
    { TEXT(struct enterprise, industry), .label = { "行业代码", "Industry code" }, .max = 5, .group = "basic",
      .hint = { "GB/T 4754-2017，例：C2614", "GB/T 4754-2017, e.g. C2614" } },
    { CHOICE(struct enterprise, size), .label = { "规模", "Size" }, .choices = &firm_sizes, .group = "basic" },
    { CHOICE(struct enterprise, operating_state), .label = { "经营状态", "Operating state" },
      .choices = &operating_states, .flags = LIST, .group = "basic" },
    { REGION(struct enterprise, region), .label = { "属地", "Area" }, .flags = LIST, .group = "place" },
    { TEXT(struct enterprise, address), .label = { "地址", "Address" }, .max = 200, .flags = SEARCH | WIDE,
      .group = "place" },
    { PLACE(struct enterprise, place), .label = { "坐标", "Coordinates" }, .group = "place",
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" } },
    { TEXT(struct enterprise, legal_representative), .label = { "法定代表人", "Legal representative" }, .max = 40,
      .group = "people" },
    { TEXT(struct enterprise, head), .label = { "主要负责人", "Head" }, .max = 40, .flags = SEARCH | LIST,
      .group = "people" },
    { ID_NUMBER(struct enterprise, head_id_number), .label = { "负责人证件号", "Head's ID number" },
      .group = "people" },
    { PHONE(struct enterprise, phone), .label = { "联系电话", "Phone" }, .flags = LIST, .group = "people" },
    { INTEGER(struct enterprise, staff), .label = { "从业人数", "Staff" }, .unit = { "人", "people" }, .max = 1000000,
      .flags = LIST, .group = "people" },
    { LINES(struct enterprise, key_persons), .label = { "关键人员", "Key persons" }, .lines = &key_person_kind,
      .max = 50, .flags = WIDE, .group = "people" },
    { DECIMAL(struct enterprise, floor_area), .label = { "占地面积", "Area" }, .unit = { "平方米", "m²" }, .scale = 2,
      .max = 100000000000, .group = "more" },
    { MONEY(struct enterprise, capital), .label = { "注册资本", "Capital" }, .unit = { "元", "yuan" },
      .group = "more" },
    { DATE(struct enterprise, founded_on), .label = { "成立日期", "Founded on" }, .group = "more" },
    { YES_NO(struct enterprise, insured), .label = { "已投安责险", "Liability insurance" }, .group = "more" },
    { DATE(struct enterprise, insurance_end), .label = { "保险到期日", "Insured until" }, .group = "more" },
    { FILES(struct enterprise, papers), .label = { "证照附件", "Papers" }, .max = 20, .flags = WIDE, .group = "more" },
    { LONG_TEXT(struct enterprise, remark), .label = { "备注", "Remark" }, .max = 2000, .flags = WIDE,
      .group = "more" },
};

const struct kind enterprise_kind = {
    .name = "enterprise",
    .plural = "enterprises",
    .label = { "企业", "Enterprise" },
    .menu = "objects",
    .size = sizeof(struct enterprise),
    .fields = LISTED(enterprise_fields),
    .groups = LISTED(enterprise_groups),
    .scope = SCOPE_IS_OBJECT,
    .scope_field = "region",
    .sorts = { "name", "id" },
    .identity = "credit_code",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT,
    .tidy = enterprise_tidy,
    .check = enterprise_check,
};
