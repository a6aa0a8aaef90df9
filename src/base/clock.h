/*
** The only place that reads the clock. Everything below app takes time as an argument, so a test or the demo's
** "next day" can move it. Instants are milliseconds since 1970 UTC; days are days since 1970-01-01 in China time
** (UTC+8, no daylight saving since 1991, so a constant offset is exact for every date the product handles).
*/
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHINA_OFFSET_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000 };

int64_t clock_now_ms(void);          /* wall clock plus the shift */
int64_t clock_ticks_us(void);        /* monotonic, for durations only */
int64_t clock_thread_us(void);       /* processor time of this thread: what a busy machine does not lengthen */
void clock_shift_to(int64_t now_ms); /* demo and tests: from here on clock_now_ms() counts from now_ms */
void clock_shift_by(int64_t ms);
int64_t clock_shift(void); /* how far clock_now_ms() runs ahead of the wall clock */

int64_t day_from_ymd(int year, int month, int day);
void day_to_ymd(int64_t day, int *year, int *month, int *dom);
bool ymd_valid(int year, int month, int day); /* years 1900 to 2200 */
int64_t day_of_ms(int64_t ms);                /* the China day an instant falls on */
int64_t day_end_ms(int64_t day);              /* first instant after that day */

enum { DAY_TEXT = 11, INSTANT_TEXT = 25 };
void day_print(int64_t day, char out[DAY_TEXT]);                /* 2026-03-17 */
void instant_print(int64_t ms, char out[INSTANT_TEXT]);         /* 2026-03-17T01:12:04.123Z */
bool day_parse(const char *text, size_t size, int64_t *day);    /* exactly YYYY-MM-DD */
bool instant_parse(const char *text, size_t size, int64_t *ms); /* RFC 3339 with Z or offset; milliseconds optional */
