#include "domain/town.h"

#include "access/query.h"
#include "access/session.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "domain/files.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "domain/ladder.h"
#include "domain/render.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { READERS = 12 };

/* ---- what stands in the town ---- */

static const struct {
    int64_t code;
    const char *name;
} areas[] = {
    { province, "测试省" },   { city, "甲市" },           { county, "北区" },         { county_c, "南县" },
    { town_a, "河口镇" },     { town_b, "潮头街道" },     { town_c, "城关镇" },       { village_a1, "河口社区" },
    { village_a2, "柳湾村" }, { village_b1, "观潮社区" }, { village_c1, "东门社区" }, { other_city, "乙市" },
    { county_d, "西区" },     { town_d, "西山镇" },       { flat_city, "丙市" },      { flat_town, "直管镇" },
};

static const struct {
    const char *name, *sector;
    int64_t region;
} firms[] = {
    [FIRM_A1] = { "河口化工有限公司", "HAZCHEM", village_a1 },
    [FIRM_A2] = { "柳湾木业加工厂", "INDUSTRY", village_a2 },
    [FIRM_A3] = { "河口镇无名作坊", NULL, town_a },
    [FIRM_B1] = { "潮头化工有限公司", "HAZCHEM", village_b1 },
    [FIRM_B2] = { "潮头商业广场", "FIRE", village_b1 },
    [FIRM_C1] = { "城关铸造有限公司", "INDUSTRY", village_c1 },
    [FIRM_D1] = { "西山化工有限公司", "HAZCHEM", town_d },
    [FIRM_F1] = { "直管镇加油站", "HAZCHEM", flat_town },
};

const char *const town_names[TOWN_PEOPLE] = {
    [PROGRAM] = "system",      [OFFICE] = "office",         [PROVINCE] = "province",       [CITY] = "city",
    [FLAT_CITY] = "flat-city", [COUNTY] = "county",         [CHECKER] = "checker",         [GRID_A] = "grid-a",
    [GRID_B] = "grid-b",       [VILLAGE] = "village",       [SAFETY] = "safety",           [NAMED] = "named",
    [SECTOR] = "sector",       [NAMED_IN_B] = "named-in-b", [OBJECT_IN_B] = "object-in-b", [TWO_TOWNS] = "two-towns",
    [MIXED] = "mixed",         [READER] = "reader",         [NOBODY] = "nobody",
};

static const char rows_of[] = "hazard,enterprise,facility", lists_of[] = "region,organisation,account";
static const char inspect[] = "read,create,change,remove,import,export,unmask,classify,assign,recheck";
static const char patrol[] = "read,create,change,import,export,classify,assign,recheck";

/* Shapes of grants beside those that roles give: what a scope is made of is tested whole. FIRM_A1 and FIRM_C1 are filled
** in once they exist. */
static const struct {
    enum who who;
    struct {
        const char *kinds, *verbs, *sectors, *role;
        int64_t area;
        bool named;
    } row;
    int object; /* a spot + 1 */
} grants[] = {
    { OFFICE, { .verbs = "all", .role = "office" }, 0 },
    { PROVINCE, { .kinds = rows_of, .verbs = "all", .area = province }, 0 },
    { CITY, { .kinds = rows_of, .verbs = "all", .area = city, .role = "office" }, 0 },
    { FLAT_CITY, { .kinds = rows_of, .verbs = "all", .area = flat_city }, 0 },
    { COUNTY, { .kinds = rows_of, .verbs = inspect, .area = county }, 0 },
    { CHECKER, { .kinds = rows_of, .verbs = inspect, .area = county }, 0 },
    { GRID_A, { .kinds = rows_of, .verbs = patrol, .area = town_a }, 0 },
    { GRID_B, { .kinds = rows_of, .verbs = patrol, .area = town_b }, 0 },
    { VILLAGE, { .kinds = rows_of, .verbs = "read,create", .area = village_a1 }, 0 },
    { SAFETY, { .kinds = rows_of, .verbs = "read,create,rectify" }, FIRM_A1 + 1 },
    { NAMED, { .kinds = "hazard", .verbs = "read,rectify", .named = true }, 0 },
    { SECTOR, { .kinds = rows_of, .verbs = inspect, .area = county, .sectors = "HAZCHEM" }, 0 },
    { NAMED_IN_B, { .kinds = rows_of, .verbs = "read", .area = town_b, .named = true }, 0 },
    { OBJECT_IN_B, { .kinds = rows_of, .verbs = "read", .area = town_b }, FIRM_A1 + 1 },
    { TWO_TOWNS, { .kinds = rows_of, .verbs = inspect, .area = town_a }, 0 },
    { TWO_TOWNS, { .kinds = rows_of, .verbs = "read,export", .area = town_c }, 0 },
    { MIXED, { .kinds = rows_of, .verbs = patrol, .area = town_b }, 0 },
    { MIXED, { .kinds = rows_of, .verbs = "read,rectify" }, FIRM_C1 + 1 },
    { MIXED, { .kinds = rows_of, .verbs = "read", .named = true }, 0 },
    { MIXED, { .kinds = rows_of, .verbs = "read", .area = county, .sectors = "HAZCHEM,GAS" }, 0 },
    { READER, { .kinds = rows_of, .verbs = "read", .area = city }, 0 },
};

/* ---- opening ---- */

static void make_areas(struct town *t)
{
    for (size_t i = 0; i < COUNT(areas); i++)
        must_create(t, PROGRAM, &region_kind,
                    say(t, "{\"code\":\"%012lld\",\"name\":\"%s\"}", (long long)areas[i].code, areas[i].name));
}

static void make_spots(struct town *t)
{
    for (size_t i = 0; i < COUNT(firms); i++) {
        const char *sector = firms[i].sector ? say(t, ",\"sector\":\"%s\"", firms[i].sector) : "";
        t->spots[i] = must_create(t, PROGRAM, &enterprise_kind,
                                  say(t, "{\"name\":\"%s\",\"no_code_reason\":\"new\",\"region\":\"%012lld\"%s}",
                                      firms[i].name, (long long)firms[i].region, sector));
    }
    t->spots[PLACE_A1] =
        must_create(t, PROGRAM, &facility_kind,
                    say(t, "{\"name\":\"河口商贸城\",\"type\":\"crowd\",\"sector\":\"FIRE\",\"region\":\"%012lld\"}",
                        (long long)village_a1));
}

static const char *as_set(struct town *t, const char *list)
{
    return list ? arena_printf(&t->people_arena, ",%s,", list) : NULL;
}

static void make_person(struct town *t, enum who who)
{
    struct actor *a = &t->people[who];
    int64_t id =
        must_create(t, PROGRAM, &account_kind,
                    say(t, "{\"name\":\"%s\",\"display_name\":\"人员 %s\"}", town_names[who], town_names[who]));
    *a = (struct actor){ .id = id, .name = town_names[who], .display_name = town_names[who], .day = TODAY };
    if (who != OFFICE && who != NOBODY)
        a->grants[a->grant_count++] = (struct grant){ .kinds = as_set(t, lists_of), .verbs = verb_bit("read") };
    for (size_t i = 0; i < COUNT(grants); i++)
        if (grants[i].who == who)
            a->grants[a->grant_count++] =
                (struct grant){ .kinds = as_set(t, grants[i].row.kinds),
                                .verbs = verbs_parse(grants[i].row.verbs),
                                .role = grants[i].row.role,
                                .area = grants[i].row.area,
                                .sectors = as_set(t, grants[i].row.sectors),
                                .object = grants[i].object ? t->spots[grants[i].object - 1] : 0,
                                .named = grants[i].row.named };
}

/* What jobs act with is loaded from the store: these hold there what their shape of grant stands for. */
static void appoint(struct town *t, enum who who, const char *role, int64_t area)
{
    const char *where = area ? say(t, ",\"area\":\"%012lld\"", (long long)area) : "";
    must_create(t, PROGRAM, &assignment_kind,
                say(t, "{\"role\":\"%s\",\"holder_account\":%lld,\"valid_from\":\"2020-01-01\"%s}", role,
                    (long long)t->people[who].id, where));
}

void town_employ(struct town *t, enum who who, enum spot spot, const char *until)
{
    if (count_of(t, "SELECT count(*) FROM assignment WHERE role = 'safety' AND holder_account = %lld AND object = %lld",
                 (long long)t->people[who].id, (long long)t->spots[spot]) > 0)
        return;
    const char *end = until ? say(t, ",\"valid_to\":\"%s\"", until) : "";
    must_create(t, PROGRAM, &assignment_kind,
                say(t, "{\"role\":\"safety\",\"holder_account\":%lld,\"object\":%lld,\"valid_from\":\"2020-01-01\"%s}",
                    (long long)t->people[who].id, (long long)t->spots[spot], end));
}

static int remove_one(const char *path, const struct stat *about, int flag, struct FTW *where)
{
    (void)about;
    (void)flag;
    (void)where;
    return remove(path);
}

static int64_t noon(void)
{
    return town_noon;
}

struct town *town_open(enum store_engine engine)
{
    struct town *t = memory_new(sizeof *t);
    struct error err = { 0 };
    const char *base = getenv("TMPDIR");
    t->engine = engine;
    snprintf(t->folder, sizeof t->folder, "%s/anlan-town-XXXXXX", base && strlen(base) < 60 ? base : "/tmp");
    assert_non_null(mkdtemp(t->folder));
    t->url = engine == STORE_POSTGRES ? pg_fixture_database() : NULL;
    must(house_open(&(struct house_options){ t->folder, t->url, READERS, HOUSE_OWN }, &t->house, &err), &err);
    must(house_start_jobs(&t->house, 0, noon, &err), &err);
    t->people[PROGRAM] = actor_program();
    make_areas(t);
    make_spots(t);
    for (enum who who = OFFICE; who < TOWN_PEOPLE; who++)
        make_person(t, who);
    appoint(t, OFFICE, "office", 0);
    appoint(t, GRID_A, "grid", town_a);
    appoint(t, GRID_B, "grid", town_b);
    arena_done(&t->arena);
    return t;
}

void town_close(struct town *t)
{
    house_close(&t->house);
    nftw(t->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    memory_free(t->url);
    json_decref(t->held);
    arena_done(&t->arena);
    arena_done(&t->people_arena);
    memory_free(t);
}

/* ---- running ---- */

static enum store_engine engine_now;

static int begin(void **state)
{
    *state = town_open(engine_now);
    return 0;
}

static int end(void **state)
{
    town_close(*state);
    return 0;
}

static int sweep(void **state)
{
    struct town *t = TOWN(state);
    json_decref(t->held);
    t->held = NULL;
    arena_done(&t->arena);
    return 0;
}

static int run_town(enum store_engine engine, const struct both *tests, size_t count)
{
    AUTO_ARENA arena = { 0 };
    const char *name = engine == STORE_SQLITE ? "sqlite" : "postgres";
    struct CMUnitTest *list = ARENA_ARRAY(&arena, struct CMUnitTest, count);
    engine_now = engine;
    log_threshold(LOG_ERROR); /* a slow machine is no news */
    for (size_t i = 0; i < count; i++)
        list[i] = (struct CMUnitTest){ .name = arena_printf(&arena, "%s: %s", name, tests[i].says),
                                       .test_func = tests[i].body,
                                       .teardown_func = sweep };
    return _cmocka_run_group_tests(name, list, count, begin, end);
}

int run_towns(const struct both *tests, size_t count)
{
    const char *engines = getenv("ANLAN_TEST_ENGINES");
    int failed = run_town(STORE_SQLITE, tests, count);
    if (!engines || strcmp(engines, "sqlite") != 0)
        failed += run_town(STORE_POSTGRES, tests, count);
    return failed;
}

/* ---- writing ---- */

struct order {
    const struct kind *kind;
    int64_t id, version;
    const struct move *move;
    const json_t *body;
    bool restore;
};

static int in_change(struct change *c, void *args, struct error *err)
{
    const struct order *o = args;
    void *before;
    if (!o->id) {
        void *record = change_new(c, o->kind);
        change_apply_json(c, o->kind, o->body, FROM_CREATE, NULL, record, err);
        return change_create(c, o->kind, record, err);
    }
    const char *verb = o->move ? o->move->needs : o->body ? "change" : "remove";
    if (change_get(c, o->kind, o->id, o->version, verb, &before, err) < 0)
        return -1;
    if (o->restore)
        return change_restore(c, o->kind, before, err);
    if (!o->body)
        return change_remove(c, o->kind, before, err);
    void *after = change_copy(c, o->kind, before);
    change_apply_json(c, o->kind, o->body, o->move ? FROM_MOVE : FROM_PATCH, o->move, after, err);
    if (o->move)
        return change_move(c, o->kind, o->move, before, after, json_string_value(json_object_get(o->body, "note")),
                           err);
    return change_save(c, o->kind, before, after, err);
}

static int run_order(struct town *t, const struct act *act, struct order *o, const char *body,
                     struct change_result *out, struct error *err)
{
    struct change_order order = { .actor = &t->people[act->who],
                                  .now_ms = act->now ? act->now : town_noon,
                                  .cause = "test",
                                  .once = { .key = act->once } };
    struct change_result done = { 0 };
    json_t *json = body ? json_loads(body, 0, NULL) : NULL;
    o->body = json;
    if (body && !json)
        return fail(err, FAULT_MALFORMED, "test.body", "%s", "no JSON: %s", body);
    sha256(body ? body : "", body ? strlen(body) : 0, order.once.body);
    int got = change_run(&t->house, &order, in_change, o, &done, err);
    if (got == 0 && out)
        *out = done;
    json_decref(json);
    return got;
}

int town_act(struct town *t, const struct act *act, const struct kind *kind, int64_t id, const char *move,
             const char *body, struct change_result *out, struct error *err)
{
    struct order o = { .kind = kind, .id = id, .version = act->version, .move = move ? move_find(kind, move) : NULL };
    return run_order(t, act, &o, body, out, err);
}

int town_create(struct town *t, enum who who, const struct kind *kind, const char *body, int64_t *id, struct error *err)
{
    struct change_result done;
    int got = town_act(t, &(struct act){ .who = who }, kind, 0, NULL, body, &done, err);
    if (got == 0)
        *id = done.id;
    return got;
}

int town_patch(struct town *t, enum who who, const struct kind *kind, int64_t id, int64_t version, const char *body,
               struct change_result *out, struct error *err)
{
    return town_act(t, &(struct act){ .who = who, .version = version }, kind, id, NULL, body, out, err);
}

int town_move(struct town *t, enum who who, int64_t hazard, const char *move, int64_t version, const char *body,
              struct error *err)
{
    return town_act(t, &(struct act){ .who = who, .version = version }, &hazard_kind, hazard, move, body, NULL, err);
}

int town_remove(struct town *t, enum who who, const struct kind *kind, int64_t id, struct error *err)
{
    return town_act(t, &(struct act){ .who = who }, kind, id, NULL, NULL, NULL, err);
}

int town_restore(struct town *t, enum who who, const struct kind *kind, int64_t id, struct error *err)
{
    struct order o = { .kind = kind, .id = id, .restore = true };
    return run_order(t, &(struct act){ .who = who }, &o, NULL, NULL, err);
}

int64_t must_create(struct town *t, enum who who, const struct kind *kind, const char *body)
{
    struct error err = { 0 };
    int64_t id = 0;
    if (town_create(t, who, kind, body, &id, &err) < 0)
        fail_msg("%s may not create %s %s: %s (%s: %s)", town_names[who], kind->name, body, err.en, err.fields[0].name,
                 err.fields[0].en);
    return id;
}

void must_patch(struct town *t, enum who who, const struct kind *kind, int64_t id, const char *body)
{
    struct error err = { 0 };
    if (town_patch(t, who, kind, id, 0, body, NULL, &err) < 0)
        fail_msg("%s may not change %s/%lld to %s: %s (%s: %s)", town_names[who], kind->name, (long long)id, body,
                 err.en, err.fields[0].name, err.fields[0].en);
}

void must_move(struct town *t, enum who who, int64_t hazard, const char *move, const char *body)
{
    struct error err = { 0 };
    if (town_move(t, who, hazard, move, 0, body, &err) < 0)
        fail_msg("%s may not %s hazard/%lld with %s: %s (%s: %s)", town_names[who], move, (long long)hazard, body,
                 err.en, err.fields[0].name, err.fields[0].en);
}

int64_t must_hazard(struct town *t, enum who who, int64_t object, const char *description)
{
    return must_create(t, who, &hazard_kind,
                       say(t,
                           "{\"description\":\"%s\",\"object\":%lld,\"found_on\":\"2026-03-01\",\"source\":\"grid\"}",
                           description, (long long)object));
}

int64_t must_file(struct town *t, enum who who, const char *bytes)
{
    return must_file_at(t, who, bytes, town_noon);
}

int64_t must_file_at(struct town *t, enum who who, const char *bytes, int64_t at_ms)
{
    unsigned char digest[32];
    struct error err = { 0 };
    int64_t id = 0;
    size_t size = strlen(bytes);
    int fd = memfd_create("upload", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes, size), size);
    sha256(bytes, size, digest);
    int got =
        file_keep(&t->house, &t->people[who], at_ms, fd, "照片.jpg", "image/jpeg", digest, (int64_t)size, &id, &err);
    close(fd);
    must(got, &err);
    return id;
}

/* ---- reading ---- */

int town_read(struct town *t, enum who who, const struct kind *kind, int64_t id, void **out, struct error *err)
{
    struct scope scope;
    struct db *db;
    scope_compile(&t->people[who], kind, verb_bit("read"), &scope);
    if (store_reader(t->house.store, &db, err) < 0)
        return -1;
    int got = record_read(db, &scope, id, true, false, &t->arena, out, err);
    store_reader_back(t->house.store, db);
    return got;
}

void *must_read(struct town *t, enum who who, const struct kind *kind, int64_t id)
{
    struct error err = { 0 };
    void *record = NULL;
    must(town_read(t, who, kind, id, &record, &err), &err);
    return record;
}

/* Held until the test ends. */
static json_t *hold(struct town *t, json_t *json)
{
    assert_non_null(json);
    if (!t->held)
        t->held = json_array();
    json_array_append_new(t->held, json);
    return json;
}

json_t *must_render(struct town *t, enum who who, const struct kind *kind, int64_t id)
{
    struct error err = { 0 };
    struct db *db;
    void *record = must_read(t, who, kind, id);
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    struct json j = { .out = &out };
    must(store_reader(t->house.store, &db, &err), &err);
    int got = render_records(db, &t->people[who], kind, &record, 1, house_calendar(&t->house), &t->arena, &j, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return hold(t, json_loads(text_get(&out), 0, NULL));
}

const json_t *must_changes(struct town *t, const struct kind *kind, int64_t id, int64_t version)
{
    struct error err = { 0 };
    struct db *db;
    struct history_row *rows;
    size_t count = 0;
    must(store_reader(t->house.store, &db, &err), &err);
    int got = history_read(db, kind, id, &t->arena, &rows, &count, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    for (size_t i = 0; i < count; i++)
        if (rows[i].version == version)
            return hold(t, json_loads(rows[i].changes, 0, NULL));
    fail_msg("%s/%lld has no version %lld in its history", kind->name, (long long)id, (long long)version);
    return NULL;
}

const char *say(struct town *t, const char *format, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&line, format, args);
    va_end(args);
    assert_true(n >= 0);
    const char *kept = arena_str(&t->arena, line);
    free(line);
    return kept;
}

const char *said(struct town *t, json_t *object)
{
    char *dump = json_dumps(object, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_non_null(dump);
    const char *kept = arena_str(&t->arena, dump);
    free(dump);
    json_decref(object);
    return kept;
}

int64_t count_of(struct town *t, const char *sql, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, sql);
    int n = vasprintf(&line, sql, args);
    va_end(args);
    assert_true(n >= 0);
    int64_t count = must_count(t->house.store, line, NO_BINDS);
    free(line);
    return count;
}

void expect_fault(int got, const struct error *err, enum fault fault, const char *code)
{
    if (got == 0)
        fail_msg("accepted; expected %s", code ? code : "a refusal");
    if (err->fault != fault || (code && strcmp(err->code, code) != 0))
        fail_msg("expected %d %s, got %d %s: %s (%s: %s)", (int)fault, code ? code : "", (int)err->fault, err->code,
                 err->en, err->fields[0].name, err->fields[0].en);
}

void expect_field(int got, const struct error *err, const char *field)
{
    expect_fault(got, err, FAULT_INVALID, NULL);
    if (err->field_count != 1 || strcmp(err->fields[0].name, field) != 0)
        fail_msg("expected %s alone, got %zu: %s: %s", field, err->field_count, err->fields[0].name, err->fields[0].en);
}
