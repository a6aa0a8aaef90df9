/* Whatever the audit trail is asked for, it walks an index of each table, and shows all that was asked for. */
#include "domain/town.h"

#include "base/text.h"
#include "domain/trail.h"

#include <string.h>

/* More than a condition may have to be called few. */
enum { ROWS = 24000, RARE = 4000, PERSON = 9001, CLERK = 9002 };

static const int64_t first = 1700000000000;

/* One act in so many is rare, and of a rare kind, and by a person of few; all others are alike. */
static void fill(struct town *t)
{
    static const char versions[] =
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?) "
        "INSERT INTO history (kind, id, version, at, actor, act, cause, changes) "
        "SELECT CASE WHEN k % ? = 0 THEN 'post' ELSE 'patrol' END, k, 2, ? + k / 3, "
        "CASE WHEN k % ? = 1 THEN ? ELSE ? END, CASE WHEN k % ? = 2 THEN 'restore' ELSE 'change' END, 't', '{}' FROM n";
    static const char acts[] =
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?) "
        "INSERT INTO audit (kind, record, at, account, act) "
        "SELECT CASE WHEN k % ? = 0 THEN 'post' ELSE 'patrol' END, k, ? + k / 3, "
        "CASE WHEN k % ? = 1 THEN ? ELSE ? END, CASE WHEN k % ? = 2 THEN 'see-as' ELSE 'file' END FROM n";
    static const char *const both[] = { versions, acts };
    for (size_t i = 0; i < COUNT(both); i++)
        must_write(t->house.store, both[i],
                   BIND(value_int(ROWS), value_int(RARE), value_int(first), value_int(RARE), value_int(PERSON),
                        value_int(CLERK), value_int(RARE)));
    if (t->engine == STORE_POSTGRES)
        must_script(t->house.store, "ANALYZE history;\nANALYZE audit;\n");
}

struct asked {
    const char *name;
    struct trail_query query;
    const char *history, *audit; /* the index SQLite walks; PostgreSQL has statistics to choose by */
};

#define BETWEEN(...)                                                \
    {                                                               \
        .from = first, .to = first + ROWS, .limit = 50, __VA_ARGS__ \
    }
static const struct asked asks[] = {
    { "all", BETWEEN(), "history_by_time", "audit_by_time" },
    { "a person", BETWEEN(.account = PERSON), "history_of_actor", "audit_of_account" },
    { "a rare kind", BETWEEN(.kind = "post"), "history_of_kind", "audit_of_kind" },
    { "a rare version", BETWEEN(.act = "restore"), "history_of_act", "audit_of_act" },
    { "a rare act", BETWEEN(.act = "see-as"), "history_of_act", "audit_of_act" },
    { "a record", BETWEEN(.kind = "patrol", .record = 17), "sqlite_autoindex_history_1", "audit_of_record" },
    { "a frequent act of a rare kind", BETWEEN(.kind = "post", .act = "change"), "history_of_kind", "audit_of_kind" },
    { "a rare act of a frequent kind", BETWEEN(.kind = "patrol", .act = "see-as"), "history_of_act", "audit_of_act" },
    { "a rare kind by the clerk", BETWEEN(.account = CLERK, .kind = "post"), "history_of_kind", "audit_of_kind" },
    { "a frequent act by a person", BETWEEN(.account = PERSON, .kind = "patrol", .act = "file"), "history_of_actor",
      "audit_of_account" },
};

static bool walks(const struct town *t, const struct asked *a, const char *plan)
{
    if (t->engine == STORE_POSTGRES)
        return !strstr(plan, "Seq Scan on history") && !strstr(plan, "Seq Scan on audit") &&
               (a != asks || !strstr(plan, "Sort Key"));
    const char *const names[] = { a->history, a->audit };
    bool sound = a->query.record || !strstr(plan, "TEMP B-TREE");
    for (size_t i = 0; i < COUNT(names); i++) {
        char index[64];
        snprintf(index, sizeof index, "INDEX %s (", names[i]);
        sound = sound && (!names[i] || strstr(plan, index));
    }
    return sound;
}

static void every_question_walks_an_index(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    fill(t);
    must(store_reader(t->house.store, &db, &err), &err);
    for (size_t i = 0; i < COUNT(asks); i++)
        for (int deep = 0; deep < 2; deep++) {
            struct trail_query q = asks[i].query;
            struct trail_page page;
            must(trail_read(db, &q, &t->arena, &page, &err), &err);
            if (deep && !page.next)
                break;
            q.after = deep ? page.next : NULL;
            const char *plan = trail_explain(db, &q, &t->arena, &err);
            if (!plan)
                fail_msg("%s", err.en);
            if (!walks(t, &asks[i], plan))
                fail_msg("%s%s:\n%s", asks[i].name, deep ? ", second page" : "", plan);
        }
    store_reader_back(t->house.store, db);
}

static int64_t brute(struct town *t, const char *table, const char *actor, const char *id, const struct trail_query *q)
{
    return must_count(t->house.store,
                      say(t,
                          "SELECT count(*) FROM %s WHERE at >= ? AND at < ? AND (? = 0 OR %s = ?) AND "
                          "(? = 0 OR %s = ?) AND (? = '' OR kind = ?) AND (? = '' OR act = ?)",
                          table, actor, id),
                      BIND(value_int(q->from), value_int(q->to), value_int(q->account), value_int(q->account),
                           value_int(q->record), value_int(q->record), value_text(q->kind ? q->kind : ""),
                           value_text(q->kind ? q->kind : ""), value_text(q->act ? q->act : ""),
                           value_text(q->act ? q->act : "")));
}

/* The rows of `all` are too many to page through in a test; every other question has few. */
static void every_question_shows_all_its_rows(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct db *db;
    must(store_reader(t->house.store, &db, &err), &err);
    for (size_t i = 1; i < COUNT(asks); i++) {
        struct trail_query q = asks[i].query;
        struct trail_page page;
        int64_t seen = 0, last = INT64_MAX;
        q.limit = 5;
        do {
            must(trail_read(db, &q, &t->arena, &page, &err), &err);
            for (size_t n = 0; n < page.count; n++) {
                assert_true(page.rows[n].at <= last);
                last = page.rows[n].at;
            }
            seen += (int64_t)page.count;
            q.after = page.next;
        } while (page.next);
        assert_true(seen > 0);
        assert_int_equal(seen, brute(t, "history", "actor", "id", &q) + brute(t, "audit", "account", "record", &q));
    }
    store_reader_back(t->house.store, db);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(every_question_walks_an_index),
        SAYS(every_question_shows_all_its_rows),
    };
    return RUN_TOWNS(tests);
}
