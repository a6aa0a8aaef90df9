/*
** The audit trail's own rows: what no record's history tells (signing in, keys, passwords, readings of personal values,
** readings of the trail itself). What is written into records is in `history`, with the same origin beside it; whoever
** reads the trail gets both in one order (domain/trail.h), so that nothing is stored twice.
**
** Both tables refuse UPDATE and DELETE by trigger on either engine. Old rows of `audit` go by audit_forget alone, which
** records itself first: the trigger lets go only of what is older than a recorded act, and no act reaches into the last
** AUDIT_KEPT_DAYS days. Rows carry no value of a record, only its kind and id; a name nobody has is kept as a keyed
** hash, because people type passwords into the wrong box.
*/
#pragma once
#include "access/access.h"

enum { AUDIT_KEPT_DAYS = 180 }; /* Cybersecurity Law §21: logs are kept for six months at least */

/* Who does something, and from where. Goes with every row of `audit` and `history`. */
struct origin {
    int64_t now, account;
    int64_t ahead_ms;     /* how far `now` runs ahead of the true time, by which phones go (a demonstration's clock) */
    int64_t session, key; /* ids, not tokens; 0 = not by one */
    const char *peer;     /* numeric address, "console" for commands; NULL for the program itself */
};

struct audit_act {
    const char *act;
    struct label label;
};
extern const struct audit_act audit_acts[]; /* act NULL at the end */
const struct label *audit_label(const char *act);

/* Inside a write job, in the transaction of the act itself. */
int audit_add(struct db *db, const struct origin *by, const char *act, const char *kind, int64_t record,
              const char *detail, struct error *err);
/* On its own: for readings. */
int audit_write(struct store *store, const struct origin *by, const char *act, const char *kind, int64_t record,
                const char *detail, struct error *err);
/* The same unless that session or key has such a row since then: for what goes on over many requests. */
int audit_write_once(struct store *store, struct db *db, const struct origin *by, const char *act, const char *kind,
                     int64_t record, int64_t since, struct error *err);

/* Drops the trail's own rows before an instant, which lies at least AUDIT_KEPT_DAYS days back; *dropped counts them. */
int audit_forget(struct store *store, const struct origin *by, int64_t before, int64_t *dropped, struct error *err);

extern const struct table audit_tables[];
extern const size_t audit_table_count;
