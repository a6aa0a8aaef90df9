/*
** What a kind, a field, a choice, a state and a move are. Each kind is declared once, as a const table beside its
** struct (domain/<area>/<kind>.c); SQL, JSON, validation, filters, search, import, export, OpenAPI, TypeScript types
** and the generic pages are derived from it. Behaviour with an `if` in it stays in ordinary functions.
**
** kind_check_all refuses to start the program when the tables contradict themselves.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct change; /* domain/change.h */
struct field_type;
struct kind;

struct label {
    const char *zh, *en;
};

/* One entry of a list that changes over the years; chosen by the date of the fact. 0 = open end. Days, both included. */
struct choice {
    const char *code;
    struct label label;
    int64_t valid_from, valid_to;
};

struct choices {
    const char *name;
    struct label label;
    const struct choice *items;
    size_t count;
};

enum field_flags {
    REQUIRED = 1,   /* never null */
    SEARCH = 2,     /* found by the search box; never on personal types */
    LIST = 4,       /* a column of the list unless the reader chose others */
    UNIQUE = 8,     /* among live records of the kind */
    FIXED = 16,     /* given at creation, never changed by PATCH */
    MOVE_ONLY = 32, /* written by a move that accepts it, never by create or PATCH */
    DERIVED = 64,   /* written by the program alone */
    INDEXED = 128,  /* a filter on it is selective enough to deserve an index of its own */
    TITLE = 256,    /* what the record is called; exactly one per kind, a text */
    WIDE = 512,     /* the form gives it the whole width */
    PARTY = 1024,   /* reference to account: whoever stands here is named on the record (decision 12) */
    RIGHTS = 2048,  /* another value may change who sees what: open event streams begin anew */
    PLAIN = 8192,   /* integer that counts nothing, a year: its digits are never grouped */
    PASSING =
        16384, /* said with a move and about it: the course keeps it, and it is a fact only while the record waits */
    LEDGER = 4096,    /* DERIVED, yet an old ledger may bring it for a record that is new here */
    IMPORTED = 32768, /* choice: where a ledger does not say it, its import does, by the code "import" */
};

struct field {
    const char *name;
    const struct field_type *type;
    size_t at; /* offsetof the member */
    struct label label;
    struct label hint; /* under the input; may be empty */
    struct label unit; /* in column heads and behind inputs */
    int64_t min, max;  /* text: characters; numbers: value; lines and files: count. max 0 = the type's own */
    int scale;         /* decimal: digits after the point */
    unsigned flags;
    const char *ref;               /* reference: kind name */
    const struct choices *choices; /* choice, choices */
    const struct kind *lines;      /* lines: the child kind */
    const char *group;             /* form heading: key into the kind's groups; NULL = the first */
    /* Reference, object: the text field that keeps the name a ledger gives where it is no account or record here. Shown
    ** where the reference itself is not known. */
    const char *companion;
    /* Reference to account, of a record that belongs to an object: whom a move names there has to be able to do this (a verb)
    ** with the record on that day (duty_may_answer in access/duty.h). */
    const char *answers;
    /* Belongs to the record only while another field of it, a choice, has one of these codes: "type" and
    ** ",tailings,closed_mine,". Elsewhere it is not asked for, refused when given, and emptied when the choice changes.
    ** NULL: always. */
    const char *when, *when_codes;
    /* Files: the date field of the day on which what the photos show was so. The page says where a photo's own time lies
    ** far from it. NULL: nothing is compared. */
    const char *shows_on;
};

/* A column of the kind's paper ledger, in the words offices use. */
struct ledger_column {
    const char *field; /* or LEDGER_ROW */
    struct label header;
};
#define LEDGER_ROW "row" /* 序号: the running number of the row */

struct group {
    const char *name;
    struct label label;
};

/* How a state looks: shape and tone of the chip (design.md §5). */
enum tone { TONE_IDLE, TONE_RUNNING, TONE_JUDGE, TONE_REQUEST, TONE_RETURNED, TONE_DONE, TONE_STOPPED };

struct state {
    const char *code;
    struct label label;
    enum tone tone;
    bool end; /* nothing is expected any more */
};

enum { MOVE_FROM_MAX = 12, MOVE_FIELDS_MAX = 16, MOVE_STAYS = -1, MOVE_NEVER = 3 };

/*
** Who is expected to make a move, of all who may: what to-do lists are derived from (decision 17). The rows are those the
** move leaves, in the reach of a role the reader holds, and by its verb.
*/
struct expected {
    struct label label; /* heads the group: 待我复查. Empty: the move is possible, nobody waits for it */
    struct label go;    /* on a row of it: 去复查. Where it leads, so without an object */
    const char *roles;  /* ",grid,inspector," */
    const char *whose;  /* reference to account: where it names somebody it is that person's alone */
    const char *due;    /* date field, a sort of the kind or its `where`: its last day; NULL: none */
    const char *since;  /* instead: date field from which … */
    const char *period; /* … the rule of this code runs (calendar/deadline.h) */
    bool past;          /* only of rows whose `since` lies behind: until then there is nothing to do */
    const char *unless; /* field: not of rows where it is known */
    const char
        *where; /* field: only of rows where it is known: few, which have an index of their own (record/table.h) */
    /* Choice field whose code says which level of government is entitled: "county", "city". Only rows of the level of
    ** the reader's own area; without an area: of the city. */
    const char *level;
};

/*
** A day that is a default of a move: the last day by a rule of calendar/deadline.h. The form proposes it and says on what
** basis; where none is given and none is known, the move takes it. Nothing is proposed once that day has passed.
*/
struct proposal {
    const char *field;                /* date field the move accepts; NULL: the move proposes nothing */
    const char *since;                /* date field the rule counts from */
    const char *period;               /* code of the rule */
    bool (*fits)(const void *record); /* of which records; NULL: of all */
};

/* A rule that keeps a move from whom the record names: 复查人不能是整改人. */
struct bar {
    const char *code;     /* of the refusal: "hazard.same_person" */
    struct label refusal; /* says which rule it is and who makes the move instead; no % in it */
    struct label in_place; /* said on the page where the move would be: 整改由您负责或登记，须由他人复查 */
};

struct move {
    const char *name; /* in the address: /hazards/12/moves/recheck-pass */
    struct label label;
    struct label hint; /* one sentence above the form */
    int from[MOVE_FROM_MAX];
    int from_count;
    int to;                               /* MOVE_STAYS: wherever it was */
    const char *needs;                    /* verb the mover's grants must hold: "assign" */
    const char *accepts[MOVE_FIELDS_MAX]; /* fields the move may write */
    const char *must[MOVE_FIELDS_MAX];    /* of those, the ones that must be known afterwards, if they apply */
    /* Of those it accepts, the ones that speak of this round alone: a form begins with them empty, and what is not given
    ** is not known after the move. What the last round said is in the history. */
    const char *fresh[MOVE_FIELDS_MAX];
    struct proposal proposes;
    /* A field it accepts that means something else in it, and how it is called there: 申请延期至 is granted as 准予延期至. */
    struct {
        const char *field;
        struct label label;
    } calls;
    /* It only adds: of what it accepts, what is known already (a reference: itself or its companion) it neither asks for nor
    ** takes. */
    bool fills;
    bool danger; /* outlined red, never the main button */
    /* The other outcome of the decision that this move makes: 复查退回 of 复查通过. Expected of whoever that one is. */
    const char *other_of;
    struct expected expected;
    /* References to account: whom they name may not make it. It is not offered to them and waits for none of them. Asked
    ** for all the same it is refused by the rule, before any other is asked and whether or not they hold the verb. */
    const char *never[MOVE_NEVER];
    /* Choice field of standings (access/roles.h): where it is known, only who stands above that makes the move. */
    const char *above;
    const struct bar *barred; /* with never or above, and only with them */
    /* Whether it makes sense for this record beside its state: what does not is not offered. The guard refuses it all the
    ** same. NULL: always. */
    bool (*fits)(const void *record);
    /* Guard and effects; c->before and c->after are of the kind. NULL when the table says it all. */
    int (*check)(struct change *c, struct error *err);
};

enum kind_scope {
    SCOPE_OPEN,      /* every signed-in reader with the verb sees every row */
    SCOPE_REGION,    /* owner from the region field scope_field */
    SCOPE_OBJECT,    /* owner from the object named by scope_field */
    SCOPE_IS_OBJECT, /* is an object: owner from its region field scope_field; the object is itself */
    SCOPE_TARGET,    /* aimed at the object named by scope_field or the region named by scope_area; at neither: nowhere,
                     ** so that only who is limited to no area sees the row */
};

enum kind_verbs { CAN_CREATE = 1, CAN_CHANGE = 2, CAN_REMOVE = 4, CAN_IMPORT = 8, CAN_EXPORT = 16, CAN_VERIFY = 32 };

struct kind {
    const char *name;   /* "hazard": table, permission, history */
    const char *plural; /* "hazards": address, kebab-case */
    struct label label;
    size_t size;
    const struct field *fields;
    size_t field_count;
    const struct group *groups;
    size_t group_count;
    const struct state *states;
    size_t state_count;
    const struct move *moves;
    size_t move_count;
    enum kind_scope scope;
    const char *scope_field;
    const char *scope_area; /* SCOPE_TARGET: the region field */
    /* Rows that speak to nobody outside yet. In other states than these (",issued,served,void,") a row is there only for
    ** the people of the organisation that `drafted_by` names and for whoever made it, and never by a right that is the
    ** object's own: who is spoken to sees it from these states on. Both or neither; NULL: every row is there. */
    const char *open_states, *drafted_by;
    const char *sorts[3];               /* field names, or "id"; the first is the default */
    bool newest_first;                  /* direction of the default sort */
    bool on_the_spot;                   /* entered where it is found: a phone asks for what is needed, then pictures */
    const struct ledger_column *ledger; /* what an export has unless other columns are asked for; NULL = every field */
    size_t ledger_count;
    const char *fact_date; /* date field that chooses the edition of choices; NULL = the day it was created */
    const char *identity;  /* import: field whose value says "the same one"; NULL = none */
    const char *id_field;  /* the record's id is this region field's code; NULL = made by the store */
    bool numbered;         /* shown with a number made of year and id: 2026-000123 */
    const char *menu;      /* the group of the menu it stands in, one of menu_groups; NULL: none of its own */
    unsigned verbs;
    bool child;      /* only ever the lines of another kind: no table of its own in the API */
    bool rights;     /* a new row may change who sees what */
    bool open_label; /* its title may be shown to whoever sees a row naming it (account, region) */
    /* Nobody edits it or puts it into the bin any more: neither is offered. The rules below refuse it all the same. NULL:
    ** never. */
    bool (*settled)(const void *record);
    /* Brings entries into the one form in which they are kept and compared: before the checks, and before an import asks
    ** whether the record is there already. NULL when none. */
    void (*tidy)(struct change *c, void *record);
    /* After types and required fields were checked, before saving: create, PATCH, import and moves. NULL when none. */
    int (*check)(struct change *c, struct error *err);
    /* Once the row stands, in the same transaction: rules over rows together, and what follows from the change. Also
    ** when it went to the bin (after->removed_at) or came back. NULL when none. */
    int (*kept)(struct change *c, struct error *err);
};

/* ---- declaring ---- */
#define FIELD_AT(T, m, C) offsetof(T, m) + 0 * sizeof(char[_Generic(((T *)0)->m, C : 1, default : -1)])
#define TEXT(T, m)        .name = #m, .type = &type_text, .at = FIELD_AT(T, m, const char *)
#define LONG_TEXT(T, m)   .name = #m, .type = &type_long_text, .at = FIELD_AT(T, m, const char *)
#define INTEGER(T, m)     .name = #m, .type = &type_integer, .at = FIELD_AT(T, m, int64_t)
#define DECIMAL(T, m)     .name = #m, .type = &type_decimal, .at = FIELD_AT(T, m, int64_t)
#define MONEY(T, m)       .name = #m, .type = &type_money, .at = FIELD_AT(T, m, int64_t)
#define YES_NO(T, m)      .name = #m, .type = &type_yes_no, .at = FIELD_AT(T, m, int64_t)
#define DATE(T, m)        .name = #m, .type = &type_date, .at = FIELD_AT(T, m, int64_t)
#define DATE_TIME(T, m)   .name = #m, .type = &type_date_time, .at = FIELD_AT(T, m, int64_t)
#define CHOICE(T, m)      .name = #m, .type = &type_choice, .at = FIELD_AT(T, m, const char *)
#define CHOICES(T, m)     .name = #m, .type = &type_choices, .at = FIELD_AT(T, m, const char *)
#define STATE(T, m)       .name = #m, .type = &type_state, .at = FIELD_AT(T, m, int64_t)
#define REFERENCE(T, m)   .name = #m, .type = &type_reference, .at = FIELD_AT(T, m, int64_t)
#define OBJECT(T, m)      .name = #m, .type = &type_object, .at = FIELD_AT(T, m, int64_t)
#define REGION(T, m)      .name = #m, .type = &type_region, .at = FIELD_AT(T, m, int64_t)
#define PLACE(T, m)       .name = #m, .type = &type_place, .at = FIELD_AT(T, m, struct place)
#define FILES(T, m)       .name = #m, .type = &type_files, .at = FIELD_AT(T, m, const char *)
#define ID_NUMBER(T, m)   .name = #m, .type = &type_id_number, .at = FIELD_AT(T, m, const char *)
#define PHONE(T, m)       .name = #m, .type = &type_phone, .at = FIELD_AT(T, m, const char *)
#define LINES(T, m)       .name = #m, .type = &type_lines, .at = FIELD_AT(T, m, struct lines *)

/* WHEN("type", ",tailings,") */
#define WHEN(choice, codes) .when = (choice), .when_codes = (codes)

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define LISTED(array) (array), COUNT(array)

/* The groups of the menu, in its order; NULL at the end. */
extern const char *const menu_groups[];

/* ---- asking ---- */
extern const struct kind *const all_kinds[]; /* defined in domain/kinds.c, NULL at the end */

const struct kind *kind_find(const char *name);
const struct kind *kind_of_plural(const char *plural); /* child kinds are not found */
const struct field *field_find(const struct kind *kind, const char *name);
const struct field *field_title(const struct kind *kind);
const struct field *field_state(const struct kind *kind); /* NULL when the kind has no flow */
const struct move *move_find(const struct kind *kind, const char *name);
/* Does the field belong to the record as it is (field.when)? */
bool field_applies(const struct kind *kind, const struct field *f, const void *record);
bool move_leaves(const struct move *move, int state);
/* Is it known, or said by its companion, or by the reference it is the companion of? */
bool field_stands(const struct kind *kind, const struct field *f, const void *record);
/* Does the record name that account where the move says never? */
bool move_bars(const struct kind *kind, const struct move *move, const void *record, int64_t account);
/* FAULT_REFUSED by the move's rule. Speaks alone: what err held is given up. */
int move_refuse(const struct move *move, struct error *err);
/* The same where the record bars that account; 0 otherwise. */
int move_refuse_barred(const struct kind *kind, const struct move *move, const void *record, int64_t account,
                       struct error *err);
/* Is a row in that state there for those it speaks to (kind.open_states)? */
bool kind_is_open(const struct kind *kind, int state);
int state_find(const struct kind *kind, const char *code);                                   /* -1 when none */
const struct choice *choice_find(const struct choices *list, const char *code, int64_t day); /* day 0: any edition */
bool name_listed(const char *const *names, size_t most, const char *name);

static inline size_t field_slot(const struct field *f)
{
    return (f->at - sizeof(struct record)) / 8;
}
static inline void *field_member(const struct field *f, void *record)
{
    return (char *)record + f->at;
}
static inline const void *field_member_const(const struct field *f, const void *record)
{
    return (const char *)record + f->at;
}
static inline struct record *record_of(void *record)
{
    return record;
}
static inline const struct record *record_of_const(const void *record)
{
    return record;
}

/* Every contradiction in the tables, a line each, into *err's sentence (the first) and the log. Returns 0 when sound.
** verbs: the words that may stand in .needs, NULL at the end (access/verbs). */
int kind_check_all(const struct kind *const *kinds, const char *const *verbs, struct error *err);
