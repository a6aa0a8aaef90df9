#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t shift_ms;

static int64_t wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return wall_ms() + shift_ms;
}

static int64_t us_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_ticks_us(void)
{
    return us_of(CLOCK_MONOTONIC);
}

int64_t clock_thread_us(void)
{
    return us_of(CLOCK_THREAD_CPUTIME_ID);
}

void clock_shift_to(int64_t now_ms)
{
    shift_ms = now_ms - wall_ms();
}

void clock_shift_by(int64_t ms)
{
    shift_ms += ms;
}

int64_t clock_shift(void)
{
    return shift_ms;
}

/* Civil-date arithmetic on the proleptic Gregorian calendar, after Howard Hinnant's published algorithm. */
int64_t day_from_ymd(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void day_to_ymd(int64_t day, int *year, int *month, int *dom)
{
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    int64_t doe = day - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *dom = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

bool ymd_valid(int year, int month, int day)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && leap);
}

int64_t day_of_ms(int64_t ms)
{
    int64_t local = ms + CHINA_OFFSET_MS;
    return local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS);
}

int64_t day_end_ms(int64_t day)
{
    return (day + 1) * DAY_MS - CHINA_OFFSET_MS;
}

void day_print(int64_t day, char out[DAY_TEXT])
{
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    snprintf(out, DAY_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100);
}

void instant_print(int64_t ms, char out[INSTANT_TEXT])
{
    int64_t day = ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
    int64_t rest = ms - day * DAY_MS;
    int y, m, d;
    day_to_ymd(day, &y, &m, &d);
    snprintf(out, INSTANT_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)y % 10000, (unsigned)m % 100,
             (unsigned)d % 100, (unsigned)(rest / 3600000) % 100, (unsigned)(rest / 60000 % 60),
             (unsigned)(rest / 1000 % 60), (unsigned)(rest % 1000));
}

static bool digits(const char *at, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *out = *out * 10 + (at[i] - '0');
    }
    return true;
}

bool day_parse(const char *text, size_t size, int64_t *day)
{
    int y, m, d;
    if (size != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) || !digits(text + 5, 2, &m) ||
        !digits(text + 8, 2, &d) || !ymd_valid(y, m, d))
        return false;
    *day = day_from_ymd(y, m, d);
    return true;
}

bool instant_parse(const char *text, size_t size, int64_t *ms)
{
    int64_t day;
    int h, mi, s, milli = 0, oh = 0, om = 0;
    if (size < 20 || !day_parse(text, 10, &day) || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':' || !digits(text + 11, 2, &h) || !digits(text + 14, 2, &mi) || !digits(text + 17, 2, &s) ||
        h > 23 || mi > 59 || s > 59)
        return false;
    size_t at = 19;
    if (text[at] == '.') {
        int unit = 100;
        size_t first = ++at;
        for (; at < size && text[at] >= '0' && text[at] <= '9'; at++, unit /= 10)
            milli += (text[at] - '0') * unit;
        if (at == first)
            return false;
    }
    if (at + 1 == size && (text[at] == 'Z' || text[at] == 'z')) {
        *ms = day * DAY_MS + ((h * 60 + mi) * 60 + s) * 1000LL + milli;
        return true;
    }
    if (at + 6 != size || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' ||
        !digits(text + at + 1, 2, &oh) || !digits(text + at + 4, 2, &om) || oh > 23 || om > 59)
        return false;
    int64_t offset = (oh * 60 + om) * 60000LL * (text[at] == '-' ? -1 : 1);
    *ms = day * DAY_MS + ((h * 60 + mi) * 60 + s) * 1000LL + milli - offset;
    return true;
}
