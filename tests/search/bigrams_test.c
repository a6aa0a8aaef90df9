#include "search/bigrams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

enum { ROOM = 1 << 20 };

/* ---- folding and grams ---- */

struct folding {
    const char *name, *text, *folded, *fts, *tsvector; /* without the kind token both begin with */
};

static const struct folding foldings[] = {
    { "two_characters_give_their_bigram_and_an_end", "运输", "运输", "运输 输 ", " '运输':1 '输':2" },
    { "four_characters_overlap", "烟花爆竹", "烟花爆竹", "烟花 花爆 爆竹 竹 ", " '烟花':1 '花爆':2 '爆竹':3 '竹':4" },
    { "a_single_character_gives_itself", "库", "库", "库 ", " '库':1" },
    { "digits_give_bigrams_so_that_tails_are_found", "83426", "83426", "83 34 42 26 6 ",
      " '83':1 '34':2 '42':3 '26':4 '6':5" },
    { "capital_letters_become_small", "LNG", "lng", "ln ng g ", " 'ln':1 'ng':2 'g':3" },
    { "full_width_forms_become_ascii", "ＡＢ１", "ab1", "ab b1 1 ", " 'ab':1 'b1':2 '1':3" },
    { "letters_and_characters_form_one_run", "2号库", "2号库", "2号 号库 库 ", " '2号':1 '号库':2 '库':3" },
    { "punctuation_separates_runs_in_one_phrase", "（青岛）化工", "青岛 化工", "青岛 岛 化工 工 ",
      " '青岛':1 '岛':2 '化工':3 '工':4" },
    { "a_line_end_separates_fields", "青岛\n化工", "青岛\n化工", "青岛 岛 _ 化工 工 ",
      " '青岛':1 '岛':2 '化工':4 '工':5" },
    { "punctuation_around_a_line_end_is_still_one_border", "青岛。\r\n\n 化工", "青岛\n化工", "青岛 岛 _ 化工 工 ",
      " '青岛':1 '岛':2 '化工':4 '工':5" },
    { "blanks_and_signs_at_the_ends_leave_nothing", " \n（甲）\n ", "甲", "甲 ", " '甲':1" },
    { "invisible_characters_do_not_cut_a_word", "运\xE2\x80\x8B输", "运输", "运输 输 ", " '运输':1 '输':2" },
    { "units_of_measure_are_letters", "5m³ 10㎡", "5m³ 10㎡", "5m m³ ³ 10 0㎡ ㎡ ",
      " '5m':1 'm³':2 '³':3 '10':4 '0㎡':5 '㎡':6" },
    { "iteration_marks_and_zero_characters_are_letters", "二〇二六 佐々木", "二〇二六 佐々木",
      "二〇 〇二 二六 六 佐々 々木 木 ", " '二〇':1 '〇二':2 '二六':3 '六':4 '佐々':5 '々木':6 '木':7" },
    { "rare_characters_beyond_the_basic_plane_are_letters", "𠮷祥", "𠮷祥", "𠮷祥 祥 ", " '𠮷祥':1 '祥':2" },
    { "emoji_are_signs", "着火🔥了", "着火 了", "着火 火 了 ", " '着火':1 '火':2 '了':3" },
    { "quotes_and_underscores_are_signs", "a'b\"c_d\\e", "a b c d e", "a b c d e ", " 'a':1 'b':2 'c':3 'd':4 'e':5" },
    { "broken_bytes_are_blanks", "甲\xFF乙\xE4\xB8", "甲 乙", "甲 乙 ", " '甲':1 '乙':2" },
    { "nothing_gives_nothing", "", "", "", "" },
};

static void folding_test(void **state)
{
    const struct folding *t = *state;
    AUTO_TEXT folded = TEXT_LIMIT(ROOM);
    AUTO_TEXT grams = TEXT_LIMIT(ROOM);
    AUTO_TEXT vector = TEXT_LIMIT(ROOM);
    AUTO_TEXT expected = TEXT_LIMIT(ROOM);
    bigrams_fold(&folded, t->text, strlen(t->text));
    assert_string_equal(text_get(&folded), t->folded);
    bigrams_fts_grams(&grams, t->text);
    assert_string_equal(text_get(&grams), t->fts);
    bigrams_tsvector(&vector, "site", "", t->text);
    text_printf(&expected, "'=ksite'%s", t->tsvector);
    assert_string_equal(text_get(&vector), text_get(&expected));
}

/* ---- expressions ---- */

struct expression {
    const char *name, *words;
    const char *kind;
    const char *scope[3];
    const char *fts, *tsquery; /* NULL: nothing searchable */
};

static const struct expression expressions[] = {
    { "two_characters_are_one_gram", "运输", NULL, { 0 }, "{grams} : \"运输\"", "('运输')" },
    { "four_characters_are_a_phrase",
      "烟花爆竹",
      NULL,
      { 0 },
      "{grams} : \"烟花 花爆 爆竹\"",
      "('烟花' <-> '花爆' <-> '爆竹')" },
    { "one_character_is_a_prefix", "库", NULL, { 0 }, "{grams} : \"库\" *", "('库':*)" },
    { "the_tail_of_a_number_is_a_phrase", "8342", NULL, { 0 }, "{grams} : \"83 34 42\"", "('83' <-> '34' <-> '42')" },
    { "words_must_all_match",
      "青岛　ＬＮＧ",
      NULL,
      { 0 },
      "{grams} : \"青岛\" AND {grams} : \"ln ng\"",
      "('青岛') & ('ln' <-> 'ng')" },
    { "a_word_with_punctuation_is_one_phrase_with_the_run_ended",
      "2026-03",
      NULL,
      { 0 },
      "{grams} : \"20 02 26 6 03\"",
      "('20' <-> '02' <-> '26' <-> '6' <-> '03')" },
    { "a_single_character_behind_punctuation_is_a_prefix",
      "甲-2",
      NULL,
      { 0 },
      "{grams} : \"甲 2\" *",
      "('甲' <-> '2':*)" },
    { "a_kind_is_asked_for_by_its_token",
      "运输",
      "major_listing",
      { 0 },
      "{scope} : \"kmajor_listing\" AND {grams} : \"运输\"",
      "'=kmajor_listing' & ('运输')" },
    { "a_grant_is_a_conjunction",
      "运输",
      NULL,
      { "khazard t370211005000" },
      "(({scope} : \"khazard\" AND {scope} : \"t370211005000\")) AND {grams} : \"运输\"",
      "(('=khazard' & '=t370211005000')) & ('运输')" },
    { "grants_are_a_disjunction",
      "运输",
      "hazard",
      { "t1", "c2 o12" },
      "{scope} : \"khazard\" AND (({scope} : \"t1\") OR ({scope} : \"c2\" AND {scope} : \"o12\")) AND {grams} : "
      "\"运输\"",
      "'=khazard' & (('=t1') | ('=c2' & '=o12')) & ('运输')" },
    { "a_county_and_a_sector_are_asked_for_together",
      "运输",
      NULL,
      { "c370211 sC26", "t1 sC26", "khazard sFIRE c2" },
      "(({scope} : \"c370211_sc26\") OR ({scope} : \"t1\" AND {scope} : \"sc26\") OR ({scope} : \"khazard\" AND "
      "{scope} : "
      "\"c2_sfire\")) AND {grams} : \"运输\"",
      "(('=c370211_sc26') | ('=t1' & '=sc26') | ('=khazard' & '=c2_sfire')) & ('运输')" },
    { "a_grant_without_conditions_reaches_everywhere", "运输", NULL, { "t1", "" }, "{grams} : \"运输\"", "('运输')" },
    { "tokens_cannot_break_out_of_the_expression",
      "运输",
      NULL,
      { "t1\")OR(\" t'" },
      "(({scope} : \"t1__or__\" AND {scope} : \"t_\")) AND {grams} : \"运输\"",
      "(('=t1__or__' & '=t_')) & ('运输')" },
    { "words_of_the_query_language_are_words",
      "NEAR AND",
      NULL,
      { 0 },
      "{grams} : \"ne ea ar\" AND {grams} : \"an nd\"",
      "('ne' <-> 'ea' <-> 'ar') & ('an' <-> 'nd')" },
    { "signs_alone_are_nothing", "\"') * ( 🔥 ^ :", NULL, { 0 }, NULL, NULL },
    { "signs_beside_a_word_are_left_out", "!!! 运输 ???", NULL, { 0 }, "{grams} : \"运输\"", "('运输')" },
    { "no_words_are_nothing", "", "hazard", { "t1" }, NULL, NULL },
    { "blanks_are_nothing", " \t\n　", NULL, { 0 }, NULL, NULL },
};

static void expression_test(void **state)
{
    const struct expression *t = *state;
    size_t count = 0;
    while (count < 3 && t->scope[count])
        count++;
    const char *expected[] = { [STORE_SQLITE] = t->fts, [STORE_POSTGRES] = t->tsquery };
    for (int engine = STORE_SQLITE; engine <= STORE_POSTGRES; engine++) {
        AUTO_TEXT out = TEXT_LIMIT(ROOM);
        bool some = bigrams_expression(&out, (enum store_engine)engine, t->kind, t->scope, count, t->words);
        assert_int_equal(some, expected[engine] != NULL);
        assert_string_equal(text_get(&out), expected[engine] ? expected[engine] : "");
    }
}

/* ---- ceilings and tokens ---- */

static void a_text_is_cut_behind_4000_characters(void **state)
{
    (void)state;
    AUTO_TEXT text = TEXT_LIMIT(ROOM);
    for (int i = 0; i < BIGRAMS_TEXT; i++)
        text_str(&text, i % 2 ? "a" : "甲");
    size_t whole = text.used;
    assert_int_equal(bigrams_cut(text_get(&text)), whole);
    text_str(&text, "乙");
    assert_int_equal(bigrams_cut(text_get(&text)), whole);
    assert_int_equal(bigrams_cut(""), 0);
    assert_int_equal(bigrams_cut("甲乙"), 6);
}

static void the_longest_text_fits_the_index_of_both_engines(void **state)
{
    (void)state;
    AUTO_TEXT text = TEXT_LIMIT(ROOM);
    AUTO_TEXT grams = TEXT_LIMIT(BIGRAMS_INDEX);
    AUTO_TEXT vector = TEXT_LIMIT(BIGRAMS_INDEX);
    for (int i = 0; i < 2 * BIGRAMS_TEXT; i++)
        utf8_put(&text, 0x20000 + i);
    bigrams_fts_grams(&grams, text_get(&text));
    bigrams_tsvector(&vector, "site", "t1", text_get(&text));
    assert_true(text_ok(&grams) && text_ok(&vector));
    assert_non_null(strstr(text_get(&vector), ":4000"));
    assert_null(strstr(text_get(&vector), ":4001"));
}

static void a_query_is_looked_at_up_to_256_characters(void **state)
{
    (void)state;
    AUTO_TEXT words = TEXT_LIMIT(ROOM);
    AUTO_TEXT expected = TEXT_LIMIT(ROOM);
    AUTO_TEXT out = TEXT_LIMIT(ROOM);
    text_str(&expected, "{grams} : \"");
    for (int i = 0; i < 3400; i++)
        text_str(&words, "甲");
    for (int i = 0; i < BIGRAMS_WORDS - 1; i++)
        text_str(&expected, i ? " 甲甲" : "甲甲");
    text_str(&expected, "\"");
    assert_true(bigrams_expression(&out, STORE_SQLITE, NULL, NULL, 0, text_get(&words)));
    assert_string_equal(text_get(&out), text_get(&expected));
}

static void scope_tokens_are_kept_in_one_spelling(void **state)
{
    (void)state;
    AUTO_TEXT scope = TEXT_LIMIT(ROOM);
    AUTO_TEXT vector = TEXT_LIMIT(ROOM);
    bigrams_fts_scope(&scope, "check_plan", " t370211005000  sC26 s化工 o'x");
    assert_string_equal(text_get(&scope), "kcheck_plan t370211005000 sc26 s化工 o_x");
    bigrams_tsvector(&vector, "check_plan", " t370211005000  sC26 s化工 o'x", "");
    assert_string_equal(text_get(&vector), "'=kcheck_plan' '=t370211005000' '=sc26' '=s化工' '=o_x'");
    text_clear(&scope);
    text_clear(&vector);
    bigrams_fts_scope(&scope, "hazard", "c370211 t5 sC26");
    assert_string_equal(text_get(&scope), "khazard c370211 t5 sc26 c370211_sc26");
    bigrams_tsvector(&vector, "hazard", "c370211 t5 sC26", "");
    assert_string_equal(text_get(&vector), "'=khazard' '=c370211' '=t5' '=sc26' '=c370211_sc26'");
}

enum {
    FOLDINGS = sizeof foldings / sizeof *foldings,
    EXPRESSIONS = sizeof expressions / sizeof *expressions,
};

static const struct CMUnitTest single[] = {
    cmocka_unit_test(a_text_is_cut_behind_4000_characters),
    cmocka_unit_test(the_longest_text_fits_the_index_of_both_engines),
    cmocka_unit_test(a_query_is_looked_at_up_to_256_characters),
    cmocka_unit_test(scope_tokens_are_kept_in_one_spelling),
};
enum { SINGLE = sizeof single / sizeof *single };

int main(void)
{
    static struct CMUnitTest bigrams[FOLDINGS + EXPRESSIONS + SINGLE];
    size_t n = 0;
    for (size_t i = 0; i < FOLDINGS; i++)
        bigrams[n++] = (struct CMUnitTest){ foldings[i].name, folding_test, NULL, NULL, (void *)&foldings[i] };
    for (size_t i = 0; i < EXPRESSIONS; i++)
        bigrams[n++] = (struct CMUnitTest){ expressions[i].name, expression_test, NULL, NULL, (void *)&expressions[i] };
    memcpy(bigrams + n, single, sizeof single);
    return cmocka_run_group_tests(bigrams, NULL, NULL);
}
