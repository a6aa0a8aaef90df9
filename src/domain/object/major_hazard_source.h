/*
** 重大危险源: a unit of a firm with its inventory, judged and graded by GB 18218-2018 on every save; managed by 总局令40号
** and the three responsible persons of 应急厅〔2021〕12号 (assignments principal, technical, operational).
*/
#pragma once
#include "domain/object/dangerous_goods.h"
#include "record/kind.h"

struct watch; /* domain/ladder.h */

extern const struct kind major_hazard_source_kind, inventory_kind;
extern const struct watch source_reassess;

struct inventory {
    struct record is;
    const char *good;    /* named substance, or the class of what is not named */
    const char *product; /* the firm's own word for it */
    int64_t tonnes;      /* · 10⁶; of a store the design maximum */
    int64_t beta;        /* · 10, set by an expert */
    const char *beta_reason;
};

struct major_hazard_source {
    struct record is;
    const char *name;
    int64_t object;
    const char *unit_type;
    const char *location;
    struct place place;
    struct lines *inventory;
    int64_t people; /* living within 500 m of the boundary */
    int64_t s_value;
    int64_t r_value;
    const char *grade;
    int64_t assessed_on;
    int64_t reassess_by;
    const char *assessor;
    const char *filing_no;
    int64_t filed_on;
    int64_t toxic; /* 毒性气体、液化气体、剧毒液体 */
    int64_t monitored, shut_down, independent_sis;
    const char *papers;
    const char *remark;
};

/* The sheet as it stands: stocks and steps of room STOCKS_MOST; returns how many. */
size_t source_sheet_of(const struct major_hazard_source *source, struct stock *stocks, struct source_step *steps,
                       struct source_sheet *sheet);
