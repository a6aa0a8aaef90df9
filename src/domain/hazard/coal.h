/* 煤矿超能力: the numbers of CM-1 (应急管理部令第4号; hazard reference §11). Pure functions, in tonnes. */
#pragma once
#include <stdint.h>

enum coal_output {
    COAL_WITHIN,
    COAL_YEAR_OVER,  /* the year's output is 110 % of the approved yearly capacity or more: 10%以上 includes 10 % */
    COAL_MONTH_OVER, /* a month's is more than 10 % of it: 大于 does not */
};

/* approved: tonnes a year, more than 0. year, month: tonnes; 0 where unknown. The year counts first. */
enum coal_output coal_output_of(int64_t approved, int64_t year, int64_t month);
