/* What a firm's five lamps 五到位 follow from, and what is missing behind each. */
#include "domain/object/standing_part.h"

#include "base/clock.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "domain/hazard/coal.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"
#include "domain/object/certificate.h"
#include "domain/object/enterprise.h"
#include "domain/object/headcount.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "domain/object/safety_promise.h"
#include "domain/object/standardization.h"
#include "domain/object/tenure.h"
#include "record/type.h"
#include "store/store.h"

#include <inttypes.h>
#include <string.h>

enum { PEOPLE_MOST = 20000, PAPERS_MOST = 2000 };

bool drill_is_current(int64_t drilled_on, int64_t day, bool listed)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    int64_t from = listed ? day_add_months(day_from_ymd(y, m <= 6 ? 1 : 7, 1), -6) : day_from_ymd(y - 1, 1, 1);
    return drilled_on >= from && drilled_on <= day;
}

static struct finding *lamp_add(struct lamp *l, const char *code, const char *zh, const char *en, bool met)
{
    return finding_add(l->findings, &l->count, code, zh, en, met);
}

/* The first few names behind a number, in the words of the page. */
struct named {
    int64_t count;
    struct text names;
};

static void name(struct named *n, const char *who)
{
    if (n->count++ < NAMED_MOST && who)
        text_printf(&n->names, "%s%s", n->names.used ? "、" : "", who);
}

static const char *named_text(struct arena *arena, const struct named *n)
{
    return n->count == 0 ? "" : arena_printf(arena, "：%s%s", text_get(&n->names), n->count > NAMED_MOST ? "等" : "");
}

/* ---- what a firm has ---- */

struct crew {
    int64_t people, signed_on; /* who signed the letter of duty within a year */
    int64_t full_time, any, engineers;
    int64_t initial_met, yearly_met;
    struct named unsigned_on, initial, yearly;
};

struct firm {
    struct db *db;
    struct arena *arena;
    const struct enterprise *e;
    int64_t day;
    enum trade trade;
    bool listed; /* high risk, or crowds: the lists of the emergency rules */
    struct crew crew;
    const struct licence **licences;
    size_t licence_count;
    const struct standardization *grade; /* in force and in date; NULL: none */
    bool promises;                       /* has a major hazard, and the reader sees its promises */
    int64_t promised;                    /* of the day */
    int64_t majors, untold; /* major hazards of a year, where the reader sees hazards; not told to the congress */
    int64_t certificates, heads_fit, managers_fit;
    bool head_fit, safety_head_fit; /* by the names of those who are in charge */
    struct named void_certificates;
};

/* A day column of a row: known unless it is NULL. */
#define put_day(record, member, rows, column)                  \
    do {                                                       \
        if (rows_value((rows), (column)).is != VALUE_NULL)     \
            set((record), member, rows_int((rows), (column))); \
    } while (0)

static const char people_sql[] =
    "SELECT p.name, p.category, p.safety_role, p.engineer, p.hired_on, p.duty_signed_on, "
    "(SELECT CAST(coalesce(sum(t.hours), 0) AS BIGINT) FROM person_trainings t WHERE t.record = p.id AND t.purpose = "
    "'initial' AND "
    "t.held_on <= ? AND (t.passed IS NULL OR t.passed = 1)), "
    "(SELECT CAST(coalesce(sum(t.hours), 0) AS BIGINT) FROM person_trainings t WHERE t.record = p.id AND t.purpose <> "
    "'initial' AND "
    "t.held_on <= ? AND t.held_on > ? AND (t.passed IS NULL OR t.passed = 1)) "
    "FROM person p WHERE p.own_object = ? AND p.removed_at IS NULL AND (p.hired_on IS NULL OR p.hired_on <= ?) AND "
    "(p.left_on IS NULL OR p.left_on >= ?) ORDER BY p.name, p.id LIMIT ?";

static const char licences_sql[] =
    "SELECT title, type, state, valid_until, decided_on FROM licence WHERE own_object = ? AND removed_at IS "
    "NULL AND (valid_from IS NULL OR valid_from <= ?) ORDER BY id LIMIT ?";
static const char certificates_sql[] =
    "SELECT c.title, c.type, c.state, c.valid_until, c.decided_on, c.review_by, c.reviewed_on, c.holder_name FROM "
    "certificate c LEFT JOIN person p ON p.id = c.holder WHERE c.own_object = ? AND c.removed_at IS NULL AND "
    "(c.issued_on IS NULL OR c.issued_on <= ?) AND (p.left_on IS NULL OR p.left_on >= ?) "
    "ORDER BY c.id LIMIT ?";
static const char grades_sql[] =
    "SELECT level, state, valid_until, decided_on FROM standardization WHERE own_object = ? AND removed_at IS "
    "NULL AND (valid_from IS NULL OR valid_from <= ?) ORDER BY CASE level WHEN 'one' THEN 1 WHEN 'two' "
    "THEN 2 ELSE 3 END, id LIMIT ?";
static const char sources_sql[] =
    "SELECT count(*) FROM major_hazard_source WHERE own_object = ? AND removed_at IS NULL AND grade IS NOT "
    "NULL AND grade <> 'none'";
static const char promises_sql[] =
    "SELECT count(*) FROM safety_promise WHERE own_object = ? AND removed_at IS NULL AND promised_on <= "
    "? AND covers_until >= ?";
static const char majors_sql[] =
    "SELECT count(*), count(congress_on) FROM hazard WHERE own_object = ? AND removed_at IS NULL AND major_on > ? AND "
    "major_on <= ? AND level = 'major'";
/* An object's own index finds its rows: its column `object` has none. */
const char *const firm_statements[] = { people_sql,  licences_sql, certificates_sql, grades_sql,
                                        sources_sql, promises_sql, majors_sql,       NULL };

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static void count_person(struct firm *f, const struct rows *r)
{
    struct crew *c = &f->crew;
    const char *category = rows_text(r, 1), *safety = rows_text(r, 2), *who = rows_text(r, 0);
    int64_t signed_on = rows_int(r, 5);
    bool manager = is(category, "head") || is(category, "manager") || (safety && *safety);
    struct trained t = training_judge(f->trade, manager ? POST_MANAGER : POST_WORKER, rows_int(r, 6), rows_int(r, 7),
                                      rows_int(r, 4), f->day);
    c->people++;
    c->full_time += is(safety, "full_time");
    c->any += is(safety, "full_time") || is(safety, "part_time");
    c->engineers += rows_int(r, 3) == 1;
    if (signed_on && signed_on <= f->day && signed_on > day_add_months(f->day, -12))
        c->signed_on++;
    else
        name(&c->unsigned_on, who);
    if (t.initial_met)
        c->initial_met++;
    else
        name(&c->initial, who);
    if (t.yearly_met)
        c->yearly_met++;
    else
        name(&c->yearly, who);
}

static int read_crew(struct firm *f, struct error *err)
{
    struct rows rows;
    struct value day = value_int(f->day);
    if (db_query(f->db, &rows, people_sql,
                 BIND(day, day, value_int(day_add_months(f->day, -12)), value_int(f->e->is.id), day, day,
                      value_int(PEOPLE_MOST)),
                 err) < 0)
        return -1;
    while (rows_next(&rows))
        count_person(f, &rows);
    return rows_done(&rows, err);
}

static int read_licences(struct firm *f, struct error *err)
{
    struct rows rows;
    f->licences = ARENA_ARRAY(f->arena, const struct licence *, PAPERS_MOST);
    if (db_query(f->db, &rows, licences_sql, BIND(value_int(f->e->is.id), value_int(f->day), value_int(PAPERS_MOST)),
                 err) < 0)
        return -1;
    while (f->licence_count < PAPERS_MOST && rows_next(&rows)) {
        struct licence *l = ARENA_NEW(f->arena, struct licence);
        set(l, title, arena_str(f->arena, rows_text(&rows, 0)));
        set(l, type, arena_str(f->arena, rows_text(&rows, 1)));
        l->state = state_find(&licence_kind, rows_text(&rows, 2));
        put_day(l, valid_until, &rows, 3);
        put_day(l, decided_on, &rows, 4);
        f->licences[f->licence_count++] = l;
    }
    return rows_done(&rows, err);
}

static bool licence_holds(const struct firm *f, const struct licence *l)
{
    struct credential_life p = licence_credential(l);
    return credential_holds(credential_status_on(&p, f->day));
}

static bool type_holds(const struct firm *f, const char *type)
{
    for (size_t i = 0; i < f->licence_count; i++)
        if (strcmp(f->licences[i]->type, type) == 0 && licence_holds(f, f->licences[i]))
            return true;
    return false;
}

static void count_certificate(struct firm *f, const struct rows *r)
{
    struct certificate *t = ARENA_NEW(f->arena, struct certificate);
    const char *type = rows_text(r, 1);
    t->state = state_find(&certificate_kind, rows_text(r, 2));
    put_day(t, valid_until, r, 3);
    put_day(t, decided_on, r, 4);
    put_day(t, review_by, r, 5);
    put_day(t, reviewed_on, r, 6);
    struct credential_life p = certificate_credential(t);
    enum credential_status status = credential_status_on(&p, f->day);
    f->certificates++;
    if (!credential_holds(status))
        name(&f->void_certificates, rows_text(r, 0));
    f->heads_fit += credential_holds(status) && is(type, "head_fitness");
    f->managers_fit += credential_holds(status) && is(type, "manager_fitness");
    f->head_fit |=
        credential_holds(status) && tenure_counts(type, false) && has(f->e, head) && is(rows_text(r, 7), f->e->head);
    f->safety_head_fit |= credential_holds(status) && tenure_counts(type, true) && has(f->e, safety_head) &&
                          is(rows_text(r, 7), f->e->safety_head);
}

/* Of those who are known to have left, the certificates do not matter. */
static int read_certificates(struct firm *f, struct error *err)
{
    struct rows rows;
    if (db_query(f->db, &rows, certificates_sql,
                 BIND(value_int(f->e->is.id), value_int(f->day), value_int(f->day), value_int(PAPERS_MOST)), err) < 0)
        return -1;
    while (rows_next(&rows))
        count_certificate(f, &rows);
    return rows_done(&rows, err);
}

/* The highest grade that holds. */
static int read_grade(struct firm *f, struct error *err)
{
    struct rows rows;
    if (db_query(f->db, &rows, grades_sql, BIND(value_int(f->e->is.id), value_int(f->day), value_int(PAPERS_MOST)),
                 err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct standardization *s = ARENA_NEW(f->arena, struct standardization);
        set(s, level, arena_str(f->arena, rows_text(&rows, 0)));
        s->state = state_find(&standardization_kind, rows_text(&rows, 1));
        put_day(s, valid_until, &rows, 2);
        put_day(s, decided_on, &rows, 3);
        struct credential_life life = standardization_credential(s);
        if (!f->grade && credential_holds(credential_status_on(&life, f->day)))
            f->grade = s;
    }
    return rows_done(&rows, err);
}

static int read_majors(struct firm *f, struct error *err)
{
    struct rows rows;
    if (db_query(f->db, &rows, majors_sql,
                 BIND(value_int(f->e->is.id), value_int(day_add_months(f->day, -12)), value_int(f->day)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        f->majors = rows_int(&rows, 0);
        f->untold = f->majors - rows_int(&rows, 1);
    }
    return rows_done(&rows, err);
}

static int read_promise(struct firm *f, struct error *err)
{
    struct value firm = value_int(f->e->is.id), day = value_int(f->day);
    int64_t sources = 0;
    bool found;
    if (!f->promises)
        return 0;
    if (db_get_int(f->db, sources_sql, BIND(firm), &sources, &found, err) < 0)
        return -1;
    f->promises = sources > 0;
    return db_get_int(f->db, promises_sql, BIND(firm, day, day), &f->promised, &found, err);
}

/* ---- the five lamps ---- */

static const char duty_letter_basis[] = "安全生产法第二十二条";

static void light_duty(struct firm *f, struct lamp *l)
{
    struct crew *c = &f->crew;
    bool head = has(f->e, head);
    struct finding *one = lamp_add(l, "head", "主要负责人", "Head", head);
    one->text = head ? (struct label){ arena_printf(f->arena, "%s", f->e->head), f->e->head }
                     : (struct label){ "未填主要负责人", "The head is not named" };
    one->basis = "安全生产法第五条";
    one->fill_field = "head";
    bool met = c->people > 0 && c->signed_on == c->people;
    one = lamp_add(l, "letters", "岗位安全生产责任书", "Letters of duty", met);
    one->text.zh = c->people == 0 ? "还没有登记从业人员"
                                  : arena_printf(f->arena, "应签 %" PRId64 " 人，一年内已签 %" PRId64 " 人%s",
                                                 c->people, c->signed_on, named_text(f->arena, &c->unsigned_on));
    one->text.en = arena_printf(f->arena, "%" PRId64 " of %" PRId64 " signed within a year", c->signed_on, c->people);
    one->basis = duty_letter_basis;
    one->fill_kind = &person_kind;
    if (!f->promises)
        return;
    one = lamp_add(l, "promise", "安全承诺公告", "Safety promise", f->promised > 0);
    one->advisory = true;
    one->text = f->promised ? (struct label){ "当日已公告", "Made for the day" }
                            : (struct label){ "当日没有安全承诺公告", "There is none of the day" };
    one->basis = "应急厅〔2021〕12号";
    one->fill_kind = &safety_promise_kind;
}

static void find_staff(struct firm *f, struct lamp *l)
{
    struct crew *c = &f->crew;
    int64_t staff = has(f->e, staff) ? f->e->staff : c->people;
    struct headcount need = headcount_required(f->trade, staff, c->any);
    bool full = need.full_time > 0;
    struct finding *one = lamp_add(l, "headcount", full ? "专职安全生产管理人员" : "安全生产管理人员",
                                   full ? "Full-time safety staff" : "Safety staff",
                                   full ? c->full_time >= need.full_time : c->any >= need.any);
    one->text.zh =
        arena_printf(f->arena, "从业人员 %" PRId64 " 人，需要 %" PRId64 " 名%s，现有 %" PRId64 " 名", staff,
                     full ? need.full_time : need.any, full ? "专职" : "专职或兼职", full ? c->full_time : c->any);
    one->text.en = arena_printf(f->arena, "Staff of %" PRId64 ": needs %" PRId64 " %s, has %" PRId64, staff,
                                full ? need.full_time : need.any, full ? "full time" : "full or part time",
                                full ? c->full_time : c->any);
    one->basis = need.basis;
    one->fill_kind = &person_kind;
    one->fill_query = full ? "safety_role=full_time" : "safety_role=part_time";
    if (!need.engineers)
        return;
    one = lamp_add(l, "engineers", "注册安全工程师", "Registered safety engineers", c->engineers >= need.engineers);
    one->text.zh = arena_printf(f->arena, "需要 %" PRId64 " 名，现有 %" PRId64 " 名", need.engineers, c->engineers);
    one->text.en = arena_printf(f->arena, "Needs %" PRId64 ", has %" PRId64, need.engineers, c->engineers);
    one->basis = need.basis_engineers;
    one->fill_kind = &person_kind;
    one->fill_query = "engineer=true";
}

static bool has_flag(const struct enterprise *e, const char *flag)
{
    return has(e, flags) && strstr(e->flags, flag);
}

/* What a firm may not work without: by its trade and flags. */
static void find_licences(struct firm *f, struct lamp *l)
{
    const struct enterprise *e = f->e;
    const struct {
        bool needed;
        const char *type, *zh, *en, *query, *basis;
    } musts[] = {
        { f->trade == TRADE_MINE || f->trade == TRADE_BUILD || f->trade == TRADE_FIREWORKS || has_flag(e, ",HZ_PROD,"),
          "work_safety", "安全生产许可证", "Work safety licence", "type=work_safety", "安全生产许可证条例第二条" },
        { has_flag(e, ",HZ_OPER,"), "hazchem_trade", "危险化学品经营许可证", "Licence to trade dangerous chemicals",
          "type=hazchem_trade", "危险化学品经营许可证管理办法（总局令55号）" },
        { has_flag(e, ",HZ_USE,"), "hazchem_use", "危险化学品安全使用许可证", "Licence to use dangerous chemicals",
          "type=hazchem_use", "危险化学品安全使用许可证实施办法（总局令57号）" },
        { has_flag(e, ",FW_WHOLE,"), "fireworks_wholesale", "烟花爆竹经营（批发）许可证", "Fireworks wholesale licence",
          "type=fireworks_wholesale", "烟花爆竹经营许可实施办法（总局令65号）" },
        { has_flag(e, ",FW_RETAIL,"), "fireworks_retail", "烟花爆竹经营（零售）许可证", "Fireworks retail licence",
          "type=fireworks_retail", "烟花爆竹经营许可实施办法（总局令65号）" },
    };
    for (size_t i = 0; i < COUNT(musts); i++) {
        if (!musts[i].needed)
            continue;
        bool held = type_holds(f, musts[i].type);
        struct finding *one = lamp_add(l, musts[i].type, musts[i].zh, musts[i].en, held);
        one->text = held ? (struct label){ "在有效期内", "In date" }
                         : (struct label){ "没有在有效期内的证照", "There is none in date" };
        one->basis = musts[i].basis;
        one->fill_kind = &licence_kind;
        one->fill_query = musts[i].query;
    }
    struct named ended = { .names = TEXT_LIMIT(4096) };
    for (size_t i = 0; i < f->licence_count; i++)
        if (!licence_holds(f, f->licences[i]) && f->licences[i]->state != CREDENTIAL_CANCELLED &&
            !(licence_replaces(f->licences[i]->type) && type_holds(f, f->licences[i]->type)))
            name(&ended, f->licences[i]->title);
    struct finding *one = lamp_add(l, "licences", "许可证照有效期", "Licences in date", ended.count == 0);
    one->text.zh = ended.count
                       ? arena_printf(f->arena, "%" PRId64 " 本已失效%s", ended.count, named_text(f->arena, &ended))
                       : arena_printf(f->arena, "共 %zu 本，均在有效期内", f->licence_count);
    one->text.en = arena_printf(f->arena, "%zu papers, %" PRId64 " out of force", f->licence_count, ended.count);
    one->fill_kind = &licence_kind;
    text_done(&ended.names);
}

/* A code whose inner check fails is taken; somebody looks at the licence once more. */
static void find_code(struct firm *f, struct lamp *l)
{
    if (!has(f->e, credit_code) || credit_code_organisation_valid(f->e->credit_code))
        return;
    struct finding *one = lamp_add(l, "credit_code", "统一社会信用代码", "Credit code", false);
    one->advisory = true;
    one->text =
        (struct label){ "其中组织机构代码（第 9 至 17 位）的校验位不符，请核对营业执照",
                        "The check character of the organisation in it (9 to 17) does not match; see the licence" };
    one->basis = "GB 32100-2015、GB 11714";
    one->fill_field = "credit_code";
}

static const char *tier_words(int64_t workers)
{
    switch (dust_tier_of(workers)) {
    case DUST_THIRTY: return "30 人及以上，重点监管";
    case DUST_TEN: return "10 人及以上，重点监管";
    case DUST_FEWER: break;
    }
    return "不足 10 人";
}

/* What the firm says of itself and its flags do not: what is asked of it follows from the flags. */
static void find_flags(struct firm *f, struct lamp *l)
{
    const struct enterprise *e = f->e;
    const struct {
        bool lacking;
        const char *code, *zh, *en;
    } marks[] = {
        { f->trade == TRADE_HAZCHEM_SALES && !has_flag(e, ",HZ_"), "flag_chemicals", "危化生产、经营、使用或储存",
          "what it does with dangerous chemicals" },
        { f->trade == TRADE_FIREWORKS_SALES && is(has(e, sector) ? e->sector : NULL, "FIREWORK") &&
              !has_flag(e, ",FW_"),
          "flag_fireworks", "烟花爆竹生产、批发或零售", "what it does with fireworks" },
        { has(e, dust_workers) && e->dust_workers > 0 && !has_flag(e, ",DUST,"), "flag_dust", "粉尘涉爆",
          "explosive dust" },
        { has(e, ammonia) && e->ammonia > 0 && !has_flag(e, ",NH3,"), "flag_ammonia", "涉氨制冷", "ammonia cooling" },
    };
    for (size_t i = 0; i < COUNT(marks); i++) {
        if (!marks[i].lacking)
            continue;
        struct finding *one = lamp_add(l, marks[i].code, "监管标签", "Flags", false);
        one->advisory = true;
        one->text.zh = arena_printf(f->arena, "未标明：%s", marks[i].zh);
        one->text.en = arena_printf(f->arena, "Not flagged: %s", marks[i].en);
        one->fill_field = "flags";
    }
    if (!has_flag(e, ",DUST,"))
        return;
    struct finding *one = lamp_add(l, "dust", "粉尘作业人数", "In the dust zone", has(e, dust_workers));
    one->advisory = true;
    one->text.zh = has(e, dust_workers)
                       ? arena_printf(f->arena, "%" PRId64 " 人：%s", e->dust_workers, tier_words(e->dust_workers))
                       : "未填粉尘作业人数，无法分档";
    one->text.en = has(e, dust_workers) ? arena_printf(f->arena, "%" PRId64 " people", e->dust_workers)
                                        : "Not entered: the tier is unknown";
    one->basis = "工贸企业粉尘防爆安全规定（应急管理部令6号）";
    one->fill_field = "dust_workers";
}

static const char *ten_thousand(struct arena *arena, int64_t tonnes)
{
    AUTO_TEXT out = TEXT_LIMIT(64);
    text_fixed(&out, tonnes, 4);
    return arena_str(arena, text_get(&out));
}

/* Of a coal mine that says what it may bring up and what it does: more is a major hazard (CM-1). */
static void find_capacity(struct firm *f, struct lamp *l)
{
    const struct enterprise *e = f->e;
    if (!has(e, coal_approved) || e->coal_approved <= 0 || !(has(e, coal_year) || has(e, coal_month)))
        return;
    int64_t year = has(e, coal_year) ? e->coal_year : 0, month = has(e, coal_month) ? e->coal_month : 0;
    enum coal_output over = coal_output_of(e->coal_approved, year, month);
    struct finding *one = lamp_add(l, "capacity", "核定生产能力", "Approved capacity", over == COAL_WITHIN);
    const char *approved = ten_thousand(f->arena, e->coal_approved);
    switch (over) {
    case COAL_WITHIN: one->text = (struct label){ "产量未超过", "Output is within it" }; break;
    case COAL_YEAR_OVER:
        one->text.zh = arena_printf(f->arena, "核定 %s 万吨，上年 %s 万吨，超过 10%%以上：重大隐患（CM-1），请登记隐患",
                                    approved, ten_thousand(f->arena, year));
        one->text.en = "The year is 110 % of it or more: a major hazard (CM-1), report it";
        break;
    case COAL_MONTH_OVER:
        one->text.zh = arena_printf(f->arena, "核定 %s 万吨/年，月产 %s 万吨，大于 10%%：重大隐患（CM-1），请登记隐患",
                                    approved, ten_thousand(f->arena, month));
        one->text.en = "A month is more than 10 % of it: a major hazard (CM-1), report it";
        break;
    }
    one->basis = "煤矿重大事故隐患判定标准（应急管理部令第4号）";
    one->fill_kind = &hazard_kind;
}

/* 安全生产法 art 41: the staff congress hears of a major hazard and its treatment. When is not said: a gap, no darkness. */
static void find_congress(struct firm *f, struct lamp *l)
{
    if (f->majors == 0)
        return;
    struct finding *one =
        lamp_add(l, "congress", "重大隐患向职工大会报告", "Major hazards told to the staff congress", f->untold == 0);
    one->advisory = true;
    one->text =
        f->untold == 0
            ? (struct label){ arena_printf(f->arena, "近一年 %" PRId64 " 条，均已报告", f->majors),
                              arena_printf(f->arena, "All %" PRId64 " of a year are reported", f->majors) }
            : (struct label){
                  arena_printf(f->arena, "近一年 %" PRId64 " 条，%" PRId64 " 条未登记报告日期", f->majors, f->untold),
                  arena_printf(f->arena, "%" PRId64 " of a year, %" PRId64 " without a date", f->majors, f->untold)
              };
    one->basis = "安全生产法第四十一条";
}

static void light_management(struct firm *f, struct lamp *l)
{
    const struct choice *level = f->grade ? choice_find(&standardization_levels, f->grade->level, 0) : NULL;
    find_staff(f, l);
    find_licences(f, l);
    struct finding *one = lamp_add(l, "standardization", "安全生产标准化", "Standardisation", level != NULL);
    one->text = level ? (struct label){ arena_printf(f->arena, "%s，在有效期内", level->label.zh),
                                        arena_printf(f->arena, "%s, in date", level->label.en) }
                      : (struct label){ "没有在有效期内的标准化等级", "No grade in date" };
    one->basis = "安全生产法第四条；应急〔2021〕83号";
    one->fill_kind = &standardization_kind;
    find_code(f, l);
    find_flags(f, l);
    find_capacity(f, l);
    find_congress(f, l);
}

static void light_investment(struct firm *f, struct lamp *l)
{
    const struct enterprise *e = f->e;
    const struct safety_cost *cost = NULL;
    int year, month, dom;
    day_to_ymd(f->day, &year, &month, &dom);
    for (size_t i = 0; has(e, safety_costs) && i < e->safety_costs->count; i++) {
        const struct safety_cost *one = (const struct safety_cost *)e->safety_costs->rows + i;
        if (one->year == year - 1)
            cost = one;
    }
    bool met = cost && has(cost, used) && cost->used >= cost->required;
    struct finding *one = lamp_add(l, "costs", "安全生产费用", "Safety costs", met);
    one->text.zh = !cost ? arena_printf(f->arena, "未登记 %d 年度安全生产费用", year - 1)
                         : arena_printf(f->arena, "%d 年度应提取 %" PRId64 " 元，实际使用 %" PRId64 " 元", year - 1,
                                        cost->required / 100, has(cost, used) ? cost->used / 100 : 0);
    one->text.en = !cost ? arena_printf(f->arena, "Nothing is entered for %d", year - 1)
                         : arena_printf(f->arena, "%d: %" PRId64 " yuan required, %" PRId64 " used", year - 1,
                                        cost->required / 100, has(cost, used) ? cost->used / 100 : 0);
    one->basis = "安全生产法第二十三条；财资〔2022〕136号";
    one->fill_field = "safety_costs";
    if (f->trade == TRADE_OTHER)
        return;
    bool covered = has(e, insurance_end) && e->insurance_end >= f->day && !(has(e, insured) && !e->insured);
    char day[DAY_TEXT];
    day_print(has(e, insurance_end) ? e->insurance_end : 0, day);
    one = lamp_add(l, "insurance", "安全生产责任保险", "Liability insurance", covered);
    one->text.zh = has(e, insurance_end) ? arena_printf(f->arena, "保险到期日 %s", day) : "未填保险到期日";
    one->text.en = has(e, insurance_end) ? arena_printf(f->arena, "Insured until %s", day) : "No last day is entered";
    one->basis = "安全生产法第五十一条";
    one->fill_field = "insurance_end";
}

static void find_trained(struct firm *f, struct lamp *l, const char *code, const char *zh, const char *en, int64_t met,
                         const struct named *lacking)
{
    struct crew *c = &f->crew;
    struct finding *one = lamp_add(l, code, zh, en, c->people > 0 && met == c->people);
    one->text.zh = c->people == 0 ? "还没有登记从业人员"
                                  : arena_printf(f->arena, "%" PRId64 " 人中 %" PRId64 " 人达到学时%s", c->people, met,
                                                 named_text(f->arena, lacking));
    one->text.en = arena_printf(f->arena, "%" PRId64 " of %" PRId64 " have their hours", met, c->people);
    one->basis = training_required(f->trade, POST_WORKER).basis;
    one->fill_kind = &person_kind;
}

/* Appointed so lately that the examination may still come. */
static bool in_time(const struct firm *f, bool safety)
{
    const struct enterprise *e = f->e;
    return safety ? has(e, safety_head_exam_by) && f->day <= e->safety_head_exam_by
                  : has(e, head_exam_by) && f->day <= e->head_exam_by;
}

/* The clock of an appointment: a gap while it runs, and what darkens the lamp once it has run out. */
static void find_tenure(struct firm *f, struct lamp *l, bool safety)
{
    const struct enterprise *e = f->e;
    const char *who = safety ? (has(e, safety_head) ? e->safety_head : NULL) : (has(e, head) ? e->head : NULL);
    bool fit = safety ? f->safety_head_fit : f->head_fit,
         dated = safety ? has(e, safety_head_since) : has(e, head_since);
    int64_t since = safety ? e->safety_head_since : e->head_since;
    const struct deadline_rule *rule = dated ? tenure_rule_on(f->trade, since) : NULL;
    char from[DAY_TEXT], by[DAY_TEXT];
    if (!who || (!rule && (dated || fit)))
        return;
    struct finding *one =
        lamp_add(l, safety ? "safety_head_exam" : "head_exam", safety ? "安全负责人任职考核" : "主要负责人任职考核",
                 safety ? "Examination of who is in charge of safety" : "Examination of the head", fit);
    if (!rule) {
        one->advisory = true;
        one->text.zh = arena_printf(f->arena, "%s没有有效合格证，未填任职日期，无法计算考核期限", who);
        one->text.en = arena_printf(f->arena, "%s has no certificate; the day of the appointment is not entered", who);
        one->basis = "安全生产法第二十七条";
        one->fill_field = safety ? "safety_head_since" : "head_since";
        return;
    }
    day_print(since, from);
    day_print(safety ? e->safety_head_exam_by : e->head_exam_by, by);
    one->advisory = !fit && in_time(f, safety);
    one->text.zh = fit ? arena_printf(f->arena, "%s %s 任职，已考核合格", who, from)
                       : arena_printf(f->arena, "%s %s 任职，应在 %s 前考核合格，没有有效合格证%s", who, from, by,
                                      one->advisory ? "" : "，已逾期");
    one->text.en =
        fit ? arena_printf(f->arena, "%s, since %s, is examined", who, from)
            : arena_printf(f->arena, "%s, since %s, is to be examined by %s: no certificate in force", who, from, by);
    one->basis = rule->settled ? rule->basis : arena_printf(f->arena, "%s（条文待核）", rule->basis);
    one->fill_kind = &certificate_kind;
    one->fill_query = safety ? "type=manager_fitness" : "type=head_fitness";
}

static void light_training(struct firm *f, struct lamp *l)
{
    struct crew *c = &f->crew;
    struct named *gone = &f->void_certificates;
    find_trained(f, l, "initial", "岗前（初次）培训", "Training before the work", c->initial_met, &c->initial);
    find_trained(f, l, "yearly", "每年再培训", "Yearly training", c->yearly_met, &c->yearly);
    struct finding *one = lamp_add(l, "certificates", "资格证书有效期", "Certificates in date", gone->count == 0);
    one->text.zh = gone->count ? arena_printf(f->arena, "%" PRId64 " 本已失效或逾期未复审%s", gone->count,
                                              named_text(f->arena, gone))
                               : arena_printf(f->arena, "共 %" PRId64 " 本，均有效", f->certificates);
    one->text.en =
        arena_printf(f->arena, "%" PRId64 " certificates, %" PRId64 " out of force", f->certificates, gone->count);
    one->basis = "安全生产法第三十条";
    one->fill_kind = &certificate_kind;
    if (f->trade == TRADE_OTHER)
        return;
    one = lamp_add(l, "fitness", "主要负责人和安全管理人员考核合格", "Head and safety staff examined",
                   (f->heads_fit > 0 || in_time(f, false)) && (f->managers_fit > 0 || in_time(f, true)));
    one->text.zh = arena_printf(f->arena, "有效合格证：主要负责人 %" PRId64 " 本，安全管理人员 %" PRId64 " 本",
                                f->heads_fit, f->managers_fit);
    one->text.en =
        arena_printf(f->arena, "In date: heads %" PRId64 ", safety staff %" PRId64, f->heads_fit, f->managers_fit);
    one->basis = "安全生产法第二十七条";
    one->fill_kind = &certificate_kind;
    one->fill_query = f->heads_fit ? "type=manager_fitness" : "type=head_fitness";
    find_tenure(f, l, false);
    find_tenure(f, l, true);
}

static void light_rescue(struct firm *f, struct lamp *l)
{
    const struct enterprise *e = f->e;
    struct finding *one;
    char day[DAY_TEXT];
    if (f->listed) {
        bool filed = type_holds(f, "plan_filing");
        one = lamp_add(l, "plan", "应急预案备案", "Emergency plan filed", filed);
        one->text = filed ? (struct label){ "已备案且在评估期内", "Filed and in date" }
                          : (struct label){ "没有在评估期内的预案备案", "There is no filing in date" };
        one->basis = "生产安全事故应急预案管理办法（应急管理部令2号）";
        one->fill_kind = &licence_kind;
        one->fill_query = "type=plan_filing";
    }
    one = lamp_add(l, "drill", "应急演练", "Drill",
                   drill_is_current(has(e, drilled_on) ? e->drilled_on : 0, f->day, f->listed));
    day_print(has(e, drilled_on) ? e->drilled_on : 0, day);
    one->text.zh = arena_printf(f->arena, "%s至少演练一次；%s%s", f->listed ? "每半年" : "每年",
                                has(e, drilled_on) ? "最近一次 " : "没有演练日期", has(e, drilled_on) ? day : "");
    one->text.en = arena_printf(f->arena, "Once %s; %s%s", f->listed ? "every half year" : "a year",
                                has(e, drilled_on) ? "last on " : "none is entered", has(e, drilled_on) ? day : "");
    one->basis = f->listed ? "生产安全事故应急条例第八条" : "应急管理部令2号第三十三条";
    one->fill_field = "drilled_on";
    if (f->trade == TRADE_OTHER)
        return;
    bool ready = has(e, rescue) && strcmp(e->rescue, "none") != 0;
    one = lamp_add(l, "rescue", "应急救援力量", "Rescue", ready);
    one->text = ready ? (strcmp(e->rescue, "own") == 0 ? (struct label){ "自有队伍", "Own team" }
                                                       : (struct label){ "已签救援协议", "By agreement" })
                      : (struct label){ "没有救援队伍或救援协议", "Neither a team nor an agreement" };
    one->basis = "安全生产法第八十二条";
    one->fill_field = "rescue";
}

static const struct {
    const char *code;
    struct label label;
    void (*light)(struct firm *f, struct lamp *l);
} lamps[LAMPS] = {
    { "duty", { "安全责任到位", "Duty" }, light_duty },
    { "management", { "安全管理到位", "Management" }, light_management },
    { "investment", { "安全投入到位", "Investment" }, light_investment },
    { "training", { "安全培训到位", "Training" }, light_training },
    { "rescue", { "应急救援到位", "Rescue" }, light_rescue },
};

static void firm_done(struct firm *f)
{
    text_done(&f->crew.unsigned_on.names);
    text_done(&f->crew.initial.names);
    text_done(&f->crew.yearly.names);
    text_done(&f->void_certificates.names);
}

int firm_standing(struct db *db, const struct actor *actor, const struct enterprise *e, struct arena *arena,
                  struct standing *out, struct error *err)
{
    struct firm f = { .db = db, .arena = arena, .e = e, .day = out->day };
    f.trade = trade_of(has(e, sector) ? e->sector : NULL, has(e, flags) ? e->flags : NULL,
                       has(e, industry) ? e->industry : NULL);
    f.listed = f.trade != TRADE_OTHER || has_flag(e, ",CROWD,");
    struct named *lists[] = { &f.crew.unsigned_on, &f.crew.initial, &f.crew.yearly, &f.void_certificates };
    for (size_t i = 0; i < COUNT(lists); i++)
        lists[i]->names.limit = 4096;
    if (e->operating_state == OPERATING_CLOSED)
        return 0;
    struct owner own = e->is.own;
    own.object = e->is.id;
    out->hidden = !standing_may_see(actor, &person_kind, &own) || !standing_may_see(actor, &licence_kind, &own) ||
                  !standing_may_see(actor, &certificate_kind, &own) ||
                  !standing_may_see(actor, &standardization_kind, &own);
    if (out->hidden)
        return 0;
    f.promises =
        standing_may_see(actor, &safety_promise_kind, &own) && standing_may_see(actor, &major_hazard_source_kind, &own);
    int got = read_crew(&f, err) < 0 || read_licences(&f, err) < 0 || read_certificates(&f, err) < 0 ||
                      read_grade(&f, err) < 0 || read_promise(&f, err) < 0 ||
                      (standing_may_see(actor, &hazard_kind, &own) && read_majors(&f, err) < 0)
                  ? -1
                  : 0;
    for (size_t i = 0; got == 0 && i < LAMPS; i++) {
        struct lamp *l = &out->lamps[out->lamp_count++];
        *l = (struct lamp){ .code = lamps[i].code, .label = lamps[i].label, .on = true };
        lamps[i].light(&f, l);
        for (size_t k = 0; k < l->count; k++)
            l->on = l->on && (l->findings[k].met || l->findings[k].advisory);
    }
    firm_done(&f);
    return got;
}
