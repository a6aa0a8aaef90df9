/* The program refuses to start when its tables contradict themselves: one sentence per contradiction. */
#include "table.h"

#include "access/access.h"
#include "base/log.h"
#include "domain/lists.h"
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
static void depends_on_no_choice(struct draft *d)
{
    d->fields[3].when = "name";
    d->fields[3].when_codes = ",red,";
}
static void depends_on_an_unknown_code(struct draft *d)
{
    d->fields[3].when = "kind_of";
    d->fields[3].when_codes = ",red,green,";
}
static void depends_on_a_code_without_commas(struct draft *d)
{
    d->fields[3].when = "kind_of";
    d->fields[3].when_codes = "red";
}
static void depends_soundly(struct draft *d)
{
    d->fields[3].when = "kind_of";
    d->fields[3].when_codes = ",red,";
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
static void a_day_with_its_digits_together(struct draft *d)
{
    d->fields[3].flags |= PLAIN;
}
static void a_day_that_an_import_says(struct draft *d)
{
    d->fields[3].flags |= IMPORTED;
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
static void expected_of_whom_no_field_names(struct draft *d)
{
    d->moves[0].expected = (struct expected){
        .label = { "待关", "To shut" }, .go = { "去关", "Shut" }, .roles = ",grid,", .whose = "day", .due = "day"
    };
}
static void expected_by_a_date_that_is_no_sort(struct draft *d)
{
    d->kind.sorts[0] = "name";
    d->moves[0].expected =
        (struct expected){ .label = { "待关", "To shut" }, .go = { "去关", "Shut" }, .roles = ",grid,", .due = "day" };
}
static void expected_once_no_date_lies_behind(struct draft *d)
{
    d->moves[0].expected =
        (struct expected){ .label = { "待关", "To shut" }, .go = { "去关", "Shut" }, .roles = ",grid,", .past = true };
}
static void expected_without_a_heading(struct draft *d)
{
    d->moves[0].expected = (struct expected){ .roles = ",grid,", .due = "day" };
}
static void expected_a_period_after_nothing(struct draft *d)
{
    d->moves[0].expected = (struct expected){
        .label = { "待关", "To shut" }, .go = { "去关", "Shut" }, .roles = ",grid,", .period = "a.rule"
    };
}
static const struct bar a_bar = { .code = "door.same",
                                  .refusal = { "不是您", "Not you" },
                                  .in_place = { "须由他人办理", "For another person" } };
static void never_of_whom_no_field_names(struct draft *d)
{
    d->moves[0].never[0] = "day";
    d->moves[0].barred = &a_bar;
}
static void expected_without_a_call(struct draft *d)
{
    d->moves[0].expected = (struct expected){ .label = { "待关", "To shut" }, .roles = ",grid,", .due = "day" };
}
static void barred_to_nobody(struct draft *d)
{
    d->moves[0].barred = &a_bar;
}
static void the_other_outcome_of_nothing(struct draft *d)
{
    d->moves[0].other_of = "open";
}
static void menu_group_nobody_has(struct draft *d)
{
    d->kind.menu = "elsewhere";
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

static void unknown_type(struct draft *d)
{
    static const struct field_type foreign = { .name = "foreign" };
    d->fields[3].type = &foreign;
}
static void no_type(struct draft *d)
{
    d->fields[3].type = NULL;
}
static void between_two_slots(struct draft *d)
{
    d->fields[3].at += 4;
}
static void behind_the_struct(struct draft *d)
{
    d->fields[4].at = sizeof(struct thing);
}
static void inside_the_head(struct draft *d)
{
    d->fields[3].at = 8;
}
static void column_of_every_table(struct draft *d)
{
    d->fields[3].name = "changed_at";
}
static void looks_like_an_owner(struct draft *d)
{
    d->fields[3].name = "own_town";
}
static void looks_like_a_sort_key(struct draft *d)
{
    d->fields[3].name = "sort_day";
}
static void name_a_parameter_has(struct draft *d)
{
    d->fields[3].name = "limit";
}
static void party_that_is_no_reference(struct draft *d)
{
    d->fields[3].flags = PARTY;
}
static void party_that_is_no_person(struct draft *d)
{
    d->fields[3] = (struct field){ .name = "day",
                                   .type = &type_reference,
                                   .at = d->fields[3].at,
                                   .label = { "日", "Day" },
                                   .flags = PARTY,
                                   .ref = "thing" };
}
static void lines_without_a_child(struct draft *d)
{
    d->fields[4] =
        (struct field){ .name = "rows", .type = &type_lines, .at = d->fields[4].at, .label = { "行", "Rows" } };
}
static void lines_of_a_kind_that_is_not_listed(struct draft *d)
{
    static const struct kind child = { .name = "row",
                                       .plural = "rows",
                                       .label = { "行", "Row" },
                                       .size = sizeof(struct thing),
                                       .fields = good_fields,
                                       .field_count = COUNT(good_fields),
                                       .child = true };
    lines_without_a_child(d);
    d->fields[4].lines = &child;
}
static void lines_of_a_kind_of_its_own(struct draft *d)
{
    lines_without_a_child(d);
    d->fields[4].lines = &d->kind;
}
static void state_with_a_bad_code(struct draft *d)
{
    d->states[1].code = "Shut";
}
static void state_twice(struct draft *d)
{
    d->states[1].code = "open";
}
static void state_in_one_language(struct draft *d)
{
    d->states[1].label.zh = NULL;
}
static void states_without_a_field(struct draft *d)
{
    d->fields[0] =
        (struct field){ .name = "state", .type = &type_integer, .at = d->fields[0].at, .label = { "状态", "State" } };
}
static void field_without_states(struct draft *d)
{
    d->kind.state_count = 0;
    d->kind.move_count = 0;
}
static void move_in_one_language(struct draft *d)
{
    d->moves[0].label.en = NULL;
}
static void move_with_a_bad_name(struct draft *d)
{
    d->moves[0].name = "shut_it";
}
static void move_from_nowhere(struct draft *d)
{
    d->moves[0].from_count = 0;
}
static void move_from_outside(struct draft *d)
{
    d->moves[0].from[0] = 7000;
}
static void move_to_outside(struct draft *d)
{
    d->moves[0].to = 2;
}
static void move_from_too_many(struct draft *d)
{
    d->moves[0].from_count = MOVE_FROM_MAX + 1;
}
static void move_that_needs_nothing(struct draft *d)
{
    d->moves[0].needs = NULL;
}
static void move_that_writes_a_derived_field(struct draft *d)
{
    d->fields[3].flags = DERIVED;
    d->moves[0].accepts[0] = "day";
}
static void move_that_requires_an_unknown_field(struct draft *d)
{
    d->moves[0].must[0] = "colour";
}
static void move_that_begins_afresh_with_what_it_does_not_accept(struct draft *d)
{
    d->moves[0].fresh[0] = "day";
}
static void kind_with_a_bad_name(struct draft *d)
{
    d->kind.name = "Thing";
}
static void kind_with_a_bad_plural(struct draft *d)
{
    d->kind.plural = "the things";
}
static void kind_in_one_language(struct draft *d)
{
    d->kind.label.zh = NULL;
}
static void two_titles(struct draft *d)
{
    d->fields[4] = (struct field){ .name = "second",
                                   .type = &type_text,
                                   .at = d->fields[4].at,
                                   .label = { "二", "Second" },
                                   .flags = REQUIRED | TITLE };
}
static void scope_of_an_object_that_may_be_missing(struct draft *d)
{
    d->fields[2] = (struct field){
        .name = "place_code", .type = &type_object, .at = d->fields[2].at, .label = { "单位", "Unit" }
    };
    d->kind.scope = SCOPE_OBJECT;
}
static void scope_without_a_field(struct draft *d)
{
    d->kind.scope_field = NULL;
}
static void no_sort(struct draft *d)
{
    d->kind.sorts[0] = NULL;
}
static void sort_by_what_has_no_order(struct draft *d)
{
    d->fields[3] =
        (struct field){ .name = "day", .type = &type_place, .at = d->fields[3].at, .label = { "日", "Day" } };
    d->kind.fact_date = NULL;
}
static void identity_by_an_unknown_field(struct draft *d)
{
    d->kind.identity = "number";
}
static void id_from_a_field_that_may_be_empty(struct draft *d)
{
    d->kind.id_field = "place_code";
}

static void with_a_ledger(struct draft *d)
{
    static const struct ledger_column columns[] = { { LEDGER_ROW, { "序号", "No." } }, { "day", { "哪天", "When" } } };
    d->kind.ledger = columns;
    d->kind.ledger_count = COUNT(columns);
}
static void ledger_of_an_unknown_field(struct draft *d)
{
    static const struct ledger_column columns[] = { { "weight", { "重量", "Weight" } } };
    d->kind.ledger = columns;
    d->kind.ledger_count = COUNT(columns);
}
static void ledger_with_a_column_twice(struct draft *d)
{
    static const struct ledger_column columns[] = { { "day", { "哪天", "When" } }, { "day", { "何日", "Day" } } };
    d->kind.ledger = columns;
    d->kind.ledger_count = COUNT(columns);
}
static void ledger_in_one_language(struct draft *d)
{
    static const struct ledger_column columns[] = { { "day", { "哪天", NULL } } };
    d->kind.ledger = columns;
    d->kind.ledger_count = COUNT(columns);
}
static void ledger_of_what_fits_no_cell(struct draft *d)
{
    static const struct ledger_column columns[] = { { "day", { "照片", "Photos" } } };
    d->fields[3] =
        (struct field){ .name = "day", .type = &type_files, .at = d->fields[3].at, .label = { "照片", "Photos" } };
    d->kind.fact_date = NULL;
    d->kind.sorts[0] = "id";
    d->kind.ledger = columns;
    d->kind.ledger_count = COUNT(columns);
}
static void companion_of_a_reference(struct draft *d)
{
    d->fields[3] = (struct field){ .name = "day",
                                   .type = &type_reference,
                                   .at = d->fields[3].at,
                                   .label = { "人", "Person" },
                                   .ref = "thing",
                                   .companion = "person_name" };
    d->fields[4] =
        (struct field){ .name = "person_name", .type = &type_text, .at = d->fields[4].at, .label = { "姓名", "Name" } };
    d->kind.fact_date = NULL;
    d->kind.sorts[0] = "id";
}
static void companion_of_a_date(struct draft *d)
{
    d->fields[3].companion = "name";
}
static void companion_that_does_not_exist(struct draft *d)
{
    companion_of_a_reference(d);
    d->fields[3].companion = "nobody";
}
static void answers_with_a_verb_nobody_holds(struct draft *d)
{
    companion_of_a_reference(d);
    d->fields[3].answers = "mend";
}
static void companion_no_ledger_may_fill(struct draft *d)
{
    companion_of_a_reference(d);
    d->fields[4].flags = DERIVED;
}
/* Files whose day is another field, of the type given. */
static void files_shown_on(struct draft *d, const struct field_type *type)
{
    d->fields[3] = (struct field){
        .name = "day", .type = &type_files, .at = d->fields[3].at, .label = { "照片", "Photos" }, .shows_on = "found"
    };
    d->fields[4] = (struct field){ .name = "found", .type = type, .at = d->fields[4].at, .label = { "日期", "Day" } };
    d->kind.fact_date = NULL;
    d->kind.sorts[0] = "id";
}
static void photos_of_a_day(struct draft *d)
{
    files_shown_on(d, &type_date);
}
static void photos_of_a_text(struct draft *d)
{
    files_shown_on(d, &type_text);
}
static void photos_of_nothing(struct draft *d)
{
    files_shown_on(d, &type_date);
    d->fields[3].shows_on = "nobody";
}
static void date_that_shows(struct draft *d)
{
    d->fields[3].shows_on = "day";
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
    { "a field that depends on a choice is accepted", depends_soundly, NULL },
    { "one that depends on a text is refused", depends_on_no_choice, "day" },
    { "one that depends on a code its list does not have is refused", depends_on_an_unknown_code, "day" },
    { "one whose codes stand without commas is refused", depends_on_a_code_without_commas, "day" },
    { "a reference to a kind that does not exist is refused", reference_to_nothing, "day" },
    { "a group the kind does not have is refused", group_nobody_has, "day" },
    { "a day that keeps its digits together is refused", a_day_with_its_digits_together, "day" },
    { "a day that an import says by itself is refused", a_day_that_an_import_says, "day" },
    { "a personal field the search box would find is refused", personal_and_searchable, "phone" },
    { "a state no move reaches is refused", state_nobody_reaches, "shut" },
    { "a state no move leaves is refused unless it is an end", state_nobody_leaves, "shut" },
    { "a move that needs a verb nobody can be granted is refused", verb_nobody_is_granted, "shut" },
    { "a move that accepts an unknown field is refused", move_that_writes_an_unknown_field, "shut" },
    { "a move expected of whom no account field names is refused", expected_of_whom_no_field_names, "shut" },
    { "a move expected by a date that is no sort is refused", expected_by_a_date_that_is_no_sort, "shut" },
    { "a move expected once no date lies behind is refused", expected_once_no_date_lies_behind, "shut" },
    { "a move expected of somebody needs a heading", expected_without_a_heading, "shut" },
    { "a move due a period after no date is refused", expected_a_period_after_nothing, "shut" },
    { "a move expected of somebody needs a call", expected_without_a_call, "shut" },
    { "a move barred to nobody that says why is refused", barred_to_nobody, "shut" },
    { "a move barred to whom no account field names is refused", never_of_whom_no_field_names, "shut" },
    { "the other outcome of no decision is refused", the_other_outcome_of_nothing, "shut" },
    { "a group the menu does not have is refused", menu_group_nobody_has, "menu" },
    { "a sort by an unknown field is refused", sort_by_something_unknown, "weight" },
    { "a date of the fact that is no date is refused", fact_date_that_is_no_date, "fact_date" },
    { "a scope field of the wrong type is refused", scope_of_the_wrong_type, "scope" },
    { "a required field that only a move writes is refused", required_but_only_by_a_move, "day" },
    { "a least length above the greatest is refused", limit_upside_down, "name" },
    { "a type nobody knows is refused", unknown_type, "day" },
    { "a field without a type is refused", no_type, "day" },
    { "a member between two slots is refused", between_two_slots, "day" },
    { "a member behind the struct is refused", behind_the_struct, "kind_of" },
    { "a member inside the head of the record is refused", inside_the_head, "day" },
    { "a name every table has is refused", column_of_every_table, "changed_at" },
    { "a name of an owner column is refused", looks_like_an_owner, "own_town" },
    { "a name of a sort column is refused", looks_like_a_sort_key, "sort_day" },
    { "a name of a list's parameter is refused", name_a_parameter_has, "limit" },
    { "a party that is no reference is refused", party_that_is_no_reference, "day" },
    { "a party that is no person is refused", party_that_is_no_person, "day" },
    { "lines without a child kind are refused", lines_without_a_child, "rows" },
    { "lines of a kind that the list of kinds lacks are refused", lines_of_a_kind_that_is_not_listed, "rows" },
    { "lines of a kind that stands for itself are refused", lines_of_a_kind_of_its_own, "rows" },
    { "a state with a bad code is refused", state_with_a_bad_code, "Shut" },
    { "a state declared twice is refused", state_twice, "open" },
    { "a state in one language is refused", state_in_one_language, "shut" },
    { "states without a field are refused", states_without_a_field, "state" },
    { "a state field without states is refused", field_without_states, "state" },
    { "a move in one language is refused", move_in_one_language, "shut" },
    { "a move with a bad name is refused", move_with_a_bad_name, "shut_it" },
    { "a move from nowhere is refused", move_from_nowhere, "shut" },
    { "a move from a state there is not is refused", move_from_outside, "shut" },
    { "a move to a state there is not is refused", move_to_outside, "shut" },
    { "a move from more states than there is room for is refused", move_from_too_many, "shut" },
    { "a move that needs no verb is refused", move_that_needs_nothing, "shut" },
    { "a move that writes a derived field is refused", move_that_writes_a_derived_field, "shut" },
    { "a move that requires an unknown field is refused", move_that_requires_an_unknown_field, "shut" },
    { "a move that begins afresh with what it does not accept is refused",
      move_that_begins_afresh_with_what_it_does_not_accept, "shut" },
    { "a kind with a bad name is refused", kind_with_a_bad_name, "name" },
    { "a kind with a bad plural is refused", kind_with_a_bad_plural, "name" },
    { "a kind in one language is refused", kind_in_one_language, "label" },
    { "two titles are refused", two_titles, "title" },
    { "a scope by an object that may be missing is refused", scope_of_an_object_that_may_be_missing, "scope" },
    { "a scope without its field is refused", scope_without_a_field, "scope" },
    { "a kind without a sort is refused", no_sort, "sorts" },
    { "a sort by what has no order is refused", sort_by_what_has_no_order, "day" },
    { "an identity by an unknown field is refused", identity_by_an_unknown_field, "identity" },
    { "a ledger of fields and the number of the row is accepted", with_a_ledger, NULL },
    { "a ledger with a column of no field is refused", ledger_of_an_unknown_field, "weight" },
    { "a ledger with a column twice is refused", ledger_with_a_column_twice, "day" },
    { "a header of the ledger in one language is refused", ledger_in_one_language, "day" },
    { "a ledger with what fits no cell is refused", ledger_of_what_fits_no_cell, "day" },
    { "a companion text of a reference is accepted", companion_of_a_reference, NULL },
    { "a companion of what refers to nothing is refused", companion_of_a_date, "day" },
    { "a companion that does not exist is refused", companion_that_does_not_exist, "day" },
    { "a companion that no ledger may fill is refused", companion_no_ledger_may_fill, "day" },
    { "photos of what was so on a day are accepted", photos_of_a_day, NULL },
    { "photos whose day is no date are refused", photos_of_a_text, "day" },
    { "photos whose day does not exist are refused", photos_of_nothing, "day" },
    { "what is no files and shows a day is refused", date_that_shows, "day" },
    { "somebody who answers by a verb nobody can be granted is refused", answers_with_a_verb_nobody_holds, "day" },
    { "an id from a field that may be empty is refused", id_from_a_field_that_may_be_empty, "id_field" },
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
        snprintf(at, sizeof at, ".%s:", row->names);
        if (!strstr(err.en, at))
            fail_msg("the refusal does not name %s: %s", at, err.en);
    }
}

static void two_kinds_of_one_name_are_refused(void **state)
{
    struct draft a, b;
    struct error err = { 0 };
    (void)state;
    draft_make(&a);
    draft_make(&b);
    b.kind.plural = "other-things";
    const struct kind *kinds[] = { &a.kind, &b.kind, NULL };
    assert_int_equal(kind_check_all(kinds, verb_names, &err), -1);
    assert_non_null(strstr(err.en, "used by two kinds"));
    draft_make(&b);
    b.kind.name = "other";
    error_clear(&err);
    assert_int_equal(kind_check_all(kinds, verb_names, &err), -1);
    assert_non_null(strstr(err.en, "used by two kinds"));
}

static void the_real_kinds_are_sound(void **state)
{
    struct error err = { 0 };
    (void)state;
    if (kind_check_all(all_kinds, verb_names, &err) < 0)
        fail_msg("%s", err.en);
}

static void choices_that_the_pages_never_see_are_refused_by_name(void **state)
{
    static const struct choices *const lists[] = { &colour_list, NULL };
    struct error err = { 0 };
    struct draft d;
    (void)state;
    draft_make(&d);
    const struct kind *kinds[] = { &d.kind, NULL };
    if (lists_check(kinds, lists, &err) < 0)
        fail_msg("%s", err.en);
    assert_int_equal(lists_check(kinds, lists + 1, &err), -1);
    assert_non_null(strstr(err.en, "thing.kind_of, colour,"));
    error_clear(&err);
    if (lists_check(all_kinds, all_choices, &err) < 0)
        fail_msg("%s", err.en);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(two_kinds_of_one_name_are_refused),
                                        cmocka_unit_test(the_real_kinds_are_sound),
                                        cmocka_unit_test(choices_that_the_pages_never_see_are_refused_by_name) };
    log_threshold(LOG_ERROR + 1);
    return RUN_TABLE(rows, check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
