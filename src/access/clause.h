/*
** Inside this folder only: a statement under construction, and scope and filter as conditions in it. Names come from the
** kind tables, values are bound. `alias` is how the table is called in the statement, with its dot ("h.").
*/
#pragma once
#include "access/query.h"
#include "base/text.h"

enum { BINDS_MAX = 2048 };

/* Text and binds grow together, so their order cannot differ. Too many of either: sound() says so. */
struct statement {
    struct arena *arena;
    enum store_engine engine;
    struct text sql;
    struct value *binds; /* grows in the arena; BINDS_MAX at most */
    size_t bind_count, bind_room;
    bool following; /* some rows of objects have yet to follow them */
    bool by_field;  /* BY_VALUE: a field's index, not that of the scope's sectors */
    bool by_import; /* the rows are met by the import of the filter already: it is no condition any more */
};

struct statement *statement_new(struct arena *arena, enum store_engine engine);
void statement_done(struct statement **s);
#define AUTO_STATEMENT __attribute__((cleanup(statement_done))) struct statement
int statement_sound(const struct statement *s, struct error *err);

void sql(struct statement *s, const char *words);
void put(struct statement *s, struct value v);            /* a placeholder and its value */
void statement_bind(struct statement *s, struct value v); /* the value of a placeholder that stands there already */

/* Which index the engine is to take. Said by hints that change no result: a unary plus (SQLite), a comparison that no
** index answers (PostgreSQL). */
enum clause_way {
    BY_ANY,   /* whatever it finds best */
    BY_VALUE, /* one that begins with a value of the filter or the scope's sectors */
    BY_SCOPE, /* the scope's own: one object, rows naming somebody */
    BY_SORT,  /* the sort's, behind the scope's level: rows are met in their order */
};

void put_scope(struct statement *s, const char *alias, const struct scope *scope, enum clause_way way);
/* One of the scope's parts, in brackets; and what "see as" adds to all of them, with its AND. */
void put_part(struct statement *s, const char *alias, const struct kind *kind, const struct scope_part *part,
              enum clause_way way);
/* Of a part the level that the sort's indexes may begin with, with its AND; nothing where they do not begin with it. */
bool leads(const struct scope_part *p);
void put_lead(struct statement *s, const char *alias, const struct scope_part *p);
void put_within(struct statement *s, const char *alias, const struct scope *scope);

/* Does it ask about the object the row belongs to? */
bool condition_by_owner(const struct kind *kind, const struct condition *c);
void put_condition(struct statement *s, const struct actor *actor, const struct kind *kind, const char *alias,
                   const struct condition *c, enum clause_way way);
/* "SELECT … AS id …": what the import of the filter has made or changed, each once; whoever asks cuts it with a scope. */
void put_import_ids(struct statement *s, const struct list_query *q);
/* Every condition of the filter but its words; begins with the one on removed_at. */
void put_conditions(struct statement *s, const struct list_query *q, const char *alias, enum clause_way way);

/* Where a page ends, sealed: the sort value and id of its last row, the sort, direction and hash of the list. One of
** another list is refused. */
const char *cursor_make(const struct list_query *q, struct arena *arena, const struct value *sort, int64_t id);
int cursor_read(const struct list_query *q, struct arena *arena, struct value *sort, int64_t *id, struct error *err);
