/* GB 18218-2018: the worked examples of the enterprise reference, §11. All numbers are · 10⁶, α · 10. */
#include "domain/object/dangerous_goods.h"
#include "table.h"

#include <string.h>

#define T(tonnes) ((int64_t)((tonnes)*1e6 + 0.5))

static const struct example {
    const char *says;
    struct {
        const char *good;
        int64_t tonnes, beta;
    } stocks[4];
    int64_t people;
    int64_t s, alpha, r;
    const char *grade;
} examples[] = {
    { "1: 199 t of petrol are no major hazard", { { "petrol", T(199), 0 } }, 0, T(0.995), 5, 0, "none" },
    { "2: 200 t are one of grade 4", { { "petrol", T(200), 0 } }, 0, T(1), 5, T(0.5), "four" },
    { "3: ammonia 8 and chlorine 2",
      { { "ammonia", T(8), 0 }, { "chlorine", T(2), 0 } },
      60,
      T(1.2),
      15,
      T(4.8),
      "four" },
    { "4: LPG 2,000 beside 150 people", { { "lpg", T(2000), 0 } }, 150, T(40), 20, T(120), "one" },
    { "5: sulphur dioxide 200", { { "sulphur_dioxide", T(200), 0 } }, 60, T(10), 15, T(30), "three" },
    { "6: phosgene 1.5 is grade 1 exactly", { { "phosgene", T(1.5), 0 } }, 10, T(5), 10, T(100), "one" },
    { "7: methanol 1,000 and toluene 500",
      { { "methanol", T(1000), 0 }, { "toluene", T(500), 0 } },
      40,
      T(3),
      12,
      T(3.6),
      "four" },
    { "8: chlorine 25", { { "chlorine", T(25), 0 } }, 80, T(5), 15, T(30), "three" },
    { "9: chlorine 62.5 is grade 2 exactly", { { "chlorine", T(62.5), 0 } }, 20, T(12.5), 10, T(50), "two" },
    { "10: ammonia 50 is grade 3 exactly", { { "ammonia", T(50), 0 } }, 5, T(5), 10, T(10), "three" },
    { "11: three small stocks reach 1 and nothing is lost",
      { { "ammonia", T(4), 0 }, { "methanol", T(250), 0 }, { "chlorine", T(0.5), 0 } },
      0,
      T(1),
      5,
      T(0.85),
      "four" },
    { "12: phosgene 0.29 is none", { { "phosgene", T(0.29), 0 } }, 0, 966667, 5, 0, "none" },
    { "thirds of different quantities reach 1 exactly",
      { { "phosgene", T(0.1), 0 }, { "methyl_isocyanate", T(0.25), 0 }, { "W3", T(50), 0 } },
      0,
      T(1),
      5,
      /* 0.5 (20/3 + 20/3 + 1/3) */
      6833333,
      "four" },
    { "a millionth less than the critical quantity is none",
      { { "petrol", T(199.999999), 0 } },
      0,
      T(1),
      5,
      0,
      "none" },
    { "an expert's β is used", { { "acrylonitrile", T(50), 20 } }, 1, T(1), 10, T(2), "four" },
    { "a class stands for what is not named", { { "W5.2", T(500), 0 } }, 1, T(10), 10, T(10), "three" },
    { "nothing is none", { { NULL, 0, 0 } }, 0, 0, 5, 0, "none" },
};

static void check_example(void **state)
{
    const struct example *e = *state;
    struct stock stocks[4];
    struct source_step steps[4];
    size_t count = 0;
    for (; count < 4 && e->stocks[count].good; count++) {
        stocks[count] = (struct stock){ dangerous_good_find(e->stocks[count].good), e->stocks[count].tonnes,
                                        e->stocks[count].beta };
        assert_non_null(stocks[count].good);
    }
    struct source_sheet sheet = source_judge(stocks, count, e->people, steps);
    assert_int_equal(sheet.s, e->s);
    assert_int_equal(sheet.alpha, e->alpha);
    assert_int_equal(sheet.r, e->r);
    assert_string_equal(sheet.grade, e->grade);
    assert_int_equal(sheet.major, strcmp(e->grade, "none") != 0);
}

static const struct alpha_case {
    const char *says;
    int64_t people, alpha;
} alphas[] = {
    { "nobody", 0, 5 }, { "one", 1, 10 }, { "29", 29, 10 }, { "30", 30, 12 },
    { "49", 49, 12 },   { "50", 50, 15 }, { "99", 99, 15 }, { "100", 100, 20 },
};

static void check_alpha(void **state)
{
    const struct alpha_case *a = *state;
    assert_int_equal(source_alpha(a->people), a->alpha);
}

static void a_sheet_shows_each_step(void **state)
{
    const struct stock stocks[] = { { dangerous_good_find("ammonia"), T(8), 0 },
                                    { dangerous_good_find("phosgene"), T(0.29), 100 } };
    struct source_step steps[2];
    (void)state;
    struct source_sheet sheet = source_judge(stocks, 2, 60, steps);
    assert_int_equal(steps[0].ratio, T(0.8));
    assert_int_equal(steps[0].beta, 20);
    assert_int_equal(steps[0].term, T(1.6));
    assert_int_equal(steps[1].ratio, 966667);
    assert_int_equal(steps[1].beta, 100);
    assert_int_equal(steps[1].term, 9666667);
    assert_int_equal(sheet.sum, 11266667);
}

static void every_entry_of_the_list_has_its_quantity(void **state)
{
    (void)state;
    for (size_t i = 0; i < dangerous_goods.count; i++) {
        const struct dangerous_good *g = dangerous_good_find(dangerous_goods.items[i].code);
        assert_non_null(g);
        assert_true(g->critical > 0 && g->beta >= 10 && g->beta <= 200);
        assert_int_equal((int64_t)15000 * MILLION % g->critical, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_sheet_shows_each_step),
                                        cmocka_unit_test(every_entry_of_the_list_has_its_quantity) };
    return RUN_TABLE(examples, check_example) + RUN_TABLE(alphas, check_alpha) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
