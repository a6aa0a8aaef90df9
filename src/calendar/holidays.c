/*
** Days off and worked weekends, as the General Office of the State Council (国务院办公厅) published them; 2027 is what
** the law on holidays (全国年节及纪念日放假办法, 2024 edition) names, until its year is published. A new year is a new
** table here, or rows laid over these (calendar_over) on a machine that cannot wait for a new build.
*/
#include "calendar/calendar.h"

#define OFF(from, to, zh, en)           \
    {                                   \
        (from), (to), false, (zh), (en) \
    }
#define WORK(day)                                             \
    {                                                         \
        (day), (day), true, "调休上班", "Make-up working day" \
    }
#define YEAR(number, wait, from_where, rows)                                                           \
    {                                                                                                  \
        .year = (number), .version = 1, .provisional = (wait), .source = (from_where), .days = (rows), \
        .count = sizeof(rows) / sizeof(rows)[0]                                                        \
    }

static const struct holiday days_2024[] = {
    OFF(20240101, 20240101, "元旦", "New Year"),
    OFF(20240210, 20240217, "春节", "Spring Festival"),
    WORK(20240204),
    WORK(20240218),
    OFF(20240404, 20240406, "清明节", "Tomb Sweeping Day"),
    WORK(20240407),
    OFF(20240501, 20240505, "劳动节", "Labour Day"),
    WORK(20240428),
    WORK(20240511),
    OFF(20240610, 20240610, "端午节", "Dragon Boat Festival"),
    OFF(20240915, 20240917, "中秋节", "Mid-Autumn Festival"),
    WORK(20240914),
    OFF(20241001, 20241007, "国庆节", "National Day"),
    WORK(20240929),
    WORK(20241012),
};

static const struct holiday days_2025[] = {
    OFF(20250101, 20250101, "元旦", "New Year"),
    OFF(20250128, 20250204, "春节", "Spring Festival"),
    WORK(20250126),
    WORK(20250208),
    OFF(20250404, 20250406, "清明节", "Tomb Sweeping Day"),
    OFF(20250501, 20250505, "劳动节", "Labour Day"),
    WORK(20250427),
    OFF(20250531, 20250602, "端午节", "Dragon Boat Festival"),
    OFF(20251001, 20251008, "国庆节、中秋节", "National Day and Mid-Autumn Festival"),
    WORK(20250928),
    WORK(20251011),
};

static const struct holiday days_2026[] = {
    OFF(20260101, 20260103, "元旦", "New Year"),
    WORK(20260104),
    OFF(20260215, 20260223, "春节", "Spring Festival"),
    WORK(20260214),
    WORK(20260228),
    OFF(20260404, 20260406, "清明节", "Tomb Sweeping Day"),
    OFF(20260501, 20260505, "劳动节", "Labour Day"),
    WORK(20260509),
    OFF(20260619, 20260621, "端午节", "Dragon Boat Festival"),
    OFF(20260925, 20260927, "中秋节", "Mid-Autumn Festival"),
    OFF(20261001, 20261007, "国庆节", "National Day"),
    WORK(20260920),
    WORK(20261010),
};

static const struct holiday days_2027[] = {
    OFF(20270101, 20270101, "元旦", "New Year"),
    OFF(20270205, 20270208, "春节", "Spring Festival"),
    OFF(20270405, 20270405, "清明节", "Tomb Sweeping Day"),
    OFF(20270501, 20270502, "劳动节", "Labour Day"),
    OFF(20270609, 20270609, "端午节", "Dragon Boat Festival"),
    OFF(20270915, 20270915, "中秋节", "Mid-Autumn Festival"),
    OFF(20271001, 20271003, "国庆节", "National Day"),
};

static const struct holiday_year published[] = {
    YEAR(2024, false, "国办发明电〔2023〕7号", days_2024),
    YEAR(2025, false, "国办发明电〔2024〕12号", days_2025),
    YEAR(2026, false, "国办发明电〔2025〕7号", days_2026),
    YEAR(2027, true, "全国年节及纪念日放假办法（调休安排尚未公布）", days_2027),
};

const struct calendar calendar_published = { published, sizeof published / sizeof published[0] };
