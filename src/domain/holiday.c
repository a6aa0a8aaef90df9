#include "domain/holiday.h"

#include "base/clock.h"
#include "base/memory.h"
#include "calendar/calendar.h"
#include "domain/ladder.h"
#include "record/type.h"

#include <pthread.h>
#include <string.h>

enum { ROWS_MOST = CALENDAR_YEARS_MOST * HOLIDAY_ROWS_MOST, OVER_THE_PUBLISHED = 1000 };

static int number_of(int64_t day)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    return (y * 100 + m) * 100 + d;
}

/* ---- records to tables ---- */

/* Tables of the years the records speak of, in the arena; at most CALENDAR_YEARS_MOST. */
static int read_years(struct db *db, struct arena *arena, struct holiday_year *years, size_t *count, struct error *err)
{
    struct holiday *days = ARENA_ARRAY(arena, struct holiday, ROWS_MOST);
    size_t n = 0;
    struct rows rows;
    *count = 0;
    if (db_query(db, &rows,
                 "SELECT first_on, last_on, work, name, name_en, source, changed_by FROM holiday WHERE removed_at IS "
                 "NULL ORDER BY first_on, id LIMIT ?",
                 BIND(value_int(ROWS_MOST)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        struct holiday *h = &days[n];
        const char *zh = arena_str(arena, rows_text(&rows, 3)), *en = arena_str(arena, rows_text(&rows, 4));
        *h = (struct holiday){ number_of(rows_int(&rows, 0)), number_of(rows_int(&rows, 1)), rows_int(&rows, 2) != 0,
                               zh, en ? en : zh };
        int year = h->from / 10000;
        if (*count == 0 || years[*count - 1].year != year) {
            if (*count == CALENDAR_YEARS_MOST)
                break;
            years[(*count)++] = (struct holiday_year){
                .year = year, .version = OVER_THE_PUBLISHED, .source = arena_str(arena, rows_text(&rows, 5)), .days = h
            };
            /* What nobody has touched is as settled as it was when it was brought in. */
            for (size_t i = 0; i < calendar_published.count; i++)
                if (calendar_published.years[i].year == year)
                    years[*count - 1].provisional = calendar_published.years[i].provisional;
        }
        if (rows_int(&rows, 6) != ACCOUNT_SYSTEM)
            years[*count - 1].provisional = false;
        years[*count - 1].count++;
        n++;
    }
    return rows_done(&rows, err);
}

/* A calendar in use is never freed: there are as many as there were edits, a few a year. */
struct loaded {
    struct arena arena;
    struct calendar calendar;
    struct loaded *before;
};
static struct loaded *all_loaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int holidays_load(struct house *house, struct error *err)
{
    struct db *db;
    struct holiday_year years[CALENDAR_YEARS_MOST];
    size_t count;
    struct loaded *l = memory_new(sizeof *l);
    int got = store_reader(house->store, &db, err);
    if (got == 0) {
        got = read_years(db, &l->arena, years, &count, err);
        store_reader_back(house->store, db);
    }
    if (got == 0)
        got = calendar_over(&l->arena, &calendar_published, years, count, &l->calendar, err);
    if (got < 0) {
        arena_done(&l->arena);
        memory_free(l);
        return -1;
    }
    pthread_mutex_lock(&lock);
    l->before = all_loaded;
    all_loaded = l;
    pthread_mutex_unlock(&lock);
    __atomic_store_n(&house->calendar, &l->calendar, __ATOMIC_RELEASE);
    return 0;
}

/* ---- the kind ---- */

/* The tables must stand together; whoever counts hears of it after the commit. */
static int holiday_kept(struct change *c, struct error *err)
{
    struct holiday_year years[CALENDAR_YEARS_MOST];
    struct calendar whole;
    struct error why = { 0 };
    size_t count;
    if (read_years(c->db, c->arena, years, &count, err) < 0)
        return -1;
    c->calendar_moved = true;
    if (calendar_over(c->arena, &calendar_published, years, count, &whole, &why) == 0)
        return 0;
    return fail_field(err, "first_on", "%s%.0s", "%.0s%s", why.zh, why.en);
}

static int holiday_check(struct change *c, struct error *err)
{
    const struct holiday_row *h = c->after;
    if (number_of(h->first_on) / 10000 != number_of(h->last_on) / 10000)
        return fail_field(err, "last_on", "起止日期须在同一年，跨年的请分两行",
                          "Both days lie in one year; write two rows when it goes over New Year");
    return 0;
}

static const struct field holiday_fields[] = {
    { TEXT(struct holiday_row, name), .label = { "名称", "Name" }, .max = 40,
      .flags = REQUIRED | TITLE | SEARCH | LIST },
    { DATE(struct holiday_row, first_on), .label = { "起始日期", "From" }, .flags = REQUIRED | LIST },
    { DATE(struct holiday_row, last_on), .label = { "截止日期", "Until" }, .flags = REQUIRED | LIST,
      .hint = { "当天包含在内", "That day is included" } },
    { YES_NO(struct holiday_row, work), .label = { "调休上班", "Worked weekend" }, .flags = REQUIRED | LIST,
      .hint = { "周末上班选“是”，放假选“否”", "Yes for a weekend that is worked, no for days off" } },
    { TEXT(struct holiday_row, source), .label = { "依据", "Basis" }, .max = 120, .flags = LIST,
      .hint = { "放假通知的文号", "Number of the notice" } },
    { TEXT(struct holiday_row, name_en), .label = { "英文名称", "English name" }, .max = 60 },
};

const struct kind holiday_kind = {
    .name = "holiday",
    .plural = "holidays",
    .label = { "节假日安排", "Holiday" },
    .menu = "system",
    .size = sizeof(struct holiday_row),
    .fields = LISTED(holiday_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "first_on", "id" },
    .newest_first = true,
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
    .check = holiday_check,
    .kept = holiday_kept,
};

/* ---- the published years ---- */

static int keep_year(struct change *c, const struct holiday_year *y, struct error *err)
{
    for (size_t i = 0; i < y->count; i++) {
        struct holiday_row *h = change_new(c, &holiday_kind);
        set(h, name, y->days[i].work ? "调休上班" : y->days[i].zh);
        set(h, name_en, y->days[i].work ? "Worked weekend" : y->days[i].en);
        set(h, first_on, day_of_number(y->days[i].from));
        set(h, last_on, day_of_number(y->days[i].to));
        set(h, work, y->days[i].work);
        set(h, source, y->source);
        if (change_create(c, &holiday_kind, h, err) < 0)
            return -1;
    }
    return 0;
}

/* One row of the year, even in the bin, says that it was brought in. */
static int is_kept(struct db *db, int year, bool *kept, struct error *err)
{
    int64_t one;
    return db_get_int(db, "SELECT id FROM holiday WHERE first_on BETWEEN ? AND ? LIMIT 1",
                      BIND(value_int(day_from_ymd(year, 1, 1)), value_int(day_from_ymd(year, 12, 31))), &one, kept,
                      err);
}

static int keep_all(struct change *c, void *args, struct error *err)
{
    (void)args;
    c->quiet = true;
    for (size_t i = 0; i < calendar_published.count; i++) {
        bool kept;
        if (is_kept(c->db, calendar_published.years[i].year, &kept, err) < 0 ||
            (!kept && keep_year(c, &calendar_published.years[i], err) < 0))
            return -1;
    }
    return 0;
}

int holidays_keep(struct house *house, int64_t now_ms, struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = now_ms, .cause = "first start" };
    struct db *db;
    bool kept = true;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = 0;
    for (size_t i = 0; got == 0 && kept && i < calendar_published.count; i++)
        got = is_kept(db, calendar_published.years[i].year, &kept, err);
    store_reader_back(house->store, db);
    return got < 0 || kept ? got : change_run(house, &order, keep_all, NULL, NULL, err);
}
