/* The one write path: presence, versions, history, refusals that leave nothing, and many writers at once. */
#include "domain/town.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "record/type.h"

#include <string.h>

enum { WRITERS = 8 };

/* ---- presence: absent, null, zero and a value are four things, for every type ---- */

static const struct presence {
    const char *says;
    const struct kind *kind;
    const char *field, *zero, *value; /* zero NULL: the type has no such value */
} presence[] = {
    { "text", &enterprise_kind, "address", NULL, "\"河口镇 1 号\"" },
    { "long text", &enterprise_kind, "remark", NULL, "\"两行\\n文字\"" },
    { "integer", &enterprise_kind, "staff", "0", "17" },
    { "decimal", &enterprise_kind, "floor_area", "\"0.00\"", "\"12.50\"" },
    { "money", &enterprise_kind, "capital", "0", "500000" },
    { "yes or no", &enterprise_kind, "insured", "false", "true" },
    { "date", &enterprise_kind, "founded_on", "\"1970-01-01\"", "\"1998-07-01\"" },
    { "choice", &enterprise_kind, "size", NULL, "\"small\"" },
    { "choices", &enterprise_kind, "flags", NULL, "[\"DUST\",\"CONF\"]" },
    { "region", &organisation_kind, "region", NULL, "\"990102001000\"" },
    { "place", &enterprise_kind, "place", "{\"lon\":\"0.0000000\",\"lat\":\"0.0000000\"}",
      "{\"lon\":\"120.3500000\",\"lat\":\"36.1000000\"}" },
    { "personal identity number", &enterprise_kind, "head_id_number", NULL, "\"11010519491231002X\"" },
    { "phone", &enterprise_kind, "phone", NULL, "\"13912345678\"" },
    { "lines", &enterprise_kind, "key_persons", NULL,
      "[{\"name\":\"张三\",\"post\":\"安全员\",\"phone\":\"13800001111\"},{\"name\":\"李四\",\"post\":\"班长\","
      "\"phone\":null}]" },
    { "reference", &facility_kind, "enterprise", NULL, "@firm" },
    { "files", &enterprise_kind, "papers", NULL, "@file" },
};

/* Values that are made in the town: a firm, a fresh upload. */
static const char *value_of(struct town *t, const char *value)
{
    if (value && strcmp(value, "@firm") == 0)
        return say(t, "%lld", (long long)t->spots[FIRM_A2]);
    if (value && strcmp(value, "@file") == 0)
        return say(t, "[%lld]", (long long)must_file(t, OFFICE, "bytes"));
    return value;
}

static const char *body_of(struct town *t, const struct presence *p, const char *value)
{
    static int n;
    const char *required = p->kind == &enterprise_kind ? "\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                           : p->kind == &facility_kind ? "\"type\":\"road\",\"region\":\"990102001001\","
                                                       : "";
    return say(t, "{%s\"name\":\"有无 %d\"%s}", required, n++, value ? say(t, ",\"%s\":%s", p->field, value) : "");
}

static void expect_state_of(struct town *t, const struct presence *p, int64_t id, const char *value)
{
    const void *record = must_read(t, OFFICE, p->kind, id);
    const struct field *f = field_find(p->kind, p->field);
    const json_t *shown = json_object_get(must_render(t, OFFICE, p->kind, id), p->field);
    bool known = record_bit(record_of_const(record)->known, field_slot(f));
    assert_non_null(shown);
    if (!value) {
        assert_false(known);
        assert_true(f->type == &type_files ? json_array_size(shown) == 0 : json_is_null(shown));
        return;
    }
    AUTO_TEXT out = TEXT_LIMIT(1 << 16);
    struct type_context ctx = { .arena = &t->arena, .kind = p->kind, .name = f->name };
    assert_true(known);
    assert_false(json_is_null(shown));
    f->type->to_json(f, &ctx, field_member_const(f, record), false, &out);
    json_t *is = json_loads(text_get(&out), JSON_DECODE_ANY, NULL), *should = json_loads(value, JSON_DECODE_ANY, NULL);
    if (!json_equal(is, should))
        fail_msg("%s: %s instead of %s", p->says, text_get(&out), value);
    json_decref(is);
    json_decref(should);
}

static bool same_in_history(const struct presence *p, const json_t *is, const char *value)
{
    if (!value)
        return json_is_null(is);
    if (field_find(p->kind, p->field)->type->personal)
        return json_is_string(json_object_get(is, "sealed"));
    if (field_find(p->kind, p->field)->type == &type_lines)
        return json_array_size(is) == 2 &&
               json_is_string(json_object_get(json_object_get(json_array_get(is, 0), "phone"), "sealed")) &&
               json_is_null(json_object_get(json_array_get(is, 1), "phone"));
    json_t *should = json_loads(value, JSON_DECODE_ANY, NULL);
    bool same = json_equal(is, should);
    json_decref(should);
    return same;
}

static void expect_step(struct town *t, const struct presence *p, int64_t id, int64_t version, const char *old,
                        const char *new)
{
    const json_t *pair = json_object_get(must_changes(t, p->kind, id, version), p->field);
    expect_state_of(t, p, id, new);
    if (!pair || !same_in_history(p, json_array_get(pair, 0), old) || !same_in_history(p, json_array_get(pair, 1), new))
        fail_msg("%s: history of version %lld says %s", p->says, (long long)version,
                 say(t, "%s", pair ? "otherwise" : "nothing"));
}

static void patch_to(struct town *t, const struct presence *p, int64_t id, const char *value)
{
    must_patch(t, OFFICE, p->kind, id, say(t, "{\"%s\":%s}", p->field, value ? value : "null"));
}

static void present_or_not(struct town *t, const struct presence *p)
{
    const char *value = value_of(t, p->value);
    expect_state_of(t, p, must_create(t, OFFICE, p->kind, body_of(t, p, NULL)), NULL);
    int64_t id = must_create(t, OFFICE, p->kind, body_of(t, p, "null"));
    expect_state_of(t, p, id, NULL);
    patch_to(t, p, id, value);
    expect_step(t, p, id, 2, NULL, value);
    must_patch(t, OFFICE, p->kind, id, "{}");
    patch_to(t, p, id, value);
    assert_int_equal(record_of(must_read(t, OFFICE, p->kind, id))->version, 2);
    expect_state_of(t, p, id, value);
    patch_to(t, p, id, NULL);
    expect_step(t, p, id, 3, value, NULL);
    if (p->zero) {
        patch_to(t, p, id, p->zero);
        expect_step(t, p, id, 4, NULL, p->zero);
        patch_to(t, p, id, value);
        expect_step(t, p, id, 5, p->zero, value);
        patch_to(t, p, id, p->zero);
        expect_step(t, p, id, 6, value, p->zero);
        patch_to(t, p, id, NULL);
        expect_step(t, p, id, 7, p->zero, NULL);
        expect_state_of(t, p, must_create(t, OFFICE, p->kind, body_of(t, p, p->zero)), p->zero);
    }
    value = value_of(t, p->value);
    expect_state_of(t, p, must_create(t, OFFICE, p->kind, body_of(t, p, value)), value);
}

static void absent_null_zero_and_value_stay_apart_for_every_type(void **state)
{
    for (size_t i = 0; i < COUNT(presence); i++)
        present_or_not(TOWN(state), &presence[i]);
}

/* Types without a field that may be written freely in the kinds there are. */
static void every_type_of_the_kinds_is_in_that_table(void **state)
{
    (void)state;
    for (const struct kind *const *k = all_kinds; *k; k++)
        for (size_t i = 0; i < (*k)->field_count; i++) {
            const struct field_type *type = (*k)->fields[i].type;
            bool found = type == &type_state || type == &type_object || type == &type_date_time;
            for (size_t p = 0; p < COUNT(presence); p++)
                found |= field_find(presence[p].kind, presence[p].field)->type == type;
            if (!found)
                fail_msg("no row for %s of %s", (*k)->fields[i].name, (*k)->name);
        }
}

/* ---- versions ---- */

static void every_version_of_every_record_has_its_row_of_history(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "版本");
    must_patch(t, GRID_A, &hazard_kind, id, "{\"location\":\"东侧\"}");
    must_patch(t, COUNTY, &hazard_kind, id, "{\"location\":null}");
    struct error err = { 0 };
    must(town_remove(t, COUNTY, &hazard_kind, id, &err), &err);
    must(town_restore(t, COUNTY, &hazard_kind, id, &err), &err);
    assert_int_equal(count_of(t, "SELECT version FROM hazard WHERE id = %lld", (long long)id), 5);
    for (const struct kind *const *k = all_kinds; *k; k++) {
        if ((*k)->child)
            continue;
        assert_int_equal(count_of(t,
                                  "SELECT count(*) FROM %s r WHERE r.version <> (SELECT count(*) FROM history h "
                                  "WHERE h.kind = '%s' AND h.id = r.id)",
                                  (*k)->name, (*k)->name),
                         0);
        assert_int_equal(count_of(t,
                                  "SELECT count(*) FROM %s r WHERE r.version <> (SELECT max(h.version) FROM history "
                                  "h WHERE h.kind = '%s' AND h.id = r.id)",
                                  (*k)->name, (*k)->name),
                         0);
    }
}

static void a_patch_that_changes_nothing_makes_no_version(void **state)
{
    static const char *const bodies[] = { "{}", "{\"location\":\"东侧\"}", "{\"location\":\" 东侧 \"}",
                                          "{\"category\":null}", "{\"photos\":[]}" };
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "不变");
    must_patch(t, GRID_A, &hazard_kind, id, "{\"location\":\"东侧\"}");
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct error err = { 0 };
        struct change_result done;
        must(town_patch(t, GRID_A, &hazard_kind, id, 2, bodies[i], &done, &err), &err);
        assert_true(done.unchanged);
        assert_int_equal(done.version, 2);
        assert_int_equal(done.id, id);
    }
    assert_int_equal(count_of(t, "SELECT count(*) FROM history WHERE kind = 'hazard' AND id = %lld", (long long)id), 2);
}

static void another_version_than_the_stored_one_is_stale(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "旧版");
    must_patch(t, GRID_A, &hazard_kind, id, "{\"location\":\"一\"}");
    const int64_t versions[] = { 1, 3, 99 };
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct error err = { 0 };
        int got = town_patch(t, GRID_A, &hazard_kind, id, versions[i], "{\"location\":\"二\"}", NULL, &err);
        expect_fault(got, &err, FAULT_STALE, "record.stale");
        error_clear(&err);
        got = town_move(t, GRID_A, id, "classify", versions[i], "{\"level\":\"general\"}", &err);
        expect_fault(got, &err, FAULT_STALE, "record.stale");
    }
    assert_int_equal(record_of(must_read(t, GRID_A, &hazard_kind, id))->version, 2);
}

/* ---- refusals ---- */

static void a_violated_uniqueness_names_its_field(void **state)
{
    struct town *t = TOWN(state);
    static const char firm[] =
        "{\"name\":\"重号 %s\",\"credit_code\":\"91350100M000100Y43\",\"region\":\"990102001001\"}";
    struct error err = { 0 };
    int64_t id;
    int64_t first = must_create(t, OFFICE, &enterprise_kind, say(t, firm, "一"));
    expect_field(town_create(t, OFFICE, &enterprise_kind, say(t, firm, "二"), &id, &err), &err, "credit_code");
    error_clear(&err);
    expect_field(town_create(t, OFFICE, &organisation_kind, "{\"name\":\"同名\"}", &id, &err) +
                     town_create(t, OFFICE, &organisation_kind, "{\"name\":\"同名\"}", &id, &err),
                 &err, "name");
    error_clear(&err);
    /* In the bin a number is free; coming back it may be taken. */
    must(town_remove(t, OFFICE, &enterprise_kind, first, &err), &err);
    must_create(t, OFFICE, &enterprise_kind, say(t, firm, "三"));
    expect_field(town_restore(t, OFFICE, &enterprise_kind, first, &err), &err, "credit_code");
}

static void fields_nobody_may_write_are_refused_by_name(void **state)
{
    static const struct {
        const char *body, *field;
    } rows[] = { { "{\"state\":\"closed\"}", "state" },
                 { "{\"returns\":0}", "returns" },
                 { "{\"due\":\"2026-04-01\"}", "due" },
                 { "{\"due\":null}", "due" },
                 { "{\"rectifier\":1}", "rectifier" },
                 { "{\"object\":1}", "object" },
                 { "{\"colour\":1}", "colour" },
                 { "{\"version\":9}", "version" },
                 { "{\"own_town\":1}", "own_town" },
                 { "{\"description\":null}", "description" },
                 { "{\"description\":\"\"}", "description" },
                 { "{\"description\":\"  \"}", "description" },
                 { "{\"found_on\":\"2026-03-10\"}", "found_on" } };
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "不许");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = { 0 };
        expect_field(town_patch(t, GRID_A, &hazard_kind, id, 0, rows[i].body, NULL, &err), &err, rows[i].field);
    }
    assert_int_equal(record_of(must_read(t, GRID_A, &hazard_kind, id))->version, 1);
}

struct traces {
    int64_t hazards, history, words, parties, files, objects, once, lines;
};

static struct traces traces_of(struct town *t)
{
    return (struct traces){ count_of(t, "SELECT count(*) FROM hazard"),
                            count_of(t, "SELECT count(*) FROM history"),
                            count_of(t, "SELECT count(*) FROM search_doc"),
                            count_of(t, "SELECT count(*) FROM record_party"),
                            count_of(t, "SELECT count(*) FROM file WHERE record IS NOT NULL"),
                            count_of(t, "SELECT count(*) FROM object"),
                            count_of(t, "SELECT count(*) FROM idempotency"),
                            count_of(t, "SELECT count(*) FROM enterprise_key_persons") };
}

struct doomed {
    const struct town *town;
    int64_t file;
};

static int create_all_then_fail(struct change *c, void *args, struct error *err)
{
    const struct doomed *d = args;
    const struct town *t = d->town;
    struct hazard *h = change_new(c, &hazard_kind);
    set(h, description, "不该留下");
    set(h, object, t->spots[FIRM_A1]);
    set(h, found_on, TODAY);
    set(h, source, "grid");
    set(h, responsible, t->people[NAMED].id);
    give(h, photos, arena_printf(c->arena, ",%lld,", (long long)d->file));
    struct enterprise *e = change_new(c, &enterprise_kind);
    set(e, name, "不该留下");
    set(e, no_code_reason, "new");
    set(e, region, village_a1);
    struct lines *lines = ARENA_NEW(c->arena, struct lines);
    struct key_person *person = change_new(c, &key_person_kind);
    set(person, name, "某人");
    set(person, post, "某职");
    *lines = (struct lines){ 1, person };
    give(e, key_persons, lines);
    if (change_create(c, &hazard_kind, h, err) < 0 || change_create(c, &enterprise_kind, e, err) < 0)
        return -1;
    return fail(err, FAULT_REFUSED, "test.end", "到此为止", "So far and no further");
}

struct passing {
    struct change *c;
    int64_t firm; /* made on the way */
    bool found_after_part, found_after_bin;
};

static int make_firm(struct change *c, void **out, struct error *err)
{
    struct enterprise *e = change_new(c, &enterprise_kind);
    set(e, name, "只在途中");
    set(e, no_code_reason, "new");
    set(e, region, village_a1);
    *out = e;
    return change_create(c, &enterprise_kind, e, err);
}

static int find_at(struct change *c, int64_t firm, struct error *err)
{
    struct hazard *h = change_new(c, &hazard_kind);
    set(h, description, "途中发现");
    set(h, object, firm);
    set(h, found_on, TODAY);
    set(h, source, "grid");
    return change_create(c, &hazard_kind, h, err);
}

static int firm_that_goes(struct db *db, void *args, struct error *err)
{
    struct passing *p = args;
    void *firm;
    (void)db;
    if (make_firm(p->c, &firm, err) < 0)
        return -1;
    p->firm = record_of(firm)->id;
    return find_at(p->c, p->firm, err) < 0 ? -1 : fail(err, FAULT_REFUSED, "test.part", "到此为止", "So far");
}

static int find_at_what_is_gone(struct change *c, void *args, struct error *err)
{
    struct passing *p = args;
    struct error why = { 0 };
    void *firm, *before;
    p->c = c;
    if (db_try(c->db, firm_that_goes, p, &why) == 0 || strcmp(why.code, "test.part") != 0)
        return fail(err, FAULT_INTERNAL, "test.part", "应失败：%s", "the part should have failed: %s", why.en);
    error_clear(&why);
    p->found_after_part = find_at(c, p->firm, &why) == 0;
    error_clear(&why);
    if (make_firm(c, &firm, err) < 0 || find_at(c, record_of(firm)->id, err) < 0 ||
        change_get(c, &enterprise_kind, record_of(firm)->id, 0, "remove", &before, err) < 0 ||
        change_remove(c, &enterprise_kind, before, err) < 0)
        return -1;
    p->found_after_bin = find_at(c, record_of(firm)->id, &why) == 0;
    return fail(err, FAULT_REFUSED, "test.end", "到此为止", "So far and no further");
}

/* The owner of an object is asked for once in a change: not after what the change itself did to the object. */
static void a_firm_that_goes_within_a_change_is_not_known_afterwards(void **state)
{
    struct town *t = TOWN(state);
    struct passing p = { 0 };
    struct error err = { 0 };
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = town_noon, .cause = "test" };
    expect_fault(change_run(&t->house, &order, find_at_what_is_gone, &p, NULL, &err), &err, FAULT_REFUSED, "test.end");
    assert_true(p.firm);
    assert_false(p.found_after_part);
    assert_false(p.found_after_bin);
}

static void a_change_that_is_refused_leaves_nothing_behind(void **state)
{
    struct town *t = TOWN(state);
    struct doomed doomed = { t, must_file(t, OFFICE, "rolled back") };
    struct traces before = traces_of(t);
    uint64_t heard = hub_now(t->house.hub);
    struct change_order order = {
        .actor = &t->people[OFFICE], .now_ms = town_noon, .cause = "test", .once = { .key = "rolled-back" }
    };
    struct error err = { 0 };
    expect_fault(change_run(&t->house, &order, create_all_then_fail, &doomed, NULL, &err), &err, FAULT_REFUSED,
                 "test.end");
    struct traces after = traces_of(t);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(hub_now(t->house.hub), heard);
    /* And with the last line left out all of it would have been there. */
    int64_t id = must_create(t, OFFICE, &hazard_kind,
                             say(t,
                                 "{\"description\":\"留下\",\"object\":%lld,\"found_on\":\"2026-03-01\","
                                 "\"source\":\"grid\",\"photos\":[%lld]}",
                                 (long long)t->spots[FIRM_A1], (long long)doomed.file));
    after = traces_of(t);
    assert_true(id && after.hazards == before.hazards + 1 && after.history == before.history + 1 &&
                after.words == before.words + 1 && after.files == before.files + 1);
    assert_true(hub_now(t->house.hub) > heard);
}

static void an_upload_goes_into_one_record_of_its_owner_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t file = must_file(t, GRID_A, "mine");
    int64_t a = must_hazard(t, GRID_A, t->spots[FIRM_A1], "图一"),
            b = must_hazard(t, GRID_A, t->spots[FIRM_A1], "图二");
    const char *body = say(t, "{\"photos\":[%lld]}", (long long)file);
    expect_field(town_patch(t, COUNTY, &hazard_kind, a, 0, body, NULL, &err), &err, "photos");
    must_patch(t, GRID_A, &hazard_kind, a, body);
    error_clear(&err);
    expect_field(town_patch(t, GRID_A, &hazard_kind, b, 0, body, NULL, &err), &err, "photos");
    error_clear(&err);
    expect_field(town_patch(t, GRID_A, &hazard_kind, b, 0, "{\"photos\":[999999]}", NULL, &err), &err, "photos");
    /* Whoever may change the record may take a picture out and put it back. */
    must_patch(t, COUNTY, &hazard_kind, a, "{\"photos\":[]}");
    must_patch(t, COUNTY, &hazard_kind, a, body);
}

/* ---- many writers ---- */

struct racer {
    struct town *town;
    pthread_t thread;
    int64_t id;
    int rounds, done;
    const char *key, *body;
    struct change_result result;
    struct error err;
    int got;
};

static void race(struct racer *racers, void *(*body)(void *))
{
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&racers[i].thread, NULL, body, &racers[i]), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(racers[i].thread, NULL);
}

static int read_firm(struct town *t, int64_t id, struct arena *arena, void **out, struct error *err)
{
    struct scope scope;
    struct db *db;
    scope_compile(&t->people[OFFICE], &enterprise_kind, verb_bit("read"), &scope);
    if (store_reader(t->house.store, &db, err) < 0)
        return -1;
    int got = record_read(db, &scope, id, false, false, arena, out, err);
    store_reader_back(t->house.store, db);
    return got;
}

/* Reads, adds one, saves with the version read; begins again when somebody was faster. */
static void *count_up(void *args)
{
    struct racer *r = args;
    while (r->done < r->rounds) {
        AUTO_ARENA arena = { 0 };
        struct error err = { 0 };
        void *record;
        if (read_firm(r->town, r->id, &arena, &record, &err) < 0) {
            r->err = err;
            return NULL;
        }
        const struct enterprise *e = record;
        const char *body = arena_printf(&arena, "{\"staff\":%lld}", (long long)e->staff + 1);
        int got = town_patch(r->town, OFFICE, &enterprise_kind, r->id, e->is.version, body, NULL, &err);
        if (got < 0 && err.fault != FAULT_STALE) {
            r->err = err;
            return NULL;
        }
        r->done += got == 0;
    }
    return NULL;
}

static void eight_writers_lose_no_update(void **state)
{
    enum { ROUNDS = 15 };
    struct town *t = TOWN(state);
    struct racer racers[WRITERS];
    int64_t id = must_create(t, OFFICE, &enterprise_kind,
                             "{\"name\":\"竞写\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"staff\":0}");
    for (int i = 0; i < WRITERS; i++)
        racers[i] = (struct racer){ .town = t, .id = id, .rounds = ROUNDS };
    race(racers, count_up);
    for (int i = 0; i < WRITERS; i++) {
        if (racers[i].err.fault)
            fail_msg("%s", racers[i].err.en);
        assert_int_equal(racers[i].done, ROUNDS);
    }
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_int_equal(e->staff, WRITERS * ROUNDS);
    assert_int_equal(e->is.version, 1 + WRITERS * ROUNDS);
    assert_int_equal(count_of(t, "SELECT count(*) FROM history WHERE kind = 'enterprise' AND id = %lld", (long long)id),
                     1 + WRITERS * ROUNDS);
}

static void *pass_it(void *args)
{
    struct racer *r = args;
    r->got = town_move(r->town, COUNTY, r->id, "recheck-pass", 0, "{\"opinion\":\"合格\"}", &r->err);
    return NULL;
}

static void of_eight_who_pass_one_hazard_one_succeeds(void **state)
{
    struct town *t = TOWN(state);
    for (int turn = 0; turn < 5; turn++) {
        struct racer racers[WRITERS];
        int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "抢先复查");
        must_move(t, COUNTY, id, "classify", "{\"level\":\"general\"}");
        must_move(t, SAFETY, id, "spot-fix",
                  say(t, "{\"rectification\":\"已改\",\"evidence\":[%lld]}", (long long)must_file(t, SAFETY, "after")));
        int passed = 0;
        for (int i = 0; i < WRITERS; i++)
            racers[i] = (struct racer){ .town = t, .id = id };
        race(racers, pass_it);
        for (int i = 0; i < WRITERS; i++) {
            passed += racers[i].got == 0;
            if (racers[i].got < 0 && racers[i].err.fault != FAULT_CONFLICT && racers[i].err.fault != FAULT_STALE)
                fail_msg("%s: %s", racers[i].err.code, racers[i].err.en);
        }
        assert_int_equal(passed, 1);
        assert_int_equal(record_of(must_read(t, COUNTY, &hazard_kind, id))->version, 4);
    }
}

/* ---- repeated requests ---- */

static int64_t create_once(struct town *t, enum who who, const char *key, const char *body, struct change_result *out,
                           struct error *err)
{
    return town_act(t, &(struct act){ .who = who, .once = key }, &hazard_kind, 0, NULL, body, out, err);
}

static const char *hazard_body(struct town *t, const char *description, const char *more)
{
    return say(t, "{\"description\":\"%s\",\"object\":%lld,\"found_on\":\"2026-03-01\",\"source\":\"grid\"%s}",
               description, (long long)t->spots[FIRM_A1], more);
}

static void the_same_key_gives_the_same_record_once(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct change_result first, again;
    const char *body = hazard_body(t, "重复提交", "");
    must((int)create_once(t, GRID_A, "key-number-1", body, &first, &err), &err);
    assert_false(first.replayed);
    must((int)create_once(t, GRID_A, "key-number-1", body, &again, &err), &err);
    assert_true(again.replayed);
    assert_int_equal(again.id, first.id);
    assert_int_equal(again.version, first.version);
    assert_string_equal(again.kind, "hazard");
    expect_fault((int)create_once(t, GRID_A, "key-number-1", hazard_body(t, "别的内容", ""), &again, &err), &err,
                 FAULT_REFUSED, "idempotency.differs");
    error_clear(&err);
    /* A key belongs to its user. */
    must((int)create_once(t, COUNTY, "key-number-1", body, &again, &err), &err);
    assert_false(again.replayed);
    assert_true(again.id != first.id);
    /* A refused request may be sent again, corrected, under its key. */
    expect_fault((int)create_once(t, GRID_A, "key-number-2", "{}", &again, &err), &err, FAULT_INVALID, NULL);
    error_clear(&err);
    must((int)create_once(t, GRID_A, "key-number-2", body, &again, &err), &err);
    assert_false(again.replayed);
}

static void a_key_is_forgotten_after_seven_days(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct change_result first, again;
    const char *body = hazard_body(t, "七天", "");
    const int64_t week = (int64_t)7 * DAY_MS;
    struct act act = { .who = GRID_A, .once = "key-of-a-week" };
    must(town_act(t, &act, &hazard_kind, 0, NULL, body, &first, &err), &err);
    act.now = town_noon + week;
    must(town_act(t, &act, &hazard_kind, 0, NULL, body, &again, &err), &err);
    assert_int_equal(again.id, first.id);
    act.now++;
    act.once = "key-that-sweeps";
    must(town_act(t, &act, &hazard_kind, 0, NULL, body, &again, &err), &err);
    act.once = "key-of-a-week";
    must(town_act(t, &act, &hazard_kind, 0, NULL, body, &again, &err), &err);
    assert_false(again.replayed);
    assert_true(again.id != first.id);
}

static void *send_it(void *args)
{
    struct racer *r = args;
    struct act act = { .who = GRID_A, .once = r->key, .version = r->id ? 1 : 0 };
    r->got = town_act(r->town, &act, &hazard_kind, r->id, NULL, r->body, &r->result, &r->err);
    return NULL;
}

static void race_with_one_key(struct town *t, const char *key, int64_t id, const char *body)
{
    struct racer racers[WRITERS];
    int fresh = 0;
    for (int i = 0; i < WRITERS; i++)
        racers[i] = (struct racer){ .town = t, .key = key, .body = body, .id = id };
    race(racers, send_it);
    for (int i = 0; i < WRITERS; i++) {
        if (racers[i].got < 0)
            fail_msg("%s: %s (%s)", racers[i].err.code, racers[i].err.en, racers[i].err.fields[0].name);
        assert_int_equal(racers[i].result.id, racers[0].result.id);
        assert_int_equal(racers[i].result.version, racers[0].result.version);
        fresh += !racers[i].result.replayed;
    }
    assert_int_equal(fresh, 1);
}

static void eight_at_once_with_one_key_make_one_record(void **state)
{
    struct town *t = TOWN(state);
    int64_t before = count_of(t, "SELECT count(*) FROM hazard");
    race_with_one_key(t, "eight-at-once", 0, hazard_body(t, "八次", ""));
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard"), before + 1);
    /* The twin meets the unique number before it meets the key. */
    race_with_one_key(t, "eight-with-number", 0, hazard_body(t, "八次", ",\"external_no\":\"E-8\""));
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard"), before + 2);
}

static void eight_at_once_with_one_key_change_a_record_once(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = must_hazard(t, GRID_A, t->spots[FIRM_A1], "八改");
    race_with_one_key(t, "eight-patches", id, "{\"location\":\"北侧\"}");
    assert_int_equal(record_of(must_read(t, GRID_A, &hazard_kind, id))->version, 2);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(absent_null_zero_and_value_stay_apart_for_every_type),
        SAYS(every_type_of_the_kinds_is_in_that_table),
        SAYS(every_version_of_every_record_has_its_row_of_history),
        SAYS(a_patch_that_changes_nothing_makes_no_version),
        SAYS(another_version_than_the_stored_one_is_stale),
        SAYS(a_violated_uniqueness_names_its_field),
        SAYS(fields_nobody_may_write_are_refused_by_name),
        SAYS(a_change_that_is_refused_leaves_nothing_behind),
        SAYS(a_firm_that_goes_within_a_change_is_not_known_afterwards),
        SAYS(an_upload_goes_into_one_record_of_its_owner_once),
        SAYS(eight_writers_lose_no_update),
        SAYS(of_eight_who_pass_one_hazard_one_succeeds),
        SAYS(the_same_key_gives_the_same_record_once),
        SAYS(a_key_is_forgotten_after_seven_days),
        SAYS(eight_at_once_with_one_key_make_one_record),
        SAYS(eight_at_once_with_one_key_change_a_record_once),
    };
    return RUN_TOWNS(tests);
}
