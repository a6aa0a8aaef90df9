/* GB 18218-2018 tables 1 to 4: critical quantities and β; facts, in the program because the standard changes with an
** edition. In force from 2019-03-01. */
#include "domain/object/dangerous_goods.h"

#include <string.h>

enum { ALPHA_1 = 10, EDITION_2018 = 17956 /* 2019-03-01 */ };

static const struct dangerous_good goods[] = {
    { "ammonia", "7664-41-7", 10000000, 20, true },
    { "chlorine", "7782-50-5", 5000000, 40, true },
    { "hydrogen_sulphide", "7783-06-4", 5000000, 50, true },
    { "hydrogen_fluoride", "7664-39-3", 1000000, 50, true },
    { "hydrogen_chloride", "7647-01-0", 20000000, 30, true },
    { "sulphur_dioxide", "7446-09-5", 20000000, 20, true },
    { "nitrogen_dioxide", "10102-44-0", 1000000, 100, true },
    { "hydrogen_cyanide", "74-90-8", 1000000, 100, true },
    { "phosgene", "75-44-5", 300000, 200, true },
    { "phosphine", "7803-51-2", 1000000, 200, true },
    { "methyl_isocyanate", "624-83-9", 750000, 200, true },
    { "ethylene_oxide", "75-21-8", 10000000, 20, true },
    { "methyl_bromide", "74-83-9", 10000000, 30, true },
    { "coal_gas", NULL, 20000000, 20, true },
    { "hydrogen", "1333-74-0", 5000000, 15, true },
    { "acetylene", "74-86-2", 1000000, 15, true },
    { "methane", "74-82-8", 50000000, 15, true },
    { "lpg", "68476-85-7", 50000000, 15, true },
    { "ethylene", "74-85-1", 50000000, 15, true },
    { "vinyl_chloride", "75-01-4", 50000000, 15, true },
    { "butadiene", "106-99-0", 5000000, 15, true },
    { "dimethyl_ether", "115-10-6", 50000000, 15, true },
    { "methylamine", "74-89-5", 5000000, 15, true },
    { "oxygen", "7782-44-7", 200000000, 10, true },
    { "benzene", "71-43-2", 50000000, 10, true },
    { "toluene", "108-88-3", 500000000, 10, true },
    { "styrene", "100-42-5", 500000000, 10, true },
    { "methanol", "67-56-1", 500000000, 10, true },
    { "ethanol", "64-17-5", 500000000, 10, true },
    { "acetone", "67-64-1", 500000000, 10, true },
    { "petrol", "86290-81-5", 200000000, 10, true },
    { "ethyl_acetate", "141-78-6", 500000000, 10, true },
    { "cyclohexane", "110-82-7", 500000000, 10, true },
    { "hexane", "110-54-3", 500000000, 10, true },
    { "ether", "60-29-7", 10000000, 15, true },
    { "propylene_oxide", "75-56-9", 10000000, 15, true },
    { "carbon_disulphide", "75-15-0", 50000000, 10, true },
    { "acrylonitrile", "107-13-1", 50000000, 10, false },
    { "tdi", "26471-62-5", 100000000, 10, false },
    { "epichlorohydrin", "106-89-8", 20000000, 10, false },
    { "ammonium_nitrate_high", "6484-52-2", 5000000, 20, true },
    { "ammonium_nitrate_low", "6484-52-2", 50000000, 10, true },
    { "ammonium_nitrate_fertiliser", NULL, 200000000, 10, true },
    { "tnt", "118-96-7", 5000000, 20, true },
    { "nitroglycerine", "55-63-0", 1000000, 20, true },
    { "white_phosphorus", "12185-10-3", 50000000, 10, false },
    { "potassium_chlorate", "3811-04-9", 100000000, 10, true },
    { "sodium_chlorate", "7775-09-9", 100000000, 10, true },
    { "sodium_peroxide", "1313-60-6", 20000000, 10, true },
    { "calcium_carbide", "75-20-7", 100000000, 10, true },
    { "triethylaluminium", "97-93-8", 1000000, 10, true },
    { "potassium", "7440-09-7", 1000000, 10, true },
    { "sodium", "7440-23-5", 10000000, 10, true },
    { "bromine", "7726-95-6", 20000000, 10, false },
    { "diesel", NULL, 5000000000, 10, true },
    { "J1", NULL, 5000000, 40, true },
    { "J2", NULL, 50000000, 10, false },
    { "J3", NULL, 50000000, 20, false },
    { "J4", NULL, 50000000, 20, false },
    { "J5", NULL, 500000000, 10, false },
    { "W1.1", NULL, 1000000, 20, true },
    { "W1.2", NULL, 10000000, 20, false },
    { "W1.3", NULL, 50000000, 20, false },
    { "W2", NULL, 10000000, 15, true },
    { "W3", NULL, 150000000, 10, true },
    { "W4", NULL, 50000000, 10, true },
    { "W5.1", NULL, 10000000, 15, true },
    { "W5.2", NULL, 50000000, 10, true },
    { "W5.3", NULL, 1000000000, 10, true },
    { "W5.4", NULL, 5000000000, 10, true },
    { "W6.1", NULL, 10000000, 15, true },
    { "W6.2", NULL, 50000000, 10, true },
    { "W7.1", NULL, 10000000, 15, true },
    { "W7.2", NULL, 50000000, 10, true },
    { "W8", NULL, 50000000, 10, true },
    { "W9.1", NULL, 50000000, 10, true },
    { "W9.2", NULL, 200000000, 10, true },
    { "W10", NULL, 200000000, 10, true },
    { "W11", NULL, 200000000, 10, true },
};

#define ITEM(c, zh_, en_)                                                  \
    {                                                                      \
        .code = (c), .label = { (zh_), (en_) }, .valid_from = EDITION_2018 \
    }
static const struct choice good_items[] = {
    ITEM("ammonia", "氨", "Ammonia"),
    ITEM("chlorine", "氯", "Chlorine"),
    ITEM("hydrogen_sulphide", "硫化氢", "Hydrogen sulphide"),
    ITEM("hydrogen_fluoride", "氟化氢", "Hydrogen fluoride"),
    ITEM("hydrogen_chloride", "氯化氢（无水）", "Hydrogen chloride, anhydrous"),
    ITEM("sulphur_dioxide", "二氧化硫", "Sulphur dioxide"),
    ITEM("nitrogen_dioxide", "二氧化氮", "Nitrogen dioxide"),
    ITEM("hydrogen_cyanide", "氰化氢", "Hydrogen cyanide"),
    ITEM("phosgene", "碳酰氯（光气）", "Phosgene"),
    ITEM("phosphine", "磷化氢", "Phosphine"),
    ITEM("methyl_isocyanate", "异氰酸甲酯", "Methyl isocyanate"),
    ITEM("ethylene_oxide", "环氧乙烷", "Ethylene oxide"),
    ITEM("methyl_bromide", "溴甲烷", "Methyl bromide"),
    ITEM("coal_gas", "煤气（CO 混合）", "Coal gas (CO mixture)"),
    ITEM("hydrogen", "氢", "Hydrogen"),
    ITEM("acetylene", "乙炔", "Acetylene"),
    ITEM("methane", "甲烷、天然气", "Methane, natural gas"),
    ITEM("lpg", "液化石油气", "Liquefied petroleum gas"),
    ITEM("ethylene", "乙烯", "Ethylene"),
    ITEM("vinyl_chloride", "氯乙烯", "Vinyl chloride"),
    ITEM("butadiene", "1,3-丁二烯", "1,3-Butadiene"),
    ITEM("dimethyl_ether", "二甲醚", "Dimethyl ether"),
    ITEM("methylamine", "一甲胺", "Methylamine"),
    ITEM("oxygen", "氧（压缩或液化）", "Oxygen, compressed or liquid"),
    ITEM("benzene", "苯", "Benzene"),
    ITEM("toluene", "甲苯", "Toluene"),
    ITEM("styrene", "苯乙烯", "Styrene"),
    ITEM("methanol", "甲醇", "Methanol"),
    ITEM("ethanol", "乙醇", "Ethanol"),
    ITEM("acetone", "丙酮", "Acetone"),
    ITEM("petrol", "汽油", "Petrol"),
    ITEM("ethyl_acetate", "乙酸乙酯", "Ethyl acetate"),
    ITEM("cyclohexane", "环己烷", "Cyclohexane"),
    ITEM("hexane", "正己烷", "n-Hexane"),
    ITEM("ether", "乙醚", "Diethyl ether"),
    ITEM("propylene_oxide", "1,2-环氧丙烷", "Propylene oxide"),
    ITEM("carbon_disulphide", "二硫化碳", "Carbon disulphide"),
    ITEM("acrylonitrile", "丙烯腈", "Acrylonitrile"),
    ITEM("tdi", "甲苯二异氰酸酯", "Toluene diisocyanate"),
    ITEM("epichlorohydrin", "环氧氯丙烷", "Epichlorohydrin"),
    ITEM("ammonium_nitrate_high", "硝酸铵（可燃物>0.2%）", "Ammonium nitrate (combustibles > 0.2 %)"),
    ITEM("ammonium_nitrate_low", "硝酸铵（可燃物≤0.2%）", "Ammonium nitrate (combustibles ≤ 0.2 %)"),
    ITEM("ammonium_nitrate_fertiliser", "硝酸铵肥料（可燃物≤0.4%）", "Ammonium nitrate fertiliser (≤ 0.4 %)"),
    ITEM("tnt", "TNT（三硝基甲苯）", "TNT"),
    ITEM("nitroglycerine", "硝化甘油", "Nitroglycerine"),
    ITEM("white_phosphorus", "白磷", "White phosphorus"),
    ITEM("potassium_chlorate", "氯酸钾", "Potassium chlorate"),
    ITEM("sodium_chlorate", "氯酸钠", "Sodium chlorate"),
    ITEM("sodium_peroxide", "过氧化钠", "Sodium peroxide"),
    ITEM("calcium_carbide", "碳化钙（电石）", "Calcium carbide"),
    ITEM("triethylaluminium", "三乙基铝", "Triethylaluminium"),
    ITEM("potassium", "钾", "Potassium"),
    ITEM("sodium", "钠", "Sodium"),
    ITEM("bromine", "溴", "Bromine"),
    ITEM("diesel", "柴油", "Diesel"),
    ITEM("J1", "J1 急性毒性类别1，气体", "J1 Acute toxicity 1, gas"),
    ITEM("J2", "J2 急性毒性类别1，固体、液体", "J2 Acute toxicity 1, solid or liquid"),
    ITEM("J3", "J3 急性毒性类别2、3，气体", "J3 Acute toxicity 2 or 3, gas"),
    ITEM("J4", "J4 急性毒性类别2、3，吸入，沸点≤35℃的液体",
         "J4 Acute toxicity 2 or 3, inhaled, liquid boiling at or below 35 °C"),
    ITEM("J5", "J5 急性毒性类别2，其他", "J5 Acute toxicity 2, other"),
    ITEM("W1.1", "W1.1 不稳定爆炸物、1.1项爆炸物", "W1.1 Explosive, unstable or 1.1"),
    ITEM("W1.2", "W1.2 1.2、1.3、1.5、1.6项爆炸物", "W1.2 Explosive 1.2, 1.3, 1.5, 1.6"),
    ITEM("W1.3", "W1.3 1.4项爆炸物", "W1.3 Explosive 1.4"),
    ITEM("W2", "W2 易燃气体类别1、2", "W2 Flammable gas 1 or 2"),
    ITEM("W3", "W3 气溶胶类别1、2", "W3 Aerosol 1 or 2"),
    ITEM("W4", "W4 氧化性气体", "W4 Oxidising gas"),
    ITEM("W5.1", "W5.1 易燃液体类别1（及操作温度高于沸点的类别2、3）",
         "W5.1 Flammable liquid 1 (2 or 3 above boiling point)"),
    ITEM("W5.2", "W5.2 易燃液体类别2、3，特殊工艺条件", "W5.2 Flammable liquid 2 or 3, special process"),
    ITEM("W5.3", "W5.3 其他易燃液体类别2", "W5.3 Other flammable liquid 2"),
    ITEM("W5.4", "W5.4 其他易燃液体类别3", "W5.4 Other flammable liquid 3"),
    ITEM("W6.1", "W6.1 自反应物质A、B型", "W6.1 Self-reactive A or B"),
    ITEM("W6.2", "W6.2 自反应物质C、D、E型", "W6.2 Self-reactive C to E"),
    ITEM("W7.1", "W7.1 有机过氧化物A、B型", "W7.1 Organic peroxide A or B"),
    ITEM("W7.2", "W7.2 有机过氧化物C至F型", "W7.2 Organic peroxide C to F"),
    ITEM("W8", "W8 自燃液体、自燃固体", "W8 Pyrophoric"),
    ITEM("W9.1", "W9.1 氧化性液体、固体类别1", "W9.1 Oxidiser 1"),
    ITEM("W9.2", "W9.2 氧化性液体、固体类别2、3", "W9.2 Oxidiser 2 or 3"),
    ITEM("W10", "W10 易燃固体类别1", "W10 Flammable solid 1"),
    ITEM("W11", "W11 遇水放出易燃气体的物质类别1、2", "W11 Reacts with water 1 or 2"),
};
const struct choices dangerous_goods = { .name = "dangerous_good",
                                         .label = { "危险化学品或类别", "Substance or class" },
                                         .items = good_items,
                                         .count = COUNT(good_items) };

#define GRADE(c, zh_, en_)                    \
    {                                         \
        .code = (c), .label = {(zh_), (en_) } \
    }
static const struct choice grade_items[] = {
    GRADE("one", "一级", "Grade 1"),
    GRADE("two", "二级", "Grade 2"),
    GRADE("three", "三级", "Grade 3"),
    GRADE("four", "四级", "Grade 4"),
    GRADE("none", "不构成", "No major hazard"),
};
const struct choices source_grades = { .name = "source_grade",
                                       .label = { "重大危险源级别", "Grade of a major hazard" },
                                       .items = grade_items,
                                       .count = COUNT(grade_items) };

const struct dangerous_good *dangerous_good_find(const char *code)
{
    for (size_t i = 0; code && i < COUNT(goods); i++)
        if (strcmp(goods[i].code, code) == 0)
            return &goods[i];
    return NULL;
}

int64_t source_alpha(int64_t people)
{
    return people >= 100 ? 20 : people >= 50 ? 15 : people >= 30 ? 12 : people >= 1 ? ALPHA_1 : 5;
}

/* Sums of fractions q/Q are kept whole over one denominator: the least common multiple of all critical quantities is
** 15 · 10⁹ of their unit (0.3 t = 300,000 · 10⁻⁶ t and 5,000 t divide it), and a quantity is at most 10⁷ t. */
__extension__ typedef __int128 wide;
enum { PER_TENTH = 10 };
static const wide common = (wide)15000 * MILLION;

static int64_t rounded(wide value, wide by)
{
    return (int64_t)((2 * value + by) / (2 * by));
}

static const char *grade_of(wide r) /* · 100 · common */
{
    wide one = (wide)PER_TENTH * PER_TENTH * common;
    return r >= 100 * one ? "one" : r >= 50 * one ? "two" : r >= 10 * one ? "three" : "four";
}

struct source_sheet source_judge(const struct stock *stocks, size_t count, int64_t people, struct source_step *steps)
{
    wide s = 0, sum = 0;
    struct source_sheet out = { .alpha = source_alpha(people), .grade = "none" };
    for (size_t i = 0; i < count && i < STOCKS_MOST; i++) {
        const struct stock *k = &stocks[i];
        int64_t beta = k->beta ? k->beta : k->good->beta;
        wide part = (wide)k->tonnes * (common / k->good->critical);
        s += part;
        sum += part * beta;
        if (steps)
            steps[i] = (struct source_step){ .ratio = rounded(part * MILLION, common),
                                             .beta = beta,
                                             .term = rounded(part * beta * MILLION, common * PER_TENTH) };
    }
    out.s = rounded(s * MILLION, common);
    out.major = s >= common;
    out.sum = rounded(sum * MILLION, common * PER_TENTH);
    if (out.major) {
        out.r = rounded(sum * out.alpha * MILLION, common * PER_TENTH * PER_TENTH);
        out.grade = grade_of(sum * out.alpha);
    }
    return out;
}
