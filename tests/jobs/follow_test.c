/*
** An object with more rows than one change can take goes to another town: its rows follow as a job, each is always
** somebody's and never two people's, and wherever the program is stopped it goes on from there.
*/
#include "domain/town.h"

#include "access/query.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/object.h"
#include "jobs/follow_job.h"
#include "jobs/jobs.h"

#include <string.h>
#include <unistd.h>

enum { ROWS = 6300, AT_ONCE = 5000, CHUNK = 1000 };

static int64_t now(void)
{
    return town_noon;
}

/* The process is gone: nothing of it is left but the database. */
static void end(struct town *t)
{
    jobs_stop(t->house.jobs);
    t->house.jobs = NULL;
    t->house.follow = NULL;
}

static void begin(struct town *t)
{
    struct error err = { 0 };
    end(t);
    must_write(t->house.store, "DELETE FROM job", NO_BINDS);
    must(house_start_jobs(&t->house, 0, now, &err), &err);
    t->house.follow = follow_later;
}

static void run_jobs(struct town *t)
{
    struct error err = { 0 };
    must(jobs_run_all(t->house.jobs, &err), &err);
}

static const struct table *table_named(const char *name)
{
    const struct schema *schema = house_schema();
    for (size_t i = 0; i < schema->table_count; i++)
        if (strcmp(schema->tables[i]->name, name) == 0)
            return schema->tables[i];
    fail_msg("there is no table %s", name);
    return NULL;
}

/* A firm of town A with so many hazards, all but one made by copying rows: it is who owns them that is tried here. */
static int64_t large_firm(struct town *t, const char *name)
{
    int64_t firm = must_create(
        t, OFFICE, &enterprise_kind,
        say(t, "{\"name\":\"%s\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"sector\":\"FIRE\"}", name));
    int64_t first = must_hazard(t, OFFICE, firm, "随企业走的隐患");
    const struct table *table = table_named("hazard");
    AUTO_TEXT names = TEXT_LIMIT(16384);
    for (size_t i = 0; i < table->column_count; i++)
        if (!(table->columns[i].flags & COLUMN_IDENTITY))
            text_printf(&names, "%s%s", names.used ? ", " : "", table->columns[i].name);
    must_write(
        t->house.store,
        say(t,
            "INSERT INTO hazard (%s) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
            "SELECT %s FROM hazard CROSS JOIN n WHERE id = %lld",
            text_get(&names), ROWS - 1, text_get(&names), (long long)first),
        NO_BINDS);
    return firm;
}

static void move_to(struct town *t, int64_t firm, const char *region)
{
    must_patch(t, OFFICE, &enterprise_kind, firm, say(t, "{\"region\":\"%s\"}", region));
}

static int64_t seen_by(struct town *t, enum who who, int64_t firm)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    struct filter_pair pairs[] = { { "object", say(t, "%lld", (long long)firm) } };
    struct filter filter;
    struct scope scope;
    struct db *db;
    int64_t count;
    must(filter_parse(&hazard_kind, pairs, 1, &arena, &filter, &err), &err);
    scope_compile(&t->people[who], &hazard_kind, verb_bit("read"), &scope);
    struct list_query q = { .kind = &hazard_kind, .actor = &t->people[who], .scope = &scope, .filter = &filter };
    must(store_reader(t->house.store, &db, &err), &err);
    must(list_count(db, &q, INT64_MAX, &arena, &count, &err), &err);
    store_reader_back(t->house.store, db);
    return count;
}

/* Each row is read in one of the two towns, and by the office always. */
static void expect_split(struct town *t, int64_t firm, int64_t here, int64_t there)
{
    assert_int_equal(seen_by(t, GRID_A, firm), here);
    assert_int_equal(seen_by(t, GRID_B, firm), there);
    assert_int_equal(seen_by(t, OFFICE, firm), here + there);
}

static const char *job_state(struct town *t)
{
    struct db *db;
    struct rows rows;
    struct error err = { 0 };
    const char *state = "";
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows, "SELECT state, done, total FROM job WHERE type = 'follow'", NO_BINDS, &err), &err);
    while (rows_next(&rows))
        state =
            say(t, "%s %lld/%lld", rows_text(&rows, 0), (long long)rows_int(&rows, 1), (long long)rows_int(&rows, 2));
    must(rows_done(&rows, &err), &err);
    store_reader_back(t->house.store, db);
    return state;
}

static void rows_beyond_one_change_follow_as_a_job_with_its_progress(void **state)
{
    struct town *t = TOWN(state);
    begin(t);
    int64_t firm = large_firm(t, "随迁大厂");
    expect_split(t, firm, ROWS, 0);
    move_to(t, firm, "990102002001");
    /* The firm has moved, whole; of its rows the first, in the same transaction. */
    assert_int_equal(count_of(t, "SELECT own_town FROM enterprise WHERE id = %lld", (long long)firm), town_b);
    expect_split(t, firm, ROWS - AT_ONCE, AT_ONCE);
    assert_string_equal(job_state(t), "waiting 0/0");
    run_jobs(t);
    expect_split(t, firm, 0, ROWS);
    assert_string_equal(job_state(t), say(t, "done %d/%d", ROWS - AT_ONCE, ROWS - AT_ONCE));
    assert_int_equal(count_of(t, "SELECT count(*) FROM object_follow"), 0);
    /* Where it happened stays where it happened, and the history of the firm says who moved it. */
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard WHERE own_object = %lld AND fact_town = %lld",
                              (long long)firm, (long long)town_a),
                     ROWS);
    assert_int_equal(count_of(t,
                              "SELECT count(*) FROM history WHERE kind = 'enterprise' AND id = %lld AND version = 2 "
                              "AND actor = %lld",
                              (long long)firm, (long long)t->people[OFFICE].id),
                     1);
    end(t);
}

static void a_stop_in_the_middle_leaves_each_row_with_one_owner_and_the_job_goes_on(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t moved;
    bool more;
    begin(t);
    int64_t firm = large_firm(t, "断电大厂");
    move_to(t, firm, "990102002001");
    must(object_follow_step(&t->house, &moved, &more, &err), &err); /* as far as the job had come when it was killed */
    assert_int_equal(moved, CHUNK);
    assert_true(more);
    must_write(t->house.store, "UPDATE job SET state = 'running' WHERE type = 'follow'", NO_BINDS);
    end(t);
    expect_split(t, firm, ROWS - AT_ONCE - CHUNK, AT_ONCE + CHUNK);
    must(house_start_jobs(&t->house, 0, now, &err), &err);
    run_jobs(t);
    expect_split(t, firm, 0, ROWS);
    assert_string_equal(job_state(t), say(t, "done %d/%d", ROWS - AT_ONCE - CHUNK, ROWS - AT_ONCE - CHUNK));
    end(t);
}

/* A large move must not keep a server from answering: opening the folder moves nothing, the threads do. */
static void a_start_leaves_what_is_left_to_a_job_even_where_none_was_asked_for(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    begin(t);
    int64_t firm = large_firm(t, "重启大厂");
    move_to(t, firm, "990102002001");
    must_write(t->house.store, "DELETE FROM job", NO_BINDS); /* killed between the move and asking */
    end(t);
    house_close(&t->house);
    must(house_open(&(struct house_options){ t->folder, t->url, 4, HOUSE_OWN }, &t->house, &err), &err);
    expect_split(t, firm, ROWS - AT_ONCE, AT_ONCE);
    must(house_start_jobs(&t->house, 1, now, &err), &err);
    for (int i = 0; i < 6000 && count_of(t, "SELECT count(*) FROM job WHERE ended_at IS NULL") > 0; i++)
        usleep(10000);
    expect_split(t, firm, 0, ROWS);
    assert_string_equal(job_state(t), say(t, "done %d/%d", ROWS - AT_ONCE, ROWS - AT_ONCE));
    assert_int_equal(count_of(t, "SELECT account FROM job WHERE type = 'follow'"), ACCOUNT_SYSTEM);
    end(t);
    /* With nothing left none is asked for. */
    must_write(t->house.store, "DELETE FROM job", NO_BINDS);
    must(house_start_jobs(&t->house, 1, now, &err), &err);
    assert_int_equal(count_of(t, "SELECT count(*) FROM job"), 0);
    end(t);
}

static void moved_back_before_all_have_followed_they_all_end_where_the_firm_is(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    begin(t);
    int64_t firm = large_firm(t, "来回大厂");
    move_to(t, firm, "990102002001");
    move_to(t, firm, "990102001002");
    assert_int_equal(seen_by(t, GRID_B, firm) + seen_by(t, GRID_A, firm), ROWS);
    /* Nobody takes a job away from its rows: cancelled while it waits, it is done at once. */
    int64_t job = count_of(t, "SELECT min(id) FROM job WHERE type = 'follow'");
    must(jobs_cancel(t->house.jobs, &t->people[OFFICE], job, &err), &err);
    expect_split(t, firm, ROWS, 0);
    assert_int_equal(count_of(t, "SELECT count(*) FROM hazard WHERE own_object = %lld AND own_village = %lld",
                              (long long)firm, (long long)village_a2),
                     ROWS);
    run_jobs(t);
    expect_split(t, firm, ROWS, 0);
    end(t);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(rows_beyond_one_change_follow_as_a_job_with_its_progress),
        SAYS(a_stop_in_the_middle_leaves_each_row_with_one_owner_and_the_job_goes_on),
        SAYS(a_start_leaves_what_is_left_to_a_job_even_where_none_was_asked_for),
        SAYS(moved_back_before_all_have_followed_they_all_end_where_the_firm_is),
    };
    return RUN_TOWNS(tests);
}
