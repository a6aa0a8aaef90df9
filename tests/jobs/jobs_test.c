/*
** Work in the background: in what order, how far, stopped, limited, taken up after a crash, with whose rights, and for
** how long its results are kept. The types of job are made for the test; the clock is the test's.
*/
#include "domain/town.h"

#include "access/key.h"
#include "access/session.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "jobs/jobs.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTED = 16 };

static atomic_llong clock_ms;

static int64_t now(void)
{
    return atomic_load(&clock_ms);
}

/* ---- types of job ---- */

static struct gate gate;
static atomic_int dropped;
static atomic_llong noted[NOTED]; /* ids in the order they were begun */
static atomic_int noted_count;

static void note(const struct job *job)
{
    int at = atomic_fetch_add(&noted_count, 1);
    if (at < NOTED)
        atomic_store(&noted[at], job->id);
}

/* {rows}: counts so far; {refuse}: fails then; {file}: leaves these bytes. */
static int run_count(struct job *job, struct error *err)
{
    int64_t rows = json_integer_value(json_object_get(job->args, "rows"));
    const char *bytes = json_string_value(json_object_get(job->args, "file"));
    note(job);
    for (int64_t i = 0; i <= rows; i++)
        job_progress(job, i, rows);
    json_object_set_new(job->result, "rows", json_integer(rows));
    if (json_is_true(json_object_get(job->args, "refuse")))
        return fail(err, FAULT_REFUSED, "test.refused", "不行", "No");
    if (bytes) {
        job->file_fd = memfd_create("result", MFD_CLOEXEC);
        job->file_name = "结果.csv";
        job->file_type = "text/csv";
        if (write(job->file_fd, bytes, strlen(bytes)) < 0)
            return fail(err, FAULT_INTERNAL, "test.write", "写不了", "Cannot write");
    }
    return 0;
}

static atomic_bool endless;

/* Waits at the gate at 3 of 10, endless until it is asked to stop; then stops if it was. */
static int run_hold(struct job *job, struct error *err)
{
    note(job);
    job_progress(job, 3, 10);
    gate_pass(&gate);
    while (atomic_load(&endless) && !job_cancelled(job))
        usleep(1000);
    return job_cancelled(job) ? job_stopped(err) : 0;
}

static int run_export_right(struct job *job, struct error *err)
{
    return actor_may(job->actor, job->kind, verb_bit("export"))
               ? 0
               : fail(err, FAULT_FORBIDDEN, "verb.missing", "没有权限", "Not entitled");
}

static void tell_dropped(struct house *house, const json_t *args)
{
    (void)house;
    atomic_fetch_add(&dropped, (int)json_integer_value(json_object_get(args, "rows")));
}

static const struct job_type count_job = { .name = "count",
                                           .label = { "数数", "Counting" },
                                           .run = run_count,
                                           .tells_done = "job_done",
                                           .tells_failed = "job_failed" },
                             hold_job = { .name = "hold",
                                          .label = { "等待", "Holding" },
                                          .resumes = true,
                                          .run = run_hold,
                                          .dropped = tell_dropped },
                             fragile_job = { .name = "fragile",
                                             .label = { "易碎", "Fragile" },
                                             .run = run_hold,
                                             .dropped = tell_dropped },
                             right_job = { .name = "right", .label = { "查权限", "Asking" }, .run = run_export_right };

/* ---- the jobs of a test ---- */

static struct jobs *start(struct town *t, int threads)
{
    static const struct job_type *const types[] = { &count_job, &hold_job, &fragile_job, &right_job, NULL };
    struct error err = { 0 };
    struct jobs *jobs;
    must(jobs_start(&(struct jobs_options){ .house = &t->house, .types = types, .threads = threads, .now = now }, &jobs,
                    &err),
         &err);
    return jobs;
}

/* Nothing of an earlier test. */
static struct jobs *fresh(struct town *t, int threads)
{
    jobs_stop(t->house.jobs);
    must_write(t->house.store, "DELETE FROM job", NO_BINDS);
    atomic_store(&clock_ms, town_noon);
    atomic_store(&dropped, 0);
    atomic_store(&noted_count, 0);
    gate_init(&gate);
    return start(t, threads);
}

static int64_t add(struct town *t, struct jobs *jobs, enum who who, const char *type, const char *args)
{
    struct error err = { 0 };
    int64_t id = 0;
    json_t *object = json_loads(args, 0, NULL);
    assert_non_null(object);
    must(jobs_add(jobs, &t->people[who], type, &hazard_kind, object, &id, &err), &err);
    json_decref(object);
    return id;
}

static void run_all(struct jobs *jobs)
{
    struct error err = { 0 };
    must(jobs_run_all(jobs, &err), &err);
}

static int put(struct town *t, struct jobs *jobs, enum who who, int64_t id, bool english, struct text *out,
               struct error *err)
{
    struct db *db;
    struct json j = { .out = out };
    must(store_reader(t->house.store, &db, err), err);
    int got = job_put(jobs, db, &t->people[who], id, english, &j, err);
    store_reader_back(t->house.store, db);
    return got;
}

/* The job as its owner sees it; borrowed until the test ends. */
static const json_t *seen(struct town *t, struct jobs *jobs, enum who who, int64_t id)
{
    AUTO_TEXT out = TEXT_LIMIT(64 << 10);
    struct error err = { 0 };
    must(put(t, jobs, who, id, false, &out, &err), &err);
    json_t *job = json_loads(text_get(&out), 0, NULL);
    assert_non_null(job);
    if (!t->held)
        t->held = json_array();
    json_array_append_new(t->held, job);
    return job;
}

static const char *word(const json_t *job, const char *name)
{
    const char *text = json_string_value(json_object_get(job, name));
    return text ? text : "";
}

static void expect_state(struct town *t, struct jobs *jobs, enum who who, int64_t id, const char *state)
{
    const json_t *job = seen(t, jobs, who, id);
    if (strcmp(word(job, "state"), state) != 0)
        fail_msg("job %lld is %s, not %s", (long long)id, word(job, "state"), state);
}

/* With threads: until it is so. The test's time limit is the only clock. */
static void until(struct town *t, struct jobs *jobs, enum who who, int64_t id, const char *state)
{
    while (strcmp(word(seen(t, jobs, who, id), "state"), state) != 0)
        usleep(2000);
}

static const char *problem(const json_t *job, const char *part)
{
    return word(json_object_get(job, "problem"), part);
}

/* ---- running ---- */

static int64_t told(struct town *t, enum who who, int64_t job, const char *cause)
{
    return count_of(t, "SELECT count(*) FROM notice WHERE account = %lld AND record = %lld AND cause = '%s'",
                    (long long)t->people[who].id, (long long)job, cause);
}

static void the_end_of_a_job_is_told_to_its_owner_and_a_cancelling_is_not(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct jobs *jobs = fresh(t, 0);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    int64_t good = add(t, jobs, COUNTY, "count", "{\"rows\":1}");
    int64_t bad = add(t, jobs, COUNTY, "count", "{\"rows\":1,\"refuse\":true}");
    int64_t gone = add(t, jobs, COUNTY, "count", "{\"rows\":1}");
    must(jobs_cancel(jobs, &t->people[COUNTY], gone, &err), &err);
    run_all(jobs);
    assert_int_equal(told(t, COUNTY, good, "job_done"), 1);
    assert_int_equal(told(t, COUNTY, bad, "job_failed"), 1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice"), 2);
}

static void a_job_runs_to_its_end_and_its_owner_reads_what_it_found(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t id = add(t, jobs, COUNTY, "count", "{\"rows\":7}");
    expect_state(t, jobs, COUNTY, id, "waiting");
    run_all(jobs);
    const json_t *job = seen(t, jobs, COUNTY, id);
    assert_string_equal(word(job, "state"), "done");
    assert_string_equal(word(job, "type"), "count");
    assert_string_equal(word(job, "kind"), "hazard");
    assert_string_equal(word(json_object_get(job, "label"), "zh"), "数数隐患");
    assert_int_equal(json_integer_value(json_object_get(job, "done")), 7);
    assert_int_equal(json_integer_value(json_object_get(job, "total")), 7);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(job, "result"), "rows")), 7);
    assert_true(json_is_null(json_object_get(job, "problem")));
    assert_true(json_is_null(json_object_get(job, "file")));
    assert_string_equal(word(job, "ended_at"), "2026-03-09T04:00:00.000Z");
    jobs_stop(jobs);
}

static void a_job_that_fails_says_why_in_the_readers_language(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(64 << 10);
    int64_t id = add(t, jobs, COUNTY, "count", "{\"rows\":1,\"refuse\":true,\"file\":\"never kept\"}");
    run_all(jobs);
    const json_t *job = seen(t, jobs, COUNTY, id);
    assert_string_equal(word(job, "state"), "failed");
    assert_string_equal(problem(job, "code"), "test.refused");
    assert_string_equal(problem(job, "detail"), "不行");
    assert_true(json_is_null(json_object_get(job, "file")));
    must(put(t, jobs, COUNTY, id, true, &out, &err), &err);
    assert_non_null(strstr(text_get(&out), "\"detail\":\"No\""));
    jobs_stop(jobs);
}

static void jobs_of_one_person_run_one_after_the_other_and_keep_nobody_else_waiting(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 2);
    int64_t first = add(t, jobs, COUNTY, "hold", "{}"), second = add(t, jobs, COUNTY, "hold", "{}"),
            third = add(t, jobs, COUNTY, "hold", "{}"), other = add(t, jobs, GRID_A, "hold", "{}");
    gate_wait(&gate, 2);
    expect_state(t, jobs, COUNTY, first, "running");
    expect_state(t, jobs, GRID_A, other, "running");
    expect_state(t, jobs, COUNTY, second, "waiting");
    gate_open(&gate);
    until(t, jobs, COUNTY, third, "done");
    until(t, jobs, GRID_A, other, "done");
    int64_t order[3];
    int found = 0;
    for (int i = 0; i < atomic_load(&noted_count) && found < 3; i++)
        if (atomic_load(&noted[i]) != other)
            order[found++] = atomic_load(&noted[i]);
    assert_int_equal(order[0], first);
    assert_int_equal(order[1], second);
    assert_int_equal(order[2], third);
    jobs_stop(jobs);
}

static void progress_is_seen_while_it_runs_and_told_to_the_owner_alone(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 1);
    uint64_t cursor = hub_now(t->house.hub);
    int64_t id = add(t, jobs, COUNTY, "hold", "{}");
    gate_wait(&gate, 1);
    const json_t *job = seen(t, jobs, COUNTY, id);
    assert_string_equal(word(job, "state"), "running");
    assert_int_equal(json_integer_value(json_object_get(job, "done")), 3);
    assert_int_equal(json_integer_value(json_object_get(job, "total")), 10);
    gate_open(&gate);
    until(t, jobs, COUNTY, id, "done");
    jobs_stop(jobs);
    struct hub_event event;
    int told = 0;
    for (; hub_next(t->house.hub, &cursor, &event) > 0; told++) {
        assert_string_equal(event.kind, "job");
        assert_int_equal(event.id, id);
        assert_int_equal(event.only, t->people[COUNTY].id);
    }
    assert_true(told >= 2); /* when it began and when it had ended */
}

/* ---- stopping ---- */

static void a_job_that_waits_is_cancelled_at_once_and_its_type_is_told(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    int64_t id = add(t, jobs, COUNTY, "hold", "{\"rows\":1}");
    must(jobs_cancel(jobs, &t->people[COUNTY], id, &err), &err);
    expect_state(t, jobs, COUNTY, id, "cancelled");
    assert_int_equal(atomic_load(&dropped), 1);
    run_all(jobs);
    assert_int_equal(atomic_load(&noted_count), 0);
    must(jobs_cancel(jobs, &t->people[COUNTY], id, &err), &err); /* once more changes nothing */
    assert_int_equal(atomic_load(&dropped), 1);
    jobs_stop(jobs);
}

static void a_job_that_runs_is_asked_to_stop(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 1);
    struct error err = { 0 };
    int64_t id = add(t, jobs, COUNTY, "hold", "{\"rows\":1}");
    gate_wait(&gate, 1);
    must(jobs_cancel(jobs, &t->people[COUNTY], id, &err), &err);
    expect_state(t, jobs, COUNTY, id, "running");
    gate_open(&gate);
    until(t, jobs, COUNTY, id, "cancelled");
    assert_string_equal(problem(seen(t, jobs, COUNTY, id), "code"), "job.cancelled");
    assert_int_equal(atomic_load(&dropped), 0); /* its run function knows */
    jobs_stop(jobs);
}

static void a_program_that_stops_leaves_its_jobs_to_the_next_one(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 2);
    struct error err = { 0 };
    int64_t kept = add(t, jobs, COUNTY, "fragile", "{}"), given_up = add(t, jobs, GRID_A, "hold", "{}");
    gate_wait(&gate, 2);
    atomic_store(&endless, true);
    gate_open(&gate);
    must(jobs_cancel(jobs, &t->people[GRID_A], given_up, &err), &err);
    jobs_stop(jobs);
    atomic_store(&endless, false);
    jobs = start(t, 0);
    expect_state(t, jobs, COUNTY, kept, "waiting");
    expect_state(t, jobs, GRID_A, given_up, "cancelled");
    run_all(jobs);
    expect_state(t, jobs, COUNTY, kept, "done");
    jobs_stop(jobs);
}

/* ---- limits ---- */

static void one_person_and_all_together_have_only_so_many_jobs_under_way(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    int64_t id;
    for (int i = 0; i < LIMIT_JOBS_PERSON; i++)
        id = add(t, jobs, COUNTY, "count", "{}");
    expect_fault(jobs_add(jobs, &t->people[COUNTY], "count", &hazard_kind, NULL, &id, &err), &err, FAULT_LIMITED,
                 "job.many");
    assert_true(err.retry_after_s > 0);
    run_all(jobs); /* those that have ended do not count */
    add(t, jobs, COUNTY, "count", "{}");
    for (int i = 1; i < LIMIT_JOBS; i++)
        must_write(
            t->house.store,
            "INSERT INTO job (type, account, state, args, done, created_at) VALUES ('count', 99, 'waiting', ?, 0, 0)",
            BIND(value_bytes("x", 1)));
    err = (struct error){ 0 };
    expect_fault(jobs_add(jobs, &t->people[GRID_A], "count", &hazard_kind, NULL, &id, &err), &err, FAULT_LIMITED,
                 "job.crowded");
    jobs_stop(jobs);
}

/* ---- after a crash ---- */

static void after_a_crash_a_job_that_resumes_is_run_again_and_any_other_says_that_it_broke_off(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t resumes = add(t, jobs, COUNTY, "hold", "{\"rows\":1}"),
            breaks = add(t, jobs, COUNTY, "fragile", "{\"rows\":1}");
    jobs_stop(jobs);
    must_write(t->house.store, "UPDATE job SET state = 'running', began_at = created_at", NO_BINDS);
    gate_open(&gate);
    jobs = start(t, 0);
    expect_state(t, jobs, COUNTY, resumes, "waiting");
    const json_t *job = seen(t, jobs, COUNTY, breaks);
    assert_string_equal(word(job, "state"), "failed");
    assert_string_equal(problem(job, "code"), "job.restart");
    assert_string_equal(problem(job, "detail"), "服务在任务进行中重启，任务没有完成，请重新发起");
    assert_int_equal(atomic_load(&dropped), 1);
    run_all(jobs);
    expect_state(t, jobs, COUNTY, resumes, "done");
    jobs_stop(jobs);
}

static void a_row_that_says_running_while_nobody_runs_is_settled_by_the_hourly_clearing(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t id = add(t, jobs, COUNTY, "fragile", "{}");
    must_write(t->house.store, "UPDATE job SET state = 'running', began_at = created_at", NO_BINDS);
    jobs_tidy(jobs);
    expect_state(t, jobs, COUNTY, id, "failed");
    jobs_stop(jobs);
}

/* ---- rights ---- */

/* The person's rights as they are in the store; what the town gives its people is for tests without a store. */
static int64_t appoint(struct town *t, enum who who)
{
    return must_create(t, PROGRAM, &assignment_kind,
                       say(t,
                           "{\"role\":\"inspector\",\"holder_account\":%lld,\"area\":\"%lld\","
                           "\"valid_from\":\"2026-01-01\"}",
                           (long long)t->people[who].id, (long long)county));
}

static void dismiss(struct town *t, int64_t assignment)
{
    must_patch(t, PROGRAM, &assignment_kind, assignment, "{\"valid_to\":\"2026-03-08\"}");
}

static void a_right_withdrawn_before_the_job_begins_stops_it(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t appointment = appoint(t, CHECKER);
    int64_t before = add(t, jobs, CHECKER, "right", "{}");
    run_all(jobs);
    expect_state(t, jobs, CHECKER, before, "done");
    int64_t after = add(t, jobs, CHECKER, "right", "{}");
    dismiss(t, appointment);
    run_all(jobs);
    assert_string_equal(problem(seen(t, jobs, CHECKER, after), "code"), "verb.missing");
    jobs_stop(jobs);
}

static void the_job_of_a_disabled_account_is_not_done(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t id = add(t, jobs, CHECKER, "hold", "{\"rows\":1}");
    must_patch(t, PROGRAM, &account_kind, t->people[CHECKER].id, "{\"active\":false}");
    run_all(jobs);
    must_patch(t, PROGRAM, &account_kind, t->people[CHECKER].id, "{\"active\":true}");
    const json_t *job = seen(t, jobs, CHECKER, id);
    assert_string_equal(word(job, "state"), "failed");
    assert_string_equal(problem(job, "code"), "job.account");
    assert_int_equal(atomic_load(&noted_count), 0);
    assert_int_equal(atomic_load(&dropped), 1);
    jobs_stop(jobs);
}

static void a_job_asked_for_with_a_key_may_no_more_than_the_key(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    char token[TOKEN_TEXT];
    int64_t key, id, ended;
    struct origin by = { .now = town_noon, .account = t->people[COUNTY].id };
    must(key_make(t->house.store, &by, by.account,
                  &(struct key_terms){ .name = "k", .days = 9, .verbs = "read", .kinds = "hazard" }, token, &key, &err),
         &err);
    int64_t appointment = appoint(t, COUNTY);
    struct actor with_key = t->people[COUNTY];
    with_key.key = key;
    must(jobs_add(jobs, &with_key, "right", &hazard_kind, NULL, &id, &err), &err);
    must(jobs_add(jobs, &with_key, "count", &hazard_kind, NULL, &ended, &err), &err);
    must(jobs_run(jobs, id, &err), &err);
    assert_string_equal(problem(seen(t, jobs, COUNTY, id), "code"), "verb.missing");
    must(key_end(t->house.store, &by, by.account, key, &err), &err);
    run_all(jobs);
    assert_string_equal(problem(seen(t, jobs, COUNTY, ended), "code"), "job.account");
    dismiss(t, appointment);
    jobs_stop(jobs);
}

/* ---- whose it is and how long ---- */

static size_t listed(struct town *t, struct jobs *jobs, enum who who)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    struct json j = { .out = &out };
    struct error err = { 0 };
    struct db *db;
    json_open(&j, '[');
    must(store_reader(t->house.store, &db, &err), &err);
    must(jobs_put(jobs, db, &t->people[who], false, &j, &err), &err);
    store_reader_back(t->house.store, db);
    json_close(&j, ']');
    json_t *list = json_loads(text_get(&out), 0, NULL);
    size_t count = json_array_size(list);
    json_decref(list);
    return count;
}

/* The bytes of a job's file, or -1 with the error. */
static int fetch(struct town *t, struct jobs *jobs, enum who who, int64_t id, char out[64], struct error *err)
{
    struct db *db;
    const char *name, *type;
    int64_t size;
    int fd;
    must(store_reader(t->house.store, &db, err), err);
    int got = job_file(jobs, db, &t->people[who], id, &t->arena, &fd, &size, &name, &type, err);
    store_reader_back(t->house.store, db);
    if (got < 0)
        return -1;
    assert_string_equal(name, "结果.csv");
    ssize_t n = read(fd, out, 63);
    close(fd);
    assert_int_equal(n, size);
    out[n] = '\0';
    return 0;
}

static bool on_disk(struct town *t, const char *name)
{
    return access(say(t, "%s/jobs/%s", t->folder, name), F_OK) == 0;
}

static void another_persons_job_does_not_exist(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(64 << 10);
    char bytes[64];
    int64_t id = add(t, jobs, COUNTY, "count", "{\"file\":\"甲\"}"), waits = add(t, jobs, COUNTY, "count", "{}");
    must(jobs_run(jobs, id, &err), &err);
    expect_fault(put(t, jobs, OFFICE, id, false, &out, &err), &err, FAULT_MISSING, "job.missing");
    err = (struct error){ 0 };
    expect_fault(fetch(t, jobs, OFFICE, id, bytes, &err), &err, FAULT_MISSING, "job.missing");
    err = (struct error){ 0 };
    must(jobs_cancel(jobs, &t->people[OFFICE], waits, &err), &err);
    expect_state(t, jobs, COUNTY, waits, "waiting");
    assert_int_equal(listed(t, jobs, OFFICE), 0);
    assert_int_equal(listed(t, jobs, COUNTY), 2);
    jobs_stop(jobs);
}

static void a_file_is_there_for_a_day_and_the_result_for_seven(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    char bytes[64];
    int64_t id = add(t, jobs, COUNTY, "count", "{\"rows\":2,\"file\":\"甲,乙\"}");
    const char *name = say(t, "%lld", (long long)id);
    run_all(jobs);
    assert_string_equal(word(json_object_get(seen(t, jobs, COUNTY, id), "file"), "type"), "text/csv");
    atomic_store(&clock_ms, town_noon + JOB_FILE_MS - 1);
    jobs_tidy(jobs);
    must(fetch(t, jobs, COUNTY, id, bytes, &err), &err);
    assert_string_equal(bytes, "甲,乙");
    atomic_store(&clock_ms, town_noon + JOB_FILE_MS);
    expect_fault(fetch(t, jobs, COUNTY, id, bytes, &err), &err, FAULT_MISSING, "job.no_file");
    assert_true(json_is_null(json_object_get(seen(t, jobs, COUNTY, id), "file")));
    assert_true(on_disk(t, name));
    jobs_tidy(jobs);
    assert_false(on_disk(t, name));
    atomic_store(&clock_ms, town_noon + JOB_KEPT_MS - 1);
    jobs_tidy(jobs);
    assert_int_equal(listed(t, jobs, COUNTY), 1);
    atomic_store(&clock_ms, town_noon + JOB_KEPT_MS);
    assert_int_equal(listed(t, jobs, COUNTY), 0);
    jobs_tidy(jobs);
    assert_int_equal(count_of(t, "SELECT count(*) FROM job"), 0);
    jobs_stop(jobs);
}

static void touch(struct town *t, const char *name)
{
    int fd = open(say(t, "%s/jobs/%s", t->folder, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void a_file_no_row_speaks_of_is_cleared_away(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    int64_t id = add(t, jobs, COUNTY, "count", "{\"file\":\"甲\"}");
    const char *name = say(t, "%lld", (long long)id), *part = say(t, "%lld.part", (long long)id);
    run_all(jobs);
    touch(t, "99999999");
    touch(t, part);
    jobs_tidy(jobs);
    assert_true(on_disk(t, name));
    assert_false(on_disk(t, part));
    assert_false(on_disk(t, "99999999"));
    jobs_stop(jobs);
}

static void a_job_restored_without_its_file_says_that_it_has_expired(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    char bytes[64];
    int64_t id = add(t, jobs, COUNTY, "count", "{\"file\":\"甲\"}");
    run_all(jobs);
    assert_int_equal(unlink(say(t, "%s/jobs/%lld", t->folder, (long long)id)), 0); /* a backup has rows alone */
    expect_fault(fetch(t, jobs, COUNTY, id, bytes, &err), &err, FAULT_MISSING, "job.no_file");
    jobs_stop(jobs);
}

static void what_a_job_is_told_is_sealed(void **state)
{
    struct town *t = TOWN(state);
    struct jobs *jobs = fresh(t, 0);
    struct error err = { 0 };
    struct rows rows;
    struct db *db;
    add(t, jobs, COUNTY, "count", "{\"filter\":\"phone=13800138000\"}");
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows, "SELECT args FROM job", NO_BINDS, &err), &err);
    assert_true(rows_next(&rows));
    struct value args = rows_value(&rows, 0);
    assert_int_equal(args.is, VALUE_BYTES);
    assert_null(memmem(args.at, args.size, "13800138000", 11));
    must(rows_done(&rows, &err), &err);
    store_reader_back(t->house.store, db);
    jobs_stop(jobs);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_end_of_a_job_is_told_to_its_owner_and_a_cancelling_is_not),
        SAYS(a_job_runs_to_its_end_and_its_owner_reads_what_it_found),
        SAYS(a_job_that_fails_says_why_in_the_readers_language),
        SAYS(jobs_of_one_person_run_one_after_the_other_and_keep_nobody_else_waiting),
        SAYS(progress_is_seen_while_it_runs_and_told_to_the_owner_alone),
        SAYS(a_job_that_waits_is_cancelled_at_once_and_its_type_is_told),
        SAYS(a_job_that_runs_is_asked_to_stop),
        SAYS(a_program_that_stops_leaves_its_jobs_to_the_next_one),
        SAYS(one_person_and_all_together_have_only_so_many_jobs_under_way),
        SAYS(after_a_crash_a_job_that_resumes_is_run_again_and_any_other_says_that_it_broke_off),
        SAYS(a_row_that_says_running_while_nobody_runs_is_settled_by_the_hourly_clearing),
        SAYS(a_right_withdrawn_before_the_job_begins_stops_it),
        SAYS(the_job_of_a_disabled_account_is_not_done),
        SAYS(a_job_asked_for_with_a_key_may_no_more_than_the_key),
        SAYS(another_persons_job_does_not_exist),
        SAYS(a_file_is_there_for_a_day_and_the_result_for_seven),
        SAYS(a_file_no_row_speaks_of_is_cleared_away),
        SAYS(a_job_restored_without_its_file_says_that_it_has_expired),
        SAYS(what_a_job_is_told_is_sealed),
    };
    return RUN_TOWNS(tests);
}
