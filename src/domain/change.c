#include "domain/change.h"

#include "access/duty.h"
#include "access/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/files.h"
#include "domain/history.h"
#include "domain/holiday.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "domain/object/object.h"
#include "domain/propose.h"
#include "record/json.h"
#include "record/table.h"
#include "record/type.h"
#include "search/search.h"

#include <string.h>

enum { IDEMPOTENCY_KEPT_MS = 7 * DAY_MS };

/* ---- tables ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column idempotency_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL }, { "key", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "body", COLUMN_BYTES, COLUMN_NOT_NULL },  { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },      { "version", COLUMN_INT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct index_decl idempotency_indexes[] = { { "idempotency_by_age", NAMES("at"), false, NULL } };

const struct table domain_tables[] = {
    { .name = "idempotency",
      LISTED(idempotency_columns),
      .primary_key = NAMES("account", "key"),
      LISTED(idempotency_indexes) },
};
const size_t domain_table_count = COUNT(domain_tables);

/* ---- running ---- */

struct run {
    struct house *house;
    const struct change_order *order;
    change_fn fn;
    void *args;
    struct change_result result;
    struct hub_event events[CHANGE_EVENTS];
    size_t event_count;
    const int64_t *told;
    size_t told_count;
    bool follows, calendar_moved;
    struct arena arena; /* of the last run: events may point at text in it */
};

static int replay(struct db *db, const struct run *r, struct change_result *out, bool *found, struct error *err)
{
    const struct once *once = &r->order->once;
    struct rows rows;
    *found = false;
    if (!once->key)
        return 0;
    if (db_query(db, &rows, "SELECT body, kind, id, version FROM idempotency WHERE account = ? AND key = ?",
                 BIND(value_int(r->order->actor->id), value_text(once->key)), err) < 0)
        return -1;
    bool same = false;
    if (rows_next(&rows)) {
        struct value body = rows_value(&rows, 0);
        same = body.size == sizeof once->body && memcmp(body.at, once->body, body.size) == 0;
        const struct kind *kind = kind_find(rows_text(&rows, 1));
        *out = (struct change_result){
            .kind = kind ? kind->name : "", .id = rows_int(&rows, 2), .version = rows_int(&rows, 3), .replayed = true
        };
        *found = true;
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    if (*found && !same)
        return fail(err, FAULT_REFUSED, "idempotency.differs", "这个重复提交标识已用于另一份内容，请换一个标识",
                    "This Idempotency-Key was used with another body; choose a new one");
    return 0;
}

static int remember(struct db *db, const struct run *r, const struct change_result *result, struct error *err)
{
    const struct once *once = &r->order->once;
    if (!once->key)
        return 0;
    if (db_run(db, "DELETE FROM idempotency WHERE at < ?", BIND(value_int(r->order->now_ms - IDEMPOTENCY_KEPT_MS)),
               NULL, err) < 0)
        return -1;
    return db_run(db,
                  "INSERT INTO idempotency (account, key, body, kind, id, version, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  BIND(value_int(r->order->actor->id), value_text(once->key),
                       value_bytes(once->body, sizeof once->body), value_text(result->kind ? result->kind : ""),
                       value_int(result->id), value_int(result->version), value_int(r->order->now_ms)),
                  NULL, err);
}

static int run_once(struct db *db, void *args, struct error *err)
{
    struct run *r = args;
    bool found;
    arena_done(&r->arena);
    r->event_count = r->told_count = 0;
    r->follows = r->calendar_moved = false;
    r->result = (struct change_result){ 0 };
    if (replay(db, r, &r->result, &found, err) < 0)
        return -1;
    if (found)
        return 0;
    struct change c = { .db = db,
                        .arena = &r->arena,
                        .actor = r->order->actor,
                        .now = r->order->now_ms,
                        .cause = r->order->cause,
                        .calendar = house_calendar(r->house),
                        .via = r->order->via,
                        .events = r->events };
    if (r->fn(&c, r->args, err) < 0)
        return -1;
    r->result = c.result;
    r->event_count = c.event_count;
    r->told = c.told;
    r->told_count = c.told_count;
    r->follows = c.follows;
    r->calendar_moved = c.calendar_moved;
    return remember(db, r, &c.result, err);
}

/* The twin with the same key may have committed between our look and our write. What stopped us then is the twin's own
** work (its key, its unique number, its new version), so we answer with its result. */
static int ask_twin(struct run *r, struct error *err)
{
    struct db *db;
    struct error why = { 0 };
    bool found = false;
    if (store_reader(r->house->store, &db, &why) < 0)
        return -1;
    int got = replay(db, r, &r->result, &found, &why);
    store_reader_back(r->house->store, db);
    if (!found)
        return -1; /* the refusal stands */
    r->event_count = r->told_count = 0;
    if (got < 0)
        *err = why;
    else
        error_clear(err);
    return got;
}

int change_run(struct house *house, const struct change_order *order, change_fn fn, void *args,
               struct change_result *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct run *r = ARENA_NEW(&arena, struct run);
    *r = (struct run){ .house = house, .order = order, .fn = fn, .args = args };
    int got =
        order->large ? store_write_large(house->store, run_once, r, err) : store_write(house->store, run_once, r, err);
    if (got < 0 && order->once.key)
        got = ask_twin(r, err);
    if (got == 0) {
        for (size_t i = 0; house->hub && i < r->event_count; i++)
            hub_publish(house->hub, &r->events[i]);
        for (size_t i = 0; house->hub && i < r->told_count; i++)
            hub_publish(house->hub, &(struct hub_event){ .kind = "notice", .only = r->told[i] });
        /* The change stands; what cannot follow now does so at the next start. */
        struct error why = { 0 };
        if (r->calendar_moved && holidays_load(house, &why) < 0)
            log_event(LOG_WARN, "holidays.load", "why", why.en, NULL);
        bool later =
            r->follows && house->follow && !order->actor->program && house->follow(house, order->actor, &why) == 0;
        error_clear(&why);
        if (r->follows && !later && object_follow(house, &why) < 0)
            log_event(LOG_WARN, "object.follow", "why", why.en, NULL);
        if (out)
            *out = r->result;
    }
    arena_done(&r->arena);
    return got;
}

int change_check(struct db *reader, const struct change_order *order, change_fn fn, void *args, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct hub_event events[CHANGE_EVENTS];
    struct change c = { .db = reader,
                        .arena = &arena,
                        .actor = order->actor,
                        .now = order->now_ms,
                        .cause = order->cause,
                        .events = events,
                        .quiet = true,
                        .dry = true };
    return fn(&c, args, err);
}

/* ---- reading inside ---- */

static int get(struct change *c, const struct kind *kind, int64_t id, int64_t version, const char *verb,
               const struct move *move, void **out, struct error *err)
{
    struct scope seen, allowed;
    void *record;
    scope_compile(c->actor, kind, verb_bit("read"), &seen);
    if (record_read(c->db, &seen, id, true, !c->dry, c->arena, &record, err) < 0)
        return -1;
    if (move && move_refuse_barred(kind, move, record, c->actor->id, err) < 0)
        return -1;
    scope_compile(c->actor, kind, verb_bit("read") | verb_bit(verb), &allowed);
    bool party = false;
    if (scope_has_party(&allowed) && party_named(c->db, kind, id, c->actor->id, &party, err) < 0)
        return -1;
    if (!scope_covers(&allowed, &record_of(record)->own, party))
        return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
    if (move && actor_too_low(c->actor, kind, move, record, party))
        return move_refuse(move, err);
    if (version && record_of(record)->version != version)
        return fail(err, FAULT_STALE, "record.stale", "这条记录刚被别人修改，请比较差别后再保存",
                    "Somebody has just changed this record; compare before saving");
    *out = record;
    return 0;
}

int change_get(struct change *c, const struct kind *kind, int64_t id, int64_t version, const char *verb, void **out,
               struct error *err)
{
    return get(c, kind, id, version, verb, NULL, out, err);
}

int change_get_to_move(struct change *c, const struct kind *kind, int64_t id, int64_t version, const struct move *move,
                       void **out, struct error *err)
{
    return get(c, kind, id, version, move->needs, move, out, err);
}

void *change_new(struct change *c, const struct kind *kind)
{
    struct record *r = arena_alloc(c->arena, kind->size);
    r->created_at = r->changed_at = c->now;
    return r;
}

void *change_copy(struct change *c, const struct kind *kind, const void *record)
{
    struct record *copy = arena_copy(c->arena, record, kind->size);
    copy->given[0] = copy->given[1] = 0;
    return copy;
}

/* ---- input ---- */

static bool is_wanted(const struct field *f, enum change_source source, const struct move *move)
{
    if ((f->flags & DERIVED) || f->type == &type_state)
        return false;
    switch (source) {
    case FROM_CREATE: return !(f->flags & MOVE_ONLY);
    case FROM_PATCH: return !(f->flags & (MOVE_ONLY | FIXED));
    case FROM_MOVE: return name_listed(move->accepts, MOVE_FIELDS_MAX, f->name);
    }
    return false;
}

static int not_wanted(const struct field *f, enum change_source source, struct error *err)
{
    if (f->flags & DERIVED)
        return fail_field(err, f->name, "由系统产生，不能填写", "Made by the program; it cannot be written");
    if (source == FROM_MOVE)
        return fail_field(err, f->name, "这一步不填这一项", "This move does not take it");
    if (f->type == &type_state || (f->flags & MOVE_ONLY))
        return fail_field(err, f->name, "只能在办理时填写", "Written by a move only");
    return fail_field(err, f->name, "登记后不能修改", "Fixed at creation");
}

int change_apply_json(struct change *c, const struct kind *kind, const json_t *body, enum change_source source,
                      const struct move *move, void *record, struct error *err)
{
    if (!json_is_object(body))
        return fail(err, FAULT_MALFORMED, "body.object", "请求内容应是一个 JSON 对象",
                    "The body must be a JSON object");
    struct record *r = record_of(record);
    const void *stood = move && move->fills ? arena_copy(c->arena, record, kind->size) : NULL;
    const char *name;
    json_t *value;
    /* The date of the fact decides which edition of a list is in force, so it is read before the choices. */
    for (int pass = 0; pass < 2; pass++) {
        json_object_foreach((json_t *)body, name, value)
        {
            const struct field *f = field_find(kind, name);
            if (!f) {
                if (pass == 0 && !(source == FROM_MOVE && strcmp(name, "note") == 0))
                    fail_field(err, name, "没有“%s”这一项", "There is no field \"%s\"", name);
                continue;
            }
            bool first = kind->fact_date && strcmp(kind->fact_date, name) == 0;
            if (first != (pass == 0))
                continue;
            if (!is_wanted(f, source, move)) {
                not_wanted(f, source, err);
                continue;
            }
            size_t slot = field_slot(f);
            if (stood && field_stands(kind, f, stood)) {
                fail_field(err, f->name, "这一项已有内容，这一步只补没有的，请去掉",
                           "It is known already; this move only adds: leave it out");
                continue;
            }
            if (type_nothing(value)) {
                record_set_bit(r->known, slot, false);
                record_set_bit(r->given, slot, true);
                continue;
            }
            struct type_context ctx = { c->arena, kind, f->name, fact_day(kind, record) };
            /* The type sees the old member: a masked number inside a line keeps what stands there. */
            int64_t member = 0;
            if (record_bit(r->known, slot))
                memcpy(&member, field_member(f, record), sizeof member);
            if (f->type->read_json(f, &ctx, value, &member, err) != 0)
                continue;
            memcpy(field_member(f, record), &member, sizeof member);
            record_set_bit(r->known, slot, true);
            record_set_bit(r->given, slot, true);
        }
    }
    return err->fault ? -1 : 0;
}

/* ---- checks before saving ---- */

/* A wrong entry has been told already; that it is missing would be a second sentence about the same thing. */
static bool is_told(const struct error *err, const char *field)
{
    for (size_t i = 0; i < err->field_count && i < ERROR_FIELDS; i++)
        if (strcmp(err->fields[i].name, field) == 0)
            return true;
    return false;
}

/* What the record's choices leave out: refused when somebody writes it, emptied when it stood there already. */
static void check_when(struct change *c, struct error *err)
{
    struct record *r = record_of(c->after);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!record_bit(r->known, field_slot(f)) || field_applies(c->kind, f, c->after))
            continue;
        const struct field *by = field_find(c->kind, f->when);
        if (record_bit(r->given, field_slot(f)))
            fail_field(err, f->name, "这一项与所选的%s%.0s不符，请留空",
                       "It does not go with the%.0s %s chosen; leave it empty", by->label.zh, by->label.en);
        else
            record_set_bit(r->known, field_slot(f), false);
    }
}

/* Who is no account here is named by the companion, where the move takes it. */
static bool is_named_in_words(const struct change *c, const struct field *f)
{
    return f->companion && name_listed(c->move->accepts, MOVE_FIELDS_MAX, f->companion) &&
           record_bit(record_of_const(c->after)->known, field_slot(field_find(c->kind, f->companion)));
}

static int check_required(const struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        bool moved = c->move && name_listed(c->move->must, MOVE_FIELDS_MAX, f->name);
        if (((f->flags & REQUIRED) || moved) && !record_bit(r->known, field_slot(f)) && !is_told(err, f->name) &&
            field_applies(c->kind, f, c->after) && !(moved && is_named_in_words(c, f)))
            fail_field(err, f->name, "请填写%s%.0s", "Please fill in%.0s: %s", f->label.zh, f->label.en);
    }
    return err->fault ? -1 : 0;
}

/* A reference must name a record the actor may read (open_label kinds: any live one). */
static int check_references(struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!record_bit(r->given, field_slot(f)) || !record_bit(r->known, field_slot(f)))
            continue;
        int64_t id = f->type == &type_reference || f->type == &type_region
                         ? *(const int64_t *)field_member_const(f, c->after)
                         : 0;
        if (id == 0 || (c->kind->id_field && strcmp(c->kind->id_field, f->name) == 0))
            continue;
        const struct kind *target = kind_find(f->type == &type_region ? "region" : f->ref);
        bool live;
        if (record_is_live(c->db, c->actor, target, id, &live, err) < 0)
            return -1;
        if (live)
            continue;
        fail_field(err, f->name, "选的内容不存在，请重新选择", "It does not exist; choose again");
    }
    return err->fault ? -1 : 0;
}

/* Names the rule, and what to do about it. */
static int refuse_to_answer(const struct field *f, struct error *err)
{
    struct label verb = verb_label(f->answers);
    return fail_field(
        err, f->name, "须能查看并%s%.0s这条记录，所选人员不能：请先为其登记账号和责任关系，或改选责任单位人员%s%.0s",
        "Has to be able to read and%.0s %s it: give the person an account and an assignment first, or choose "
        "somebody of the unit%.0s%s",
        verb.zh, verb.en, f->companion ? "，或填姓名" : "", f->companion ? ", or a name" : "");
}

/* Whom a move makes answer for the record: somebody who sees nothing of it, or may do nothing about it, would let it lie. */
static int check_answers(struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    for (size_t i = 0; c->move && i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        bool able = true;
        if (!f->answers || !name_listed(c->move->accepts, MOVE_FIELDS_MAX, f->name) ||
            !record_bit(r->known, field_slot(f)) || (!record_bit(r->given, field_slot(f)) && !change_differs(c, f)))
            continue;
        if (duty_may_answer(c->db, *(const int64_t *)field_member_const(f, c->after), day_of_ms(c->now), c->kind,
                            f->answers, &r->own, &able, err) < 0)
            return -1;
        if (!able)
            refuse_to_answer(f, err);
    }
    return err->fault ? -1 : 0;
}

static int not_unique(const struct field *f, struct error *err)
{
    return fail_field(err, f->name, "已有另一条记录用了同样的%s%.0s，请核对",
                      "Another record has the same%.0s %s; check it", f->label.zh, f->label.en);
}

/* What the unique indexes would say, asked without writing. */
static int check_unique(struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!(f->flags & UNIQUE) || !record_bit(r->known, field_slot(f)))
            continue;
        struct value values[TYPE_COLUMNS];
        struct type_context ctx = { .arena = c->arena, .kind = c->kind, .name = f->name };
        int64_t other;
        f->type->to_values(f, &ctx, field_member_const(f, c->after), values);
        size_t column = f->type->personal ? 1 : 0; /* the hash stands behind the sealed value */
        const char *name = arena_printf(c->arena, "%s%s", f->name, f->type->columns[column].suffix);
        if (row_find(c->db, c->kind, name, values[column], &other, err) < 0)
            return -1;
        if (other && other != r->id)
            not_unique(f, err);
    }
    return err->fault ? -1 : 0;
}

/* The sentence a violated unique index becomes: it names the field, not the index. */
static int name_unique(const struct kind *kind, struct error *err)
{
    if (!store_is_unique(err))
        return -1;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct field *f = &kind->fields[i];
        if ((f->flags & UNIQUE) && strstr(err->en, f->name)) {
            error_clear(err);
            return not_unique(f, err);
        }
    }
    return -1;
}

static int set_owner(struct change *c, struct error *err)
{
    struct record *r = record_of(c->after);
    const struct kind *kind = c->kind;
    if (kind->scope == SCOPE_OPEN)
        return 0;
    const struct field *f = field_find(kind, kind->scope_field);
    /* An object whose area nobody knows yet belongs to no one: it stands in the list of objects without an owner. */
    int64_t value = record_bit(r->known, field_slot(f)) ? *(const int64_t *)field_member_const(f, c->after) : 0;
    if (kind->scope == SCOPE_TARGET && !value) {
        const struct field *area = field_find(kind, kind->scope_area), *sector = field_find(kind, "sector");
        int64_t code =
            record_bit(r->known, field_slot(area)) ? *(const int64_t *)field_member_const(area, c->after) : 0;
        r->own = (struct owner){ .county = code ? region_at(code, REGION_COUNTY) : 0,
                                 .town = code ? region_at(code, REGION_TOWN) : 0,
                                 .village = code ? region_at(code, REGION_VILLAGE) : 0,
                                 .sector = sector && record_bit(r->known, field_slot(sector))
                                               ? *(const char *const *)field_member_const(sector, c->after)
                                               : NULL };
        return 0;
    }
    if (kind->scope == SCOPE_OBJECT || kind->scope == SCOPE_TARGET) {
        if (!c->before || record_bit(r->given, field_slot(f)))
            if (object_owner(c, value, f->name, &r->own, err) < 0)
                return -1;
        if (!c->before)
            r->fact = r->own;
        return 0;
    }
    r->own.county = value ? region_at(value, REGION_COUNTY) : 0;
    r->own.town = value ? region_at(value, REGION_TOWN) : 0;
    r->own.village = value ? region_at(value, REGION_VILLAGE) : 0;
    if (kind->scope == SCOPE_IS_OBJECT) {
        const struct field *sector = field_find(kind, "sector");
        r->own.sector = sector && record_bit(r->known, field_slot(sector))
                            ? *(const char *const *)field_member_const(sector, c->after)
                            : NULL;
        return c->dry ? 0 : object_keep(c, kind, c->after, err);
    }
    return 0;
}

/* The actor must hold the verb where the row will be, not only where it was. */
static int check_place(struct change *c, const char *verb, struct error *err)
{
    struct scope scope;
    bool party = false;
    struct owner own = record_of(c->after)->own;
    /* Whose right is the object itself does not take it to another area or sector. */
    if (c->before && c->kind->scope == SCOPE_IS_OBJECT && !owner_equal(&own, &record_of_const(c->before)->own))
        own.object = 0;
    scope_compile(c->actor, c->kind, verb_bit(verb), &scope);
    if (c->before && scope_has_party(&scope) &&
        party_named(c->db, c->kind, record_of(c->after)->id, c->actor->id, &party, err) < 0)
        return -1;
    if (c->kind->scope == SCOPE_OPEN ? scope.count > 0 : scope_covers(&scope, &own, party))
        return 0;
    if (c->kind->scope_field)
        return fail_field(err, c->kind->scope_field, "不在您的数据范围内，请重新选择",
                          "This lies outside your scope; choose again");
    return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限", "You are not entitled to do this");
}

/* ---- what goes with a saved record ---- */

static int keep_parties(struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!(f->flags & PARTY))
            continue;
        int64_t was = c->before && record_bit(record_of_const(c->before)->known, field_slot(f))
                          ? *(const int64_t *)field_member_const(f, c->before)
                          : 0;
        int64_t is = record_bit(r->known, field_slot(f)) ? *(const int64_t *)field_member_const(f, c->after) : 0;
        if (was == is)
            continue;
        if (was && db_run(c->db, "DELETE FROM record_party WHERE kind = ? AND id = ? AND account = ? AND why = ?",
                          BIND(value_text(c->kind->name), value_int(r->id), value_int(was), value_text(f->name)), NULL,
                          err) < 0)
            return -1;
        if (is &&
            db_put(c->db, "INSERT INTO record_party (kind, id, account, why) VALUES (?, ?, ?, ?)",
                   BIND(value_text(c->kind->name), value_int(r->id), value_int(is), value_text(f->name)), err) < 0)
            return -1;
    }
    return 0;
}

static int keep_search(struct change *c, struct error *err)
{
    const struct record *r = record_of_const(c->after);
    if (r->removed_at)
        return search_remove(c->db, c->kind->name, r->id, err);
    AUTO_TEXT text = TEXT_LIMIT(64 * 1024);
    AUTO_TEXT tokens = TEXT_LIMIT(1024);
    const char *number = record_number(c->arena, c->kind, c->after);
    bool searchable = false;
    if (number)
        text_str(&text, number);
    for (size_t i = 0; i < c->kind->field_count; i++) {
        const struct field *f = &c->kind->fields[i];
        if (!(f->flags & SEARCH))
            continue;
        searchable = true;
        if (!record_bit(r->known, field_slot(f)))
            continue;
        struct type_context ctx = { .arena = c->arena, .kind = c->kind, .name = f->name };
        if (text.used)
            text_char(&text, '\n');
        f->type->to_text(f, &ctx, field_member_const(f, c->after), false, &text);
    }
    if (!searchable)
        return 0;
    search_tokens(&tokens, c->kind->name, r->own.county, r->own.town, r->own.village, r->own.object, r->own.sector);
    return search_put(c->db, c->kind->name, r->id, text_get(&tokens), text_get(&text), err);
}

/* May it have changed who sees what? */
static bool opens_or_closes(struct change *c)
{
    if (!c->before)
        return c->kind->rights;
    for (size_t i = 0; i < c->kind->field_count; i++)
        if ((c->kind->fields[i].flags & RIGHTS) &&
            (record_of_const(c->before)->removed_at != record_of_const(c->after)->removed_at ||
             change_differs(c, &c->kind->fields[i])))
            return true;
    return false;
}

/* Who hears of a row that is still a draft. */
static void say_draft(const struct change *c, struct hub_event *e)
{
    struct drafted draft = drafted_of(c->kind, c->after);
    if (!draft.still)
        return;
    e->draft = true;
    e->person = draft.person;
    e->office = draft.office;
}

static void tell_owner(struct change *c, const struct owner *own)
{
    const struct record *r = record_of_const(c->after);
    struct hub_event e = { .kind = c->kind->name,
                           .id = r->id,
                           .version = r->version,
                           .county = own->county,
                           .town = own->town,
                           .village = own->village,
                           .object = own->object,
                           .actor = c->actor->id,
                           .rights = opens_or_closes(c) };
    say_draft(c, &e);
    if (own->sector && strlen(own->sector) < sizeof e.sector)
        memcpy(e.sector, own->sector, strlen(own->sector));
    if (c->event_count < CHANGE_EVENTS)
        c->events[c->event_count++] = e;
    else
        c->events[CHANGE_EVENTS - 1] = (struct hub_event){ .kind = c->kind->name,
                                                           .many = true,
                                                           .rights = e.rights || c->events[CHANGE_EVENTS - 1].rights };
}

static void tell(struct change *c)
{
    const struct record *r = record_of_const(c->after);
    c->result = (struct change_result){ .kind = c->kind->name, .id = r->id, .version = r->version };
    if (c->quiet && !opens_or_closes(c))
        return;
    tell_owner(c, &r->own);
    /* Whoever could see it where it was learns that it is gone. */
    const struct owner *was = c->before ? &record_of_const(c->before)->own : &r->own;
    if (was->county != r->own.county || was->town != r->own.town || was->village != r->own.village ||
        was->object != r->own.object)
        tell_owner(c, was);
}

void change_tells(struct change *c, int64_t account)
{
    for (size_t i = 0; i < c->told_count; i++)
        if (c->told[i] == account)
            return;
    if (c->told_count == c->told_room) {
        int64_t *grown = ARENA_ARRAY(c->arena, int64_t, c->told_room ? 2 * c->told_room : CHANGE_EVENTS);
        if (c->told_count)
            memcpy(grown, c->told, c->told_count * sizeof *grown);
        c->told_room = c->told_room ? 2 * c->told_room : CHANGE_EVENTS;
        c->told = grown;
    }
    c->told[c->told_count++] = account;
}

static void aim(struct change *c, const struct kind *kind, const struct move *move, const void *before, void *after,
                const char *note)
{
    c->kind = kind;
    c->move = move;
    c->before = before;
    c->after = after;
    c->note = note;
}

static int beside(struct change *c, const char *act, struct error *err)
{
    if (keep_parties(c, err) < 0 || files_attach(c, c->kind, c->before, c->after, err) < 0 || keep_search(c, err) < 0 ||
        history_keep(c, act, err) < 0 || ladder_keep(c, err) < 0 || notices_of_move(c, err) < 0)
        return -1;
    if (c->kind->scope == SCOPE_IS_OBJECT)
        c->known = NULL;
    tell(c);
    return c->kind->kept ? c->kind->kept(c, err) : 0;
}

/* ---- the acts ---- */

int change_create(struct change *c, const struct kind *kind, void *record, struct error *err)
{
    struct record *r = record_of(record);
    aim(c, kind, NULL, NULL, record, NULL);
    r->version = 1;
    r->created_at = r->changed_at = c->now;
    r->created_by = r->changed_by = c->actor->id;
    const struct field *state = field_state(kind);
    if (state && !record_bit(r->known, field_slot(state))) {
        *(int64_t *)field_member(state, record) = 0;
        record_set_bit(r->known, field_slot(state), true);
    }
    if (kind->tidy)
        kind->tidy(c, record);
    check_when(c, err);
    if (check_required(c, err) < 0 || check_references(c, err) < 0)
        return -1;
    if (kind->id_field)
        r->id = *(const int64_t *)field_member_const(field_find(kind, kind->id_field), record);
    if (kind->scope != SCOPE_IS_OBJECT && set_owner(c, err) < 0)
        return -1;
    if (kind->check && kind->check(c, err) < 0)
        return -1;
    if (kind->scope == SCOPE_IS_OBJECT && set_owner(c, err) < 0)
        return -1;
    if (check_place(c, "create", err) < 0)
        return -1;
    if (c->dry)
        return check_unique(c, err);
    if (row_insert(c->db, kind, record, c->import_id, err) < 0)
        return name_unique(kind, err);
    if (lines_write(c->db, kind, record, err) < 0)
        return -1;
    return beside(c, c->import_id ? "import" : "create", err);
}

static int save(struct change *c, const char *act, const char *verb, struct error *err)
{
    struct record *r = record_of(c->after);
    r->version = record_of_const(c->before)->version + 1;
    r->changed_at = c->now;
    r->changed_by = c->actor->id;
    check_when(c, err);
    if (check_required(c, err) < 0 || check_references(c, err) < 0 || check_answers(c, err) < 0)
        return -1;
    if (c->kind->check && c->kind->check(c, err) < 0)
        return -1;
    if (set_owner(c, err) < 0 || check_place(c, verb, err) < 0)
        return -1;
    if (c->dry)
        return check_unique(c, err);
    if (row_update(c->db, c->kind, c->after, err) < 0)
        return name_unique(c->kind, err);
    if (lines_write(c->db, c->kind, c->after, err) < 0)
        return -1;
    return beside(c, act, err);
}

int change_save(struct change *c, const struct kind *kind, const void *before, void *after, struct error *err)
{
    return change_save_because(c, kind, before, after, NULL, err);
}

int change_save_because(struct change *c, const struct kind *kind, const void *before, void *after, const char *note,
                        struct error *err)
{
    aim(c, kind, NULL, before, after, note);
    if (record_of_const(before)->removed_at)
        return fail(err, FAULT_CONFLICT, "record.removed", "记录在回收站里，请先恢复",
                    "The record is in the bin; restore it first");
    bool any = false;
    if (kind->tidy)
        kind->tidy(c, after);
    for (size_t i = 0; i < kind->field_count && !any; i++)
        any = change_differs(c, &kind->fields[i]);
    if (!any && !err->fault) {
        const struct record *r = record_of_const(before);
        c->result = (struct change_result){ kind->name, r->id, r->version, .unchanged = true };
        return 0;
    }
    return save(c, "change", "change", err);
}

int change_transfer(struct change *c, const struct kind *kind, const void *before, void *after, const char *note,
                    struct error *err)
{
    aim(c, kind, NULL, before, after, note);
    if (record_of_const(before)->removed_at)
        return fail(err, FAULT_CONFLICT, "record.removed", "记录在回收站里，请先恢复",
                    "The record is in the bin; restore it first");
    return save(c, "transfer", "transfer", err);
}

/* What speaks of this round alone is what was given in it. */
static void begin_afresh(struct change *c)
{
    struct record *r = record_of(c->after);
    for (int i = 0; i < MOVE_FIELDS_MAX && c->move->fresh[i]; i++) {
        size_t slot = field_slot(field_find(c->kind, c->move->fresh[i]));
        if (!record_bit(r->given, slot))
            record_set_bit(r->known, slot, false);
    }
}

/* Where no day was given the default is taken, as if it had come with the request. */
static void take_proposal(struct change *c)
{
    struct record *r = record_of(c->after);
    struct proposed p;
    if (!move_proposes(c->calendar, c->kind, c->move, c->after, day_of_ms(c->now), &p) ||
        record_bit(r->given, field_slot(p.field)))
        return;
    memcpy(field_member(p.field, c->after), &p.day, sizeof p.day);
    record_set_bit(r->known, field_slot(p.field), true);
    record_set_bit(r->given, field_slot(p.field), true);
}

int change_move(struct change *c, const struct kind *kind, const struct move *move, const void *before, void *after,
                const char *note, struct error *err)
{
    const struct field *f = field_state(kind);
    int state = (int)*(const int64_t *)field_member_const(f, before);
    aim(c, kind, move, before, after, note);
    if (move_refuse_barred(kind, move, before, c->actor->id, err) < 0)
        return -1;
    if (actor_too_low(c->actor, kind, move, before, true))
        return move_refuse(move, err);
    if (record_of_const(before)->removed_at)
        return fail(err, FAULT_CONFLICT, "record.removed", "记录在回收站里，请先恢复",
                    "The record is in the bin; restore it first");
    if (!move_leaves(move, state))
        return fail(err, FAULT_CONFLICT, "move.state", "现在是“%s”%.0s，不能“%s”%.0s",
                    "The state is%.0s “%s”: not the time to%.0s “%s”", kind->states[state].label.zh,
                    kind->states[state].label.en, move->label.zh, move->label.en);
    if (move->to != MOVE_STAYS)
        *(int64_t *)field_member(f, after) = move->to;
    begin_afresh(c);
    take_proposal(c);
    /* Wrong entries and missing ones are told together; a rule that refuses the move speaks alone. */
    if (!err->fault && move->check && move->check(c, err) < 0 && err->fault != FAULT_INVALID)
        return -1;
    return save(c, "move", move->needs, err);
}

static bool may_be_verified(const struct field *f)
{
    return !(f->flags & DERIVED) && f->type != &type_state;
}

static void put_name(struct json *j, const char *name)
{
    json_key(j, name);
    json_open(j, '[');
    json_close(j, ']');
}

/* The history holds the names alone: {"head":[]}. */
int change_verify(struct change *c, const struct kind *kind, const void *before, const char *const *fields,
                  size_t count, struct error *err)
{
    void *after = change_copy(c, kind, before);
    struct record *r = record_of(after);
    AUTO_TEXT names = TEXT_LIMIT(LIMIT_BODY);
    struct json j = { .out = &names };
    aim(c, kind, NULL, before, after, NULL);
    if (r->removed_at)
        return fail(err, FAULT_CONFLICT, "record.removed", "记录在回收站里，请先恢复",
                    "The record is in the bin; restore it first");
    json_open(&j, '{');
    for (size_t i = 0; i < count; i++) {
        const struct field *f = field_find(kind, fields[i]);
        if (!f || !may_be_verified(f))
            fail_field(err, "fields", "没有可核实的“%s”这一项", "There is no field \"%s\" to verify", fields[i]);
        else if (!record_bit(r->known, field_slot(f)))
            fail_field(err, "fields", "%s%.0s还没有填写，不能核实", "%.0s%s is empty; there is nothing to verify",
                       f->label.zh, f->label.en);
        else if (!name_listed(fields, i, fields[i]))
            put_name(&j, f->name);
    }
    json_close(&j, '}');
    if (!err->fault && count == 0)
        fail_field(err, "fields", "请写明核实了哪些项", "Say which fields were verified");
    if (err->fault)
        return -1;
    r->version++;
    r->changed_at = c->now;
    r->changed_by = c->actor->id;
    if (row_update(c->db, kind, after, err) < 0 || history_put(c, "verify", text_get(&names), err) < 0)
        return -1;
    tell(c);
    return 0;
}

int change_remove(struct change *c, const struct kind *kind, const void *before, struct error *err)
{
    void *after = change_copy(c, kind, before);
    aim(c, kind, NULL, before, after, NULL);
    if (record_of_const(before)->removed_at)
        return fail(err, FAULT_CONFLICT, "record.removed", "记录已在回收站里", "The record is in the bin already");
    struct record *r = record_of(after);
    r->removed_at = c->now;
    r->version++;
    r->changed_at = c->now;
    r->changed_by = c->actor->id;
    if (c->dry)
        return 0;
    if (row_update(c->db, kind, after, err) < 0)
        return -1;
    return beside(c, "remove", err);
}

int change_restore(struct change *c, const struct kind *kind, const void *before, struct error *err)
{
    void *after = change_copy(c, kind, before);
    aim(c, kind, NULL, before, after, NULL);
    if (!record_of_const(before)->removed_at)
        return fail(err, FAULT_CONFLICT, "record.live", "记录不在回收站里", "The record is not in the bin");
    struct record *r = record_of(after);
    r->removed_at = 0;
    r->version++;
    r->changed_at = c->now;
    r->changed_by = c->actor->id;
    if (c->dry)
        return check_unique(c, err);
    if (row_update(c->db, kind, after, err) < 0)
        return name_unique(kind, err);
    return beside(c, "restore", err);
}
