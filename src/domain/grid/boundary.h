/*
** Where the areas of the grid end, and which of them hold a place.
**
** A boundary belongs to a region from a day on, until the next one begins. It is written inside a change of its region:
** the region gets a new version whose history row names the boundary's hash, size and first day, so who drew what when
** is told like any other change. Rows of boundaries are never deleted: `version` is the region's version that brought
** it, `withdrawn` the one that took it back.
**
** Look-ups find their candidates by an index of cells: a boundary lies in at most four cells of the level at which a
** cell is as large as its box, so a place asks one cell of each level, whatever the number of boundaries.
*/
#pragma once
#include "domain/change.h"
#include "geo/area.h"

extern const struct table boundary_table, boundary_cell_table;

enum { BOUNDARY_ALWAYS = 0 }; /* valid_from of a boundary that nobody dated */

struct boundary_new {
    const struct area *area;
    enum datum datum;   /* in which it came in */
    const char *source; /* where from, in words; may be NULL */
    int64_t from;       /* first day; BOUNDARY_UNDATED chooses */
    int64_t version;    /* of the region, as the caller saw it; 0: whichever */
};
/* Undated: a region's first boundary is valid from the region's own first day (or always), a later one from today. */
enum { BOUNDARY_UNDATED = -1 };

/* Inside a change. Needs the verb "change" on the region. The same boundary from the same day changes nothing. */
int boundary_put(struct change *c, int64_t region, const struct boundary_new *boundary, struct error *err);
/* From that day on the region has none; BOUNDARY_ALWAYS: it never had. version as above; the reason stands in the
** history of the region. */
int boundary_withdraw(struct change *c, int64_t region, int64_t version, int64_t from, const char *reason,
                      struct error *err);

struct boundary {
    int64_t region;
    const char *name;   /* of the region */
    const char *level;  /* of the region */
    struct area *area;  /* NULL: none on that day. To be freed by the caller */
    int64_t from, to;   /* to 0: open */
    const char *source; /* NULL: not said */
    const char *datum;
};

/* The boundary in force on a day; area stays NULL when there is none. FAULT_MISSING: there is no such region. */
int boundary_read(struct db *db, int64_t region, int64_t day, struct arena *arena, struct boundary *out,
                  struct error *err);
/* The regions directly below (parent 0: those below none), with or without a boundary, by code; at most
** LIMIT_FEATURES. More than LIMIT_AREAS bytes of them in one answer is FAULT_TOO_LARGE. */
int boundary_children(struct db *db, int64_t parent, int64_t day, struct arena *arena, struct boundary **out,
                      size_t *count, struct error *err);
/* Those of a level within an area that have one. */
int boundary_within(struct db *db, int64_t area, const char *level, int64_t day, struct arena *arena,
                    struct boundary **out, size_t *count, struct error *err);
void boundary_free(struct boundary *list, size_t count); /* the areas; the rest is the arena's */

/* ---- which area holds a place ---- */
enum { GRID_DEPTH = 8 };

struct grid_region {
    int64_t code;
    const char *name, *level;
};

struct grid_at {
    struct grid_region chain[GRID_DEPTH]; /* outermost first; the last one is where the place belongs */
    size_t count;
    struct grid_region others[GRID_DEPTH]; /* neighbours drawn over the same spot */
    size_t other_count;
};

/* Only regions with a boundary on that day are found, so the chain ends at the deepest level that was drawn there. */
int grid_at(struct db *db, struct place place, int64_t day, struct arena *arena, struct grid_at *out,
            struct error *err);

/* For `tidy` of kinds that lie somewhere: the area of a new record that knows its place but not its area; 0 when it is
** not found. */
int64_t grid_propose(struct change *c, struct place place);
