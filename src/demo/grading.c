#include "demo/grading.h"

#include "base/clock.h"

#include <string.h>

static const char office[] = "安澜市应急管理局";

static bool is_dangerous(const struct enterprise *e)
{
    static const char *const sectors[] = { "HAZCHEM", "MINE", "TAILINGS", "FIREWORK", "GAS" };
    for (size_t i = 0; has(e, sector) && i < COUNT(sectors); i++)
        if (strcmp(e->sector, sectors[i]) == 0)
            return true;
    return false;
}

/* Spread evenly over each trade. */
static size_t part_of(size_t n, size_t of)
{
    return n * 37 % 101 % of;
}

static const char *risk_of(const struct enterprise *e, size_t n)
{
    static const char *const dangerous[] = { "red", "orange", "orange", "orange", "yellow" };
    static const char *const others[] = { "orange", "yellow", "yellow", "yellow", "blue", "blue", "blue", "blue" };
    return is_dangerous(e) ? dangerous[part_of(n, COUNT(dangerous))] : others[part_of(n, COUNT(others))];
}

static const char *grade_of(size_t n)
{
    static const char *const grades[] = { "A", "B", "B", "B", "B", "C", "C", "B", "A", "D" };
    return grades[part_of(n, COUNT(grades))];
}

void grading_begin(struct change *c, struct enterprise *e, size_t n)
{
    int64_t today = day_of_ms(c->now);
    set(e, risk_level, risk_of(e, n));
    set(e, risk_on, today);
    set(e, risk_by, office);
    set(e, risk_reason, "按风险辨识和企业自评结果评定。");
    if (n % 9 == 5) /* not looked at yet */
        return;
    set(e, supervision_grade, grade_of(n));
    set(e, grade_on, today);
    set(e, grade_by, office);
    set(e, grade_reason, "年度分类分级评定。");
}

static int say(struct change *c, int64_t firm, const char *name, const char *code, const char *document,
               const char *reason, struct error *err)
{
    const struct move *move = move_find(&enterprise_kind, name);
    void *before;
    if (change_get_to_move(c, &enterprise_kind, firm, 0, move, &before, err) < 0)
        return -1;
    struct enterprise *e = change_copy(c, &enterprise_kind, before);
    int64_t today = day_of_ms(c->now);
    if (strcmp(name, "grade") == 0) {
        give(e, supervision_grade, code);
        give(e, grade_on, today);
        give(e, grade_by, office);
        give(e, grade_document, document);
        give(e, grade_reason, reason);
    } else if (strcmp(name, "rate-risk") == 0) {
        give(e, risk_level, code);
        give(e, risk_on, today);
        give(e, risk_by, office);
        give(e, risk_document, document);
        give(e, risk_reason, reason);
    } else {
        give(e, credit_grade, code);
        give(e, credit_on, today);
        give(e, credit_by, office);
        give(e, credit_document, document);
        give(e, credit_reason, reason);
    }
    return change_move(c, &enterprise_kind, move, before, e, NULL, err);
}

static int look_again(struct change *c, int64_t firm, size_t n, struct error *err)
{
    bool worse = n % 8 == 0;
    return say(c, firm, "grade", worse ? "C" : "B", arena_printf(c->arena, "安应急分级〔2026〕%zu号", n + 1),
               worse ? "重大隐患逾期未整改，下调一级。" : "问题隐患按期整改，定期复评调整。", err);
}

int grading_look(struct change *c, int64_t firm, size_t n, bool again, struct error *err)
{
    static const char *const credits[] = { "A", "B", "B", "A", "C", "B" };
    const char *document = arena_printf(c->arena, "安应急分级〔2026〕%zu号", n / 20 + 1);
    void *before;
    if (again)
        return n % 4 == 0 ? look_again(c, firm, n, err) : 0;
    if (change_get(c, &enterprise_kind, firm, 0, "read", &before, err) < 0)
        return -1;
    if (say(c, firm, "rate-risk", risk_of(before, n), document, "安全风险辨识评估，按固有风险最高的风险点定级。", err) <
            0 ||
        say(c, firm, "grade", grade_of(n), document, "综合风险等级、标准化等级和执法检查情况评定。", err) < 0)
        return -1;
    return n % 3 == 0 ? say(c, firm, "rate-credit", credits[n / 3 % COUNT(credits)], document, "年度信用评价。", err)
                      : 0;
}
