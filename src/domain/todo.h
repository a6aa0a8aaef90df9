/*
** What waits for one reader: the moves that are expected of him, derived each time from (state, expected role, owner, due)
** and never stored (decision 17). Every group is a list in the filter language of all lists (record/filter.h), so that
** its number is the number of rows its address opens.
*/
#pragma once
#include "access/query.h"
#include "calendar/calendar.h"
#include "record/kind.h"

enum { TODO_GROUPS = 64, TODO_ROWS = 50 };

enum todo_span { TODO_LATE, TODO_TODAY, TODO_WEEK /* after today, up to Sunday */, TODO_LATER };

struct todo_count {
    int64_t count;     /* up to LIMIT_TODO - 1 */
    bool capped;       /* there are more */
    const char *query; /* of the list that holds them: "todo=recheck-pass&fixed_on.before=2026-03-07&sort=found_on" */
};

struct todo_group {
    const struct kind *kind;
    const struct move *move;
    struct todo_count all;
    bool dated; /* its rows have a last day: the spans are counted */
    struct todo_count in[TALLY_SPANS];
    struct todo_count undated; /* query NULL: too many rows to say */
    void **rows;               /* the first ones, late ones first */
    int64_t *due;              /* of each row its last day; 0: none */
    size_t row_count;
};

struct todo {
    struct todo_group groups[TODO_GROUPS]; /* those with a row, in the order of the kinds and their moves */
    size_t count;
};

/* Every role and every period a move is expected by exists. Asked at the start. */
int todo_check(struct error *err);

/* Is the move expected of the reader for that record? The same list as the group's, of one row. */
int todo_expects(struct db *db, const struct actor *actor, const struct kind *kind, const struct move *move, int64_t id,
                 struct arena *arena, bool *out, struct error *err);

/* rows: at most so many of each group. What is read comes from the snapshot the caller may have begun. */
int todo_read(struct db *db, const struct actor *actor, const struct calendar *calendar, int64_t today, int rows,
              struct arena *arena, struct todo *out, struct error *err);
