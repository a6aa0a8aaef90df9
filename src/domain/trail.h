/*
** The audit trail as one list: the acts in `audit` and the versions in `history`, newest first, each row stored once.
**
** A page is the newest of both from where the page before ended in each, so paging loses nothing and repeats nothing
** even while rows arrive. It walks an index of each table: by record, person, kind, act or time, whichever was asked for;
** of several the one that leaves few rows.
** Rows tell kind, number and the names of the fields that changed, never a value: the audit administrator sees no
** business rows (decision 20).
*/
#pragma once
#include "access/audit.h"

struct trail_query {
    int64_t from, to;  /* instants; to is exclusive; 0 = open */
    int64_t account;   /* 0 = anybody */
    const char *act;   /* NULL = any */
    const char *kind;  /* NULL = any */
    int64_t record;    /* 0 = any; only with kind */
    const char *after; /* cursor of the page before, or NULL */
    int limit;         /* 1 to LIMIT_PAGE */
};

struct trail_row {
    const char *id; /* unique in the trail: "a17", "hazard.12.3" */
    int64_t at, account;
    const char *account_name; /* NULL: nobody known */
    const char *act, *move;   /* move: of act "move" */
    const char *kind;
    int64_t record, version; /* 0 = none */
    const char *number;      /* 2026-000123, or an account's sign-in name; NULL */
    const char *detail;
    const char *peer;
    int64_t session, key;
};

struct trail_page {
    struct trail_row *rows;
    size_t count;
    const char *next; /* NULL at the end */
};

int trail_read(struct db *db, const struct trail_query *query, struct arena *arena, struct trail_page *out,
               struct error *err);

/* The statements trail_read would run on either table, explained by the engine: for tests. */
char *trail_explain(struct db *db, const struct trail_query *query, struct arena *arena, struct error *err);
