#include "domain/object/headcount.h"

#include "base/text.h"

#include <string.h>

static bool has_flag(const char *flags, const char *code)
{
    size_t n = strlen(code);
    for (const char *at = flags; at && (at = strstr(at, code)) != NULL; at += n)
        if (at > flags && at[-1] == ',' && at[n] == ',')
            return true;
    return false;
}

static bool is_one(const char *sector, const char *const *codes)
{
    for (; sector && *codes; codes++)
        if (strcmp(sector, *codes) == 0)
            return true;
    return false;
}

#define ONE_OF(...) ((const char *const[]){ __VA_ARGS__, NULL })

static bool has_any(const char *flags, const char *const *codes)
{
    for (; *codes; codes++)
        if (has_flag(flags, *codes))
            return true;
    return false;
}

/* Of a sector, and no flag says what it does there. */
static bool makes(const char *industry)
{
    return industry && industry[0] == 'C';
}

static enum trade chemicals(const char *sector, const char *flags, const char *industry)
{
    bool said = has_any(flags, ONE_OF("HZ_PROD", "HZ_OPER", "HZ_STOR", "HZ_USE"));
    if (has_any(flags, ONE_OF("HZ_PROD", "HZ_STOR")))
        return TRADE_HAZCHEM;
    if (is_one(sector, ONE_OF("HAZCHEM")))
        return !said && makes(industry) ? TRADE_HAZCHEM : TRADE_HAZCHEM_SALES;
    return has_flag(flags, "HZ_OPER") ? TRADE_HAZCHEM_SALES : TRADE_OTHER;
}

static enum trade fireworks(const char *sector, const char *flags, const char *industry)
{
    bool retail = has_flag(flags, "FW_RETAIL");
    if (has_flag(flags, "FW_PROD"))
        return TRADE_FIREWORKS;
    if (has_flag(flags, "FW_WHOLE"))
        return TRADE_FIREWORKS_STORE;
    if (is_one(sector, ONE_OF("FIREWORK", "CIVEXP")))
        return !retail && makes(industry) ? TRADE_FIREWORKS : TRADE_FIREWORKS_SALES;
    return retail ? TRADE_FIREWORKS_SALES : TRADE_OTHER;
}

/* The stricter trade first: who makes chemicals and carries them is a firm of dangerous goods. */
enum trade trade_of(const char *sector, const char *flags, const char *industry)
{
    enum trade chemical = chemicals(sector, flags, industry), firework = fireworks(sector, flags, industry);
    if (chemical == TRADE_HAZCHEM)
        return chemical;
    if (firework == TRADE_FIREWORKS || firework == TRADE_FIREWORKS_STORE)
        return firework;
    if (is_one(sector, ONE_OF("COAL", "MINE", "TAILINGS")) ||
        has_any(flags, ONE_OF("COAL", "MINE_UG", "MINE_OP", "TAILINGS", "OILGAS")))
        return TRADE_MINE;
    if (has_flag(flags, "METAL"))
        return TRADE_METAL;
    if (chemical != TRADE_OTHER)
        return chemical;
    if (firework != TRADE_OTHER)
        return firework;
    if (is_one(sector, ONE_OF("BUILD")) || has_flag(flags, "BUILD"))
        return TRADE_BUILD;
    if (is_one(sector, ONE_OF("ROADTRANS")) ||
        has_any(flags, ONE_OF("ROAD_PASS", "ROAD_TOUR", "ROAD_HAZ", "ROAD_GOODS")))
        return TRADE_TRANSPORT;
    return TRADE_OTHER;
}

enum dust_tier dust_tier_of(int64_t workers)
{
    return workers >= 30 ? DUST_THIRTY : workers >= 10 ? DUST_TEN : DUST_FEWER;
}

bool trade_is_high_risk(enum trade trade)
{
    return trade == TRADE_HAZCHEM || trade == TRADE_HAZCHEM_SALES || trade == TRADE_FIREWORKS ||
           trade == TRADE_FIREWORKS_STORE || trade == TRADE_FIREWORKS_SALES || trade == TRADE_MINE ||
           trade == TRADE_METAL;
}

static int64_t share_up(int64_t of, int64_t hundredths)
{
    return (of * hundredths + 99) / 100;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* 安全生产法 27.3: who makes, stores or loads dangerous goods, mines, smelters; who only sells them is not named. */
static bool needs_engineers(enum trade trade)
{
    return trade == TRADE_HAZCHEM || trade == TRADE_FIREWORKS || trade == TRADE_FIREWORKS_STORE ||
           trade == TRADE_MINE || trade == TRADE_METAL;
}

/* 总局令11号: from 300 people on a share of the safety staff, one where that is fewer than seven. */
static bool has_engineer_share(enum trade trade)
{
    return trade == TRADE_HAZCHEM || trade == TRADE_HAZCHEM_SALES || trade == TRADE_FIREWORKS ||
           trade == TRADE_FIREWORKS_STORE || trade == TRADE_FIREWORKS_SALES || trade == TRADE_MINE ||
           trade == TRADE_BUILD;
}

struct headcount headcount_required(enum trade trade, int64_t staff, int64_t safety_staff)
{
    struct headcount h = { 0 };
    switch (trade) {
    case TRADE_HAZCHEM:
    case TRADE_HAZCHEM_SALES:
        h.full_time = staff < 50 ? 1 : share_up(staff, 2);
        h.basis = "安全生产法第二十四条第一款；AQ 3013-2008：专职不少于从业人员的 2%";
        break;
    case TRADE_FIREWORKS:
    case TRADE_FIREWORKS_STORE:
    case TRADE_FIREWORKS_SALES:
    case TRADE_MINE:
    case TRADE_METAL:
    case TRADE_BUILD:
    case TRADE_TRANSPORT:
        h.full_time = 1;
        h.basis = "安全生产法第二十四条第一款";
        break;
    case TRADE_OTHER:
        h.full_time = staff > 100 ? 1 : 0;
        h.basis = "安全生产法第二十四条第二款";
        break;
    }
    h.any = greater(h.full_time, 1);
    if (has_engineer_share(trade) && staff >= 300) {
        int64_t of = greater(safety_staff, h.any);
        h.engineers = of < 7 ? 1 : share_up(of, 15);
        h.basis_engineers = "注册安全工程师管理规定（总局令11号）：不少于安全管理人员的 15%";
    } else if (needs_engineers(trade)) {
        h.engineers = 1;
        h.basis_engineers = "安全生产法第二十七条第三款";
    }
    return h;
}

int64_t headcount_building(int64_t square_metres)
{
    return square_metres < 10000 ? 1 : square_metres < 50000 ? 2 : 3;
}

int64_t headcount_works(int64_t yuan)
{
    return yuan < 50000000 ? 1 : yuan < 100000000 ? 2 : 3;
}

int64_t headcount_labour(int64_t people)
{
    return people < 50 ? 1 : people <= 200 ? 2 : greater(3, (people * 5 + 999) / 1000);
}

struct training_rule training_required(enum trade trade, enum post_class post)
{
    static const char basis[] = "生产经营单位安全培训规定（总局令3号，63号、80号修正）";
    bool high = trade_is_high_risk(trade);
    if (post == POST_MANAGER)
        return high ? (struct training_rule){ 480, 160, basis } : (struct training_rule){ 320, 120, basis };
    return high ? (struct training_rule){ 720, 200, basis } : (struct training_rule){ 240, 0, basis };
}
