/* How a number of a workbook looks to a person: by its format, the way Excel and WPS show it. */
#include "exchange/xlsx_inside.h"

#include "base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Past one section of a format without what says nothing about its kind: quoted words, colours, fillers. Gives the next
** letter that counts, '[' for an elapsed time, '\0' at the end. */
static char next_sign(const char **at)
{
    while (**at && **at != ';') {
        char c = *(*at)++;
        if (c == '"') {
            *at += strcspn(*at, "\"");
            *at += **at != '\0';
        } else if (c == '[') {
            bool elapsed = strchr("hHmMsS", **at) && **at != '\0' && ((*at)[1] == ']' || (*at)[1] == **at);
            *at += strcspn(*at, "]");
            *at += **at != '\0';
            if (elapsed)
                return '[';
        } else if (c == '\\' || c == '_' || c == '*') {
            *at += **at != '\0';
        } else if (strncasecmp(*at - 1, "General", 7) == 0) {
            *at += 6;
        } else if (strncasecmp(*at - 1, "AM/PM", 5) == 0) {
            *at += 4;
        } else if (strncasecmp(*at - 1, "A/P", 3) == 0) {
            *at += 2;
        } else if ((c == 'E' || c == 'e') && (**at == '+' || **at == '-')) {
            *at += 1;
        } else {
            return c;
        }
    }
    return '\0';
}

struct look look_of_format(const char *format)
{
    bool year = false, month = false, day = false, time = false, percent = false, only_zeros = true;
    size_t zeros = 0;
    char before = '\0';
    for (const char *at = format;;) {
        char c = next_sign(&at), small = (char)(c | 0x20);
        if (!c)
            break;
        only_zeros = only_zeros && c == '0';
        zeros += c == '0';
        if (c == '[' || small == 'h' || small == 's') {
            time = true;
        } else if (small == 'y' || small == 'e' || small == 'b') {
            year = true;
        } else if (small == 'd' || small == 'a') {
            day = true;
        } else if (small == 'm' && before != 'm') {
            const char *ahead = at;
            char next = next_sign(&ahead);
            while ((next | 0x20) == 'm' || next == ':')
                next = next_sign(&ahead);
            if (before == 'h' || before == '[' || (next | 0x20) == 's')
                time = true; /* minutes */
            else
                month = true;
        }
        percent = percent || c == '%';
        if (c != ':')
            before = c == '[' ? '[' : small;
    }
    if (year || month || day)
        return (struct look){ .is = time                      ? LOOK_DAY_TIME
                                    : day || (month && !year) ? LOOK_DAY
                                    : month                   ? LOOK_MONTH
                                                              : LOOK_YEAR };
    if (time)
        return (struct look){ .is = LOOK_TIME };
    if (percent)
        return (struct look){ .is = LOOK_PERCENT };
    if (only_zeros && zeros > 1 && zeros <= 20 && format[strcspn(format, ";.")] == '\0')
        return (struct look){ .is = LOOK_ZEROS, .zeros = (unsigned char)zeros };
    return (struct look){ .is = LOOK_NUMBER };
}

/* Formats a workbook names by number alone; those from 27 on as Excel has them in Chinese. */
struct look look_of_number(int64_t id)
{
    static const struct {
        unsigned char from, to, is;
    } known[] = {
        { 9, 10, LOOK_PERCENT },   { 14, 16, LOOK_DAY },   { 17, 17, LOOK_MONTH }, { 18, 21, LOOK_TIME },
        { 22, 22, LOOK_DAY_TIME }, { 27, 27, LOOK_MONTH }, { 28, 31, LOOK_DAY },   { 32, 35, LOOK_TIME },
        { 36, 36, LOOK_MONTH },    { 45, 47, LOOK_TIME },  { 50, 50, LOOK_MONTH }, { 51, 51, LOOK_DAY },
        { 52, 52, LOOK_MONTH },    { 53, 54, LOOK_DAY },   { 55, 56, LOOK_TIME },  { 57, 57, LOOK_MONTH },
        { 58, 58, LOOK_DAY },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (id >= known[i].from && id <= known[i].to)
            return (struct look){ .is = known[i].is };
    return (struct look){ .is = LOOK_NUMBER };
}

/* The 15 digits a spreadsheet keeps, without an exponent. */
static void print_number(double value, char out[NUMBER_TEXT])
{
    char *exponent;
    snprintf(out, NUMBER_TEXT, "%.15g", value);
    if (!(exponent = strchr(out, 'e')))
        return;
    int power = (int)strtol(exponent + 1, NULL, 10); /* two or three digits, just printed */
    if (power > 0) {
        snprintf(out, NUMBER_TEXT, "%.0f", value);
        return;
    }
    int digits = 14 - power;
    snprintf(out, NUMBER_TEXT, "%.*f", digits < NUMBER_TEXT - 8 ? digits : NUMBER_TEXT - 8, value);
    for (size_t n = strlen(out); n > 0 && out[n - 1] == '0'; n--)
        out[n - 1] = '\0';
}

/* Whether a number may stand as it was written: digits, at most 15 of them, one point. */
static bool is_plain(const char *at)
{
    size_t digits = 0, points = 0;
    at += *at == '-';
    if (*at < '0' || *at > '9')
        return false;
    for (; *at; at++) {
        if (*at == '.' && at[1] && !points)
            points++;
        else if (*at >= '0' && *at <= '9')
            digits++;
        else
            return false;
    }
    return digits <= 15;
}

static void print_clock(int64_t seconds, char *out, size_t room)
{
    if (seconds % 60)
        snprintf(out, room, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, room, "%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60);
}

/* A day of the spreadsheet's calendar; the ones that never were are printed as the spreadsheet shows them. */
static void print_serial(int64_t serial, bool from_1904, int *year, int *month, int *day)
{
    if (!from_1904 && (serial == 0 || serial == 60)) {
        *year = 1900;
        *month = serial ? 2 : 1;
        *day = serial ? 29 : 0;
        return;
    }
    int64_t first = from_1904 ? day_from_ymd(1904, 1, 1) : day_from_ymd(1899, 12, serial < 60 ? 31 : 30);
    day_to_ymd(first + serial, year, month, day);
}

static bool print_moment(double value, enum look_is look, bool from_1904, char out[NUMBER_TEXT])
{
    int year, month, dom;
    char clock[40];
    if (!(value >= 0 && value < 2958466))
        return false;
    int64_t serial = (int64_t)value, seconds = (int64_t)((value - (double)serial) * 86400 + 0.5);
    if (look == LOOK_TIME) {
        print_clock(serial * 86400 + seconds, out, NUMBER_TEXT);
        return true;
    }
    if (seconds == 86400) {
        seconds = 0;
        serial++;
    }
    print_serial(serial, from_1904, &year, &month, &dom);
    print_clock(seconds, clock, sizeof clock);
    if (look == LOOK_DAY_TIME)
        snprintf(out, NUMBER_TEXT, "%04d-%02d-%02d %s", year, month, dom, clock);
    else if (look == LOOK_MONTH)
        snprintf(out, NUMBER_TEXT, "%04d-%02d", year, month);
    else if (look == LOOK_YEAR)
        snprintf(out, NUMBER_TEXT, "%04d", year);
    else
        snprintf(out, NUMBER_TEXT, "%04d-%02d-%02d", year, month, dom);
    return true;
}

/* What a person sees of a number. False when it is none, and then the text stays what it is. */
bool look_print(const char *raw, struct look look, bool from_1904, char out[NUMBER_TEXT], enum cell_trouble *trouble)
{
    char *end;
    if (raw[strspn(raw, "0123456789+-.eE")])
        return false;
    double value = strtod(raw, &end);
    if (end == raw || *end || !isfinite(value))
        return false;
    if (look.is != LOOK_NUMBER && look.is != LOOK_PERCENT && look.is != LOOK_ZEROS &&
        print_moment(value, look.is, from_1904, out))
        return true;
    if (look.is == LOOK_PERCENT) {
        char number[NUMBER_TEXT];
        print_number(value * 100, number);
        snprintf(out, NUMBER_TEXT, "%.*s%%", NUMBER_TEXT - 2, number);
    } else if (is_plain(raw) || !raw[strspn(raw, "0123456789")]) {
        snprintf(out, NUMBER_TEXT, "%s", raw);
    } else {
        print_number(value, out);
    }
    if (fabs(value) >= 1e15)
        *trouble = CELL_LOST_DIGITS;
    size_t size = strlen(out);
    if (look.is == LOOK_ZEROS && size < look.zeros && strspn(out, "0123456789") == size) {
        memmove(out + look.zeros - size, out, size + 1);
        memset(out, '0', look.zeros - size);
    }
    return true;
}
