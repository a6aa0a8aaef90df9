#include "domain/object/tenure.h"

#include "base/clock.h"
#include "domain/ladder.h"
#include "record/type.h"

#include <string.h>

const struct deadline_rule *tenure_rule_on(enum trade trade, int64_t since)
{
    if (trade == TRADE_OTHER)
        return NULL;
    return trade_is_high_risk(trade) ? deadline_rule_on(&deadline_rules, "tenure.high_risk", since)
                                     : deadline_rule_on(&deadline_rules, "tenure.named", since);
}

bool tenure_counts(const char *type, bool safety)
{
    return type && (strcmp(type, "head_fitness") == 0 || (safety && strcmp(type, "manager_fitness") == 0));
}

/* ---- one of the two ---- */

static const struct tenure {
    const char *name, *since, *by, *examined; /* fields of the firm */
    bool safety;
} tenures[] = { { "head", "head_since", "head_exam_by", "head_examined", false },
                { "safety_head", "safety_head_since", "safety_head_exam_by", "safety_head_examined", true } };

static bool known(const struct enterprise *e, const char *field)
{
    return record_bit(e->is.known, field_slot(field_find(&enterprise_kind, field)));
}

static const char *word_in(const struct enterprise *e, const char *field)
{
    return known(e, field) ? *(const char *const *)field_member_const(field_find(&enterprise_kind, field), e) : "";
}

static int64_t number_in(const struct enterprise *e, const char *field)
{
    return known(e, field) ? *(const int64_t *)field_member_const(field_find(&enterprise_kind, field), e) : 0;
}

/* number 0: not known. */
static void put(struct enterprise *e, const char *field, int64_t number)
{
    const struct field *f = field_find(&enterprise_kind, field);
    *(int64_t *)field_member(f, e) = number;
    record_set_bit(e->is.known, field_slot(f), number != 0);
}

/* Another name than before, and no day came with it: the old day was the other one's. */
static void begin_anew(const struct change *c, struct enterprise *e, const struct tenure *t)
{
    const struct enterprise *was = c->before;
    bool came = record_bit(e->is.given, field_slot(field_find(&enterprise_kind, t->since)));
    if (!was || strcmp(word_in(was, t->name), word_in(e, t->name)) == 0)
        return;
    if (!known(e, t->name))
        put(e, t->since, 0);
    else if (known(was, t->name) && !came && number_in(was, t->since) == number_in(e, t->since))
        put(e, t->since, day_of_ms(c->now));
}

static int is_examined(struct change *c, const struct enterprise *e, const struct tenure *t, bool *out,
                       struct error *err)
{
    int64_t id;
    return db_get_int(
        c->db,
        "SELECT id FROM certificate WHERE own_object = ? AND removed_at IS NULL AND state = 'in_force' AND "
        "holder_name = ? AND (type = 'head_fitness' OR type = ?) AND (valid_until IS NULL OR "
        "valid_until >= ?) LIMIT 1",
        BIND(value_int(e->is.id), value_text(word_in(e, t->name)),
             value_text(t->safety ? "manager_fitness" : "head_fitness"), value_int(day_of_ms(c->now))),
        &id, out, err);
}

static int keep_one(struct change *c, struct enterprise *e, const struct tenure *t, struct error *err)
{
    enum trade trade = trade_of(has(e, sector) ? e->sector : NULL, has(e, flags) ? e->flags : NULL,
                                has(e, industry) ? e->industry : NULL);
    bool examined = false;
    begin_anew(c, e, t);
    int64_t since = number_in(e, t->since);
    if (since > day_of_ms(c->now))
        return fail_field(err, t->since, "任职日期不能晚于今天", "Nobody is appointed after today");
    const struct deadline_rule *rule = since ? tenure_rule_on(trade, since) : NULL;
    put(e, t->by, rule && known(e, t->name) ? period_last_day(c->calendar, since, &rule->period) : 0);
    if (known(e, t->by) && e->is.id && is_examined(c, e, t, &examined, err) < 0)
        return -1;
    put(e, t->examined, examined);
    return 0;
}

int tenure_keep(struct change *c, struct enterprise *e, struct error *err)
{
    for (size_t i = 0; i < COUNT(tenures); i++)
        if (keep_one(c, e, &tenures[i], err) < 0 && err->fault != FAULT_INVALID)
            return -1;
    return err->fault ? -1 : 0;
}

int tenure_follow(struct change *c, int64_t object, struct error *err)
{
    int64_t id;
    bool runs;
    if (db_get_int(c->db,
                   "SELECT id FROM enterprise WHERE id = ? AND removed_at IS NULL AND (head_exam_by IS NOT NULL OR "
                   "safety_head_exam_by IS NOT NULL)",
                   BIND(value_int(object)), &id, &runs, err) < 0)
        return -1;
    if (!runs)
        return 0;
    /* Whoever keeps certificates need not be entitled to change the firm; what follows is the program's. */
    struct actor program = actor_program();
    struct change own = *c;
    void *before;
    c->actor = &program;
    int got = change_get(c, &enterprise_kind, object, 0, "read", &before, err);
    if (got == 0) {
        struct enterprise *e = change_copy(c, &enterprise_kind, before);
        c->before = before;
        got = tenure_keep(c, e, err); /* before the save, which asks whether anything is different */
        if (got == 0)
            got = change_save(c, &enterprise_kind, before, e, err);
    }
    /* A firm that lacks something else is not the certificate's fault: it is counted when that is repaired. */
    if (got < 0 && err->fault == FAULT_INVALID) {
        error_clear(err);
        got = 0;
    }
    size_t events = c->event_count;
    *c = own;
    c->event_count = events;
    return got;
}

/* ---- reminders ---- */

static bool is_due(const struct enterprise *e, const struct tenure *t, int64_t *due)
{
    if (!known(e, t->by) || number_in(e, t->examined) || e->operating_state == OPERATING_CLOSED)
        return false;
    *due = number_in(e, t->by);
    return true;
}

static bool head_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    (void)calendar;
    return is_due(record, &tenures[0], due);
}

static bool safety_head_runs(const struct calendar *calendar, const void *record, int64_t *due)
{
    (void)calendar;
    return is_due(record, &tenures[1], due);
}

const struct watch head_exam = {
    .name = "head_exam",
    .label = { "主要负责人任职考核期限", "Examination of the head" },
    .kind = &enterprise_kind,
    .ladder = &ladder_certificate,
    .runs = head_runs,
};
const struct watch safety_head_exam = {
    .name = "safety_head_exam",
    .label = { "安全负责人任职考核期限", "Examination of who is in charge of safety" },
    .kind = &enterprise_kind,
    .ladder = &ladder_certificate,
    .runs = safety_head_runs,
};
