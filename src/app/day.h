/*
** The day of a demonstration (decision 6). Its clock is an offset to the wall clock, kept in DIR/clock as milliseconds in
** one line, so that it goes on from where it was after a restart and for every command on the folder. Only a folder marked
** as a demonstration has one.
*/
#pragma once
#include "domain/change.h"

enum { DAY_FURTHEST = 3660 /* days ahead: beyond, no calendar of working days says anything */ };

int day_open(const char *folder, struct error *err); /* sets the clock; a folder without the file goes by the wall */
int day_keep(const char *folder, int64_t shift_ms, struct error *err);

/* One day on: the offset is kept, then the clock jumps, sessions go along, the ladders of the new day run, and open pages
** look anew. From any thread, one after the other. FAULT_REFUSED "day.furthest". */
int day_next(struct house *house, struct error *err);
