#include "demo/firm.h"

#include "base/clock.h"
#include "demo/grading.h"
#include "domain/object/certificate.h"
#include "domain/object/dangerous_goods.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/object/headcount.h"
#include "domain/object/licence.h"
#include "domain/object/major_hazard_source.h"
#include "domain/object/person.h"
#include "domain/object/safety_promise.h"
#include "domain/object/standardization.h"

#include <stdio.h>
#include <string.h>

enum { FIRMS_MOST = 200, WORKERS_MOST = 6, PEOPLE_ROOM = 16, YEAR = 365, TANK_SITES = 2, GRADED_AGO = 50 };

static const char *const surnames[] = { "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈",
                                        "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "许", "何" };
static const char *const givens[] = { "建国", "秀英", "志强", "丽娟", "海峰", "玉兰", "德胜", "晓梅",
                                      "立新", "春燕", "永刚", "桂芳", "少华", "爱民", "文博", "雪莹" };

struct firm_row {
    int64_t id, staff;
    char sector[24], head[64];
    bool chemicals;
};

struct firms {
    struct firm_row rows[FIRMS_MOST];
    size_t count, at; /* the firm a change works on */
    size_t people;    /* names and numbers follow from it */
    char manager[64]; /* who looks after safety there */
};

static int64_t today(const struct change *c)
{
    return day_of_ms(c->now);
}

/* A number of the fictional area with its check digit. */
static const char *id_number(struct change *c, size_t n)
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    char digits[19];
    int sum = 0;
    snprintf(digits, sizeof digits, "990102%04d%02d%02d%03d", 1965 + (int)(n * 7 % 38), 1 + (int)(n % 12),
             1 + (int)(n * 5 % 28), 1 + (int)(n % 998));
    for (size_t i = 0; i < COUNT(weights); i++)
        sum += (digits[i] - '0') * weights[i];
    digits[17] = "10X98765432"[sum % 11];
    digits[18] = '\0';
    return arena_str(c->arena, digits);
}

static struct lines *trained(struct change *c, const int64_t (*rows)[2], size_t count, int64_t from)
{
    struct lines *lines = ARENA_NEW(c->arena, struct lines);
    struct training *t = ARENA_ARRAY(c->arena, struct training, count);
    for (size_t i = 0; i < count; i++) {
        set(&t[i], held_on, i == 0 ? from : today(c) - rows[i][0]);
        set(&t[i], purpose, i == 0 ? "initial" : "yearly");
        set(&t[i], hours, rows[i][1]);
        set(&t[i], topic, i == 0 ? "三级安全教育" : "年度安全再培训");
        set(&t[i], passed, 1);
    }
    *lines = (struct lines){ count, t };
    return lines;
}

struct role_of {
    const char *category, *post, *safety;
    bool engineer;
};

/* Somebody in ten lacks hours or a signature: the lamps have something to say. */
static int make_person(struct change *c, struct firms *f, const struct role_of *role, const char *name, int64_t *id,
                       struct error *err)
{
    const struct firm_row *row = &f->rows[f->at];
    size_t n = f->people++;
    struct person *p = change_new(c, &person_kind);
    bool high = trade_is_high_risk(trade_of(row->sector, row->chemicals ? ",HZ_PROD," : NULL, NULL)),
         manager = role->safety || strcmp(role->category, "head") == 0;
    int64_t hired = today(c) - (2 + (int64_t)(n % 6)) * YEAR - (int64_t)(n * 13 % 300);
    int64_t initial = manager ? (high ? 480 : 320) : (high ? 720 : 240);
    int64_t yearly = n % 10 == 7 ? 80 : 240;
    const int64_t rows[][2] = { { 0, initial }, { 40 + (int64_t)(n % 90), yearly } };
    set(p, name,
        name ? name : arena_printf(c->arena, "%s%s", surnames[n * 7 % COUNT(surnames)], givens[n * 5 % COUNT(givens)]));
    set(p, object, row->id);
    set(p, category, role->category);
    set(p, post, role->post);
    if (role->safety)
        set(p, safety_role, role->safety);
    set(p, engineer, role->engineer);
    set(p, id_number, id_number(c, n));
    set(p, phone, arena_printf(c->arena, "138%08d", (int)(20260000 + n * 37)));
    set(p, hired_on, hired);
    if (n % 10 != 3)
        set(p, duty_signed_on, today(c) - 20 - (int64_t)(n % 60));
    give(p, trainings, trained(c, rows, COUNT(rows), hired + 10));
    if (change_create(c, &person_kind, p, err) < 0)
        return -1;
    *id = p->is.id;
    if (role->safety && !f->manager[0])
        snprintf(f->manager, sizeof f->manager, "%s", p->name);
    return 0;
}

static int make_certificate(struct change *c, int64_t holder, const char *type, const char *category, const char *item,
                            int64_t issued_ago, int64_t reviewed_ago, struct error *err)
{
    struct certificate *t = change_new(c, &certificate_kind);
    set(t, holder, holder);
    set(t, type, type);
    if (category)
        set(t, category, category);
    if (item)
        set(t, item, item);
    set(t, issuer, "安海省应急管理厅");
    set(t, issued_on, today(c) - issued_ago);
    if (reviewed_ago)
        set(t, reviewed_on, today(c) - reviewed_ago);
    return change_create(c, &certificate_kind, t, err);
}

static int make_licence(struct change *c, const struct firms *f, const char *type, const char *prefix,
                        int64_t days_left, struct error *err)
{
    struct licence *l = change_new(c, &licence_kind);
    set(l, object, f->rows[f->at].id);
    set(l, type, type);
    set(l, licence_no,
        arena_printf(c->arena, "（安）%s〔%d〕%04d号", prefix, 2023 + (int)(f->at % 3), (int)(101 + f->at)));
    set(l, issuer, "安澜市应急管理局");
    set(l, valid_until, today(c) + days_left);
    set(l, valid_from, today(c) + days_left - 3 * YEAR + 1);
    set(l, issued_on, l->valid_from < today(c) ? l->valid_from : today(c));
    return change_create(c, &licence_kind, l, err);
}

static const char *const licence_prefixes[][2] = {
    { "work_safety", "WH安许证字" },   { "hazchem_trade", "危化经字" },    { "fireworks_wholesale", "YH批字" },
    { "gas_trade", "燃证字" },         { "road_transport", "交运管许可" }, { "plan_filing", "预案备字" },
    { "safety_evaluation", "安评字" },
};

static int make_papers(struct change *c, struct firms *f, struct error *err)
{
    static const struct {
        const char *sector, *type;
        int64_t left;
    } papers[] = {
        { "HAZCHEM", "work_safety", 58 },      { "HAZCHEM", "safety_evaluation", 400 },
        { "HAZCHEM", "plan_filing", 620 },     { "FIREWORK", "fireworks_wholesale", 82 },
        { "FIREWORK", "plan_filing", -12 },    { "TAILINGS", "work_safety", 510 },
        { "TAILINGS", "plan_filing", 340 },    { "GAS", "gas_trade", 900 },
        { "ROADTRANS", "road_transport", 15 },
    };
    for (size_t i = 0; i < COUNT(papers); i++)
        for (size_t k = 0; k < COUNT(licence_prefixes); k++)
            if (strcmp(papers[i].sector, f->rows[f->at].sector) == 0 &&
                strcmp(papers[i].type, licence_prefixes[k][0]) == 0 &&
                make_licence(c, f, papers[i].type, licence_prefixes[k][1], papers[i].left + (int64_t)(f->at * 3), err) <
                    0)
                return -1;
    return 0;
}

static int make_grade(struct change *c, const struct firms *f, struct error *err)
{
    static const struct {
        const char *sector, *level, *round;
        int64_t left, score;
    } grades[] = { { "HAZCHEM", "two", "renewal", 25, 812 }, { "INDUSTRY", "three", "first", 230, 674 } };
    for (size_t i = 0; i < COUNT(grades); i++) {
        if (strcmp(grades[i].sector, f->rows[f->at].sector) != 0)
            continue;
        struct standardization *s = change_new(c, &standardization_kind);
        int64_t until = today(c) + grades[i].left + (int64_t)(f->at * 3), from = until - 3 * YEAR + 1;
        set(s, object, f->rows[f->at].id);
        set(s, level, grades[i].level);
        set(s, round, grades[i].round);
        set(s, score, grades[i].score);
        set(s, certificate_no,
            arena_printf(c->arena, "AQB-%s-%04d", grades[i].level[1] == 'w' ? "II" : "III", (int)(101 + f->at)));
        set(s, issuer, grades[i].level[1] == 'w' ? "安海省应急管理厅" : "安澜市应急管理局");
        set(s, applied_on, from - 120);
        set(s, graded_on, from - 30);
        set(s, announced_on, from - 8);
        set(s, valid_from, from);
        set(s, valid_until, until);
        if (change_create(c, &standardization_kind, s, err) < 0)
            return -1;
    }
    return 0;
}

/* Three days of promises of who has a major hazard; one firm in five forgets today's. */
static int make_promises(struct change *c, const struct firms *f, struct error *err)
{
    static const char *const works[] = { ",hot,confined,", ",height,", ",hot,lifting,electric," };
    const struct firm_row *row = &f->rows[f->at];
    for (int64_t ago = f->at % 5 == 4 ? 1 : 0; ago < 3; ago++) {
        struct safety_promise *p = change_new(c, &safety_promise_kind);
        size_t n = f->at + (size_t)ago;
        set(p, object, row->id);
        set(p, promised_on, today(c) - ago);
        set(p, signer, row->head[0] ? row->head : "值班负责人");
        set(p, risk, n % 4 == 1 ? "orange" : "yellow");
        set(p, special_works, works[n % COUNT(works)]);
        set(p, special_work_count, 1 + (int64_t)(n % 4));
        set(p, special_work_note, "作业票已审批，监护人到岗");
        set(p, statement, "今日已完成安全风险研判，各项防控措施已落实，重大危险源处于受控状态。");
        set(p, principal, row->head[0] ? row->head : "值班负责人");
        set(p, technical, arena_printf(c->arena, "%s%s", surnames[n % COUNT(surnames)], givens[n * 3 % COUNT(givens)]));
        set(p, operational,
            arena_printf(c->arena, "%s%s", surnames[(n + 5) % COUNT(surnames)], givens[(n * 3 + 4) % COUNT(givens)]));
        if (change_create(c, &safety_promise_kind, p, err) < 0)
            return -1;
    }
    return 0;
}

/* A head appointed this year and not examined yet: one firm in nine. */
static bool is_new(const struct firms *f)
{
    return f->at % 9 == 5;
}

static int make_people(struct change *c, struct firms *f, struct error *err)
{
    static const struct role_of workers[] = {
        { "worker", "电工", NULL, false },   { "worker", "焊工", NULL, false },
        { "worker", "操作工", NULL, false }, { "worker", "叉车司机", NULL, false },
        { "worker", "保管员", NULL, false }, { "dispatched", "保洁员", NULL, false },
    };
    const struct firm_row *row = &f->rows[f->at];
    bool chemicals = strcmp(row->sector, "HAZCHEM") == 0;
    int64_t id, full = chemicals ? 3 : row->staff > 100, made = row->staff / 20 + 2;
    if (make_person(c, f, &(struct role_of){ "head", "主要负责人", NULL, false }, row->head[0] ? row->head : NULL, &id,
                    err) < 0 ||
        (!is_new(f) &&
         make_certificate(c, id, "head_fitness", NULL, NULL, 400 + (int64_t)(f->at % 70 * 9), 0, err) < 0))
        return -1;
    for (int64_t i = 0; i < (full ? full : 1); i++)
        if (make_person(c, f,
                        &(struct role_of){ "manager", i ? "安全员" : "安全管理部主任", full ? "full_time" : "part_time",
                                           i == 0 && chemicals },
                        NULL, &id, err) < 0 ||
            make_certificate(c, id, "manager_fitness", NULL, NULL, 300 + i * 40, 0, err) < 0)
            return -1;
    for (int64_t i = 0; i < (made < WORKERS_MOST ? made : WORKERS_MOST); i++) {
        if (make_person(c, f, &workers[i], NULL, &id, err) < 0)
            return -1;
        /* One review in time, one due within its sixty days. */
        if (i == 0 &&
            make_certificate(c, id, "special_operation", "electric", "低压电工作业", 4 * YEAR, YEAR + 20, err) < 0)
            return -1;
        if (i == 1 && make_certificate(c, id, "special_operation", "welding", "熔化焊接与热切割作业",
                                       3 * YEAR - 40 + (int64_t)(f->at % 5) * 15, 0, err) < 0)
            return -1;
    }
    return 0;
}

static int make_source(struct change *c, const struct firms *f, bool first, struct error *err)
{
    static const struct {
        const char *good;
        int64_t tonnes;
        const char *product;
    } stocks[TANK_SITES][2] = { { { "ammonia", 40, "液氨" }, { "chlorine", 6, "液氯" } },
                                { { "methanol", 900, "甲醇" }, { "toluene", 400, "甲苯" } } };
    struct major_hazard_source *m = change_new(c, &major_hazard_source_kind);
    struct lines *lines = ARENA_NEW(c->arena, struct lines);
    struct inventory *rows = ARENA_ARRAY(c->arena, struct inventory, 2);
    for (size_t i = 0; i < 2; i++) {
        set(&rows[i], good, stocks[first ? 0 : 1][i].good);
        set(&rows[i], tonnes, stocks[first ? 0 : 1][i].tonnes * MILLION);
        set(&rows[i], product, stocks[first ? 0 : 1][i].product);
    }
    *lines = (struct lines){ 2, rows };
    set(m, object, f->rows[f->at].id);
    set(m, name, first ? "1 号罐区（液氨、液氯）" : "2 号罐区（甲醇、甲苯）");
    set(m, unit_type, "storage");
    set(m, location, first ? "厂区北侧" : "厂区西侧");
    give(m, inventory, lines);
    set(m, people, first ? 120 : 36);
    set(m, assessed_on, today(c) - (first ? 3 * YEAR - 50 : 500));
    set(m, assessor, "安海省安全科学研究院");
    set(m, filing_no, arena_printf(c->arena, "BA-990102-%04d-%d", (int)f->at + 1, first ? 1 : 2));
    set(m, filed_on, m->assessed_on + 20);
    set(m, toxic, first);
    set(m, monitored, 1);
    set(m, shut_down, 1);
    return change_create(c, &major_hazard_source_kind, m, err);
}

/* What the firm's own record lacks for its lamps. */
static int fill_firm(struct change *c, const struct firms *f, struct error *err)
{
    const struct firm_row *row = &f->rows[f->at];
    void *before;
    int year, month, dom;
    if (change_get(c, &enterprise_kind, row->id, 0, "change", &before, err) < 0)
        return -1;
    struct enterprise *e = change_copy(c, &enterprise_kind, before);
    struct lines *lines = ARENA_NEW(c->arena, struct lines);
    struct safety_cost *cost = ARENA_NEW(c->arena, struct safety_cost);
    day_to_ymd(today(c), &year, &month, &dom);
    set(cost, year, year - 1);
    set(cost, required, (int64_t)(20 + f->at * 3) * 1000000);
    set(cost, used, (int64_t)(f->at % 4 == 2 ? 14 : 26 + f->at * 3) * 1000000);
    *lines = (struct lines){ 1, cost };
    give(e, safety_costs, lines);
    set(e, safety_head, arena_str(c->arena, f->manager));
    give(e, safety_head_since, today(c) - 300 - (int64_t)(f->at * 53 % 1500));
    if (has(e, head))
        give(e, head_since,
             today(c) - (is_new(f) ? 110 + (int64_t)(f->at * 7 % 90) : 2 * YEAR + (int64_t)(f->at * 71 % 2500)));
    set(e, insured, 1);
    set(e, policy_no, arena_printf(c->arena, "AZX2026-%05d", (int)(1000 + f->at * 17)));
    set(e, insurance_end, today(c) + 20 + (int64_t)(f->at * 29 % 300));
    set(e, drilled_on, today(c) - 30 - (int64_t)(f->at * 41 % 420));
    set(e, rescue, f->at % 3 == 0 ? "own" : "agreement");
    if (row->chemicals)
        set(e, flags, ",HZ_PROD,HZ_STOR,KEY2_1,");
    else if (strcmp(row->sector, "FIREWORK") == 0)
        set(e, flags, ",FW_WHOLE,");
    else if (strcmp(row->sector, "TAILINGS") == 0)
        set(e, flags, ",TAILINGS,");
    return change_save(c, &enterprise_kind, before, e, err);
}

static int make_firm(struct change *c, void *args, struct error *err)
{
    struct firms *f = args;
    f->people = f->at * PEOPLE_ROOM;
    f->manager[0] = '\0';
    if (make_people(c, f, err) < 0 || fill_firm(c, f, err) < 0 || make_papers(c, f, err) < 0 ||
        make_grade(c, f, err) < 0 || grading_look(c, f->rows[f->at].id, f->at, true, err) < 0)
        return -1;
    if (!f->rows[f->at].chemicals)
        return 0;
    return make_source(c, f, true, err) < 0 || make_source(c, f, false, err) < 0 ? -1 : make_promises(c, f, err);
}

static int look_at_firm(struct change *c, void *args, struct error *err)
{
    struct firms *f = args;
    return grading_look(c, f->rows[f->at].id, f->at, false, err);
}

static int read_firms(struct db *db, struct firms *f, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT id, staff, sector, head FROM enterprise WHERE removed_at IS NULL ORDER BY id LIMIT ?",
                 BIND(value_int(FIRMS_MOST)), err) < 0)
        return -1;
    while (f->count < FIRMS_MOST && rows_next(&rows)) {
        struct firm_row *r = &f->rows[f->count++];
        r->id = rows_int(&rows, 0);
        r->staff = rows_int(&rows, 1);
        snprintf(r->sector, sizeof r->sector, "%s", rows_text(&rows, 2) ? rows_text(&rows, 2) : "");
        snprintf(r->head, sizeof r->head, "%s", rows_text(&rows, 3) ? rows_text(&rows, 3) : "");
        r->chemicals = strcmp(r->sector, "HAZCHEM") == 0;
    }
    return rows_done(&rows, err);
}

/* ---- facilities: what belongs to their type ---- */

static void fill_place(struct facility *p, int64_t day)
{
    if (strcmp(p->type, "tailings") == 0) {
        set(p, pond_grade, "4");
        set(p, dam_height, 385);
        set(p, dam_design, 450);
        set(p, capacity, 18600);
        set(p, overhead, 1);
        set(p, downstream, 260);
        set(p, mineral, "铁矿");
    } else if (strcmp(p->type, "works_site") == 0) {
        set(p, works_type, "house");
        set(p, works_permit, "990102202603150101");
        set(p, builder, "安海省第三建筑工程有限公司");
        set(p, supervisor, "安澜正信监理有限公司");
        set(p, works_area, 6240000);
        set(p, works_cost, 18600000000);
        set(p, labourers, 146);
        set(p, labour_safety, 1);
        set(p, starts_on, day - 210);
        set(p, ends_on, day + 320);
    } else if (strcmp(p->type, "mall") == 0 || strcmp(p->type, "crowd") == 0) {
        set(p, floor_area, 3120000);
        set(p, floors, 4);
        set(p, people_most, 3500);
    }
}

struct places {
    int64_t ids[FIRMS_MOST];
    size_t count;
};

static int fill_places(struct change *c, void *args, struct error *err)
{
    const struct places *list = args;
    for (size_t i = 0; i < list->count; i++) {
        void *before;
        if (change_get(c, &facility_kind, list->ids[i], 0, "change", &before, err) < 0)
            return -1;
        struct facility *p = change_copy(c, &facility_kind, before);
        fill_place(p, today(c));
        if (change_save(c, &facility_kind, before, p, err) < 0)
            return -1;
    }
    return 0;
}

static int read_places(struct db *db, struct places *list, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT id FROM facility WHERE removed_at IS NULL ORDER BY id LIMIT ?",
                 BIND(value_int(FIRMS_MOST)), err) < 0)
        return -1;
    while (list->count < FIRMS_MOST && rows_next(&rows))
        list->ids[list->count++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

int demo_firms(struct house *house, int64_t now_ms, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct firms *f = ARENA_NEW(&arena, struct firms);
    struct places *places = ARENA_NEW(&arena, struct places);
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "demo" }, before = order;
    before.now_ms -= (int64_t)GRADED_AGO * DAY_MS;
    struct db *db;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = read_firms(db, f, err) < 0 || read_places(db, places, err) < 0 ? -1 : 0;
    store_reader_back(house->store, db);
    for (; got == 0 && f->at < f->count; f->at++)
        got = change_run(house, &before, look_at_firm, f, NULL, err) < 0
                  ? -1
                  : change_run(house, &order, make_firm, f, NULL, err);
    return got < 0 ? -1 : change_run(house, &order, fill_places, places, NULL, err);
}
