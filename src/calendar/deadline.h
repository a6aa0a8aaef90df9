/*
** Legal periods and the rules that set them. A rule is a row: how long, counted from which fact, on what basis, and
** between which days it was in force; the date of the fact chooses the row (domain reference: edition calendar).
**
** The day a period starts with is not counted; a period of days ends with the end of its last day, 24:00 in China.
** Every rule is asked for by code, by its code in a literal, or waits for a kind that is not declared yet and says which in
** `waits_for`: report (统计报表: quarterly and yearly statistics, a coal mine's quarterly report), order (停产停业、停电停供:
** checks before production resumes, notice of a cut), enforcement_case (立案、证据), investigation (事故调查),
** emergency_plan (预案备案). tools/check-deadlines finds a rule that is neither, and one whose kind has come.
**
** `rolls`: a last day that is off moves to the next working day (行政处罚法 art 85, 民法典 art 203).
*/
#pragma once
#include "calendar/calendar.h"

enum period_unit {
    PERIOD_HOURS,
    PERIOD_DAYS,
    PERIOD_WORKING_DAYS,
    PERIOD_MONTHS,
    PERIOD_YEARS,
    PERIOD_NEXT_QUARTER, /* the count-th day of the quarter after the fact's */
    PERIOD_NEXT_YEAR,    /* the count-th day of the year after the fact's */
};

struct period {
    int count; /* negative: before the fact */
    enum period_unit unit;
    bool rolls;
};

/* Last day of the period; hours end on the day of the instant that lies that many hours after the day's first. */
int64_t period_last_day(const struct calendar *calendar, int64_t from, const struct period *period);
/* First instant that is too late. Hours count from the instant, everything else from its day. */
int64_t period_end_ms(const struct calendar *calendar, int64_t from_ms, const struct period *period);

/* Days late on `day` when `due` was the last: 0 up to and with the last day. */
int64_t days_late(int64_t due, int64_t day);

struct deadline_rule {
    const char *code; /* "hazard.recheck" */
    const char *zh, *en;
    const char *basis;
    const char *fact; /* what it counts from: "fixed_on" */
    struct period period;
    bool settled;             /* in a law or a rule; otherwise this project's default, to be set by the office */
    int valid_from, valid_to; /* 20260501; 0 = open */
    const char *waits_for;    /* kind to come whose deadline it is; NULL: code asks for it */
};

struct deadline_book {
    const struct deadline_rule *rules;
    size_t count;
};

extern const struct deadline_book deadline_rules;

/* Two rows of one code in force on the same day, or a row without basis: FAULT_INVALID, "deadline.rules". */
int deadline_book_check(const struct deadline_book *book, struct error *err);
/* The row in force on the day; NULL when there is none. */
const struct deadline_rule *deadline_rule_on(const struct deadline_book *book, const char *code, int64_t day);
/* Last day by the rule in force on the day of the fact. FAULT_MISSING, "deadline.rule" when there is none. */
int deadline_day(const struct calendar *calendar, const struct deadline_book *book, const char *code, int64_t fact,
                 int64_t *out, struct error *err);

/* Licences and certificates: the last day is still valid. */
enum validity { VALIDITY_VALID, VALIDITY_EXPIRING /* 90 days left */, VALIDITY_URGENT /* 30 */, VALIDITY_EXPIRED };
enum validity validity_on(int64_t last, int64_t day);
