/* The empty ledger of a kind: a header the import knows, lists that a spreadsheet offers, areas of one's own scope alone. */
#include "domain/town.h"

#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "exchange/export.h"
#include "exchange/columns.h"
#include "exchange/template.h"
#include "record/type.h"

#include "read_back.h"

#include <string.h>

enum { SHEET_FORM, SHEET_NOTES, SHEET_LISTS };
/* Columns of the hidden sheet. */
enum { COUNTIES, TOWN_OF, TOWNS, VILLAGE_OF, VILLAGES };

static int template_of(struct town *t, enum who who, const struct kind *kind, bool english, int *fd, struct error *err)
{
    struct error opening = { 0 };
    struct db *db;
    must(export_file(fd, &opening), &opening);
    must(store_reader(t->house.store, &db, &opening), &opening);
    int got = template_write(db, &t->people[who], kind, town_noon, english, *fd, err);
    store_reader_back(t->house.store, db);
    return got;
}

static int must_template(struct town *t, enum who who, const struct kind *kind, bool english)
{
    struct error err = { 0 };
    int fd;
    must(template_of(t, who, kind, english, &fd, &err), &err);
    return fd;
}

/* One column of the hidden sheet, without the blanks below it, words with a blank between. */
static const char *list_at(struct town *t, int fd, size_t column)
{
    AUTO_TEXT out = TEXT_LIMIT(1 << 20);
    struct table_read lists = read_sheet(t, fd, SHEET_LISTS);
    for (size_t i = 0; i < lists.count; i++)
        if (column < lists.columns && *lists.rows[i][column])
            text_printf(&out, "%s%s", out.used ? " " : "", lists.rows[i][column]);
    return arena_str(&t->arena, text_get(&out));
}

static void its_header_is_what_an_import_reads(void **state)
{
    struct town *t = TOWN(state);
    static const struct kind *const kinds[] = { &enterprise_kind, &facility_kind, &hazard_kind };
    static const char *const areas[2][3] = { { "区县", "乡镇街道", "村居" }, { "County", "Town", "Village" } };
    for (size_t k = 0; k < COUNT(kinds); k++)
        for (int english = 0; english < 2; english++) {
            int fd = must_template(t, OFFICE, kinds[k], english);
            struct table_read form = read_sheet(t, fd, SHEET_FORM);
            size_t fields = 0, area = 0, wanted = 0;
            assert_int_equal(form.count, 1); /* nothing an import would take for a row */
            for (size_t c = 0; c < form.columns; c++) {
                if (area < 3 && strcmp(form.rows[0][c], areas[english][area]) == 0) {
                    area++;
                    continue;
                }
                bool known = false;
                for (size_t i = 0; i < kinds[k]->field_count; i++) {
                    const struct label *label = &kinds[k]->fields[i].label;
                    known |= strcmp(form.rows[0][c], english ? label->en : label->zh) == 0;
                }
                if (!known)
                    fail_msg("no field is called %s", form.rows[0][c]);
                fields++;
            }
            for (size_t i = 0; i < kinds[k]->field_count; i++) {
                const struct field *f = &kinds[k]->fields[i];
                wanted += !(f->flags & (MOVE_ONLY | DERIVED)) && f->type != &type_state && column_fits(f) &&
                          f->type != &type_region;
                if ((f->flags & REQUIRED) && f->type != &type_region)
                    assert_non_null(
                        strstr(part_text(t, fd, "xl/worksheets/sheet1.xml"), english ? f->label.en : f->label.zh));
            }
            assert_int_equal(fields, wanted);
            assert_int_equal(area, kinds[k] == &hazard_kind ? 0 : 3);
            close(fd);
        }
}

static void the_ledger_stands_first_and_its_lists_are_hidden(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct sheet_info *sheets;
    size_t count;
    int fd = must_template(t, OFFICE, &enterprise_kind, false);
    must(sheet_list(fd, "企业.xlsx", &t->arena, &sheets, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_string_equal(sheets[SHEET_FORM].name, "企业");
    assert_string_equal(sheets[SHEET_NOTES].name, "填写说明");
    assert_false(sheets[SHEET_NOTES].hidden);
    assert_true(sheets[SHEET_LISTS].hidden);
    struct table_read notes = read_sheet(t, fd, SHEET_NOTES), form = read_sheet(t, fd, SHEET_FORM);
    assert_int_equal(notes.count, form.columns + 1);
    for (size_t i = 0; i < form.columns; i++)
        assert_string_equal(notes.rows[i + 1][0], form.rows[0][i]);
    assert_string_equal(notes.rows[1][1], "是"); /* 企业名称 has to be filled */
    close(fd);
}

static void areas_are_those_of_the_own_scope(void **state)
{
    struct town *t = TOWN(state);
    static const struct {
        enum who who;
        const char *counties, *towns, *villages;
    } rows[] = {
        { GRID_A, "北区", "河口镇", "河口社区 柳湾村" },
        { COUNTY, "北区", "河口镇 潮头街道", "河口社区 柳湾村 观潮社区" },
        { TWO_TOWNS, "北区", "河口镇", "河口社区 柳湾村" }, /* town C may be read there, not imported into */
        { SECTOR, "北区", "河口镇 潮头街道", "河口社区 柳湾村 观潮社区" },
        { FLAT_CITY, "丙市", "直管镇", "" },
        { CITY, "北区 南县", "河口镇 潮头街道 城关镇", "河口社区 柳湾村 观潮社区 东门社区" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = must_template(t, rows[i].who, &enterprise_kind, false);
        assert_string_equal(list_at(t, fd, COUNTIES), rows[i].counties);
        assert_string_equal(list_at(t, fd, TOWNS), rows[i].towns);
        assert_string_equal(list_at(t, fd, VILLAGES), rows[i].villages);
        close(fd);
    }
    int fd = must_template(t, CITY, &enterprise_kind, false);
    assert_string_equal(list_at(t, fd, TOWN_OF), "北区 北区 南县");
    assert_string_equal(list_at(t, fd, VILLAGE_OF), "北区/河口镇 北区/河口镇 北区/潮头街道 南县/城关镇");
    close(fd);
}

static void who_may_not_import_gets_none(void **state)
{
    struct town *t = TOWN(state);
    static const enum who people[] = { READER, VILLAGE, NAMED, NOBODY };
    for (size_t i = 0; i < COUNT(people); i++) {
        struct error err = { 0 };
        int fd;
        expect_fault(template_of(t, people[i], &enterprise_kind, false, &fd, &err), &err, FAULT_FORBIDDEN,
                     "verb.missing");
        close(fd);
    }
}

static void a_spreadsheet_checks_dates_and_whole_numbers_and_offers_choices(void **state)
{
    struct town *t = TOWN(state);
    int fd = must_template(t, OFFICE, &enterprise_kind, false);
    const char *sheet = part_text(t, fd, "xl/worksheets/sheet1.xml");
    static const char *const wanted[] = { "<dataValidation type=\"date\"",
                                          "<dataValidation type=\"whole\"",
                                          "<dataValidation type=\"decimal\"",
                                          "<dataValidation type=\"list\"",
                                          "OFFSET(lists!$C$1,MATCH($",
                                          "OFFSET(lists!$E$1,MATCH($",
                                          "必填。" };
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_non_null(strstr(sheet, wanted[i]));
    for (const char *at = sheet; (at = strstr(at, "<formula1>")) != NULL; at++)
        assert_true(strcspn(at + 10, "<") <= 255); /* what a spreadsheet takes */
    close(fd);
    fd = must_template(t, OFFICE, &hazard_kind, true);
    struct table_read lists = read_sheet(t, fd, SHEET_LISTS);
    bool found = false;
    for (size_t i = 0; i < lists.count; i++)
        for (size_t c = 0; c < lists.columns; c++)
            found |= strcmp(lists.rows[i][c], "Grid patrol") == 0;
    assert_true(found);
    close(fd);
}

/* ---- a province of villages ---- */

enum { MANY_TOWNS = 500, MANY_EACH = 82 };

/* 41,000 villages in 500 towns of 10 counties, straight into the table: their rules are not what is tested. */
static int make_many(struct db *db, void *args, struct error *err)
{
    (void)args;
#define INTO                                                                                                       \
    "INSERT INTO region (id, version, created_at, created_by, changed_at, changed_by, own_county, own_town, "      \
    "own_village, own_object, code, name, level, parent) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 " \
    "FROM n WHERE i < ?) "
#define COUNTY_OF "(980101000000 + i / 50 * 1000000)"
    if (db_run(db,
               INTO "SELECT 980101000000 + i * 1000000, 1, 0, 1, 0, 1, 0, 0, 0, 0, 980101000000 + i * 1000000, "
                    "'大县' || i, 'county', NULL FROM n",
               BIND(value_int(9)), NULL, err) < 0 ||
        db_run(db,
               INTO "SELECT " COUNTY_OF " + (i % 50 + 1) * 1000, 1, 0, 1, 0, 1, 0, 0, 0, 0, " COUNTY_OF
                    " + (i % 50 + 1) * 1000, '大镇' || (i % 50), 'town', " COUNTY_OF " FROM n",
               BIND(value_int(MANY_TOWNS - 1)), NULL, err) < 0)
        return -1;
#define TOWN_OF_VILLAGE "(980101000000 + i / 82 / 50 * 1000000 + (i / 82 % 50 + 1) * 1000)"
    return db_run(db,
                  INTO "SELECT " TOWN_OF_VILLAGE " + i % 82 + 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, " TOWN_OF_VILLAGE
                       " + i % 82 + 1, '村' || (i % 82), 'village', " TOWN_OF_VILLAGE " FROM n",
                  BIND(value_int(MANY_TOWNS * MANY_EACH - 1)), NULL, err);
}

static void forty_thousand_villages_are_found_by_two_formulas(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    must(store_write(t->house.store, make_many, NULL, &err), &err);
    int fd = must_template(t, OFFICE, &enterprise_kind, false);
    struct table_read lists = read_sheet(t, fd, SHEET_LISTS);
    assert_true(lists.count >= MANY_TOWNS * MANY_EACH);
    /* What MATCH and COUNTIF need: the rows of a key stand together. */
    for (size_t key = TOWN_OF; key <= VILLAGE_OF; key += VILLAGE_OF - TOWN_OF) {
        size_t blocks = 0;
        for (size_t i = 0; i < lists.count && *lists.rows[i][key]; i++)
            blocks += i == 0 || strcmp(lists.rows[i][key], lists.rows[i - 1][key]) != 0;
        json_t *keys = json_object();
        for (size_t i = 0; i < lists.count && *lists.rows[i][key]; i++)
            json_object_set_new(keys, lists.rows[i][key], json_true());
        assert_int_equal(json_object_size(keys), blocks);
        json_decref(keys);
    }
    size_t first = 0, count = 0;
    for (size_t i = 0; i < lists.count; i++)
        if (strcmp(lists.rows[i][VILLAGE_OF], "大县7/大镇31") == 0 && count++ == 0)
            first = i;
    assert_int_equal(count, MANY_EACH);
    for (size_t i = 0; i < MANY_EACH; i++)
        assert_string_equal(lists.rows[first + i][VILLAGES], say(t, "村%zu", i));
    const char *sheet = part_text(t, fd, "xl/worksheets/sheet1.xml");
    assert_true(strlen(sheet) < 100000); /* no name stands in the ledger itself */
    close(fd);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(its_header_is_what_an_import_reads),
        SAYS(the_ledger_stands_first_and_its_lists_are_hidden),
        SAYS(areas_are_those_of_the_own_scope),
        SAYS(who_may_not_import_gets_none),
        SAYS(a_spreadsheet_checks_dates_and_whole_numbers_and_offers_choices),
        SAYS(forty_thousand_villages_are_found_by_two_formulas),
    };
    return RUN_TOWNS(tests);
}
