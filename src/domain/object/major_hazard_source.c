#include "domain/object/major_hazard_source.h"

#include "base/clock.h"
#include "calendar/calendar.h"
#include "domain/change.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "record/type.h"

enum { REASSESS_MONTHS = 36 };

size_t source_sheet_of(const struct major_hazard_source *m, struct stock *stocks, struct source_step *steps,
                       struct source_sheet *sheet)
{
    size_t count = 0;
    for (size_t i = 0; has(m, inventory) && i < m->inventory->count && count < STOCKS_MOST; i++) {
        const struct inventory *line = (const struct inventory *)m->inventory->rows + i;
        const struct dangerous_good *good = dangerous_good_find(line->good);
        if (good)
            stocks[count++] = (struct stock){ good, line->tonnes, has(line, beta) ? line->beta : 0 };
    }
    *sheet = source_judge(stocks, count, has(m, people) ? m->people : 0, steps);
    return count;
}

static int check_inventory(const struct major_hazard_source *m, struct error *err)
{
    for (size_t i = 0; has(m, inventory) && i < m->inventory->count; i++) {
        const struct inventory *line = (const struct inventory *)m->inventory->rows + i;
        if (has(line, beta) && !has(line, beta_reason))
            fail_field(err, "inventory", "第 %d 行改了校正系数 β，请写明专家和理由",
                       "Line %d has a β of its own; say which expert set it and why", (int)i + 1);
    }
    return err->fault ? -1 : 0;
}

static int source_check(struct change *c, struct error *err)
{
    struct major_hazard_source *m = c->after;
    struct stock stocks[STOCKS_MOST];
    struct source_sheet sheet;
    if (check_inventory(m, err) < 0)
        return -1;
    if (has(m, assessed_on) && m->assessed_on > day_of_ms(c->now))
        return fail_field(err, "assessed_on", "评估日期不能晚于今天", "It cannot have been assessed after today");
    if (has(m, assessed_on))
        set(m, reassess_by, day_add_months(m->assessed_on, REASSESS_MONTHS));
    else
        unset(m, reassess_by);
    /* A ledger brings the grade of an old assessment; it stands until the inventory is written down. */
    if (!has(m, inventory))
        return 0;
    source_sheet_of(m, stocks, NULL, &sheet);
    /* α halves or doubles the grade: nobody is judged by a number that was not counted. */
    if (sheet.major && !has(m, people))
        return fail_field(err, "people", "已构成重大危险源，请填厂界外 500 米内常住人口数，没有的填 0",
                          "It is a major hazard: count the people within 500 m of the boundary, 0 when none");
    set(m, s_value, sheet.s);
    set(m, grade, sheet.grade);
    if (sheet.major)
        set(m, r_value, sheet.r);
    else
        unset(m, r_value);
    return 0;
}

static const struct field inventory_fields[] = {
    { CHOICE(struct inventory, good), .label = { "危险化学品", "Substance" }, .choices = &dangerous_goods,
      .flags = REQUIRED, .hint = { "表 1 有名称的选名称，没有的选类别", "By name, or by class where it has none" } },
    { DECIMAL(struct inventory, tonnes), .label = { "设计最大量", "Quantity" }, .scale = 6, .max = 10000000,
      .flags = REQUIRED, .unit = { "吨", "t" } },
    { TEXT(struct inventory, product), .label = { "品名", "Product" }, .max = 60 },
    { DECIMAL(struct inventory, beta), .label = { "校正系数 β", "β" }, .scale = 1, .min = 1, .max = 20,
      .hint = { "不填用标准表 3、表 4 的值", "That of the standard, when empty" } },
    { TEXT(struct inventory, beta_reason), .label = { "改用 β 的理由", "Why another β" }, .max = 200 },
};

const struct kind inventory_kind = {
    .name = "inventory",
    .plural = "inventories",
    .label = { "存量", "Inventory" },
    .size = sizeof(struct inventory),
    .fields = LISTED(inventory_fields),
    .child = true,
};

static const struct group source_groups[] = { { "unit", { "单元", "Unit" } },
                                              { "judged", { "辨识与分级", "Identification" } },
                                              { "managed", { "评估与管理", "Management" } } };

static const struct field source_fields[] = {
    { TEXT(struct major_hazard_source, name), .label = { "单元名称", "Unit" }, .max = 100,
      .flags = REQUIRED | TITLE | SEARCH | LIST, .group = "unit" },
    { OBJECT(struct major_hazard_source, object), .label = { "所在单位", "Firm" }, .flags = REQUIRED | FIXED | LIST,
      .group = "unit" },
    { CHOICE(struct major_hazard_source, unit_type), .label = { "单元类型", "Type" }, .choices = &source_units,
      .flags = REQUIRED | LIST, .group = "unit" },
    { TEXT(struct major_hazard_source, location), .label = { "位置", "Location" }, .max = 100, .group = "unit" },
    { PLACE(struct major_hazard_source, place), .label = { "坐标", "Coordinates" }, .group = "unit" },
    { LINES(struct major_hazard_source, inventory), .label = { "危险化学品存量", "Inventory" },
      .lines = &inventory_kind, .max = STOCKS_MOST, .flags = WIDE, .group = "unit" },
    { INTEGER(struct major_hazard_source, people), .label = { "500 米内常住人口", "People within 500 m" },
      .unit = { "人", "people" }, .max = 10000000, .group = "judged",
      .hint = { "厂界外扩 500 米范围，没有的填 0", "Beyond the boundary of the firm; 0 when none" } },
    { DECIMAL(struct major_hazard_source, s_value), .label = { "辨识值 S", "S" }, .scale = 6, .flags = DERIVED | LIST,
      .group = "judged" },
    { DECIMAL(struct major_hazard_source, r_value), .label = { "分级值 R", "R" }, .scale = 6,
      .flags = DERIVED | LEDGER | LIST, .group = "judged" },
    { CHOICE(struct major_hazard_source, grade), .label = { "级别", "Grade" }, .choices = &source_grades,
      .flags = DERIVED | LEDGER | LIST | INDEXED, .group = "judged" },
    { DATE(struct major_hazard_source, assessed_on), .label = { "安全评估日期", "Assessed on" }, .flags = LIST,
      .group = "managed" },
    { DATE(struct major_hazard_source, reassess_by), .label = { "应重新评估日期", "Re-assess by" }, .flags = DERIVED,
      .group = "managed" },
    { TEXT(struct major_hazard_source, assessor), .label = { "评估机构", "Assessed by" }, .max = 80,
      .group = "managed" },
    { TEXT(struct major_hazard_source, filing_no), .label = { "备案编号", "Filing number" }, .max = 60,
      .flags = UNIQUE | SEARCH, .group = "managed" },
    { DATE(struct major_hazard_source, filed_on), .label = { "备案日期", "Filed on" }, .group = "managed" },
    { YES_NO(struct major_hazard_source, toxic), .label = { "毒性气体、液化气体或剧毒液体", "Toxic or liquefied" },
      .group = "managed" },
    { YES_NO(struct major_hazard_source, monitored), .label = { "24 小时监测监控", "Monitored day and night" },
      .group = "managed" },
    { YES_NO(struct major_hazard_source, shut_down), .label = { "紧急停车（切断）系统", "Emergency shut-down" },
      .group = "managed" },
    { YES_NO(struct major_hazard_source, independent_sis), .label = { "独立安全仪表系统", "Independent SIS" },
      .group = "managed" },
    { FILES(struct major_hazard_source, papers), .label = { "评估报告与备案材料", "Papers" }, .max = 20, .flags = WIDE,
      .group = "managed" },
    { LONG_TEXT(struct major_hazard_source, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE,
      .group = "managed" },
};

const struct kind major_hazard_source_kind = {
    .name = "major_hazard_source",
    .plural = "major-hazard-sources",
    .label = { "重大危险源", "Major hazard source" },
    .menu = "objects",
    .size = sizeof(struct major_hazard_source),
    .fields = LISTED(source_fields),
    .groups = LISTED(source_groups),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "name", "id" },
    .fact_date = "assessed_on",
    .identity = "filing_no",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .check = source_check,
};

static bool awaits(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct major_hazard_source *m = record;
    (void)calendar;
    if (!has(m, reassess_by))
        return false;
    *due = m->reassess_by;
    return true;
}

const struct watch source_reassess = {
    .name = "reassess",
    .label = { "重新评估期限", "Reassessment deadline" },
    .kind = &major_hazard_source_kind,
    .ladder = &ladder_certificate,
    .runs = awaits,
};
