#include "calendar/calendar.h"

#include "base/clock.h"

#include <string.h>

int64_t day_of_number(int n)
{
    return day_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

int64_t day_add_months(int64_t day, int months)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    int at = y * 12 + m - 1 + months;
    y = at / 12;
    m = at % 12 + 1;
    while (!ymd_valid(y, m, d) && d > 28)
        d--;
    return day_from_ymd(y, m, d);
}

static const struct holiday_year *year_of(const struct calendar *c, int64_t day, int *number)
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    *number = (y * 100 + m) * 100 + d;
    for (size_t i = 0; i < c->count; i++)
        if (c->years[i].year == y)
            return &c->years[i];
    return NULL;
}

const struct holiday *calendar_holiday(const struct calendar *c, int64_t day)
{
    int number;
    const struct holiday_year *y = year_of(c, day, &number);
    for (size_t i = 0; y && i < y->count; i++)
        if (number >= y->days[i].from && number <= y->days[i].to)
            return &y->days[i];
    return NULL;
}

static bool is_weekend(int64_t day)
{
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 0 = Monday: 1970-01-01 was a Thursday */
    return weekday >= 5;
}

bool calendar_is_working(const struct calendar *c, int64_t day)
{
    const struct holiday *h = calendar_holiday(c, day);
    return h ? h->work : !is_weekend(day);
}

enum calendar_trust calendar_trust(const struct calendar *c, int64_t from, int64_t to)
{
    int first, last, m, d;
    enum calendar_trust worst = CALENDAR_SETTLED;
    day_to_ymd(from < to ? from : to, &first, &m, &d);
    day_to_ymd(from < to ? to : from, &last, &m, &d);
    for (int year = first; year <= last && worst != CALENDAR_UNKNOWN; year++) {
        int number;
        const struct holiday_year *y = year_of(c, day_from_ymd(year, 1, 1), &number);
        if (!y)
            worst = CALENDAR_UNKNOWN;
        else if (y->provisional)
            worst = CALENDAR_PROVISIONAL;
    }
    return worst;
}

int64_t working_day_from(const struct calendar *c, int64_t day)
{
    while (!calendar_is_working(c, day))
        day++;
    return day;
}

int64_t working_day_until(const struct calendar *c, int64_t day)
{
    while (!calendar_is_working(c, day))
        day--;
    return day;
}

int64_t working_days_add(const struct calendar *c, int64_t day, int count)
{
    int step = count < 0 ? -1 : 1;
    while (count != 0) {
        day += step;
        if (calendar_is_working(c, day))
            count -= step;
    }
    return day;
}

int64_t working_days_between(const struct calendar *c, int64_t from, int64_t to)
{
    int64_t count = 0;
    for (int64_t day = from; day < to; day++)
        count += calendar_is_working(c, day + 1);
    for (int64_t day = from; day > to; day--)
        count -= calendar_is_working(c, day);
    return count;
}

/* ---- tables from elsewhere ---- */

static int wrong(struct error *err, int year, const char *zh, const char *en)
{
    return fail(err, FAULT_INVALID, "calendar.table", "%d 年的节假日表有误：%s%.0s",
                "The holiday table of %d is wrong:%.0s %s", year, zh, en);
}

static bool number_valid(int n, int year)
{
    return n / 10000 == year && ymd_valid(year, n / 100 % 100, n % 100);
}

static int check_year(const struct holiday_year *y, struct error *err)
{
    int64_t off = 0;
    if (!ymd_valid(y->year, 1, 1) || y->count > HOLIDAY_ROWS_MOST)
        return wrong(err, y->year, "年份或行数超出范围", "the year, or the number of rows, is out of range");
    for (size_t i = 0; i < y->count; i++) {
        const struct holiday *h = &y->days[i];
        if (!number_valid(h->from, y->year) || !number_valid(h->to, y->year) || h->from > h->to)
            return wrong(err, y->year, "起止日期须为当年的有效日期，且先起后止",
                         "from and to must be days of that year, in this order");
        for (size_t j = 0; j < i; j++)
            if (h->from <= y->days[j].to && h->to >= y->days[j].from)
                return wrong(err, y->year, "同一天写了两次，请删去一行", "a day is named twice; take one row out");
        for (int64_t day = day_of_number(h->from); h->work && day <= day_of_number(h->to); day++)
            if (!is_weekend(day))
                return wrong(err, y->year, "调休上班日须为周六或周日",
                             "a make-up working day must be a Saturday or Sunday");
        off += h->work ? 0 : day_of_number(h->to) - day_of_number(h->from) + 1;
    }
    if (off > HOLIDAY_DAYS_MOST)
        return wrong(err, y->year, "放假天数过多，请核对起止日期", "too many days off; check from and to");
    return 0;
}

int calendar_over(struct arena *arena, const struct calendar *under, const struct holiday_year *years, size_t count,
                  struct calendar *out, struct error *err)
{
    if (under->count + count > CALENDAR_YEARS_MOST)
        return fail(err, FAULT_TOO_LARGE, "calendar.years", "节假日表最多 %d 年", "At most %d years of holidays",
                    CALENDAR_YEARS_MOST);
    struct holiday_year *all = ARENA_ARRAY(arena, struct holiday_year, under->count + count);
    size_t n = under->count;
    if (n)
        memcpy(all, under->years, n * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        if (check_year(&years[i], err) < 0)
            return -1;
        while (at < n && all[at].year != years[i].year)
            at++;
        if (at == n)
            all[n++] = years[i];
        else if (years[i].version > all[at].version)
            all[at] = years[i];
    }
    *out = (struct calendar){ all, n };
    return 0;
}

int64_t calendar_stamp(const struct calendar *c)
{
    uint64_t sum = 1469598103934665603u; /* FNV-1a over what decides a date */
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = 0; j < c->years[i].count; j++) {
            const struct holiday *h = &c->years[i].days[j];
            const int parts[] = { h->from, h->to, h->work };
            for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
                sum = (sum ^ (uint64_t)parts[k]) * 1099511628211u;
        }
    return (int64_t)(sum >> 1);
}
