/*
** How many people must look after safety in a firm, and how much training each needs (enterprise reference §7, §8).
** Pure functions; the numbers of people are whole, hours are tenths.
*/
#pragma once
#include "record/kind.h"

/* What the law calls by name. Who makes or stores dangerous goods is told from who only sells them: by the flags; where
** none says it, by the industry (section C makes). A sector alone says that a firm deals in them, no more. */
enum trade {
    TRADE_OTHER,
    TRADE_HAZCHEM,         /* makes or stores dangerous chemicals */
    TRADE_HAZCHEM_SALES,   /* sells them, or is of the sector without a word about what it does */
    TRADE_FIREWORKS,       /* makes fireworks or civil explosives: dangerous goods, no rule by per cent */
    TRADE_FIREWORKS_STORE, /* wholesale: sells them out of stores of its own */
    TRADE_FIREWORKS_SALES, /* sells them, or is of the sector without a word about what it does */
    TRADE_MINE,            /* coal and other mines, tailings ponds, oil and gas */
    TRADE_METAL,           /* smelts metal */
    TRADE_BUILD,
    TRADE_TRANSPORT,
};
/* Codes; flags ",HZ_PROD,"; industry "C2614". Each may be NULL. */
enum trade trade_of(const char *sector, const char *flags, const char *industry);
/* 煤矿, 非煤矿山, 危化, 烟花爆竹, 金属冶炼: longer training; insurance and drills twice a year follow the law's own lists. */
bool trade_is_high_risk(enum trade trade);

/* Explosive dust: who works in the zone decides how closely a firm is supervised (应急管理部令6号). */
enum dust_tier { DUST_FEWER, DUST_TEN, DUST_THIRTY };
enum dust_tier dust_tier_of(int64_t workers);

struct headcount {
    int64_t full_time; /* 专职 */
    int64_t any;       /* 专职 or 兼职, those above included */
    int64_t engineers; /* 注册安全工程师 */
    const char *basis;
    const char *basis_engineers; /* NULL when none is needed */
};

/* safety_staff: how many look after safety already; the share of engineers is counted from the greater of that and what
** is needed. */
struct headcount headcount_required(enum trade trade, int64_t staff, int64_t safety_staff);

/* Safety staff of the firm that builds, at one project (建质〔2008〕91号). */
int64_t headcount_building(int64_t square_metres); /* house building, by floor area */
int64_t headcount_works(int64_t yuan);             /* civil, pipeline and installation works, by price */
int64_t headcount_labour(int64_t people);          /* subcontractor of labour, by people on site */

enum post_class { POST_MANAGER, POST_WORKER }; /* 主要负责人和安全管理人员; 其他从业人员 */
struct training_rule {
    int64_t initial, yearly; /* tenths of an hour; 0: none fixed */
    const char *basis;
};
struct training_rule training_required(enum trade trade, enum post_class post);
