/*
** The filter language of lists, exports, counts and (later) indicators: URL parameters -> conditions over columns.
**   state=a   level.in=a,b   due.before=2026-04-01   due.after=…   penalty.min=…   penalty.max=…   note.none=true
**   region=370211005000 (within)   object=12   enterprise.sector=HAZCHEM (one hop)   q=words   removed=true
**   todo=recheck-pass (rows of which that move is expected of the reader)
**   told=57 (rows that the reader's own notice of that number gathers: domain/notice.h)
**   import=12 (rows that the import of that number has made or changed: exchange/import.h)
**   items.hazard=12 (a line of the record refers to it)
** Values are bound; names come from the kind tables only. An unknown name is refused by name.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/value.h"
#include "record/kind.h"

#include <stdint.h>

enum { FILTER_CONDITIONS = 24, FILTER_VALUES = 200, FILTER_TEXT = 8192 /* bytes of a filter as a query string */ };

enum filter_op { OP_EQUAL, OP_IN, OP_BEFORE, OP_AFTER, OP_MIN, OP_MAX, OP_NONE, OP_SOME, OP_WITHIN, OP_CONTAINS };

struct condition {
    const struct field *field; /* of kind, or of hop when that is set; NULL: the area the row belongs to */
    const char *column;        /* the column compared; personal types use a hash column */
    enum filter_op op;
    const struct value *values;
    size_t count;
    const struct kind *hop; /* the kind reached through via; NULL for the kind's own fields */
    const struct field
        *via; /* reference or object field of the kind; a field of lines, then hop is NULL and field one of
                             ** the lines' own */
};

struct filter {
    struct condition items[FILTER_CONDITIONS];
    size_t count;
    const char *words;       /* q; NULL when none */
    bool removed;            /* the bin instead of live rows */
    const struct move *todo; /* rows of which this move is expected of the reader; NULL: whatever is expected */
    int64_t told;            /* number of a notice; 0: none */
    int64_t import;          /* number of an import; 0: none */
    bool personal;           /* compares a personal value: needs the verb "unmask", limited and recorded */
};

struct filter_pair {
    const char *name, *value;
};

/* The parameters every list understands besides fields: left alone here. */
bool filter_is_control(const char *name);

int filter_parse(const struct kind *kind, const struct filter_pair *pairs, size_t count, struct arena *arena,
                 struct filter *out, struct error *err);

/* A filter kept as a query string, as browsers write it ("state=a&q=%E6…"): pairs has room for LIMIT_QUERY. What is wrong
** names "filter". */
int filter_split(const char *text, struct arena *arena, struct filter_pair *pairs, size_t *count, struct error *err);
/* Days that move with the calendar: before and after of a day or an instant take "today", "today+7" and "today-30"
** (at most 4 digits), which become the day they mean on `day`. Before filter_parse; everything else is left alone. */
void filter_days(const struct kind *kind, struct filter_pair *pairs, size_t count, int64_t day, struct arena *arena);

/* The same filter written differently has the same text (conditions sorted): hashed into cursors. */
char *filter_canonical(const struct filter *filter, struct arena *arena);
