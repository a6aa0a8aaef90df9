#include "app/house.h"

#include "access/key.h"
#include "access/session.h"
#include "app/day.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/seal.h"
#include "desk/draft.h"
#include "desk/marks.h"
#include "desk/view.h"
#include "domain/files.h"
#include "domain/grid/boundary.h"
#include "domain/grid/grid.h"
#include "domain/hazard/standard.h"
#include "domain/object/licence.h"
#include "domain/history.h"
#include "domain/holiday.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "domain/notice.h"
#include "domain/number.h"
#include "domain/object/object.h"
#include "domain/propose.h"
#include "domain/todo.h"
#include "exchange/bulk_job.h"
#include "exchange/columns.h"
#include "exchange/export_job.h"
#include "exchange/import.h"
#include "exchange/print_job.h"
#include "jobs/follow_job.h"
#include "notify/mail.h"
#include "record/table.h"
#include "search/search.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TABLES = 256, WRITERS = 8 };

static int lock_fd = -1;

const struct schema *house_schema(void)
{
    static struct arena arena;
    static const struct table *tables[TABLES];
    static struct schema schema;
    if (schema.tables)
        return &schema;
    size_t n = kind_tables(&arena, tables, TABLES);
    for (size_t i = 0; i < domain_table_count && n < TABLES; i++)
        tables[n++] = &domain_tables[i];
    for (size_t i = 0; i < access_table_count && n < TABLES; i++)
        tables[n++] = &access_tables[i];
    for (size_t i = 0; i < ladder_table_count && n < TABLES; i++)
        tables[n++] = &ladder_tables[i];
    /* Signing in and the trail (access/), importing (exchange/), saved views (desk/). */
    static const struct {
        const struct table *at;
        const size_t *count;
    } further[] = { { password_tables, &password_table_count }, { second_tables, &second_table_count },
                    { session_tables, &session_table_count },   { key_tables, &key_table_count },
                    { audit_tables, &audit_table_count },       { import_tables, &import_table_count },
                    { view_tables, &view_table_count },         { notice_tables, &notice_table_count } };
    for (size_t k = 0; k < COUNT(further); k++)
        for (size_t i = 0; i < *further[k].count && n < TABLES; i++)
            tables[n++] = &further[k].at[i];
    const struct table *single[] = { &history_table, &object_table, &object_follow_table, &file_table,
                                     &search_table,  &job_table,    &boundary_table,      &boundary_cell_table,
                                     &column_table,  &draft_table,  &number_table,        &mail_table,
                                     &mark_table };
    for (size_t i = 0; i < COUNT(single) && n < TABLES; i++)
        tables[n++] = single[i];
    schema = (struct schema){ tables, n };
    return &schema;
}

static int take_lock(const char *folder, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/lock", folder);
    lock_fd = open(text_get(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_fd < 0)
        return fail(err, FAULT_INTERNAL, "house.lock", "无法打开 %s：%s", "Cannot open %s: %s", text_get(&path),
                    strerror(errno));
    if (flock(lock_fd, LOCK_EX | LOCK_NB) < 0)
        return fail(err, FAULT_UNAVAILABLE, "house.busy", "数据目录 %s 正被另一个 anlan 进程使用，请先停掉它",
                    "The data folder %s is used by another anlan process; stop it first", folder);
    return 0;
}

/* The account that stands for the program itself: history needs somebody to name. */
static int system_account(struct change *c, void *args, struct error *err)
{
    (void)args;
    struct account *a = change_new(c, &account_kind);
    set(a, name, "system");
    set(a, display_name, "系统");
    set(a, active, 0);
    return change_create(c, &account_kind, a, err);
}

int house_first_account(struct house *house, int64_t now_ms, struct error *err)
{
    struct db *db;
    int64_t one;
    bool found;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT id FROM account WHERE id = ?", BIND(value_int(ACCOUNT_SYSTEM)), &one, &found, err);
    store_reader_back(house->store, db);
    if (got < 0 || found)
        return got;
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "first start" };
    return change_run(house, &order, system_account, NULL, NULL, err);
}

int house_make_folder(const char *folder, struct error *err)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return 0;
    return fail(err, FAULT_INTERNAL, "house.folder", "无法创建数据目录 %s：%s", "Cannot create the data folder %s: %s",
                folder, strerror(errno));
}

/* Beside a running program nothing is made, so a folder that is none is told instead of becoming one. */
static int must_exist(const char *folder, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/keys/master", folder);
    return access(text_get(&path), R_OK) == 0
               ? 0
               : fail(err, FAULT_MISSING, "house.none", "%s 不是安澜的数据目录，或无权读取",
                      "%s is no data folder of Anlan, or may not be read", folder);
}

static int apply_schema(struct house *house, struct error *err)
{
    int changes = 0;
    if (schema_apply(house->store, house_schema(), &changes, err) < 0)
        return -1;
    if (changes) {
        char count[16];
        snprintf(count, sizeof count, "%d", changes);
        log_event(LOG_INFO, "schema.applied", "statements", count, NULL);
    }
    return 0;
}

static int open_inside(const struct house_options *o, struct house *house, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    AUTO_TEXT url = TEXT_LIMIT(8192);
    bool beside = o->how == HOUSE_BESIDE;
    if (beside ? must_exist(o->folder, err) < 0
               : house_make_folder(o->folder, err) < 0 || take_lock(o->folder, err) < 0)
        return -1;
    text_printf(&path, "%s/keys", o->folder);
    if (seal_open(text_get(&path), err) < 0)
        return -1;
    if (o->db_url)
        text_str(&url, o->db_url);
    else
        text_printf(&url, "sqlite:%s/anlan.db", o->folder);
    struct store_options so = { .url = text_get(&url), .readers = o->readers, .writers = WRITERS, .read_only = beside };
    if (store_open(&so, &house->store, err) < 0 ||
        (!beside && (apply_schema(house, err) < 0 || search_renew(house->store, err) < 0)))
        return -1;
    text_clear(&path);
    text_printf(&path, "%s/demo", o->folder);
    house->demo = access(text_get(&path), F_OK) == 0;
    if (house->demo && day_open(o->folder, err) < 0)
        return -1;
    if (o->how != HOUSE_OWN)
        return 0;
    int64_t now = clock_now_ms();
    if (house_first_account(house, now, err) < 0 || standards_keep(house, now, err) < 0 ||
        licences_keep(house, now, err) < 0 || holidays_keep(house, now, err) < 0 || holidays_load(house, err) < 0)
        return -1;
    return 0;
}

int house_open(const struct house_options *o, struct house *house, struct error *err)
{
    *house = (struct house){ 0 };
    if (kind_check_all(all_kinds, verb_names, err) < 0 || lists_check(all_kinds, all_choices, err) < 0 ||
        watches_check(err) < 0 || todo_check(err) < 0 || proposals_check(err) < 0 || notices_check(err) < 0 ||
        deadline_book_check(&deadline_rules, err) < 0)
        return -1;
    house->folder = memory_str(o->folder);
    house->hub = hub_new();
    if (open_inside(o, house, err) < 0) {
        house_close(house);
        return -1;
    }
    return 0;
}

const struct job_type *const house_job_types[] = { &bulk_job,        &bulk_preview_job, &export_job,
                                                   &follow_job,      &import_check_job, &import_run_job,
                                                   &import_undo_job, &print_job,        NULL };

/* What grows old, once an hour. */
static void tidy(struct house *house, int64_t now_ms)
{
    import_tidy(house, now_ms);
    files_tidy(house, now_ms);
}

int house_start_jobs(struct house *house, int threads, int64_t (*now)(void), struct error *err)
{
    struct jobs *jobs;
    struct jobs_options options = {
        .house = house, .types = house_job_types, .threads = threads, .now = now, .tidy = tidy
    };
    house->follow = threads > 0 ? follow_later : NULL; /* before there are threads that read it */
    if (jobs_start(&options, &jobs, err) < 0) {
        house->follow = NULL;
        return -1;
    }
    struct error why = { 0 };
    if (threads > 0 && follow_resume(house, &why) < 0) /* stays for the next start; nobody waits for it */
        log_event(LOG_WARN, "object.follow", "why", why.en, NULL);
    return 0;
}

void house_close(struct house *house)
{
    jobs_stop(house->jobs);
    store_close(house->store);
    hub_free(house->hub);
    memory_free((char *)house->folder);
    if (lock_fd >= 0)
        close(lock_fd);
    lock_fd = -1;
    *house = (struct house){ 0 };
}
