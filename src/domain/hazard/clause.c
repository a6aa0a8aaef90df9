#include "domain/hazard/clause.h"

#include "base/clock.h"
#include "calendar/calendar.h"
#include "record/kind.h"
#include "search/bigrams.h"

#include <stdio.h>
#include <string.h>

enum {
    SCORE_LEAST = 120,
    SHARED_LEAST = 2, /* one word in common says nothing: 玻璃 */
    ELSEWHERE = 3,    /* a clause of another sector has to be that much more alike */
};

static bool holds(int from, int to, int64_t day)
{
    return day >= day_of_number(from) && (to == 0 || day <= day_of_number(to));
}

static bool in_force(const struct clause *c, int64_t day)
{
    return holds(c->valid_from, c->valid_to, day);
}

size_t clause_gaps_on(const char *sector, int64_t day, const struct clause_gap **out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < clause_gap_count && n < most; i++)
        if (holds(clause_gaps[i].valid_from, clause_gaps[i].valid_to, day) &&
            (!sector || strcmp(clause_gaps[i].sector, sector) == 0))
            out[n++] = &clause_gaps[i];
    return n;
}

const struct clause *clause_on(const char *code, int64_t day)
{
    for (size_t i = 0; i < clause_count; i++)
        if (strcmp(clauses[i].code, code) == 0 && in_force(&clauses[i], day))
            return &clauses[i];
    return NULL;
}

/* Two capital letters, a dash, then digits and dashes. */
static bool is_code(const char *words)
{
    return words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'A' && words[1] <= 'Z' && words[2] == '-' && words[3] &&
           strspn(words + 3, "0123456789-") == strlen(words + 3);
}

/* Standards every clause of which the library has: of them nothing is left to say in one's own words. */
static const char *const held_whole[] = { "应急管理部令第10号", "安监总管三〔2017〕121号", "应急管理部令第4号" };

static const char *names_held(const char *words, int64_t day)
{
    for (size_t i = 0; i < COUNT(held_whole); i++)
        for (size_t k = 0; k < clause_count && strstr(words, held_whole[i]); k++)
            if (strcmp(clauses[k].standard, held_whole[i]) == 0 && in_force(&clauses[k], day))
                return held_whole[i];
    return NULL;
}

static size_t digits(const char *at)
{
    return strspn(at, "0123456789");
}

/* The length of `word` where the text begins with it; 0: it does not. */
static size_t begins(const char *at, const char *word)
{
    size_t n = strlen(word);
    return strncmp(at, word, n) == 0 ? n : 0;
}

/* "GB 35181-2025", "GB/T 33000—2025", "DB37/T 2971-2017": letters, a number, the year of the edition. */
static bool is_standard(const char *at)
{
    size_t letters = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    at += letters;
    const char *kind = at + digits(at); /* behind the number of a province */
    if (kind[0] == '/' && kind[1] == 'T')
        at = kind + 2;
    at += strspn(at, " ");
    size_t number = strspn(at, "0123456789.");
    at += number;
    at += begins(at, "—") ? begins(at, "—") : begins(at, "–") ? begins(at, "–") : begins(at, "-");
    return letters >= 2 && number >= 2 && digits(at) == 4 && (at[-1] == '-' || (unsigned char)at[-1] >= 0x80);
}

/* "矿安〔2022〕88号", "安监总管三[2017]121号". */
static bool is_document(const char *at)
{
    size_t open = begins(at, "〔") ? begins(at, "〔") : begins(at, "[");
    if (!open || digits(at + open) != 4)
        return false;
    at += open + 4;
    size_t close = begins(at, "〕") ? begins(at, "〕") : begins(at, "]");
    at += close;
    at += begins(at, "第");
    return close && digits(at) > 0 && begins(at + digits(at), "号");
}

/* "交通运输部令第10号", "总局令3号". */
static bool is_order(const char *at)
{
    size_t n = begins(at, "令");
    at += n;
    at += begins(at, "第");
    return n && digits(at) > 0 && begins(at + digits(at), "号");
}

static bool names_standard(const char *words)
{
    for (const char *at = words; *at; at++)
        if (is_standard(at) || is_document(at) || is_order(at))
            return true;
    return false;
}

int clause_check(const char *field, const char *words, bool major, int64_t day, struct error *err)
{
    char on[DAY_TEXT];
    day_print(day, on);
    if (is_code(words))
        return clause_on(words, day)
                   ? 0
                   : fail_field(err, field, "条款 %s 在发现之日 %s 不是有效条款，请重新选择",
                                "The clause %s was not in force on %s, when the hazard was found; choose again", words,
                                on);
    if (!major)
        return 0;
    const char *held = names_held(words, day);
    if (held)
        return fail_field(err, field, "%s的条款都在判定标准库里，请从库里选择在发现之日 %s 有效的一条",
                          "The library holds every clause of %s; choose the one in force on %s, when it was found",
                          held, on);
    if (!names_standard(words))
        return fail_field(
            err, field,
            "重大隐患须有发现之日有效的判定标准：请从库里选择条款；库里没有的标准，写明编号和条款，例：GB "
            "35181-2025 第6.2条",
            "A major hazard needs a standard in force when it was found: choose a clause of the library, "
            "or write number and clause of a standard that is not in it, e.g. GB 35181-2025 6.2");
    return 0;
}

static size_t step(const char *at)
{
    unsigned char c = (unsigned char)*at;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* Pairs that can be said of anything: where only these are shared, as in 不能正常运行, the clause is about something else. */
static const char empty_pairs[] =
    " 不能 能正 正常 常运 运行 常使 使用 常工 工作 人员 业人 员未 作业 现场 安全 全管 管理 生产 产经 经营 单位 未设 "
    "设在 设置 未按 按规 "
    "规定 按要 要求 不符 符合 合规 合标 合要 标准 不合 合格 未经 未采 采取 采用 措施 未建 建立 未制 制定 制度 未落 "
    "落实 未进 进行 未配 "
    "配备 未安 安装 装置 设备 设施 系统 设计 危险 超过 大于 小于 不足 不满 满足 缺失 缺少 失效 损坏 没有 存在 严重 "
    "及时 未及 违规 擅自 "
    "从事 有效 范围 影响 区域 场所 所未 相关 部分 主要 负责 责人 或未 或不 或超 失或 人和 和安 施工 控制 ";

static bool is_empty(const char *pair)
{
    char word[12];
    snprintf(word, sizeof word, " %s ", pair);
    return strstr(empty_pairs, word) != NULL;
}

/* Pairs of neighbouring characters of the clause that the description has as well, of 1000; those that say nothing count
** on neither side. */
static int overlap(const char *clause, const char *text)
{
    int pairs = 0, shared = 0;
    for (const char *at = clause; *at; at += step(at)) {
        const char *next = at + step(at);
        char pair[9] = "";
        if (!*next || *at == ' ' || *next == ' ')
            continue;
        memcpy(pair, at, step(at) + step(next));
        if (is_empty(pair))
            continue;
        pairs++;
        shared += strstr(text, pair) != NULL;
    }
    return shared >= SHARED_LEAST ? 1000 * shared / pairs : 0;
}

static bool is_better(const struct clause_hit *a, const struct clause_hit *b)
{
    return a->score > b->score || (a->score == b->score && strcmp(a->clause->code, b->clause->code) < 0);
}

size_t clause_suggest(const char *sector, const char *text, int64_t day, struct clause_hit out[CLAUSE_SUGGESTIONS])
{
    AUTO_TEXT said = TEXT_LIMIT(1 << 14);
    size_t n = 0;
    bigrams_fold(&said, text, bigrams_cut(text));
    for (size_t i = 0; i < clause_count; i++) {
        const struct clause *c = &clauses[i];
        if (!in_force(c, day))
            continue;
        AUTO_TEXT words = TEXT_LIMIT(4096);
        bigrams_fold(&words, c->text, strlen(c->text));
        struct clause_hit hit = { c, overlap(text_get(&words), text_get(&said)) };
        if (sector && strcmp(c->sector, sector) != 0)
            hit.score /= ELSEWHERE;
        if (hit.score < SCORE_LEAST)
            continue;
        size_t at = n < CLAUSE_SUGGESTIONS ? n++ : CLAUSE_SUGGESTIONS;
        while (at > 0 && is_better(&hit, &out[at - 1])) {
            if (at < CLAUSE_SUGGESTIONS)
                out[at] = out[at - 1];
            at--;
        }
        if (at < CLAUSE_SUGGESTIONS)
            out[at] = hit;
    }
    return n;
}
