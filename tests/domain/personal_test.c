/* Numbers of persons, written every way there is, are nowhere in clear: not in the database, not in its log, nor beside. */
#include "domain/town.h"

#include "base/text.h"
#include "domain/grid/grid.h"
#include "domain/object/enterprise.h"
#include "domain/render.h"
#include "exchange/import.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Planted; none of them is a default of anything. */
static const char *const numbers[] = {
    "110105194912310038",                                      /* created, changed */
    "13977654321",        "13977654322",        "13977654323", /* created, changed, in a line */
    "13977654324",        "440524198001010013",                /* imported */
    "13977654325",                                             /* imported, then refused for another reason */
    "13977654326",                                             /* refused */
    "13977654329",                                             /* a cell of an import, corrected */
    "13977654327",                                             /* of an account */
    "053277654328",
};

/* Checked, a cell corrected, and imported when it is not dry: what is staged meanwhile is looked through as well. */
static void import(struct town *t, const char *sheet, bool dry)
{
    struct error err = { 0 };
    struct db *db;
    struct import_sum sum;
    int64_t id;
    const struct actor *who = &t->people[OFFICE];
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    assert_int_equal(write(fd, sheet, strlen(sheet)), strlen(sheet));
    struct import_upload upload = { &enterprise_kind, "ledger.csv", fd, (int64_t)strlen(sheet) };
    json_t *patch = json_pack("{s:{s:s}}", "cells", "C3", "13977654329");
    must(store_reader(t->house.store, &db, &err), &err);
    must(import_begin(&t->house, db, who, &upload, town_noon, true, &id, &err), &err);
    must(import_correct(&t->house, db, who, id, patch, town_noon, &err), &err);
    if (!dry) {
        must(import_start(&t->house, who, id, town_noon, &err), &err);
        must(import_wait(&t->house, id, &err), &err);
    }
    must(import_sum(&t->house, id, &sum, &err), &err);
    store_reader_back(t->house.store, db);
    json_decref(patch);
    close(fd);
    assert_int_equal(sum.imported, 1);
    assert_int_equal(sum.rejected, 1);
}

static int64_t plant(struct town *t)
{
    struct error err = { 0 };
    struct change_result done;
    static const char create[] =
        "{\"name\":\"个人信息\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"head_id_number\":"
        "\"110105194912310038\",\"phone\":\"13977654321\",\"key_persons\":[{\"name\":\"某\",\"post\":\"员\",\"phone\":"
        "\"13977654323\"}]}";
    struct act once = { .who = OFFICE, .once = "personal-once" };
    must(town_act(t, &once, &enterprise_kind, 0, NULL, create, &done, &err), &err);
    must(town_act(t, &once, &enterprise_kind, 0, NULL, create, &done, &err), &err);
    must_patch(t, OFFICE, &enterprise_kind, done.id, "{\"phone\":\"13977654322\",\"head_id_number\":null}");
    must_patch(t, OFFICE, &enterprise_kind, done.id,
               "{\"phone\":\"0532-77654328\",\"head_id_number\":\"11010519491231003８\",\"key_persons\":[]}");
    assert_int_equal(
        town_patch(t, OFFICE, &enterprise_kind, done.id, 0, "{\"phone\":\"13977654326\",\"staff\":-1}", NULL, &err),
        -1);
    must_create(t, OFFICE, &account_kind, "{\"name\":\"planted\",\"display_name\":\"某\",\"phone\":\"13977654327\"}");
    static const char sheet[] = "企业名称,属地,联系电话,负责人证件号,职工人数\n导入一,河口镇,13977654324,"
                                "440524198001010013,3\n导入二,河口镇,13977654325,,很多\n";
    import(t, sheet, true);
    import(t, sheet, false);
    return done.id;
}

/* ---- looking for them ---- */

static char haystack[64 << 20];
static const char *found_in;

static int look_into(const char *path, const struct stat *about, int flag, struct FTW *where)
{
    (void)where;
    if (flag != FTW_F || found_in)
        return 0;
    assert_true((size_t)about->st_size < sizeof haystack);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(fd, haystack, sizeof haystack);
    close(fd);
    assert_true(size >= 0);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (memmem(haystack, (size_t)size, numbers[i], strlen(numbers[i])))
            found_in = numbers[i];
    return 0;
}

static void look_into_files(const char *folder)
{
    found_in = NULL;
    assert_int_equal(nftw(folder, look_into, 16, FTW_PHYS), 0);
    if (found_in)
        fail_msg("%s lies in %s in clear", found_in, folder);
}

static const char *hex_of(struct town *t, const char *text)
{
    AUTO_TEXT out = TEXT_LIMIT(128);
    for (; *text; text++)
        text_printf(&out, "%02x", (unsigned char)*text);
    return say(t, "%s", text_get(&out));
}

/* Every row of every table as text; bytes read as hexadecimal digits there. */
static void look_into_tables(struct town *t)
{
    struct error err = { 0 };
    struct db *db;
    struct rows rows;
    const char *tables[256];
    size_t count = 0;
    must(store_reader(t->house.store, &db, &err), &err);
    must(db_query(db, &rows, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", NO_BINDS, &err),
         &err);
    while (rows_next(&rows) && count < COUNT(tables))
        tables[count++] = say(t, "%s", rows_text(&rows, 0));
    must(rows_done(&rows, &err), &err);
    store_reader_back(t->house.store, db);
    assert_true(count > 12);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < COUNT(numbers); n++)
            if (count_of(t, "SELECT count(*) FROM %s x WHERE x::text LIKE '%%%s%%' OR x::text LIKE '%%%s%%'", tables[i],
                         numbers[n], hex_of(t, numbers[n])))
                fail_msg("%s lies in the table %s in clear", numbers[n], tables[i]);
}

static void no_planted_number_is_stored_in_clear(void **state)
{
    struct town *t = TOWN(state);
    int64_t id = plant(t);
    look_into_files(t->folder);
    if (t->engine == STORE_POSTGRES)
        look_into_tables(t);
    /* They are there all the same, and the search would notice one that lies open. */
    const struct enterprise *e = must_read(t, OFFICE, &enterprise_kind, id);
    assert_string_equal(e->head_id_number, numbers[0]);
    must_patch(t, OFFICE, &enterprise_kind, id, "{\"remark\":\"联系 13977654321\"}");
    assert_int_equal(count_of(t, "SELECT count(*) FROM enterprise WHERE remark LIKE '%%13977654321%%'"), 1);
    if (t->engine == STORE_SQLITE) {
        found_in = NULL;
        nftw(t->folder, look_into, 16, FTW_PHYS);
        assert_non_null(found_in);
    }
}

static void what_is_shown_is_masked(void **state)
{
    struct town *t = TOWN(state);
    static const char *const fields[] = { "phone", "head_id_number" };
    int64_t id = must_create(t, OFFICE, &enterprise_kind,
                             "{\"name\":\"打码\",\"no_code_reason\":\"new\",\"region\":\"990102001001\",\"phone\":"
                             "\"13977654321\",\"head_id_number\":\"110105194912310038\"}");
    for (size_t i = 0; i < COUNT(fields); i++) {
        const char *shown = json_string_value(json_object_get(must_render(t, OFFICE, &enterprise_kind, id), fields[i]));
        assert_non_null(shown);
        assert_non_null(strstr(shown, "**"));
        /* Written back it means what it stands for. */
        must_patch(t, OFFICE, &enterprise_kind, id, say(t, "{\"%s\":\"%s\"}", fields[i], shown));
    }
    assert_int_equal(record_of(must_read(t, OFFICE, &enterprise_kind, id))->version, 1);
}

int main(void)
{
    static const struct both tests[] = { SAYS(no_planted_number_is_stored_in_clear), SAYS(what_is_shown_is_masked) };
    return RUN_TOWNS(tests);
}
