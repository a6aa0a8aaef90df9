/* The last change of a record is taken back: old values come back from the history, personal ones too. */
#include "domain/town.h"

#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"

#include <string.h>

struct undoing {
    const struct kind *kind;
    int64_t id, version;
};

static int undo_in_change(struct change *c, void *args, struct error *err)
{
    const struct undoing *u = args;
    return change_undo(c, u->kind, u->id, u->version, err);
}

static int undo(struct town *t, enum who who, const struct kind *kind, int64_t id, int64_t version, struct error *err)
{
    struct undoing u = { kind, id, version };
    struct change_order order = { .actor = &t->people[who], .now_ms = town_noon, .cause = "web" };
    return change_run(&t->house, &order, undo_in_change, &u, NULL, err);
}

static void an_edit_is_taken_back_with_sealed_values_and_lines(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id =
        must_create(t, OFFICE, &enterprise_kind,
                    "{\"name\":\"撤销厂\",\"no_code_reason\":\"new\",\"region\":\"990102001001\","
                    "\"phone\":\"13612345678\",\"staff\":5,\"key_persons\":[{\"name\":\"甲\",\"post\":\"安全员\","
                    "\"phone\":\"13711112222\"}]}");
    must_patch(t, OFFICE, &enterprise_kind, id,
               "{\"phone\":\"13999990000\",\"staff\":null,\"key_persons\":[],\"address\":\"新址\"}");
    must(undo(t, OFFICE, &enterprise_kind, id, 2, &err), &err);
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_int_equal(e->is.version, 3);
    assert_string_equal(e->phone, "13612345678");
    assert_int_equal(e->staff, 5);
    assert_false(has(e, address));
    assert_int_equal(e->key_persons->count, 1);
    assert_string_equal(((const struct key_person *)e->key_persons->rows)->phone, "13711112222");
    /* Taken back once more, the edit is there again. */
    must(undo(t, OFFICE, &enterprise_kind, id, 3, &err), &err);
    e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_string_equal(e->phone, "13999990000");
    assert_false(has(e, staff));
}

static void a_removal_is_taken_back_and_a_move_or_a_creation_is_not(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "撤销");
    expect_fault(undo(t, OFFICE, &hazard_kind, id, 1, &err), &err, FAULT_REFUSED, "undo.create");
    error_clear(&err);
    must(town_remove(t, OFFICE, &hazard_kind, id, &err), &err);
    must(undo(t, OFFICE, &hazard_kind, id, 2, &err), &err);
    const struct hazard *h = must_read(t, OFFICE, &hazard_kind, id);
    assert_int_equal(h->is.removed_at, 0);
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    expect_fault(undo(t, OFFICE, &hazard_kind, id, 4, &err), &err, FAULT_REFUSED, "undo.move");
}

static void nobody_takes_back_over_newer_work_outside_the_scope_or_without_the_verb(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "守住");
    must_patch(t, OFFICE, &hazard_kind, id, "{\"location\":\"一\"}");
    expect_fault(undo(t, READER, &hazard_kind, id, 2, &err), &err, FAULT_FORBIDDEN, "verb.missing");
    error_clear(&err);
    expect_fault(undo(t, GRID_B, &hazard_kind, id, 2, &err), &err, FAULT_MISSING, NULL);
    error_clear(&err);
    must_patch(t, OFFICE, &hazard_kind, id, "{\"location\":\"二\"}");
    expect_fault(undo(t, OFFICE, &hazard_kind, id, 2, &err), &err, FAULT_STALE, NULL);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(an_edit_is_taken_back_with_sealed_values_and_lines),
        SAYS(a_removal_is_taken_back_and_a_move_or_a_creation_is_not),
        SAYS(nobody_takes_back_over_newer_work_outside_the_scope_or_without_the_verb),
    };
    return RUN_TOWNS(tests);
}
