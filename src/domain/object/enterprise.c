#include "domain/object/enterprise.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "domain/change.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/grid/boundary.h"
#include "domain/lists.h"
#include "domain/object/firm_grade.h"
#include "domain/object/tenure.h"
#include "record/type.h"

#include <ctype.h>
#include <inttypes.h>
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

enum { SITE_NUMBERS = 100, ENDED_MOST = 200 };

bool enterprise_works(int64_t state)
{
    return state == OPERATING || state == OPERATING_TRIAL;
}

/* A place keeps its number; a new one takes the first that is free. */
static void number_sites(struct change *c, struct enterprise *e)
{
    bool taken[SITE_NUMBERS] = { false };
    struct site *sites = has(e, sites) ? e->sites->rows : NULL;
    size_t count = sites ? e->sites->count : 0;
    for (size_t i = 0; i < count; i++) {
        bool good = has(&sites[i], site_no) && sites[i].site_no > 0 && sites[i].site_no < SITE_NUMBERS &&
                    !taken[sites[i].site_no];
        if (good)
            taken[sites[i].site_no] = true;
        else
            unset(&sites[i], site_no);
    }
    int next = 1;
    for (size_t i = 0; i < count; i++) {
        while (next < SITE_NUMBERS && taken[next])
            next++;
        if (!has(&sites[i], site_no) && next < SITE_NUMBERS) {
            set(&sites[i], site_no, next);
            taken[next] = true;
        }
        const char *was = has(&sites[i], site_key) ? sites[i].site_key : "";
        if (has(e, credit_code) && has(&sites[i], site_no))
            set(&sites[i], site_key, arena_printf(c->arena, "%s-%02" PRId64, e->credit_code, sites[i].site_no));
        else
            unset(&sites[i], site_key);
        /* Another code of the firm, and the lines are written again. */
        if (strcmp(was, has(&sites[i], site_key) ? sites[i].site_key : "") != 0)
            give(e, sites, e->sites);
    }
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
    if (!has(e, credit_code)) {
        number_sites(c, e);
        return;
    }
    utf8_plain(&folded, e->credit_code, strlen(e->credit_code));
    char *code = arena_str(c->arena, text_get(&folded));
    for (char *at = code; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    set(e, credit_code, code);
    number_sites(c, e);
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
    if (has(e, drilled_on) && e->drilled_on > day_of_ms(c->now))
        fail_field(err, "drilled_on", "演练日期不能晚于今天", "The drill cannot have been held after today");
    for (size_t i = 0; has(e, safety_costs) && i < e->safety_costs->count; i++)
        for (size_t k = 0; k < i; k++)
            if (((const struct safety_cost *)e->safety_costs->rows)[i].year ==
                ((const struct safety_cost *)e->safety_costs->rows)[k].year) {
                fail_field(err, "safety_costs", "第 %d 行的年度已有一行，请合并",
                           "The year of line %d stands already; merge them", (int)i + 1);
                break;
            }
    return tenure_keep(c, e, err);
}

/* ---- operating, stopped, closed ---- */

static int dated(struct change *c, struct error *err)
{
    const struct enterprise *e = c->after;
    if (has(e, state_since) && e->state_since > day_of_ms(c->now))
        return fail_field(err, "state_since", "日期不能晚于今天", "It cannot lie after today");
    return 0;
}

/* What an authority ordered by document is lifted by an authority, on whichever way out of it. */
static int may_turn(struct change *c, struct error *err)
{
    const struct enterprise *was = c->before;
    struct enterprise *e = c->after;
    bool ordered = (was->operating_state == OPERATING_STOPPED || was->operating_state == OPERATING_SUSPENDED) &&
                   has(was, state_document);
    struct scope approves;
    scope_compile(c->actor, &enterprise_kind, verb_bit("approve"), &approves);
    if (ordered && !scope_covers(&approves, &was->is.own, false))
        return refuse(err, "enterprise.ordered", "依文件（%s）停产停业的，须由监管部门核查后办理",
                      "Stopped by order (%s): the supervising authority checks before that changes",
                      was->state_document);
    /* A stop that becomes a suspension is still under its order. */
    if (ordered && e->operating_state == OPERATING_SUSPENDED && !has(e, state_document))
        set(e, state_document, was->state_document);
    return dated(c, err);
}

static int may_close(struct change *c, struct error *err)
{
    struct enterprise *e = c->after;
    int64_t open = 0;
    bool found;
    if (!has(e, end_hazards) || !e->end_hazards)
        return dated(c, err);
    if (!c->actor->program && !actor_may(c->actor, &hazard_kind, verb_bit("approve")))
        return fail_field(err, "end_hazards", "您没有终结隐患的权限，请选“否”，由安委办办理",
                          "You may not end hazards; choose “no”, the office does it");
    if (db_get_int(c->db,
                   "SELECT count(*) FROM hazard WHERE own_object = ? AND removed_at IS NULL AND state NOT IN "
                   "('closed', 'closed_by_closure')",
                   BIND(value_int(e->is.id)), &open, &found, err) < 0)
        return -1;
    if (open > ENDED_MOST)
        return refuse(err, "enterprise.hazards", "未销号隐患有 %lld 条，一次最多随关闭终结 %d 条，请先办理一部分",
                      "%lld hazards are open; at most %d end with the closure, so deal with some first",
                      (long long)open, ENDED_MOST);
    set(e, ended_hazards, open);
    return dated(c, err);
}

static int end_hazard(struct change *c, int64_t id, const char *document, struct error *err)
{
    const struct move *end = move_find(&hazard_kind, "end");
    void *before;
    if (change_get_to_move(c, &hazard_kind, id, 0, end, &before, err) < 0)
        return -1;
    struct hazard *h = change_copy(c, &hazard_kind, before);
    give(h, closure_document, document);
    return change_move(c, &hazard_kind, end, before, h, NULL, err);
}

/* What was still open ends with the firm, each hazard a version of its own; the change remains the firm's. */
static int enterprise_kept(struct change *c, struct error *err)
{
    const struct enterprise *e = c->after;
    struct rows rows;
    int64_t ids[ENDED_MOST];
    size_t count = 0;
    if (!c->move || strcmp(c->move->name, "close") != 0 || !has(e, end_hazards) || !e->end_hazards)
        return 0;
    if (db_query(c->db, &rows,
                 "SELECT id FROM hazard WHERE own_object = ? AND removed_at IS NULL AND state NOT IN "
                 "('closed', 'closed_by_closure') ORDER BY id LIMIT ?",
                 BIND(value_int(e->is.id), value_int(ENDED_MOST)), err) < 0)
        return -1;
    while (count < ENDED_MOST && rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    struct change firm = *c;
    int got = 0;
    for (size_t i = 0; got == 0 && i < count; i++)
        got = end_hazard(c, ids[i], e->state_document, err);
    size_t events = c->event_count;
    *c = firm;
    c->event_count = events;
    return got;
}

static const struct state enterprise_states[] = {
    [OPERATING] = { "normal", { "正常", "Operating" }, TONE_RUNNING, false },
    [OPERATING_TRIAL] = { "trial", { "试生产", "Trial production" }, TONE_RUNNING, false },
    [OPERATING_BUILT] = { "building", { "在建", "Being built" }, TONE_IDLE, false },
    [OPERATING_STOPPED] = { "stopped", { "停产", "Production stopped" }, TONE_STOPPED, false },
    [OPERATING_SUSPENDED] = { "suspended", { "停业", "Suspended" }, TONE_STOPPED, false },
    [OPERATING_CLOSED] = { "closed", { "关闭", "Closed" }, TONE_DONE, true },
};

#define STATE_MOVE(name_, zh, en, to_, check_)                                                   \
    .name = (name_), .label = { (zh), (en) }, .to = (to_), .needs = "change", .check = (check_), \
    .accepts = { "state_since", "state_document", "state_reason" }, .must = { "state_since" },   \
    .fresh = { "state_since", "state_document", "state_reason" }
static const struct move enterprise_moves[] = {
    { STATE_MOVE("stop", "停产", "Stop production", OPERATING_STOPPED, dated),
      .hint = { "责令停产的写明文号，恢复或转为其他状态时由监管部门核查。",
                "Give the document where an authority ordered it." },
      .from = { OPERATING, OPERATING_TRIAL }, .from_count = 2 },
    { STATE_MOVE("suspend", "停业", "Suspend", OPERATING_SUSPENDED, may_turn),
      .from = { OPERATING, OPERATING_TRIAL, OPERATING_STOPPED }, .from_count = 3 },
    { STATE_MOVE("resume", "恢复正常", "Resume", OPERATING, may_turn),
      .hint = { "写明恢复日期；依文件停产的写明核查意见。", "From which day; give the finding of the check." },
      .from = { OPERATING_STOPPED, OPERATING_SUSPENDED, OPERATING_TRIAL, OPERATING_BUILT }, .from_count = 4 },
    { STATE_MOVE("begin-trial", "转为试生产", "Begin trial production", OPERATING_TRIAL, may_turn),
      .from = { OPERATING, OPERATING_BUILT }, .from_count = 2 },
    { STATE_MOVE("build", "转为在建", "Mark as being built", OPERATING_BUILT, may_turn),
      .from = { OPERATING, OPERATING_STOPPED }, .from_count = 2 },
    { .name = "close",
      .label = { "关闭", "Close" },
      .hint = { "单位关闭、取缔或注销的，写明文号；可同时终结未销号隐患。",
                "Give the document; hazards that are open may end with it." },
      .from = { OPERATING, OPERATING_TRIAL, OPERATING_BUILT, OPERATING_STOPPED, OPERATING_SUSPENDED },
      .from_count = 5,
      .to = OPERATING_CLOSED,
      .needs = "approve",
      .accepts = { "state_since", "state_document", "state_reason", "end_hazards" },
      .must = { "state_since", "state_document", "end_hazards" },
      .fresh = { "state_since", "state_document", "state_reason", "end_hazards" },
      .danger = true,
      .check = may_close },
    { .name = "reopen",
      .label = { "重新开业", "Reopen" },
      .from = { OPERATING_CLOSED },
      .from_count = 1,
      .to = OPERATING,
      .needs = "approve",
      .accepts = { "state_since", "state_document", "state_reason" },
      .must = { "state_since", "state_reason" },
      .fresh = { "state_since", "state_document", "state_reason" },
      .check = dated },
    { GRADE_MOVE("grade", "评定监管等级", "Grade supervision", "supervision_grade", "grade"),
      .hint = { "写明评定日期和理由；历次评定留在办理过程里。",
                "Give the day and the reason; earlier grades stay in the course." } },
    { GRADE_MOVE("rate-risk", "评定风险等级", "Rate the risk", "risk_level", "risk"),
      .hint = { "红橙黄蓝四级，写明评定日期和依据。", "One of four colours, with its day and what it rests on." } },
    { GRADE_MOVE("rate-credit", "评定信用等级", "Rate the credit", "credit_grade", "credit"),
      .hint = { "写明评价日期和依据。", "Give the day and what it rests on." } },
};

static const struct field site_fields[] = {
    { TEXT(struct site, name), .label = { "场所名称", "Place" }, .max = 80, .flags = REQUIRED },
    { TEXT(struct site, used_for), .label = { "用途", "Use" }, .max = 60 },
    { TEXT(struct site, address), .label = { "地址", "Address" }, .max = 200 },
    { PLACE(struct site, place), .label = { "坐标", "Coordinates" } },
    { INTEGER(struct site, site_no), .label = { "序号", "No." }, .min = 1, .max = SITE_NUMBERS - 1,
      .hint = { "不填自动编号", "Numbered by itself when empty" } },
    { TEXT(struct site, site_key), .label = { "场所代码", "Key" }, .max = 40,
      .hint = { "由信用代码和序号生成", "Made of the credit code and the number" } },
};

const struct kind site_kind = {
    .name = "site",
    .plural = "sites",
    .label = { "经营场所", "Site" },
    .size = sizeof(struct site),
    .fields = LISTED(site_fields),
    .child = true,
};

static const struct field safety_cost_fields[] = {
    { INTEGER(struct safety_cost, year), .label = { "年度", "Year" }, .min = 2000, .max = 2100,
      .flags = REQUIRED | PLAIN },
    { MONEY(struct safety_cost, required), .label = { "应提取", "Required" }, .unit = { "元", "yuan" },
      .flags = REQUIRED },
    { MONEY(struct safety_cost, used), .label = { "实际使用", "Used" }, .unit = { "元", "yuan" } },
};

const struct kind safety_cost_kind = {
    .name = "safety_cost",
    .plural = "safety-costs",
    .label = { "安全生产费用", "Safety cost" },
    .size = sizeof(struct safety_cost),
    .fields = LISTED(safety_cost_fields),
    .child = true,
};

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
    { "state", { "经营状态", "Operating state" } },
    { "grades", { "监管分级", "Grading" } },
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
    { STATE(struct enterprise, operating_state), .label = { "经营状态", "Operating state" }, .flags = LIST,
      .group = "state" },
    { CHOICE(struct enterprise, supervision_grade), .label = { "监管等级", "Supervision grade" },
      .choices = &supervision_grades, .flags = MOVE_ONLY | LIST | INDEXED, .group = "grades" },
    { CHOICE(struct enterprise, risk_level), .label = { "风险等级", "Risk" }, .choices = &risk_levels,
      .flags = MOVE_ONLY | LIST | INDEXED, .group = "grades" },
    { REGION(struct enterprise, region), .label = { "属地", "Area" }, .flags = LIST, .group = "place" },
    { TEXT(struct enterprise, address), .label = { "地址", "Address" }, .max = 200, .flags = SEARCH | WIDE,
      .group = "place", .hint = { "实际经营地址", "Where it works" } },
    { TEXT(struct enterprise, registered_address), .label = { "注册地址", "Registered address" }, .max = 200,
      .flags = WIDE, .group = "place" },
    { PLACE(struct enterprise, place), .label = { "坐标", "Coordinates" }, .group = "place",
      .hint = { "WGS-84 经纬度", "WGS-84 longitude and latitude" } },
    { LINES(struct enterprise, sites), .label = { "经营场所", "Sites" }, .lines = &site_kind, .max = SITE_NUMBERS - 1,
      .flags = WIDE, .group = "place" },
    { TEXT(struct enterprise, legal_representative), .label = { "法定代表人", "Legal representative" }, .max = 40,
      .group = "people" },
    { TEXT(struct enterprise, controller), .label = { "实际控制人", "Controlled by" }, .max = 40, .group = "people" },
    { TEXT(struct enterprise, head), .label = { "主要负责人", "Head" }, .max = 40, .flags = SEARCH | LIST,
      .group = "people" },
    { ID_NUMBER(struct enterprise, head_id_number), .label = { "负责人证件号", "Head's ID number" },
      .group = "people" },
    { PHONE(struct enterprise, phone), .label = { "联系电话", "Phone" }, .flags = LIST, .group = "people" },
    { DATE(struct enterprise, head_since), .label = { "主要负责人任职日期", "Head since" }, .group = "people",
      .hint = { "更换负责人时不填，按登记当天起算", "With another head: the day it is entered, when empty" } },
    { DATE(struct enterprise, head_exam_by), .label = { "主要负责人考核期限", "Head examined by" }, .flags = DERIVED,
      .group = "people" },
    { YES_NO(struct enterprise, head_examined), .label = { "主要负责人已考核合格", "Head examined" }, .flags = DERIVED,
      .group = "people" },
    { TEXT(struct enterprise, safety_head), .label = { "安全负责人", "In charge of safety" }, .max = 40,
      .group = "people" },
    { DATE(struct enterprise, safety_head_since), .label = { "安全负责人任职日期", "In charge since" },
      .group = "people",
      .hint = { "更换负责人时不填，按登记当天起算", "With another one: the day it is entered, when empty" } },
    { DATE(struct enterprise, safety_head_exam_by), .label = { "安全负责人考核期限", "Examined by" }, .flags = DERIVED,
      .group = "people" },
    { YES_NO(struct enterprise, safety_head_examined), .label = { "安全负责人已考核合格", "Examined" },
      .flags = DERIVED, .group = "people" },
    { INTEGER(struct enterprise, staff), .label = { "从业人数", "Staff" }, .unit = { "人", "people" }, .max = 1000000,
      .flags = LIST, .group = "people" },
    { INTEGER(struct enterprise, dispatched), .label = { "其中被派遣人数", "Dispatched" }, .max = 1000000,
      .unit = { "人", "people" }, .group = "people", .hint = { "计入从业人数", "Part of the staff" } },
    { INTEGER(struct enterprise, contractors), .label = { "外包人数", "Contractors" }, .max = 1000000,
      .unit = { "人", "people" }, .group = "people" },
    { INTEGER(struct enterprise, dust_workers), .label = { "粉尘作业人数", "In the dust zone" }, .max = 1000000,
      .unit = { "人", "people" }, .group = "people",
      .hint = { "粉尘涉爆场所的作业人员", "Who works where dust may explode" } },
    { LINES(struct enterprise, key_persons), .label = { "关键人员", "Key persons" }, .lines = &key_person_kind,
      .max = 50, .flags = WIDE, .group = "people" },
    { DECIMAL(struct enterprise, floor_area), .label = { "占地面积", "Area" }, .unit = { "平方米", "m²" }, .scale = 2,
      .max = 100000000000, .group = "more" },
    { DECIMAL(struct enterprise, ammonia), .label = { "液氨存量", "Ammonia" }, .unit = { "吨", "t" }, .scale = 3,
      .max = 100000000, .group = "more", .hint = { "制冷系统和储罐内的液氨", "In the cooling system and in tanks" } },
    { DECIMAL(struct enterprise, coal_approved), .label = { "核定生产能力", "Approved capacity" },
      .unit = { "万吨/年", "10⁴ t a year" }, .scale = 4, .max = 100000000, .group = "more",
      .hint = { "煤矿填写", "Of a coal mine" } },
    { DECIMAL(struct enterprise, coal_year), .label = { "上年原煤产量", "Coal of last year" },
      .unit = { "万吨", "10⁴ t" }, .scale = 4, .max = 100000000, .group = "more",
      .hint = { "煤矿填写", "Of a coal mine" } },
    { DECIMAL(struct enterprise, coal_month), .label = { "今年最高月产量", "Coal of the highest month" },
      .unit = { "万吨", "10⁴ t" }, .scale = 4, .max = 100000000, .group = "more",
      .hint = { "煤矿填写", "Of a coal mine" } },
    { MONEY(struct enterprise, capital), .label = { "注册资本", "Capital" }, .unit = { "元", "yuan" },
      .group = "more" },
    { DATE(struct enterprise, founded_on), .label = { "成立日期", "Founded on" }, .group = "more" },
    { YES_NO(struct enterprise, insured), .label = { "已投安责险", "Liability insurance" }, .group = "more" },
    { TEXT(struct enterprise, policy_no), .label = { "保险单号", "Policy" }, .max = 60, .group = "more" },
    { DATE(struct enterprise, insurance_end), .label = { "保险到期日", "Insured until" }, .group = "more" },
    { LINES(struct enterprise, safety_costs), .label = { "安全生产费用", "Safety costs" }, .lines = &safety_cost_kind,
      .max = 30, .flags = WIDE, .group = "more" },
    { CHOICE(struct enterprise, rescue), .label = { "应急救援力量", "Rescue" }, .choices = &rescues, .group = "more" },
    { DATE(struct enterprise, drilled_on), .label = { "最近演练日期", "Last drill" }, .group = "more" },
    { FILES(struct enterprise, papers), .label = { "证照附件", "Papers" }, .max = 20, .flags = WIDE, .group = "more" },
    { LONG_TEXT(struct enterprise, remark), .label = { "备注", "Remark" }, .max = 2000, .flags = WIDE,
      .group = "more" },
    { DATE(struct enterprise, state_since), .label = { "状态起始日期", "Since" }, .flags = MOVE_ONLY,
      .group = "state" },
    { TEXT(struct enterprise, state_document), .label = { "文号", "Document" }, .max = 80, .flags = MOVE_ONLY,
      .group = "state" },
    { LONG_TEXT(struct enterprise, state_reason), .label = { "原因", "Reason" }, .max = 1000, .flags = MOVE_ONLY | WIDE,
      .group = "state" },
    { YES_NO(struct enterprise, end_hazards), .label = { "同时终结未销号隐患", "End open hazards" }, .flags = MOVE_ONLY,
      .group = "state" },
    { INTEGER(struct enterprise, ended_hazards), .label = { "随关闭终结的隐患", "Hazards ended" }, .flags = DERIVED,
      .group = "state" },
    { DATE(struct enterprise, grade_on), .label = { "监管等级评定日期", "Graded on" }, .flags = MOVE_ONLY,
      .group = "grades" },
    { TEXT(struct enterprise, grade_by), .label = { "监管等级评定单位", "Graded by" }, .max = 80, .flags = MOVE_ONLY,
      .group = "grades", .hint = { "不填为本单位", "Empty: your own organisation" } },
    { TEXT(struct enterprise, grade_document), .label = { "监管等级文号", "Document of the grade" }, .max = 80,
      .flags = MOVE_ONLY, .group = "grades" },
    { LONG_TEXT(struct enterprise, grade_reason), .label = { "监管等级理由", "Reason of the grade" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "grades" },
    { DATE(struct enterprise, risk_on), .label = { "风险评定日期", "Risk rated on" }, .flags = MOVE_ONLY,
      .group = "grades" },
    { TEXT(struct enterprise, risk_by), .label = { "风险评定单位", "Risk rated by" }, .max = 80, .flags = MOVE_ONLY,
      .group = "grades", .hint = { "不填为本单位", "Empty: your own organisation" } },
    { TEXT(struct enterprise, risk_document), .label = { "风险评定文号", "Document of the rating" }, .max = 80,
      .flags = MOVE_ONLY, .group = "grades" },
    { LONG_TEXT(struct enterprise, risk_reason), .label = { "风险评定依据", "What the rating rests on" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "grades" },
    { CHOICE(struct enterprise, credit_grade), .label = { "信用等级", "Credit grade" }, .choices = &credit_grades,
      .flags = MOVE_ONLY, .group = "grades" },
    { DATE(struct enterprise, credit_on), .label = { "信用评价日期", "Credit rated on" }, .flags = MOVE_ONLY,
      .group = "grades" },
    { TEXT(struct enterprise, credit_by), .label = { "信用评价单位", "Credit rated by" }, .max = 80, .flags = MOVE_ONLY,
      .group = "grades", .hint = { "不填为本单位", "Empty: your own organisation" } },
    { TEXT(struct enterprise, credit_document), .label = { "信用评价文号", "Document of the credit" }, .max = 80,
      .flags = MOVE_ONLY, .group = "grades" },
    { LONG_TEXT(struct enterprise, credit_reason), .label = { "信用评价依据", "What the credit rests on" }, .max = 1000,
      .flags = MOVE_ONLY | WIDE, .group = "grades" },
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
    .states = LISTED(enterprise_states),
    .moves = LISTED(enterprise_moves),
    .sorts = { "name", "id" },
    .identity = "credit_code",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .tidy = enterprise_tidy,
    .check = enterprise_check,
    .kept = enterprise_kept,
};

static bool insured(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct enterprise *e = record;
    (void)calendar;
    if (!has(e, insurance_end) || (has(e, insured) && !e->insured) || e->operating_state == OPERATING_CLOSED)
        return false;
    *due = e->insurance_end;
    return true;
}

const struct watch insurance_ends = {
    .name = "insurance",
    .label = { "保险期限", "Insurance ends" },
    .kind = &enterprise_kind,
    .ladder = &ladder_certificate,
    .runs = insured,
};
