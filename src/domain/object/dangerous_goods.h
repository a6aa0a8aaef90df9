/*
** 危险化学品重大危险源: whether a unit is one, and of which grade (GB 18218-2018; enterprise reference §11).
** Exact: quantities and results are whole numbers of 10⁻⁶, β and α of 10⁻¹, so that sums that reach 1 reach it.
*/
#pragma once
#include "record/kind.h"

enum { MILLION = 1000000 };

/* Named substances, then the classes for what is not named. Of the edition in force on a day. */
extern const struct choices dangerous_goods;
extern const struct choices source_grades; /* one, two, three, four; none: no major hazard */

struct dangerous_good {
    const char *code;
    const char *cas;  /* NULL for classes and mixtures */
    int64_t critical; /* Q in tonnes · 10⁶ */
    int64_t beta;     /* · 10 */
    bool settled;     /* false: β depends on the class taken, an expert may set another */
};
const struct dangerous_good *dangerous_good_find(const char *code);

struct stock {
    const struct dangerous_good *good;
    int64_t tonnes; /* · 10⁶ */
    int64_t beta;   /* · 10, set by an expert; 0: the table's */
};

struct source_step {
    int64_t ratio; /* q/Q · 10⁶, rounded for showing */
    int64_t beta;  /* · 10, the one used */
    int64_t term;  /* β·q/Q · 10⁶, rounded for showing */
};

struct source_sheet {
    int64_t s;         /* Σ q/Q · 10⁶ */
    bool major;        /* S ≥ 1, decided without rounding */
    int64_t sum;       /* Σ β·q/Q · 10⁶ */
    int64_t alpha;     /* · 10 */
    int64_t r;         /* α·Σ · 10⁶; 0 when not major */
    const char *grade; /* code of source_grades */
};

enum { STOCKS_MOST = 100 };

int64_t source_alpha(int64_t people); /* living within 500 m of the boundary; · 10 */
/* steps: room for count; NULL when not wanted. count ≤ STOCKS_MOST. */
struct source_sheet source_judge(const struct stock *stocks, size_t count, int64_t people, struct source_step *steps);
