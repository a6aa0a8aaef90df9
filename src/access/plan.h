/*
** How the rows of one list are found: which index leads to them, what the search index is asked, and the statements that
** come of it. Private to this folder; query.h is what others call. A plan lives in the arena it was made with.
*/
#pragma once
#include "access/clause.h"
#include "access/query.h"

enum { SEARCHED_WORDS = 64 };

/* How the rows of a page are found. */
enum plan_way {
    PLAN_WALK,  /* in their order, and looked at one by one */
    PLAN_FEW,   /* all that the filter leaves, put in order */
    PLAN_WORDS, /* all that the search index finds, put in order */
    PLAN_SIEVE, /* the first `reach` rows in their order, and of them those with the words: may be too few */
    PLAN_SET,   /* the same by the numbers the search index finds, not by a look at each row's text */
};

struct plan {
    const struct list_query *query;
    struct arena *arena;
    const char *column; /* sort column */
    bool by_id, sort_text;
    enum plan_way way;
    const char *expression; /* for the search index; NULL without words */
    const char **apart;     /* PostgreSQL: the same as several that find different rows; NULL: it is not so */
    size_t apart_count;
    bool exact;      /* the expression holds the scope */
    bool bare;       /* it holds the words alone: nothing has to be cut with what they find */
    bool indexed;    /* the expression alone says which rows there are: nothing else narrows them */
    const char *ids; /* what the expression finds, as an array (SQLite: of JSON); NULL: it has to be asked */
    const char *words[SEARCHED_WORDS];
    size_t word_count;
    bool following, by_field;
    bool few[LIMIT_GRANTS]; /* PLAN_WALK: of these parts of the scope all rows are put in order */
    bool waits;             /* what waits has an index of its own, by state, place and deadline (record/table.c) */
    int64_t reach;
    enum plan_way after_sieve;
    struct value after_sort;
    int64_t after_id;
    int rows; /* LIMIT */
};

/* What counting needs: the words, and what leads to the rows. */
int plan_begin(struct db *db, const struct list_query *query, struct arena *arena, struct plan *out, struct error *err);
/* The whole plan of a page. The rows are counted on the way where that decides it or is asked for: total and capped of
** `page`. The query says its sort. */
int plan_make(struct db *db, const struct list_query *query, struct arena *arena, struct plan *out,
              struct list_page *page, struct error *err);

/* A statement as the plan's conditions want it. */
struct statement *plan_statement(struct db *db, const struct plan *plan);
/* The rows of the page; how many there are, counted no further than `most`. */
int plan_put_list(struct statement *s, const struct plan *plan, struct error *err);
int plan_put_count(struct statement *s, const struct plan *plan, int64_t most, struct error *err);
int plan_count(struct db *db, const struct plan *plan, int64_t most, int64_t *out, struct error *err);
/* The rows that are counted, each with that column as x (NULL: none): what stands in FROM. */
void plan_put_counted(struct statement *s, const struct plan *plan, const char *column, int64_t most);
