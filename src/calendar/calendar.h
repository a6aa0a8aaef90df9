/*
** Working days. The State Council office publishes each autumn which days of the next year are off and which weekends
** are worked; a year's publication is one table, replaced whole by a later version of the same year. The tables that
** were known when the program was built are constants here; rows that an office keeps itself are laid over them with
** calendar_over.
**
** A calendar is data: nothing here reads the clock or allocates beyond the arena it is given.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct holiday {
    int from, to; /* 20260215, both included, both in the table's year */
    bool work;    /* a weekend that is worked; otherwise days off */
    const char *zh, *en;
};

struct holiday_year {
    int year;
    int version;      /* of the same year the highest wins */
    bool provisional; /* not published yet: the holidays the law names, without days moved between weeks */
    const char *source;
    const struct holiday *days;
    size_t count;
};

struct calendar {
    const struct holiday_year *years; /* one a year */
    size_t count;
};

extern const struct calendar calendar_published;

enum { HOLIDAY_DAYS_MOST = 60, HOLIDAY_ROWS_MOST = 60, CALENDAR_YEARS_MOST = 64 };

/* How far dates between two days can be trusted: the worst of the years they touch. */
enum calendar_trust { CALENDAR_SETTLED, CALENDAR_PROVISIONAL, CALENDAR_UNKNOWN /* weekends alone are known */ };
enum calendar_trust calendar_trust(const struct calendar *calendar, int64_t from, int64_t to);

/* Tables of other years, or newer ones, over those of `under`. Refuses a table that contradicts itself (a row outside its
** year, a day named twice, more days off than a year can have) with FAULT_INVALID, "calendar.table". The rows stay where
** they are. */
int calendar_over(struct arena *arena, const struct calendar *under, const struct holiday_year *years, size_t count,
                  struct calendar *out, struct error *err);

/* Differs whenever a table differs: what was counted with another one has to be counted again. */
int64_t calendar_stamp(const struct calendar *calendar);

bool calendar_is_working(const struct calendar *calendar, int64_t day);
/* The row that names the day; NULL for an ordinary day. */
const struct holiday *calendar_holiday(const struct calendar *calendar, int64_t day);

int64_t working_day_from(const struct calendar *calendar, int64_t day);  /* the day itself or the next working day */
int64_t working_day_until(const struct calendar *calendar, int64_t day); /* the day itself or the last one before */
/* The count-th working day after the day, which itself is not counted; before it when count is negative; 0 is the day. */
int64_t working_days_add(const struct calendar *calendar, int64_t day, int count);
/* Working days after `from` up to and with `to`; negative when `to` lies before. */
int64_t working_days_between(const struct calendar *calendar, int64_t from, int64_t to);

int64_t day_of_number(int yyyymmdd); /* 20260215 */
/* The same day of another month, or its last day where it has none: 31 January + 1 month is 28 February, 29 February
** + 1 year too. */
int64_t day_add_months(int64_t day, int months);
