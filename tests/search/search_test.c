#include "base/memory.h"
#include "search/search.h"
#include "store/pg_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 1 << 20, HITS = 1000 };

/* ---- the database under test; every test starts with an empty index ---- */

static struct store *store;

static const struct table *const tables[] = { &search_table };
static const struct schema schema = { tables, 1 };

static int clear_job(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db, "DELETE FROM search_doc", NO_BINDS, NULL, err);
}

static void write_job(store_job job, void *args)
{
    struct error err = { 0 };
    if (store_write(store, job, args, &err) < 0)
        fail_msg("%s: %s", err.code, err.en);
}

static void rebuild(void)
{
    struct error err = { 0 };
    if (search_rebuild(store, &err) < 0)
        fail_msg("%s: %s", err.code, err.en);
}

static int clear(void **state)
{
    (void)state;
    write_job(clear_job, NULL);
    rebuild();
    return 0;
}

struct record {
    const char *kind;
    int64_t id;
    const char *tokens, *text; /* text NULL: take the record away */
};

static int record_job(struct db *db, void *args, struct error *err)
{
    const struct record *r = args;
    return r->text ? search_put(db, r->kind, r->id, r->tokens, r->text, err) : search_remove(db, r->kind, r->id, err);
}

static void put(const char *kind, int64_t id, const char *tokens, const char *text)
{
    struct record r = { kind, id, tokens, text };
    write_job(record_job, &r);
}

/* What a query finds, as "kind:id kind:id", newest first; "-" when nothing searchable is in the words. */
static const char *find_in(const char *kind, const char *scope, const char *words)
{
    static char out[HITS * 16];
    static struct search_hit hits[HITS];
    AUTO_TEXT expression = TEXT_LIMIT(ROOM);
    size_t count = 0, used = 0;
    struct db *db;
    struct error err = { 0 };
    if (!search_expression(&expression, store_engine(store), kind, &scope, scope ? 1 : 0, words))
        return "-";
    if (store_reader(store, &db, &err) < 0)
        fail_msg("%s", err.en);
    if (search_find(db, text_get(&expression), HITS, hits, &count, &err) < 0)
        fail_msg("%s for %s", err.en, text_get(&expression));
    store_reader_back(store, db);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s:%lld", i ? " " : "", hits[i].kind,
                                 (long long)hits[i].id);
    return out;
}

static const char *find(const char *words)
{
    return find_in(NULL, NULL, words);
}

/* ---- single answers ---- */

static void put_samples(void)
{
    put("site", 1, "t1", "青岛海润化工有限公司\n危险品运输，仓储\n0532-86838342");
    put("site", 2, "t1", "胶州运输服务站\n液氨冷库\n13800138000");
    put("site", 3, "t2", "平度烟花爆竹库\nＬＮＧ 加气站 2号\n370283199001018342");
    put("hazard", 1, "t2", "配电箱门未关闭");
}

static void queries_find_what_a_reader_would_expect(void **state)
{
    (void)state;
    static const struct {
        const char *words, *found;
    } cases[] = {
        { "运输", "site:2 site:1" },  /* two characters: most queries */
        { "烟花爆竹", "site:3" },     /* a phrase, not its parts */
        { "花烟", "" },               /* the other way round is another word */
        { "烟竹", "" },               /* so is a gap */
        { "库", "site:3 site:2" },    /* one character, at the end of its run */
        { "岛", "site:1" },           /* one character inside */
        { "8342", "site:3 site:1" },  /* the tail of a phone number and of a code */
        { "0018342", "" },            /* digits that stand nowhere together */
        { "0532-8683", "site:1" },    /* punctuation inside a word */
        { "0532 8683", "site:1" },    /* the same as two words */
        { "0532-683", "" },           /* behind the sign a run has to begin */
        { "lng", "site:3" },          /* full-width capitals */
        { "ＬＮＧ　加气", "site:3" }, /* typed with full-width letters and blank */
        { "2号", "site:3" },          /* digit and character in one run */
        { "运输 液氨", "site:2" },    /* all words must match */
        { "运输 爆竹", "" },          /* but not in one record */
        { "输，仓", "site:1" },       /* across punctuation */
        { "输仓", "" },               /* which is not nothing */
        { "公司危险", "" },           /* no phrase crosses a field */
        { "公司-危险", "" },          /* not even over punctuation */
        { "司 危", "site:1" },        /* two words may lie in two fields */
        { "配电箱", "hazard:1" },     /* any kind */
    };
    put_samples();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = find(cases[i].words);
        if (strcmp(found, cases[i].found) != 0)
            fail_msg("%s found \"%s\" instead of \"%s\"", cases[i].words, found, cases[i].found);
    }
}

static void a_scope_gives_only_its_own_rows(void **state)
{
    (void)state;
    put_samples();
    assert_string_equal(find_in(NULL, "t1", "库"), "site:2");
    assert_string_equal(find_in(NULL, "t2", "库"), "site:3");
    assert_string_equal(find_in(NULL, "t3", "库"), "");
    assert_string_equal(find_in(NULL, "khazard t2", "电"), "hazard:1");
    assert_string_equal(find_in(NULL, "khazard t1", "电"), "");
    assert_string_equal(find_in("site", "t2", "电"), "");
    assert_string_equal(find_in(NULL, "", "库"), "site:3 site:2");
}

static void several_grants_add_up(void **state)
{
    (void)state;
    static const char *const grants[] = { "ksite t1", "khazard t2" };
    AUTO_TEXT expression = TEXT_LIMIT(ROOM);
    struct search_hit hits[HITS];
    size_t count = 0;
    struct db *db;
    struct error err = { 0 };
    put_samples();
    put("site", 4, "t2", "电石厂");
    put("site", 5, "t1", "发电厂");
    assert_true(search_expression(&expression, store_engine(store), NULL, grants, 2, "电"));
    assert_int_equal(store_reader(store, &db, &err), 0);
    assert_int_equal(search_find(db, text_get(&expression), HITS, hits, &count, &err), 0);
    store_reader_back(store, db);
    assert_int_equal(count, 2);
    size_t site = strcmp(hits[1].kind, "site") == 0 ? 1 : 0;
    assert_string_equal(hits[site].kind, "site");
    assert_int_equal(hits[site].id, 5);
    assert_string_equal(hits[1 - site].kind, "hazard");
}

static void a_kind_is_no_prefix_of_another(void **state)
{
    (void)state;
    put("check", 1, "t1", "甲厂");
    put("check_plan", 2, "t1", "甲厂");
    assert_string_equal(find_in("check", NULL, "甲厂"), "check:1");
    assert_string_equal(find_in("check_plan", NULL, "甲厂"), "check_plan:2");
    assert_string_equal(find_in("plan", NULL, "甲厂"), "");
}

static void scope_tokens_and_words_are_never_taken_for_each_other(void **state)
{
    (void)state;
    put("site", 1, "o1", "甲厂 t7");
    put("site", 2, "t7", "乙厂 o1");
    assert_string_equal(find("o1"), "site:2");
    assert_string_equal(find("t7"), "site:1");
    assert_string_equal(find("t"), "site:1");
    assert_string_equal(find_in(NULL, "o1", "厂"), "site:1");
    assert_string_equal(find_in(NULL, "t7", "厂"), "site:2");
}

static void built_tokens_are_found_again(void **state)
{
    (void)state;
    AUTO_TEXT tokens = TEXT_LIMIT(ROOM);
    search_tokens(&tokens, "hazard", 370211, 370211005000, 370211005207, 12, "C26");
    assert_string_equal(text_get(&tokens), "khazard c370211 t370211005000 v370211005207 o12 sc26");
    put("hazard", 1, text_get(&tokens), "甲厂");
    assert_string_equal(find_in("hazard", "khazard c370211 t370211005000 v370211005207 o12 sC26", "甲"), "hazard:1");
    assert_string_equal(find_in("hazard", "o1", "甲"), "");
    text_clear(&tokens);
    search_tokens(&tokens, NULL, 0, 5, 0, 0, NULL);
    assert_string_equal(text_get(&tokens), "t5");
}

static void the_newest_come_first_and_no_more_than_asked_for(void **state)
{
    (void)state;
    put("site", 5, "t1", "甲厂");
    put("site", 3, "t1", "甲厂");
    put("site", 9, "t1", "甲厂");
    assert_string_equal(find("甲厂"), "site:9 site:5 site:3");
    AUTO_TEXT expression = TEXT_LIMIT(ROOM);
    struct search_hit hits[2];
    size_t count = 0;
    struct db *db;
    struct error err = { 0 };
    assert_true(search_expression(&expression, store_engine(store), NULL, NULL, 0, "甲厂"));
    assert_int_equal(store_reader(store, &db, &err), 0);
    assert_int_equal(search_find(db, text_get(&expression), 2, hits, &count, &err), 0);
    store_reader_back(store, db);
    assert_int_equal(count, 2);
    assert_int_equal(hits[1].id, 5);
}

static void an_edit_replaces_text_and_scope(void **state)
{
    (void)state;
    put("site", 1, "t1", "青岛化工");
    put("site", 1, "t2", "青岛冷库");
    assert_string_equal(find("化工"), "");
    assert_string_equal(find("冷库"), "site:1");
    assert_string_equal(find_in(NULL, "t1", "青岛"), "");
    assert_string_equal(find_in(NULL, "t2", "青岛"), "site:1");
    put("site", 1, "t3", "青岛冷库");
    assert_string_equal(find_in(NULL, "t3", "青岛"), "site:1");
    put("site", 1, "t3", "青岛冷库");
    assert_string_equal(find("青岛"), "site:1");
    put("site", 1, "t3", "");
    assert_string_equal(find("青岛"), "");
}

static void a_removed_record_is_found_no_more(void **state)
{
    (void)state;
    put("site", 1, "t1", "青岛化工");
    put("site", 2, "t1", "青岛化工");
    put("site", 1, NULL, NULL);
    assert_string_equal(find("青岛"), "site:2");
    put("site", 1, NULL, NULL);
    put("site", 7, NULL, NULL);
    assert_string_equal(find("青岛"), "site:2");
    put("site", 1, "t1", "青岛港");
    assert_string_equal(find("青岛"), "site:2 site:1");
}

static int failing_job(struct db *db, void *args, struct error *err)
{
    (void)args;
    if (search_put(db, "site", 1, "t1", "平度冷库", err) < 0 || search_put(db, "site", 2, "t1", "平度冷库", err) < 0)
        return -1;
    return (fail)(err, FAULT_REFUSED, "test.refused", "测试", "test");
}

static void a_change_that_fails_leaves_the_index_alone(void **state)
{
    (void)state;
    struct error err = { 0 };
    put("site", 1, "t1", "青岛化工");
    assert_int_equal(store_write(store, failing_job, NULL, &err), -1);
    assert_string_equal(err.code, "test.refused");
    assert_string_equal(find("平度"), "");
    assert_string_equal(find("青岛"), "site:1");
    put("site", 1, "t1", "即墨化工");
    assert_string_equal(find("青岛"), "");
    assert_string_equal(find("即墨"), "site:1");
}

static int64_t ask(const char *statement, const struct value *binds, size_t count)
{
    struct db *db;
    struct error err = { 0 };
    int64_t out = 0;
    bool found = false;
    assert_int_equal(store_reader(store, &db, &err), 0);
    if (db_get_int(db, statement, binds, count, &out, &found, &err) < 0)
        fail_msg("%s", err.en);
    store_reader_back(store, db);
    assert_true(found);
    return out;
}

static void the_index_alone_gives_ids_of_one_kind(void **state)
{
    (void)state;
    AUTO_TEXT expression = TEXT_LIMIT(ROOM);
    AUTO_TEXT statement = TEXT_LIMIT(ROOM);
    struct value binds[SEARCH_BINDS];
    put_samples();
    assert_true(search_expression(&expression, store_engine(store), NULL, NULL, 0, "库"));
    text_printf(&statement, "SELECT sum(id) FROM (%s) w WHERE id > 0", search_source(store_engine(store)));
    search_source_binds("site", text_get(&expression), binds);
    assert_int_equal(ask(text_get(&statement), binds, SEARCH_BINDS), 5);
}

static void every_kind_has_numbers_of_its_own(void **state)
{
    (void)state;
    static const char *const kinds[] = { "hazard",  "enterprise", "facility",   "region", "organisation",
                                         "account", "post",       "assignment", "claim",  "site" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_true(search_doc(kinds[i], 0) >= (int64_t)1 << 40);
        assert_true(search_doc(kinds[i], INT64_C(999999999999)) > search_doc(kinds[i], 1));
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(search_doc(kinds[i], 0) >> 40, search_doc(kinds[j], 0) >> 40);
    }
}

static void a_kept_text_has_the_words_that_are_looked_for(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const char *words[4];
    put("site", 1, "t1", "１号ＡＢ罐（甲）");
    assert_int_equal(search_words(&arena, "  1号ab 罐（甲 ", words, 4), 2);
    assert_string_equal(words[0], "1号ab");
    assert_string_equal(words[1], "罐 甲");
    assert_int_equal(search_words(&arena, "（）", words, 4), 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(ask(store_engine(store) == STORE_SQLITE
                                 ? "SELECT count(*) FROM search_doc WHERE instr(text, ?) > 0"
                                 : "SELECT count(*) FROM search_doc WHERE strpos(text, ?) > 0",
                             BIND(value_text(words[i]))),
                         1);
}

static int number_as_before(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db, "UPDATE search_doc SET doc = id, text = 'Ｂ区' || text", NO_BINDS, NULL, err);
}

static void a_rebuild_numbers_the_entries_of_an_earlier_build(void **state)
{
    (void)state;
    struct error err = { 0 };
    struct db *db;
    bool old;
    put("site", 1, "t1", "青岛化工");
    put("site", 2, "t1", "青岛港");
    write_job(number_as_before, NULL);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(store_reader(store, &db, &err), 0);
        assert_int_equal(search_is_old(db, &old, &err), 0);
        store_reader_back(store, db);
        assert_int_equal(old, turn == 0);
        rebuild();
    }
    assert_string_equal(find("b区青岛"), "site:2 site:1");
    put("site", 1, NULL, NULL);
    assert_string_equal(find("青岛"), "site:2");
}

static int leave_some_as_before(struct db *db, void *args, struct error *err)
{
    (void)args;
    return db_run(db,
                  "INSERT INTO search_doc (doc, kind, id, tokens, text) VALUES (1, 'site', 1, 't1', '青岛化工'), "
                  "(2, 'site', 2, 't1', '青岛港')",
                  NO_BINDS, NULL, err);
}

/* A process that was killed has given some entries their numbers: they stay in the index, once. */
static void renewing_goes_on_where_it_stopped(void **state)
{
    (void)state;
    struct error err = { 0 };
    for (int64_t id = 3; id <= 4; id++)
        put("site", id, "t1", "青岛化工");
    write_job(leave_some_as_before, NULL);
    for (int turn = 0; turn < 2; turn++)
        assert_int_equal(search_renew(store, &err), 0);
    assert_string_equal(find("青岛"), "site:4 site:3 site:2 site:1");
    for (int64_t id = 3; id <= 4; id++)
        put("site", id, NULL, NULL);
    assert_string_equal(find("青岛"), "site:2 site:1");
}

/* ---- what nobody meant ---- */

static void hostile_words_find_nothing_and_break_nothing(void **state)
{
    (void)state;
    static const char *const words[] = {
        "\"",
        "'",
        "''",
        "\\",
        "\\'",
        "(",
        ")",
        "((((",
        "*",
        "^",
        ":",
        "<->",
        "<2>",
        "&",
        "|",
        "!",
        "! x &",
        "-",
        "--",
        ";",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(x y, 5)",
        "x*",
        "grams : x",
        "{scope} : x",
        "scope:t1",
        "'=t1'",
        "=t1",
        "t1",
        "'); DROP TABLE search_doc; --",
        "\" OR \"a\" = \"a",
        "$1",
        "?",
        "%",
        "%s%n",
        "_",
        "\x01\x02\x7F",
        "\xFF\xFE",
        "\xE8\xBF",
        "🔥",
        "🔥🔥 x",
        "\xEF\xBF\xBD",
        "\xEF\xBF\xBF",
        "\xF4\x8F\xBF\xBF",
        "a\nb",
        "NULL",
        "--x",
    };
    put("site", 1, "t1", "青岛运输");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *found = find(words[i]);
        if (found[0] && strcmp(found, "-") != 0)
            fail_msg("%s found %s", words[i], found);
    }
    assert_string_equal(find("运输\" OR \"x"), "");
    assert_string_equal(find("(运输)"), "site:1");
    assert_string_equal(find("\"运输\""), "site:1");
    assert_string_equal(find("'运输'"), "site:1");
    assert_string_equal(find("运输*"), "site:1");
    assert_string_equal(find("🔥 运输"), "site:1");
}

static void a_query_of_ten_kilobytes_is_answered(void **state)
{
    (void)state;
    static const char *const pieces[] = { "运", "输", "运输 ", "x", "(", "\"", "1-", "a " };
    put("site", 1, "t1", "青岛运输");
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        AUTO_TEXT words = TEXT_LIMIT(ROOM);
        while (words.used < 10240)
            text_str(&words, pieces[i]);
        const char *found = find(text_get(&words));
        assert_true(strcmp(found, i == 2 ? "site:1" : i == 4 || i == 5 ? "-" : "") == 0);
    }
}

static void hostile_text_is_stored_and_taken_out_again(void **state)
{
    (void)state;
    static const char hostile[] = "O'Brien \"x\" \\ ' '' :1A <-> & | ! (甲) =t9 _ % 'a':1 🔥\n\n\t'";
    put("site", 1, "t'1 \"t2\" \\", hostile);
    assert_string_equal(find("brien"), "site:1");
    assert_string_equal(find("O'Brien"), "site:1");
    assert_string_equal(find("甲"), "site:1");
    assert_string_equal(find_in(NULL, "t9", "甲"), "");
    assert_string_equal(find_in(NULL, "t'1", "甲"), "site:1");
    put("site", 1, "t1", "乙");
    assert_string_equal(find("brien"), "");
    assert_string_equal(find("甲"), "");
    assert_string_equal(find("乙"), "site:1");
}

static void a_long_text_is_found_by_its_first_4000_characters(void **state)
{
    (void)state;
    AUTO_TEXT text = TEXT_LIMIT(ROOM);
    text_str(&text, "开头");
    for (int i = 0; i < 3996; i++)
        text_str(&text, i % 3 == 0 ? "a" : i % 3 == 1 ? "甲" : " ");
    text_str(&text, "界限以外");
    for (int i = 0; i < 20000; i++)
        text_str(&text, "超");
    put("site", 1, "t1", text_get(&text));
    assert_string_equal(find("开头"), "site:1");
    assert_string_equal(find("界限"), "site:1");
    assert_string_equal(find("以外"), "");
    assert_string_equal(find("超"), "");
    put("site", 1, "t1", "短");
    assert_string_equal(find("开头"), "");
    assert_string_equal(find("短"), "site:1");
}

static void a_text_of_4000_different_bigrams_fits(void **state)
{
    (void)state;
    AUTO_TEXT text = TEXT_LIMIT(ROOM);
    for (int i = 0; i < 4000; i++)
        text_printf(&text, "%c%c%c", 0xE4 + i / 4096, 0x80 + (i >> 6 & 63), 0x80 + (i & 63));
    put("site", 1, "t1", text_get(&text));
    AUTO_TEXT tail = TEXT_LIMIT(ROOM);
    text_add(&tail, text.at + text.used - 12, 12);
    assert_string_equal(find(text_get(&tail)), "site:1");
}

/* ---- 10,000 edits against a substring search ----
** The oracle knows neither grams nor folding: each piece carries what it reads as, and a word is found where it stands
** in the read text of a record. */

enum { RECORDS = 300, EDITS = 10000, EDITS_PER_JOB = 250, QUERIES = 200, TOWNS = 4 };

static const struct {
    const char *typed, *read;
} pieces[] = {
    { "甲", "甲" }, { "乙", "乙" }, { "丙", "丙" }, { "丁", "丁" }, { "戊", "戊" }, { "运", "运" }, { "输", "输" },
    { "库", "库" }, { "𠮷", "𠮷" }, { "a", "a" },   { "B", "b" },   { "ｃ", "c" },  { "1", "1" },   { "２", "2" },
    { "3", "3" },   { "-", " " },   { "、", " " },  { " ", " " },   { "\n", "\n" },
};
enum { PIECES = sizeof pieces / sizeof *pieces, INSIDE_WORDS = PIECES - 2 };

struct model {
    bool present;
    int town;
    char text[256], read[256];
};

static uint64_t seed = 88172645463325252u;

static size_t pick(size_t count)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % count);
}

/* Joins what pieces read as: several signs in a row are one blank, or one line end when there is one among them. */
static void read_append(char *read, const char *piece)
{
    size_t n = strlen(read);
    bool sign = *piece == ' ' || *piece == '\n', after_sign = n && (read[n - 1] == ' ' || read[n - 1] == '\n');
    if (sign && after_sign) {
        if (*piece == '\n')
            read[n - 1] = '\n';
    } else {
        memcpy(read + n, piece, strlen(piece) + 1);
    }
}

static void random_text(struct model *m)
{
    m->text[0] = m->read[0] = '\0';
    for (size_t i = pick(30); i > 0; i--) {
        size_t p = pick(PIECES);
        memcpy(m->text + strlen(m->text), pieces[p].typed, strlen(pieces[p].typed) + 1);
        read_append(m->read, pieces[p].read);
    }
}

struct edits {
    struct model *models;
    struct {
        size_t record;
        struct model to;
    } list[EDITS_PER_JOB];
};

static int edits_job(struct db *db, void *args, struct error *err)
{
    const struct edits *edits = args;
    for (size_t i = 0; i < EDITS_PER_JOB; i++) {
        const struct model *to = &edits->list[i].to;
        char tokens[16];
        int64_t id = (int64_t)edits->list[i].record + 1;
        snprintf(tokens, sizeof tokens, "t%d", to->town);
        if ((to->present ? search_put(db, "site", id, tokens, to->text, err) : search_remove(db, "site", id, err)) < 0)
            return -1;
    }
    return 0;
}

struct question {
    char words[128];
    char read[4][64]; /* what each word reads as, without signs at its ends; empty words match everything */
    size_t count;
    int town; /* 0: everywhere */
};

static void random_question(struct question *q)
{
    *q = (struct question){ .count = 1 + pick(3), .town = pick(2) ? 1 + (int)pick(TOWNS) : 0 };
    for (size_t w = 0; w < q->count; w++) {
        char read[64] = "";
        for (size_t i = 1 + pick(q->count == 1 ? 4 : 2); i > 0; i--) {
            size_t p = pick(INSIDE_WORDS);
            memcpy(q->words + strlen(q->words), pieces[p].typed, strlen(pieces[p].typed) + 1);
            read_append(read, pieces[p].read);
        }
        memcpy(q->words + strlen(q->words), " ", 2);
        char *from = read + (read[0] == ' ');
        size_t n = strlen(from);
        if (n && from[n - 1] == ' ')
            from[n - 1] = '\0';
        memcpy(q->read[w], from, strlen(from) + 1);
    }
}

static bool oracle_finds(const struct question *q, const struct model *m)
{
    bool some = false;
    if (!m->present || (q->town && m->town != q->town))
        return false;
    for (size_t w = 0; w < q->count; w++) {
        some = some || q->read[w][0];
        if (!strstr(m->read, q->read[w]))
            return false;
    }
    return some;
}

/* Returns how many records all questions together found. */
static size_t compare(const struct question *questions, const struct model *models)
{
    size_t all = 0;
    for (size_t i = 0; i < QUERIES; i++) {
        const struct question *q = &questions[i];
        AUTO_TEXT expression = TEXT_LIMIT(ROOM);
        static struct search_hit hits[HITS];
        bool found[RECORDS] = { false };
        char town[16];
        const char *scope = town;
        size_t count = 0;
        struct db *db;
        struct error err = { 0 };
        snprintf(town, sizeof town, "t%d", q->town);
        if (search_expression(&expression, store_engine(store), "site", &scope, q->town != 0, q->words)) {
            assert_int_equal(store_reader(store, &db, &err), 0);
            if (search_find(db, text_get(&expression), HITS, hits, &count, &err) < 0)
                fail_msg("%s", err.en);
            store_reader_back(store, db);
        }
        for (size_t h = 0; h < count; h++) {
            assert_in_range(hits[h].id, 1, RECORDS);
            assert_false(found[hits[h].id - 1]);
            found[hits[h].id - 1] = true;
        }
        for (size_t r = 0; r < RECORDS; r++)
            if (found[r] != oracle_finds(q, &models[r]))
                fail_msg("\"%s\" in t%d %s record %zu: %s", q->words, q->town, found[r] ? "found" : "missed", r + 1,
                         models[r].text);
        all += count;
    }
    return all;
}

static void ten_thousand_edits_equal_a_rebuild_and_a_substring_search(void **state)
{
    (void)state;
    struct model *models = memory_new(RECORDS * sizeof *models);
    struct question *questions = memory_new(QUERIES * sizeof *questions);
    struct edits *edits = memory_new(sizeof *edits);
    for (size_t done = 0; done < EDITS; done += EDITS_PER_JOB) {
        for (size_t i = 0; i < EDITS_PER_JOB; i++) {
            size_t record = edits->list[i].record = pick(RECORDS);
            models[record].present = pick(5) > 0;
            models[record].town = 1 + (int)pick(TOWNS);
            if (pick(4))
                random_text(&models[record]);
            edits->list[i].to = models[record];
        }
        write_job(edits_job, edits);
    }
    for (size_t i = 0; i < QUERIES; i++)
        random_question(&questions[i]);
    size_t found = compare(questions, models);
    assert_true(found > QUERIES);
    rebuild();
    assert_int_equal(compare(questions, models), found);
    memory_free(edits);
    memory_free(questions);
    memory_free(models);
}

/* ---- the schema ---- */

static void the_catalogue_equals_the_declaration(void **state)
{
    (void)state;
    AUTO_TEXT differences = TEXT_LIMIT(ROOM);
    struct db *db;
    struct error err = { 0 };
    int changes = -1;
    assert_int_equal(schema_apply(store, &schema, &changes, &err), 0);
    assert_int_equal(changes, 0);
    assert_int_equal(store_reader(store, &db, &err), 0);
    assert_int_equal(schema_differences(db, &schema, &differences, &err), 0);
    store_reader_back(store, db);
    assert_string_equal(text_get(&differences), "");
}

/* ---- both engines run the same tests ---- */

static int open_store(const char *url)
{
    struct error err = { 0 };
    struct store_options options = { .url = url, .readers = 2, .writers = 2 };
    if (store_open(&options, &store, &err) < 0 || schema_apply(store, &schema, NULL, &err) < 0) {
        fprintf(stderr, "%s: %s\n", url, err.en);
        return -1;
    }
    return 0;
}

static char folder[256];

static int open_sqlite(void **state)
{
    (void)state;
    char url[300];
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/anlan-search-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    snprintf(url, sizeof url, "sqlite:%s/t.db", folder);
    return open_store(url);
}

static int close_sqlite(void **state)
{
    (void)state;
    static const char *const names[] = { "t.db", "t.db-wal", "t.db-shm" };
    store_close(store);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static int open_postgres(void **state)
{
    (void)state;
    char *url = pg_fixture_database();
    int result = open_store(url);
    memory_free(url);
    return result;
}

static int close_postgres(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

#define EACH(test) cmocka_unit_test_setup(test, clear)

int main(void)
{
    const struct CMUnitTest search[] = {
        EACH(queries_find_what_a_reader_would_expect),
        EACH(a_scope_gives_only_its_own_rows),
        EACH(several_grants_add_up),
        EACH(a_kind_is_no_prefix_of_another),
        EACH(scope_tokens_and_words_are_never_taken_for_each_other),
        EACH(built_tokens_are_found_again),
        EACH(the_newest_come_first_and_no_more_than_asked_for),
        EACH(an_edit_replaces_text_and_scope),
        EACH(a_removed_record_is_found_no_more),
        EACH(a_change_that_fails_leaves_the_index_alone),
        EACH(the_index_alone_gives_ids_of_one_kind),
        EACH(every_kind_has_numbers_of_its_own),
        EACH(a_kept_text_has_the_words_that_are_looked_for),
        EACH(a_rebuild_numbers_the_entries_of_an_earlier_build),
        EACH(renewing_goes_on_where_it_stopped),
        EACH(hostile_words_find_nothing_and_break_nothing),
        EACH(a_query_of_ten_kilobytes_is_answered),
        EACH(hostile_text_is_stored_and_taken_out_again),
        EACH(a_long_text_is_found_by_its_first_4000_characters),
        EACH(a_text_of_4000_different_bigrams_fits),
        EACH(ten_thousand_edits_equal_a_rebuild_and_a_substring_search),
        EACH(the_catalogue_equals_the_declaration),
    };
    const char *engines = getenv("ANLAN_TEST_ENGINES"); /* "sqlite" leaves the other one out; unset means both */
    int failed = cmocka_run_group_tests_name("search on SQLite", search, open_sqlite, close_sqlite);
    if (!engines || strstr(engines, "postgres"))
        failed += cmocka_run_group_tests_name("search on PostgreSQL", search, open_postgres, close_postgres);
    return failed;
}
