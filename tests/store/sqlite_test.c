/* What only SQLite has: the group commit, the full disk, the write-ahead log. */
#include "store/world.h"

#include "store/engine.h"

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, BIG = 200 * PAGE, CEILING = 60 };

static void make_notes(struct world *world)
{
    must_script(world->store, "CREATE TABLE note (id INTEGER PRIMARY KEY, body BLOB) STRICT");
}

static int64_t notes(struct world *world)
{
    return must_count(world->store, "SELECT count(*) FROM note", NO_BINDS);
}

struct noting {
    struct store *store;
    struct gate *gate;
    store_job job;
    int64_t id;
    size_t size;
    int runs;
    bool large;
    int *turn;    /* counts the jobs as they run */
    int at;       /* which of them it was */
    bool pressed; /* people's jobs waited while it ran */
    int64_t seen_inside, seen_outside;
    int result;
    struct error err;
    pthread_t thread;
};

static int note_job(struct db *db, void *args, struct error *err)
{
    struct noting *n = args;
    n->runs++;
    return db_run(db, "INSERT INTO note (id, body) VALUES (?, zeroblob(?))",
                  BIND(value_int(n->id), value_int((int64_t)n->size)), NULL, err);
}

static int hold_job(struct db *db, void *args, struct error *err)
{
    (void)db;
    (void)err;
    gate_pass(((struct noting *)args)->gate);
    return 0;
}

static void *note_thread(void *arg)
{
    struct noting *n = arg;
    n->result = n->large ? store_write_large(n->store, n->job, n, &n->err) : store_write(n->store, n->job, n, &n->err);
    return NULL;
}

static void note_start(struct noting *n)
{
    assert_int_equal(pthread_create(&n->thread, NULL, note_thread, n), 0);
}

/* Runs them as one group: they gather, in this order, while a job before them is held. */
static void run_as_group(struct world *world, struct noting *notings, int count)
{
    struct gate gate;
    gate_init(&gate);
    struct noting holder = { .store = world->store, .gate = &gate, .job = hold_job };
    note_start(&holder);
    gate_wait(&gate, 1);
    for (int i = 0; i < count; i++) {
        notings[i].store = world->store;
        note_start(&notings[i]);
        while (store_waiting(world->store) < i + 1)
            sched_yield();
    }
    gate_open(&gate);
    pthread_join(holder.thread, NULL);
    for (int i = 0; i < count; i++)
        pthread_join(notings[i].thread, NULL);
}

static int look_job(struct db *db, void *args, struct error *err)
{
    struct noting *n = args;
    struct db *reader = NULL;
    if (db_get_int(db, "SELECT count(*) FROM note", NO_BINDS, &n->seen_inside, NULL, err) < 0 ||
        store_reader(n->store, &reader, err) < 0)
        return -1;
    int result = db_get_int(reader, "SELECT count(*) FROM note", NO_BINDS, &n->seen_outside, NULL, err);
    store_reader_back(n->store, reader);
    return result;
}

static void jobs_that_wait_share_one_commit(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    struct noting group[3] = { { .job = note_job, .id = 1 }, { .job = note_job, .id = 2 }, { .job = look_job } };
    run_as_group(world, group, 3);
    for (int i = 0; i < 3; i++)
        must(group[i].result, &group[i].err);
    assert_int_equal(group[2].seen_inside, 2);
    assert_int_equal(group[2].seen_outside, 0);
    assert_int_equal(notes(world), 2);
}

static int turn_job(struct db *db, void *args, struct error *err)
{
    struct noting *n = args;
    n->at = ++*n->turn;
    n->pressed = store_people_wait(n->store);
    return note_job(db, n, err);
}

/* The one that held the others up was a person's: a large one is next, then all the people, then a large one again. */
static void large_jobs_take_turns_with_peoples_and_share_no_commit(void **state)
{
    struct world *world = WORLD(state);
    struct store_stats before, after;
    int turn = 0;
    make_notes(world);
    struct noting all[5];
    static const bool large[5] = { false, true, false, true, false };
    static const int at[5] = { 2, 1, 3, 5, 4 };
    for (int i = 0; i < 5; i++)
        all[i] = (struct noting){ .job = turn_job, .id = i + 1, .large = large[i], .turn = &turn };
    store_stats(world->store, &before);
    run_as_group(world, all, 5);
    store_stats(world->store, &after);
    for (int i = 0; i < 5; i++) {
        must(all[i].result, &all[i].err);
        assert_int_equal(all[i].at, at[i]);
        assert_int_equal(all[i].pressed, i == 1); /* the first large one; nobody but another large one after it */
    }
    assert_int_equal(after.commits - before.commits, 4); /* the holder's, two large ones, three people's */
    assert_int_equal(after.waiting, 0);
    assert_int_equal(notes(world), 5);
}

static int half_job(struct db *db, void *args, struct error *err)
{
    return note_job(db, args, err) < 0 ? -1 : fail(err, FAULT_REFUSED, "test.no", "不行", "No");
}

static void a_large_job_that_fails_leaves_nothing_and_spoils_nothing(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    struct noting all[3] = { { .job = half_job, .id = 1, .size = 100000, .large = true },
                             { .job = note_job, .id = 1 },
                             { .job = note_job, .id = 2, .large = true } };
    run_as_group(world, all, 3);
    assert_int_equal(all[0].result, -1);
    assert_string_equal(all[0].err.code, "test.no");
    must(all[1].result, &all[1].err);
    must(all[2].result, &all[2].err);
    assert_int_equal(must_count(world->store, "SELECT sum(length(body)) FROM note", NO_BINDS), 0);
    assert_int_equal(notes(world), 2);
}

static int64_t file_size(const struct world *world)
{
    struct stat file;
    assert_int_equal(stat(world->url + strlen("sqlite:"), &file), 0);
    return file.st_size;
}

static void what_a_large_job_wrote_comes_into_the_file_though_nobody_writes_again(void **state)
{
    enum { SIZE = 8 << 20, TRIES = 3000 };
    struct world *world = WORLD(state);
    struct error err = { 0 };
    make_notes(world);
    struct noting n = { .id = 1, .size = SIZE };
    must(store_write_large(world->store, note_job, &n, &err), &err);
    for (int i = 0; i < TRIES && file_size(world) < SIZE; i++)
        usleep(10000);
    assert_true(file_size(world) > SIZE);
}

static void limit_pages(struct world *world, int64_t pages)
{
    world_close(world);
    world->options.max_pages = pages;
    world_open(world);
}

static void a_job_that_fills_the_disk_takes_nobody_with_it(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    limit_pages(world, CEILING);
    struct noting group[4] = { { .job = note_job, .id = 1, .size = 10 },
                               { .job = note_job, .id = 2, .size = BIG },
                               { .job = note_job, .id = 3, .size = 10 },
                               { .job = note_job, .id = 1, .size = 10 } };
    run_as_group(world, group, 4);
    must(group[0].result, &group[0].err);
    assert_int_equal(group[1].result, -1);
    assert_int_equal(group[1].err.fault, FAULT_FULL);
    must(group[2].result, &group[2].err);
    assert_int_equal(group[3].result, -1);
    assert_true(store_is_unique(&group[3].err));
    assert_int_equal(group[1].runs, 2); /* once in the group, once alone */
    assert_int_equal(notes(world), 2);

    limit_pages(world, 0);
    struct error err = { 0 };
    struct noting later = { .id = 4, .size = BIG };
    must(store_write(world->store, note_job, &later, &err), &err);
    assert_int_equal(notes(world), 3);
}

static void acknowledged_writes_survive_a_full_disk(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    limit_pages(world, CEILING);
    struct error err = { 0 };
    int64_t acknowledged = 0;
    struct noting n = { .size = 3 * PAGE };
    for (n.id = 1; store_write(world->store, note_job, &n, &err) == 0; n.id++)
        acknowledged++;
    assert_int_equal(err.fault, FAULT_FULL);
    assert_true(acknowledged > 5);
    assert_int_equal(notes(world), acknowledged);
    assert_int_equal(store_write(world->store, note_job, &n, &err), -1);
    assert_int_equal(err.fault, FAULT_FULL);
    must_write(world->store, "DELETE FROM note WHERE id = 1", NO_BINDS); /* room was made: it goes on by itself */
    must(store_write(world->store, note_job, &n, &err), &err);
    limit_pages(world, 0);
    assert_int_equal(notes(world), acknowledged);
}

static int deaf_job(struct db *db, void *args, struct error *err)
{
    struct noting *n = args;
    struct error unheard;
    if (db_run(db, "INSERT INTO note (id) VALUES (100)", NO_BINDS, NULL, err) < 0)
        return -1;
    note_job(db, n, &unheard);
    db_run(db, "INSERT INTO note (id) VALUES (101)", NO_BINDS, NULL, &unheard);
    db_script(db, "INSERT INTO note (id) VALUES (102)", &unheard);
    db_try(db, note_job, n, &unheard);
    return 0;
}

static void a_job_that_ignores_a_full_disk_is_not_half_saved(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    limit_pages(world, CEILING);
    struct error err = { 0 };
    struct noting deaf = { .id = 1, .size = BIG };
    assert_int_equal(store_write(world->store, deaf_job, &deaf, &err), -1);
    assert_int_equal(err.fault, FAULT_FULL);
    assert_int_equal(notes(world), 0);
}

static void a_commit_the_disk_refuses_acknowledges_nobody(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    must_write(world->store, "INSERT INTO note (id) VALUES (50)", NO_BINDS);
    char log[128];
    struct stat info;
    struct rlimit was, tight;
    snprintf(log, sizeof log, "%s/anlan.db-wal", world->folder);
    assert_int_equal(stat(log, &info), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    tight = was;
    tight.rlim_cur = (rlim_t)info.st_size; /* not a byte more: the jobs succeed, their commit does not */
    struct noting group[3] = { { .job = note_job, .id = 1 },
                               { .job = note_job, .id = 2 },
                               { .job = note_job, .id = 50 } };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    run_as_group(world, group, 3);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    signal(SIGXFSZ, handler);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(group[i].result, -1);
        assert_int_equal(group[i].runs, 2);
    }
    assert_int_equal(group[0].err.fault, FAULT_FULL);
    assert_int_equal(group[1].err.fault, FAULT_FULL);
    assert_true(store_is_unique(&group[2].err));
    assert_int_equal(notes(world), 1);

    struct error err = { 0 };
    must(store_write(world->store, note_job, &group[0], &err), &err);
    world_close(world);
    world_open(world);
    assert_int_equal(notes(world), 2);
}

static sqlite3 *other_program(const struct world *world)
{
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(world->url + strlen("sqlite:"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "SELECT 1 FROM note", NULL, NULL, NULL), SQLITE_OK); /* opens the log */
    return other;
}

static void results_left_open_do_not_pin_the_log(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    for (int i = 0; i < 5; i++)
        must_write(world->store, "INSERT INTO note (id) VALUES (?)", BIND(value_int(i)));
    struct error err = { 0 };
    struct rows rows;
    struct db *db = NULL;
    must(store_reader(world->store, &db, &err), &err);
    must(db_query(db, &rows, "SELECT id FROM note", NO_BINDS, &err), &err);
    assert_true(rows_next(&rows));
    sqlite3 *other = other_program(world);
    must_write(world->store, "INSERT INTO note (id) VALUES (10)", NO_BINDS);
    assert_int_equal(sqlite3_wal_checkpoint_v2(other, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), SQLITE_BUSY);
    store_reader_back(world->store, db);
    assert_int_equal(sqlite3_wal_checkpoint_v2(other, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

static void closing_leaves_one_file_only_its_owner_may_read(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    char path[128];
    struct stat info;
    snprintf(path, sizeof path, "%s/anlan.db-wal", world->folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    world_close(world);
    assert_int_equal(stat(path, &info), -1);
    snprintf(path, sizeof path, "%s/anlan.db", world->folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    world_open(world);
}

static void a_commit_reaches_the_disk_before_it_is_answered(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    struct error err = { 0 };
    struct db *db = NULL;
    int64_t full = 0;
    must(store_reader(world->store, &db, &err), &err);
    must(db_get_int(db, "PRAGMA synchronous", NO_BINDS, &full, NULL, &err), &err);
    store_reader_back(world->store, db);
    assert_int_equal(full, 2);
    /* The same settings are given to the writing connection; its journal mode is the file's. */
    assert_int_equal(
        must_count(world->store, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", NO_BINDS), 1);
}

static void a_file_that_is_no_database_is_named_as_damaged(void **state)
{
    struct world *world = WORLD(state);
    char path[128], url[160];
    snprintf(path, sizeof path, "%s/other.db", world->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 500; i++)
        fputs("this is a letter, not a database\n", file);
    assert_int_equal(fclose(file), 0);
    snprintf(url, sizeof url, "sqlite:%s", path);
    struct error err = { 0 };
    struct store *store = NULL;
    assert_int_equal(store_open(&(struct store_options){ .url = url }, &store, &err), -1);
    assert_string_equal(err.code, "store.corrupt");
    assert_null(store);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct store *store = NULL;
    assert_int_equal(store_open(&(struct store_options){ .url = "sqlite:/nowhere/at/all/anlan.db" }, &store, &err), -1);
    assert_string_equal(err.code, "store.open");
    assert_int_equal(err.fault, FAULT_UNAVAILABLE);
    assert_non_null(strstr(err.en, "/nowhere/at/all/anlan.db"));
    assert_non_null(strstr(err.zh, "/nowhere/at/all/anlan.db"));
}

/* The files this process holds open and no folder names any more. */
static size_t nameless_files(const char *folder, size_t *elsewhere)
{
    size_t beside = 0;
    DIR *open_files = opendir("/proc/self/fd");
    assert_non_null(open_files);
    for (const struct dirent *e; (e = readdir(open_files)) != NULL;) {
        char target[512];
        ssize_t n = readlinkat(dirfd(open_files), e->d_name, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (!strstr(target, "etilqs"))
            continue;
        bool here = strncmp(target, folder, strlen(folder)) == 0 && target[strlen(folder)] == '/';
        beside += here;
        *elsewhere += !here;
    }
    closedir(open_files);
    return beside;
}

static void what_does_not_fit_in_memory_is_sorted_beside_the_database(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct rows rows;
    struct db *db;
    size_t elsewhere = 0;
    must(store_reader(world->store, &db, &err), &err);
    must(db_query(db, &rows,
                  "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 30000) "
                  "SELECT k, zeroblob(1000) AS body FROM n ORDER BY k * 7919 % 30011",
                  NO_BINDS, &err),
         &err);
    assert_true(rows_next(&rows));
    assert_true(nameless_files(world->folder, &elsewhere) > 0);
    assert_int_equal(elsewhere, 0);
    must(rows_done(&rows, &err), &err);
    store_reader_back(world->store, db);
}

static int two_statements(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db, "INSERT INTO note (id) VALUES (1); INSERT INTO note (id) VALUES (2)", NO_BINDS, NULL, err);
}

static void a_second_statement_is_not_swallowed(void **state)
{
    struct world *world = WORLD(state);
    make_notes(world);
    struct error err = { 0 };
    assert_int_equal(store_write(world->store, two_statements, NULL, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
    assert_int_equal(notes(world), 0);
}

static int rewrite_all(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db, "UPDATE note SET body = randomblob(3500)", NO_BINDS, NULL, err);
}

/* Every page is written over, and the savepoint keeps what stood there. */
static int rewrite_job(struct db *db, void *args, struct error *err)
{
    return db_try(db, rewrite_all, args, err);
}

/* Seen as "database or disk is full" when a large folder lost indexes nobody declares any more. */
static void a_change_of_more_than_sixty_four_mebibytes_is_saved(void **state)
{
    struct world *world = WORLD(state);
    struct error err = { 0 };
    make_notes(world);
    must_write(world->store,
               "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 18000) "
               "INSERT INTO note (id, body) SELECT k, zeroblob(3500) FROM n",
               NO_BINDS);
    must(store_write(world->store, rewrite_job, NULL, &err), &err);
    assert_int_equal(must_count(world->store, "SELECT count(*) FROM note WHERE body <> zeroblob(3500)", NO_BINDS),
                     18000);
}

/* Counted in pages, not in time: a journal of its own per change is 64 MiB that a sanitizer marks page by page. */
static void a_small_change_maps_no_large_journal(void **state)
{
    enum { CHANGES = 100, PAGES_EACH = 64 };
    struct world *world = WORLD(state);
    struct error err = { 0 };
    struct rusage before, after;
    make_notes(world);
    for (int64_t id = 0; id <= CHANGES; id++) {
        struct noting n = { .id = id + 1, .size = 10 };
        must(store_write(world->store, note_job, &n, &err), &err);
        if (id == 0)
            assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_minflt - before.ru_minflt < CHANGES * PAGES_EACH);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(jobs_that_wait_share_one_commit),
        SAYS(large_jobs_take_turns_with_peoples_and_share_no_commit),
        SAYS(a_large_job_that_fails_leaves_nothing_and_spoils_nothing),
        SAYS(what_a_large_job_wrote_comes_into_the_file_though_nobody_writes_again),
        SAYS(a_job_that_fills_the_disk_takes_nobody_with_it),
        SAYS(acknowledged_writes_survive_a_full_disk),
        SAYS(a_job_that_ignores_a_full_disk_is_not_half_saved),
        SAYS(a_commit_the_disk_refuses_acknowledges_nobody),
        SAYS(results_left_open_do_not_pin_the_log),
        SAYS(closing_leaves_one_file_only_its_owner_may_read),
        SAYS(a_commit_reaches_the_disk_before_it_is_answered),
        SAYS(a_file_that_is_no_database_is_named_as_damaged),
        SAYS(a_folder_that_is_not_there_is_named),
        SAYS(what_does_not_fit_in_memory_is_sorted_beside_the_database),
        SAYS(a_second_statement_is_not_swallowed),
        SAYS(a_change_of_more_than_sixty_four_mebibytes_is_saved),
        SAYS(a_small_change_maps_no_large_journal),
    };
    return RUN_ON(STORE_SQLITE, tests);
}
