/*
** 安全承诺公告: what the person in charge of a firm promises for a day or some days (应急厅〔2021〕12号; enterprise reference
** §11): who answers for the major hazard, how high the risk is judged, which special work is done. A day without one is a
** gap that is shown (standing.h); nothing follows from it by itself.
*/
#pragma once
#include "record/kind.h"

extern const struct kind safety_promise_kind;

enum { PROMISE_DAYS = 31 }; /* one promise speaks of at most so many days */

struct safety_promise {
    struct record is;
    const char *title;
    int64_t object;
    int64_t promised_on;
    int64_t covers_until; /* last day it speaks of */
    const char *signer;
    const char *risk;
    const char *special_works;
    int64_t special_work_count;
    const char *special_work_note;
    const char *statement;
    const char *principal, *technical, *operational; /* 包保责任人 of the major hazard */
    const char *papers;
    const char *remark;
};

/* Who signs for a firm: the head its record names. NULL when none is known. */
struct db;
int promise_head(struct db *db, int64_t object, struct arena *arena, const char **out, struct error *err);
