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

/* Whose turn it is with a record: a move that is expected of somebody now, and of whom. */
enum { TURNS_MOST = 8, TURN_ROLES = 6 };
struct turn_role {
    const char *code; /* NULL: the person the record names */
    int64_t people[LIMIT_TOLD];
    size_t count;
};
struct turn {
    const struct move *move;
    int64_t due; /* last day; 0: none */
    struct turn_role roles[TURN_ROLES];
    size_t role_count;
    bool vacant; /* nobody is entitled: the roles are those it waits for */
};

/* The turns of one record, in the order of its kind's moves; each person once in a turn. Whoever asks has read the record
** and is told nothing that a to-do list of one of those people would not show. */
int todo_turns(struct db *db, const struct calendar *calendar, int64_t today, const struct kind *kind,
               const void *record, struct arena *arena, struct turn *out, size_t *count, struct error *err);

/* rows: at most so many of each group. What is read comes from the snapshot the caller may have begun. */
int todo_read(struct db *db, const struct actor *actor, const struct calendar *calendar, int64_t today, int rows,
              struct arena *arena, struct todo *out, struct error *err);
