/* The program refuses to start when its tables contradict themselves: one sentence per contradiction. */
#include "table.h"

#include "access/access.h"
#include "base/log.h"
#include "record/kind.h"
#include "record/type.h"

#include <stdio.h>
#include <string.h>

struct thing {
    struct record is;
    int64_t state;
    const char *name;
    int64_t place_code;
    int64_t day;
    const char *kind_of;
};

static const struct choice colours[] = { { "red", { "红", "Red" }, 0, 0 } };
static const struct choices colour_list = { "colour", { "颜色", "Colour" }, colours, 1 };

static const struct field good_fields[] = {
    { STATE(struct thing, state), .label = { "状态", "State" } },
    { TEXT(struct thing, name), .label = { "名称", "Name" }, .flags = REQUIRED | TITLE },
    { REGION(struct thing, place_code), .label = { "属地", "Area" } },
    { DATE(struct thing, day), .label = { "日期", "Day" } },
    { CHOICE(struct thing, kind_of), .label = { "颜色", "Colour" }, .choices = &colour_list },
};
static const struct state good_states[] = { { "open", { "开", "Open" }, TONE_IDLE, false },
                                            { "shut", { "关", "Shut" }, TONE_DONE, true } };
static const struct move good_moves[] = {
    { .name = "shut", .label = { "关", "Shut" }, .from = { 0 }, .from_count = 1, .to = 1, .needs = "change" }
};

/* A kind whose parts may be broken one at a time. */
struct draft {
    struct kind kind;
    struct field fields[COUNT(good_fields)];
    struct state states[2];
    struct move moves[1];
};

static void draft_make(struct draft *d)
{
    memcpy(d->fields, good_fields, sizeof good_fields);
    memcpy(d->states, good_states, sizeof good_states);
    memcpy(d->moves, good_moves, sizeof good_moves);
    d->kind = (struct kind){ .name = "thing",
                             .plural = "things",
                             .label = { "物", "Thing" },
                             .size = sizeof(struct thing),
                             .fields = d->fields,
                             .field_count = COUNT(good_fields),
                             .states = d->states,
                             .state_count = 2,
                             .moves = d->moves,
                             .move_count = 1,
                             .scope = SCOPE_REGION,
                             .scope_field = "place_code",
                             .sorts = { "day", "id" },
                             .fact_date = "day" };
}

static void nothing(struct draft *d)
{
    (void)d;
}
static void two_fields_of_one_name(struct draft *d)
{
    d->fields[3].name = "name";
}
static void two_fields_in_one_member(struct draft *d)
{
    d->fields[3].at = d->fields[2].at;
}
static void reserved_name(struct draft *d)
{
    d->fields[3].name = "order";
}
static void capital_letters(struct draft *d)
{
    d->fields[3].name = "Day";
}
static void label_in_one_language(struct draft *d)
{
    d->fields[3].label.en = NULL;
}
static void member_without_a_row(struct draft *d)
{
    d->kind.field_count--;
}
static void choice_without_a_list(struct draft *d)
{
    d->fields[4].choices = NULL;
}
static void no_title(struct draft *d)
{
    d->fields[1].flags = REQUIRED;
}
static void title_that_may_be_empty(struct draft *d)
{
    d->fields[1].flags = TITLE;
}
static void reference_to_nothing(struct draft *d)
{
    d->fields[3] = (struct field){
        .name = "day", .type = &type_reference, .at = d->fields[3].at, .label = { "日", "Day" }, .ref = "nothing"
    };
}
static void group_nobody_has(struct draft *d)
{
    d->fields[3].group = "nowhere";
}
static void personal_and_searchable(struct draft *d)
{
    d->fields[4] = (struct field){
        .name = "phone", .type = &type_phone, .at = d->fields[4].at, .label = { "电话", "Phone" }, .flags = SEARCH
    };
}
static void state_nobody_reaches(struct draft *d)
{
    d->moves[0].to = 0;
}
static void state_nobody_leaves(struct draft *d)
{
    d->states[1].end = false;
}
static void verb_nobody_is_granted(struct draft *d)
{
    d->moves[0].needs = "teleport";
}
static void move_that_writes_an_unknown_field(struct draft *d)
{
    d->moves[0].accepts[0] = "colour";
}
static void sort_by_something_unknown(struct draft *d)
{
    d->kind.sorts[0] = "weight";
}
static void fact_date_that_is_no_date(struct draft *d)
{
    d->kind.fact_date = "name";
}
static void scope_of_the_wrong_type(struct draft *d)
{
    d->kind.scope_field = "name";
}
static void required_but_only_by_a_move(struct draft *d)
{
    d->fields[3].flags = REQUIRED | MOVE_ONLY;
}
static void limit_upside_down(struct draft *d)
{
    d->fields[1].min = 9;
    d->fields[1].max = 3;
}

static const struct row {
    const char *says;
    void (*breaks)(struct draft *d);
    const char *names; /* what the refusal names; NULL = accepted */
} rows[] = {
    { "a sound kind is accepted", nothing, NULL },
    { "two fields of one name are refused", two_fields_of_one_name, "name" },
    { "two fields in one member are refused", two_fields_in_one_member, "day" },
    { "a field named like an SQL word is refused", reserved_name, "order" },
    { "a field with capital letters is refused", capital_letters, "Day" },
    { "a label in one language is refused", label_in_one_language, "day" },
    { "a member that no row names is refused", member_without_a_row, "struct" },
    { "a choice without a list is refused", choice_without_a_list, "kind_of" },
    { "a kind without a title is refused", no_title, "title" },
    { "a title that may be empty is refused", title_that_may_be_empty, "title" },
    { "a reference to a kind that does not exist is refused", reference_to_nothing, "day" },
    { "a group the kind does not have is refused", group_nobody_has, "day" },
    { "a personal field the search box would find is refused", personal_and_searchable, "phone" },
    { "a state no move reaches is refused", state_nobody_reaches, "shut" },
    { "a state no move leaves is refused unless it is an end", state_nobody_leaves, "shut" },
    { "a move that needs a verb nobody can be granted is refused", verb_nobody_is_granted, "shut" },
    { "a move that accepts an unknown field is refused", move_that_writes_an_unknown_field, "shut" },
    { "a sort by an unknown field is refused", sort_by_something_unknown, "weight" },
    { "a date of the fact that is no date is refused", fact_date_that_is_no_date, "fact_date" },
    { "a scope field of the wrong type is refused", scope_of_the_wrong_type, "scope" },
    { "a required field that only a move writes is refused", required_but_only_by_a_move, "day" },
    { "a least length above the greatest is refused", limit_upside_down, "name" },
};

static void check_row(void **state)
{
    const struct row *row = *state;
    struct draft d;
    struct error err = { 0 };
    draft_make(&d);
    row->breaks(&d);
    const struct kind *kinds[] = { &d.kind, NULL };
    int got = kind_check_all(kinds, verb_names, &err);
    assert_int_equal(got, row->names ? -1 : 0);
    if (row->names) {
        char at[128];
        snprintf(at, sizeof at, "thing.%s:", row->names);
        if (!strstr(err.en, at))
            fail_msg("the refusal does not name %s: %s", at, err.en);
    }
}

static void the_real_kinds_are_sound(void **state)
{
    struct error err = { 0 };
    (void)state;
    if (kind_check_all(all_kinds, verb_names, &err) < 0)
        fail_msg("%s", err.en);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_real_kinds_are_sound) };
    log_threshold(LOG_ERROR + 1);
    return RUN_TABLE(rows, check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
