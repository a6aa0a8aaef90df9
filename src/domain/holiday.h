/*
** 节假日安排: the days off and the worked weekends of each year, as records the office keeps. The years that were published
** when the program was built are brought in at the first start; from then on the records of a year are that year's table,
** and what is counted in working days follows them at once.
*/
#pragma once
#include "domain/change.h"

extern const struct kind holiday_kind;

struct holiday_row {
    struct record is;
    const char *name, *name_en;
    int64_t first_on, last_on; /* both included, both of one year */
    int64_t work;              /* a weekend that is worked */
    const char *source;
};

/* Brings in the published years that have no records. */
int holidays_keep(struct house *house, int64_t now_ms, struct error *err);
/* house->calendar is what the records say. Whoever counts with the one before may go on: it stays in memory. */
int holidays_load(struct house *house, struct error *err);
