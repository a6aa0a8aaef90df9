#include "record/kind.h"

#include "base/log.h"
#include "record/type.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct kind *kind_find(const char *name)
{
    for (const struct kind *const *k = all_kinds; *k; k++)
        if (strcmp((*k)->name, name) == 0)
            return *k;
    return NULL;
}

const struct kind *kind_of_plural(const char *plural)
{
    for (const struct kind *const *k = all_kinds; *k; k++)
        if (!(*k)->child && strcmp((*k)->plural, plural) == 0)
            return *k;
    return NULL;
}

const struct field *field_find(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (strcmp(kind->fields[i].name, name) == 0)
            return &kind->fields[i];
    return NULL;
}

const struct field *field_title(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].flags & TITLE)
            return &kind->fields[i];
    return NULL;
}

const struct field *field_state(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].type == &type_state)
            return &kind->fields[i];
    return NULL;
}

bool field_applies(const struct kind *kind, const struct field *f, const void *record)
{
    if (!f->when)
        return true;
    const struct field *by = field_find(kind, f->when);
    if (!by || !record_bit(record_of_const(record)->known, field_slot(by)))
        return false;
    const char *code = *(const char *const *)field_member_const(by, record), *at = f->when_codes;
    for (size_t n = strlen(code); at && (at = strstr(at, code)) != NULL; at += n)
        if (at > f->when_codes && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

const struct move *move_find(const struct kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->move_count; i++)
        if (strcmp(kind->moves[i].name, name) == 0)
            return &kind->moves[i];
    return NULL;
}

bool move_leaves(const struct move *move, int state)
{
    for (int i = 0; i < move->from_count; i++)
        if (move->from[i] == state)
            return true;
    return false;
}

bool field_stands(const struct kind *kind, const struct field *f, const void *record)
{
    const struct record *r = record_of_const(record);
    bool stands = record_bit(r->known, field_slot(f));
    for (size_t i = 0; i < kind->field_count && !stands; i++) {
        const struct field *o = &kind->fields[i];
        bool pair = (f->companion && strcmp(f->companion, o->name) == 0) ||
                    (o->companion && strcmp(o->companion, f->name) == 0);
        stands = pair && record_bit(r->known, field_slot(o));
    }
    return stands;
}

bool move_bars(const struct kind *kind, const struct move *move, const void *record, int64_t account)
{
    for (int i = 0; i < MOVE_NEVER && move->never[i]; i++) {
        const struct field *f = field_find(kind, move->never[i]);
        if (record_bit(record_of_const(record)->known, field_slot(f)) &&
            *(const int64_t *)field_member_const(f, record) == account)
            return true;
    }
    return false;
}

int move_refuse_barred(const struct kind *kind, const struct move *move, const void *record, int64_t account,
                       struct error *err)
{
    return move_bars(kind, move, record, account) ? move_refuse(move, err) : 0;
}

int move_refuse(const struct move *move, struct error *err)
{
    error_clear(err);
    return fail(err, FAULT_REFUSED, move->barred->code, "%s%.0s", "%.0s%s", move->barred->refusal.zh,
                move->barred->refusal.en);
}

static bool is_open_code(const struct kind *kind, const char *code)
{
    size_t n = strlen(code);
    for (const char *at = kind->open_states; (at = strstr(at, code)) != NULL; at++)
        if (at > kind->open_states && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

bool kind_is_open(const struct kind *kind, int state)
{
    return !kind->open_states || is_open_code(kind, kind->states[state].code);
}

int state_find(const struct kind *kind, const char *code)
{
    for (size_t i = 0; i < kind->state_count; i++)
        if (strcmp(kind->states[i].code, code) == 0)
            return (int)i;
    return -1;
}

const struct choice *choice_find(const struct choices *list, const char *code, int64_t day)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct choice *c = &list->items[i];
        if (strcmp(c->code, code) == 0 &&
            (day == 0 || ((c->valid_from == 0 || day >= c->valid_from) && (c->valid_to == 0 || day <= c->valid_to))))
            return c;
    }
    return NULL;
}

bool name_listed(const char *const *names, size_t most, const char *name)
{
    for (size_t i = 0; i < most && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* ---- the tables checked against themselves ---- */

struct checker {
    struct error *err;
    struct arena arena;
    const struct kind *kind;
    int wrong;
};

static void wrong(struct checker *c, const char *what, const char *why)
{
    log_event(LOG_ERROR, "kind.contradiction", "kind", c->kind->name, "at", what, "why", why, NULL);
    if (c->wrong++ == 0)
        fail(c->err, FAULT_INTERNAL, "kind.contradiction", "声明表有矛盾：%s.%s：%s",
             "The declarations contradict themselves: %s.%s: %s", c->kind->name, what, why);
}

static bool is_word(const char *name, bool dash)
{
    if (!islower((unsigned char)name[0]) || strlen(name) > 48)
        return false;
    for (; *name; name++)
        if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != (dash ? '-' : '_'))
            return false;
    return true;
}

const char *const menu_groups[] = { "objects", "hazards", "duty", "system", NULL };

/* Words that either engine reserves, and the columns every kind's table has. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {
        "id",         "version", "number",  "created_at",    "created_by", "changed_at", "changed_by",
        "removed_at", "owner",   "moves",   "may",           "expected",   "barred",     "import_id",
        "all",        "and",     "as",      "between",       "by",         "case",       "check",
        "column",     "default", "desc",    "end",           "from",       "grant",      "group",
        "in",         "index",   "is",      "limit",         "not",        "null",       "offset",
        "on",         "or",      "order",   "primary",       "references", "select",     "table",
        "then",       "to",      "union",   "unique",        "user",       "using",      "values",
        "when",       "where",   "with",    "note",          "sort",       "after",      "count",
        "todo",       "q",       "removed", "region_within", LEDGER_ROW,   "told",       "proposes",
        "import",     NULL
    };
    return name_listed(taken, COUNT(taken), name) || strncmp(name, "own_", 4) == 0 || strncmp(name, "fact_", 5) == 0 ||
           strncmp(name, "sort_", 5) == 0;
}

static bool type_known(const struct field_type *type)
{
    for (const struct field_type *const *t = type_all; *t; t++)
        if (*t == type)
            return true;
    return false;
}

/* A condition is a choice that is always there, and codes of its list between commas. */
static void check_when(struct checker *c, const struct field *f)
{
    const struct field *by = f->when ? field_find(c->kind, f->when) : NULL;
    if (!f->when != !f->when_codes || (f->when && (!by || by->type != &type_choice || by->when || !by->choices)))
        wrong(c, f->name, "depends on what is no choice of the kind");
    if (!by || by->type != &type_choice || !by->choices || !f->when_codes)
        return;
    if (f->flags & (TITLE | DERIVED))
        wrong(c, f->name, "depends on a choice although the program writes it");
    if (f->when_codes[0] != ',' || !f->when_codes[1])
        wrong(c, f->name, "names the codes it depends on without commas around");
    for (const char *at = f->when_codes + 1; f->when_codes[0] == ',' && *at;) {
        size_t n = strcspn(at, ",");
        if (at[n] != ',' || !choice_find(by->choices, arena_strn(&c->arena, at, n), 0)) {
            wrong(c, f->name, "depends on a code that its list does not have");
            return;
        }
        at += n + 1;
    }
}

static bool kind_listed(const struct kind *const *kinds, const struct kind *kind)
{
    for (; *kinds; kinds++)
        if (*kinds == kind)
            return true;
    return false;
}

static void check_field(struct checker *c, const struct field *f, const struct kind *const *kinds,
                        const char *const *verbs)
{
    if (!is_word(f->name, false) || is_taken(f->name))
        wrong(c, f->name, "is not a free lower_case word");
    if (!f->type || !type_known(f->type)) {
        wrong(c, f->name, "has no known type");
        return;
    }
    if (!f->label.zh || !f->label.en)
        wrong(c, f->name, "needs a label in both languages");
    if (f->at < sizeof(struct record) || (f->at - sizeof(struct record)) % 8 || f->at + 8 > c->kind->size)
        wrong(c, f->name, "does not sit on an 8-byte slot behind struct record");
    for (const struct field *g = c->kind->fields; g < f; g++) {
        if (strcmp(g->name, f->name) == 0)
            wrong(c, f->name, "is declared twice");
        if (g->at == f->at)
            wrong(c, f->name, "shares its member with another field");
    }
    const char *why = f->type->check ? f->type->check(f, &c->arena) : NULL;
    if (why)
        wrong(c, f->name, why);
    if ((f->flags & SEARCH) && f->type->personal)
        wrong(c, f->name, "is personal and must not be searchable");
    if ((f->flags & PLAIN) && f->type != &type_integer)
        wrong(c, f->name, "keeps its digits together and is no integer");
    if ((f->flags & IMPORTED) && (f->type != &type_choice || !f->choices || !choice_find(f->choices, "import", 0)))
        wrong(c, f->name, "is said by an import and has no code \"import\"");
    if ((f->flags & PARTY) && (f->type != &type_reference || !f->ref || strcmp(f->ref, "account") != 0))
        wrong(c, f->name, "names a party but is no reference to account");
    if ((f->flags & REQUIRED) && (f->flags & MOVE_ONLY))
        wrong(c, f->name, "is required yet can only be given by a move");
    if (f->type == &type_reference) {
        const struct kind *target = NULL;
        for (const struct kind *const *k = kinds; *k; k++)
            if (f->ref && strcmp((*k)->name, f->ref) == 0)
                target = *k;
        if (!target || target->child)
            wrong(c, f->name, "refers to a kind that does not exist");
    }
    if (f->type == &type_lines && (!f->lines || !f->lines->child))
        wrong(c, f->name, "needs a child kind");
    else if (f->type == &type_lines && !kind_listed(kinds, f->lines))
        wrong(c, f->name, "has lines of a kind that is missing in src/domain/kinds.c");
    if (f->group) {
        bool found = false;
        for (size_t i = 0; i < c->kind->group_count; i++)
            found |= strcmp(c->kind->groups[i].name, f->group) == 0;
        if (!found)
            wrong(c, f->name, "names a group the kind does not have");
    }
    check_when(c, f);
    const struct field *day = f->shows_on ? field_find(c->kind, f->shows_on) : NULL;
    if (f->shows_on && (f->type != &type_files || !day || day->type != &type_date))
        wrong(c, f->name, "shows what was so on a day: files, and a date field of the same kind");
    const struct field *companion = f->companion ? field_find(c->kind, f->companion) : NULL;
    if (f->companion && f->type != &type_reference && f->type != &type_object)
        wrong(c, f->name, "has a companion but refers to nothing");
    else if (f->companion &&
             (!companion || companion->type != &type_text || (companion->flags & (REQUIRED | MOVE_ONLY | DERIVED))))
        wrong(c, f->name, "needs a companion text that a ledger may fill and a person may leave empty");
    if (f->answers && (f->type != &type_reference || !f->ref || strcmp(f->ref, "account") != 0 ||
                       c->kind->scope != SCOPE_OBJECT || !name_listed(verbs, 64, f->answers)))
        wrong(c, f->name,
              "answers by a verb nobody can be granted, names no account, or stands where there is no object");
}

/* Every code between the commas is a state, at least one state stays a draft, and the office is known of every row. */
static void check_drafts(struct checker *c)
{
    const struct kind *k = c->kind;
    const struct field *office = k->drafted_by ? field_find(k, k->drafted_by) : NULL;
    size_t codes = 0, open = 0;
    if (!k->open_states != !k->drafted_by)
        wrong(c, "open_states", "and drafted_by go together");
    if (!k->open_states)
        return;
    for (const char *at = k->open_states; (at = strchr(at, ',')) != NULL && at[1]; at++)
        codes++;
    for (size_t i = 0; i < k->state_count; i++)
        open += kind_is_open(k, (int)i);
    if (codes != open || open == 0 || open == k->state_count)
        wrong(c, "open_states", "names some of the states, with commas at both ends");
    if (!office || office->type != &type_reference || strcmp(office->ref, "organisation") != 0)
        wrong(c, "drafted_by", "is no reference to an organisation");
    if (k->scope != SCOPE_OBJECT)
        wrong(c, "open_states", "need a kind of an object");
}

static void check_ledger(struct checker *c)
{
    const struct kind *k = c->kind;
    for (size_t i = 0; i < k->ledger_count; i++) {
        const struct ledger_column *l = &k->ledger[i];
        const struct field *f = field_find(k, l->field);
        if (!f && strcmp(l->field, LEDGER_ROW) != 0)
            wrong(c, l->field, "is a column of the ledger but no field");
        if (f && (f->type == &type_lines || f->type == &type_files))
            wrong(c, l->field, "is a column of the ledger but fits no cell");
        if (!l->header.zh || !l->header.en)
            wrong(c, l->field, "needs a header in both languages");
        for (size_t o = 0; o < i; o++)
            if (strcmp(k->ledger[o].field, l->field) == 0)
                wrong(c, l->field, "is twice in the ledger");
    }
}

static bool moves_sound(struct checker *c)
{
    const struct kind *k = c->kind;
    bool all = true;
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        bool sound =
            m->from_count >= 1 && m->from_count <= MOVE_FROM_MAX && m->to >= MOVE_STAYS && m->to < (int)k->state_count;
        for (int j = 0; sound && j < m->from_count; j++)
            sound = m->from[j] >= 0 && (size_t)m->from[j] < k->state_count;
        if (!sound)
            wrong(c, m->name, "has no sound from and to");
        all &= sound;
    }
    return all;
}

static bool names_account(const struct kind *k, const char *name)
{
    const struct field *f = field_find(k, name);
    return f && f->type == &type_reference && f->ref && strcmp(f->ref, "account") == 0;
}

static bool is_date(const struct kind *k, const char *name)
{
    const struct field *f = field_find(k, name);
    return f && f->type == &type_date;
}

/* Two outcomes of one decision: who may reach the one may reach the other, from the same states. */
static void check_other(struct checker *c, const struct move *m)
{
    const struct move *one = m->other_of ? move_find(c->kind, m->other_of) : NULL;
    if (!m->other_of)
        return;
    bool same = one && one != m && !m->expected.label.zh && one->expected.label.zh &&
                one->from_count == m->from_count && strcmp(one->needs, m->needs) == 0;
    for (int i = 0; same && i < m->from_count; i++)
        same = move_leaves(one, m->from[i]);
    if (!same)
        wrong(c, m->name, "is the other outcome of nothing that is expected from the same states by the same verb");
}

/* That roles and periods exist is checked where they are known (domain/todo.h). */
static void check_expected(struct checker *c, const struct move *m)
{
    const struct expected *e = &m->expected;
    bool sorted = false;
    if (!e->label.zh) {
        if (e->go.zh || e->roles || e->whose || e->due || e->since || e->past || e->unless || e->where || e->level)
            wrong(c, m->name, "is expected of somebody but has no heading");
        return;
    }
    if (!e->label.en || !e->go.zh || !e->go.en || !e->roles || e->roles[0] != ',')
        wrong(c, m->name, "is expected: it needs a heading and a call in both languages and a list of roles");
    if (e->whose && !names_account(c->kind, e->whose))
        wrong(c, m->name, "is expected of somebody no field names");
    for (size_t i = 0; e->due && i < COUNT(c->kind->sorts) && c->kind->sorts[i]; i++)
        sorted |= strcmp(c->kind->sorts[i], e->due) == 0;
    if (e->unless && !field_find(c->kind, e->unless))
        wrong(c, m->name, "is expected unless a field is known that is not there");
    if (e->where && !field_find(c->kind, e->where))
        wrong(c, m->name, "is expected where a field is known that is not there");
    const struct field *level = e->level ? field_find(c->kind, e->level) : NULL;
    if (e->level && (!level || level->type != &type_choice || e->whose))
        wrong(c, m->name, "is expected of a level that no choice field names, or of one person besides");
    sorted |= e->due && e->where && strcmp(e->due, e->where) == 0;
    if (e->due && (!is_date(c->kind, e->due) || !sorted || e->since))
        wrong(c, m->name, "is due by a date that is neither a sort of the kind nor where it is expected, or by two");
    if (e->past && !e->since)
        wrong(c, m->name, "is expected once no date lies behind");
    if ((e->since || e->period) && (!e->period || !is_date(c->kind, e->since ? e->since : "")))
        wrong(c, m->name, "is due a period after no date");
}

/* That the rule exists is checked where it is known (domain/propose.h). */
static void check_proposal(struct checker *c, const struct move *m)
{
    const struct proposal *p = &m->proposes;
    if (!p->field && (p->since || p->period || p->fits))
        wrong(c, m->name, "proposes a day for no field");
    if (p->field && (!p->period || !is_date(c->kind, p->field) || !is_date(c->kind, p->since ? p->since : "") ||
                     !name_listed(m->accepts, MOVE_FIELDS_MAX, p->field)))
        wrong(c, m->name, "proposes a day that is no date it accepts, or that follows from none");
}

static void check_moves(struct checker *c, const char *const *verbs)
{
    const struct kind *k = c->kind;
    bool reached[64] = { true }; /* the first state is where records begin */
    if (k->state_count > 64) {
        wrong(c, "states", "are more than 64");
        return;
    }
    for (size_t i = 0; i < k->state_count; i++) {
        if (!is_word(k->states[i].code, false))
            wrong(c, k->states[i].code, "is not a lower_case word");
        if (state_find(k, k->states[i].code) != (int)i)
            wrong(c, k->states[i].code, "is a state declared twice");
        if (!k->states[i].label.zh || !k->states[i].label.en)
            wrong(c, k->states[i].code, "needs a label in both languages");
    }
    if (!moves_sound(c))
        return; /* where they lead cannot be followed */
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < k->move_count; i++)
            for (int j = 0; j < k->moves[i].from_count; j++)
                if (k->moves[i].to != MOVE_STAYS && reached[k->moves[i].from[j]] && !reached[k->moves[i].to])
                    reached[k->moves[i].to] = more = true;
    }
    for (size_t i = 0; i < k->state_count; i++) {
        bool left = k->states[i].end;
        for (size_t m = 0; m < k->move_count; m++)
            left |= k->moves[m].to != MOVE_STAYS && move_leaves(&k->moves[m], (int)i);
        if (!reached[i])
            wrong(c, k->states[i].code, "is a state no move reaches");
        if (!left)
            wrong(c, k->states[i].code, "is a state no move leaves although it is no end");
    }
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        if (!is_word(m->name, true) || move_find(k, m->name) != m)
            wrong(c, m->name, "is not a free lower-case move name");
        if (!m->label.zh || !m->label.en)
            wrong(c, m->name, "needs a label in both languages");
        if (!m->needs || !name_listed(verbs, 64, m->needs))
            wrong(c, m->name, "needs a verb nobody can be granted");
        for (int j = 0; j < MOVE_FIELDS_MAX && m->accepts[j]; j++) {
            const struct field *f = field_find(k, m->accepts[j]);
            if (!f || (f->flags & DERIVED))
                wrong(c, m->name, "accepts a field it may not write");
        }
        for (int j = 0; j < MOVE_FIELDS_MAX && m->must[j]; j++)
            if (!field_find(k, m->must[j]))
                wrong(c, m->name, "requires a field that does not exist");
        for (int j = 0; j < MOVE_NEVER && m->never[j]; j++)
            if (!names_account(k, m->never[j]))
                wrong(c, m->name, "is never made by somebody no field names");
        const struct bar *bar = m->barred;
        const struct field *above = m->above ? field_find(k, m->above) : NULL;
        if (m->above && (!above || above->type != &type_choice || !(above->flags & DERIVED)))
            wrong(c, m->name, "is for whoever stands above what no choice field of the program's says");
        if ((!m->never[0] && !m->above) != !bar ||
            (bar && (!bar->code || !bar->refusal.zh || !bar->refusal.en || !bar->in_place.zh || !bar->in_place.en)))
            wrong(c, m->name, "says in both languages why it is barred to somebody, or is barred to nobody");
        for (int j = 0; j < MOVE_FIELDS_MAX && m->fresh[j]; j++)
            if (!name_listed(m->accepts, MOVE_FIELDS_MAX, m->fresh[j]))
                wrong(c, m->name, "begins afresh with a field it does not accept");
        if (m->calls.field &&
            (!name_listed(m->accepts, MOVE_FIELDS_MAX, m->calls.field) || !m->calls.label.zh || !m->calls.label.en))
            wrong(c, m->name, "calls by another name a field it does not accept, or in one language");
        if (m->fills && m->fresh[0])
            wrong(c, m->name, "only adds, and begins afresh with what may stand there");
        check_expected(c, m);
        check_proposal(c, m);
        check_other(c, m);
    }
}

static void check_kind(struct checker *c, const struct kind *const *kinds, const char *const *verbs)
{
    const struct kind *k = c->kind;
    if (!is_word(k->name, false) || !is_word(k->plural, true))
        wrong(c, "name", "is not a lower-case word");
    for (const struct kind *const *o = kinds; *o != k; o++)
        if (strcmp((*o)->name, k->name) == 0 || strcmp((*o)->plural, k->plural) == 0)
            wrong(c, "name", "is used by two kinds");
    if (!k->label.zh || !k->label.en)
        wrong(c, "label", "needs both languages");
    if (k->field_count > 128 || (k->size - sizeof(struct record)) / 8 > 128)
        wrong(c, "fields", "are more than 128");
    if ((k->size - sizeof(struct record)) / 8 != k->field_count)
        wrong(c, "struct", "has members that no field row names");
    int titles = 0, states = 0;
    bool typed = true;
    for (size_t i = 0; i < k->field_count; i++) {
        check_field(c, &k->fields[i], kinds, verbs);
        titles += (k->fields[i].flags & TITLE) != 0;
        states += k->fields[i].type == &type_state;
        typed &= k->fields[i].type && type_known(k->fields[i].type);
    }
    if (k->child || !typed) /* what follows asks the types */
        return;
    if (titles != 1 || !(field_title(k)->flags & REQUIRED) || field_title(k)->type->columns[0].type != COLUMN_TEXT)
        wrong(c, "title", "must be exactly one required text field");
    if ((states == 1) != (k->state_count > 0) || states > 1)
        wrong(c, "state", "field and states do not go together");
    const struct field *scope = k->scope_field ? field_find(k, k->scope_field) : NULL;
    bool of_object = k->scope == SCOPE_OBJECT || k->scope == SCOPE_TARGET;
    if (k->scope != SCOPE_OPEN && (!scope || scope->type != (of_object ? &type_object : &type_region)))
        wrong(c, "scope", "needs a field of the right type");
    const struct field *area = k->scope_area ? field_find(k, k->scope_area) : NULL;
    if ((k->scope == SCOPE_TARGET) != (area && area->type == &type_region))
        wrong(c, "scope_area", "names a region field of a kind that is aimed at an object or a region");
    if (k->scope == SCOPE_OBJECT && scope && !(scope->flags & REQUIRED))
        wrong(c, "scope", "belongs to an object, so that field is required");
    check_drafts(c);
    if (!k->sorts[0])
        wrong(c, "sorts", "name no default");
    for (size_t i = 0; i < COUNT(k->sorts) && k->sorts[i]; i++) {
        const struct field *f = field_find(k, k->sorts[i]);
        if (strcmp(k->sorts[i], "id") != 0 && (!f || !f->type->sortable))
            wrong(c, k->sorts[i], "cannot be sorted by");
    }
    const struct field *fact = k->fact_date ? field_find(k, k->fact_date) : NULL;
    if (k->fact_date && (!fact || fact->type != &type_date))
        wrong(c, "fact_date", "is not a date field");
    if (k->menu && !name_listed(menu_groups, 16, k->menu))
        wrong(c, "menu", "is no group of the menu");
    if (k->identity && !field_find(k, k->identity))
        wrong(c, "identity", "is not a field");
    const struct field *id = k->id_field ? field_find(k, k->id_field) : NULL;
    if (k->id_field && (!id || id->type != &type_region || !(id->flags & REQUIRED)))
        wrong(c, "id_field", "is not a required region field");
    check_ledger(c);
    check_moves(c, verbs);
}

int kind_check_all(const struct kind *const *kinds, const char *const *verbs, struct error *err)
{
    struct checker c = { .err = err };
    for (const struct kind *const *k = kinds; *k; k++) {
        c.kind = *k;
        check_kind(&c, kinds, verbs);
    }
    arena_done(&c.arena);
    return c.wrong ? -1 : 0;
}
