/*
** Notices: what a person was told, and when. A row is written in the transaction of what it tells about: a rung that
** fired (ladder.c), a move (the table of struct telling), a job that ended (jobs/). It holds kind and number of the
** record and nothing out of it: title, state and names are read through the reader's own scope when the notice is shown,
** and a record that has left that scope shows as no longer the reader's.
**
** A run of the ladders makes up for what a standstill missed, and for deadlines that were entered when they had come up
** already, all of it at the same instant: of either sort one run makes one notice to a person, however many rungs they are
** (decision 0036). It holds no list: its rows are those of ladder_told with its instant and sort, which a list names by the
** notice (`told=` of record/filter.h).
**
** E-mail: a row whose `mail` is 0 waits to be gathered into a letter (notify/); NULL: it is told on the page alone.
*/
#pragma once
#include "domain/change.h"

enum {
    NOTICE_KEPT_DAYS = 400,  /* days a notice is kept */
    NOTICE_COUNT_MOST = 100, /* unread ones are counted so far: the bell says 99+ */
};

/* What the row's id is the number of; NOTICE_GATHERED: of nothing. */
enum notice_of { NOTICE_RECORD, NOTICE_JOB, NOTICE_IMPORT, NOTICE_GATHERED };
/* Why a rung is told after its day: the second of a sort and an instant gathers them. Kept as numbers. */
enum made_up {
    MADE_UP_NOT,
    MADE_UP_MISSED /* nobody ran on its day */,
    MADE_UP_ENTERED /* its day came before it was set */
};

struct notice_cause {
    const char *code;
    struct label words; /* what happened, to the reader */
    struct label group; /* what the settings call it */
    enum notice_of of;
    bool mail; /* by e-mail too, unless the person says otherwise */
};
extern const struct notice_cause notice_causes[];
extern const size_t notice_cause_count;
const struct notice_cause *notice_cause(const char *code); /* NULL when there is none */

/* ---- which move tells whom ---- */

enum { TELLING_MOST = 4 };
struct telling {
    const struct kind *kind;
    const char *move;
    const char *cause;
    const char *fields[TELLING_MOST]; /* references to accounts: everybody named there is told */
    const char *roles[TELLING_MOST];  /* and the holders of the first of these posts that is filled where it lies */
    const char *but[TELLING_MOST];    /* not those named there; nor ever whoever makes the move */
    const char *decides;              /* of the holders only who may make this move (move.above) */
    const char *watch;                /* the deadline told with it (ladder.h); NULL: none */
    bool running;                     /* only where that deadline runs after the move */
};
extern const struct telling tellings[]; /* defined in domain/hazard/tellings.c */
extern const size_t telling_count;

/* The tables above contradict neither themselves nor the kinds. */
int notices_check(struct error *err);

/* ---- writing, inside the transaction of what is told ---- */

struct notice_new {
    int64_t account, at;
    const char *cause;
    const char *kind; /* of the record; of what the job was about, or NULL */
    int64_t id;
    int64_t due;            /* last day; 0: none */
    enum made_up made_up;   /* of a rung */
    const char *rung;       /* "rectify.late" */
    const char *instead_of; /* the role whose empty post made this one's turn */
};
int notice_add(struct db *db, const struct notice_new *n, struct error *err);
/* The same in a change; after the commit the person's open pages hear of it. */
int notice_tell(struct change *c, const struct notice_new *n, struct error *err);
/* What a move that was just saved tells. */
int notices_of_move(struct change *c, struct error *err);

/* ---- reading: one's own alone ---- */

struct notice {
    int64_t id, account, at, read_at, record, due;
    const struct notice_cause *cause; /* NULL: of an earlier build */
    const struct kind *kind;
    const char *rung, *instead_of;
};

struct notice_query {
    int64_t account;
    int64_t before; /* id; 0: from the newest on */
    int64_t mail;   /* those of one letter; 0: whatever */
    bool unread;
    int limit; /* at most LIMIT_PAGE */
};
int notice_list(struct db *db, const struct notice_query *query, struct arena *arena, struct notice **out,
                size_t *count, struct error *err);
/* So many are unread, counted up to NOTICE_COUNT_MOST. */
int notice_unread(struct db *db, int64_t account, int64_t *out, struct error *err);

/* What happened, in the words of the cause or of the rung. */
struct label notice_words(const struct notice *n);
/* The record through the reader's scope; NULL where it is no longer there, or the notice is about none. */
int notice_record(struct db *db, const struct actor *reader, const struct notice *n, struct arena *arena, void **out,
                  struct error *err);

/* What a notice of NOTICE_GATHERED stands for, kind by kind: the records its reader may read now, as many as the list
** of the kind shows with told=ID. Kinds without any are left out. */
enum { GATHERED_KINDS = 8, GATHERED_MOST = 999 /* counted so far: "999+" */ };
struct gathered {
    const struct kind *kind;
    int64_t count;
};
int notice_gathered(struct db *db, const struct actor *reader, const struct notice *n, struct arena *arena,
                    struct gathered out[GATHERED_KINDS], size_t *count, struct error *err);

/* One (id), or all up to that one (all). */
int notice_read(struct store *store, int64_t account, int64_t id, bool all, int64_t now, struct error *err);
int notices_forget(struct store *store, int64_t now, struct error *err);

/* ---- settings of a person ---- */

struct notice_setting {
    const char *address; /* NULL: no e-mail. Sealed in the store */
    const char *causes;  /* ",assigned,rung,": told by e-mail too */
    bool english;        /* letters in English */
};
int notice_setting(struct db *db, int64_t account, struct arena *arena, struct notice_setting *out, struct error *err);
/* FAULT_INVALID naming "address" or "causes". */
int notice_setting_keep(struct store *store, int64_t account, const struct notice_setting *s, int64_t now,
                        struct error *err);

extern const struct table notice_tables[];
extern const size_t notice_table_count;
