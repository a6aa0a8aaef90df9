#include "notify/letter.h"

#include "base/clock.h"
#include "domain/ladder.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { BODY_MOST = 64 << 10, COLUMNS = 76 };

static void put_base64(struct text *out, const char *text, size_t size, bool folded)
{
    AUTO_ARENA arena = { 0 };
    size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
    char *encoded = arena_alloc(&arena, room);
    sodium_bin2base64(encoded, room, (const unsigned char *)text, size, sodium_base64_VARIANT_ORIGINAL);
    size_t n = strlen(encoded);
    for (size_t at = 0; at < n; at += COLUMNS) {
        text_add(out, encoded + at, n - at < COLUMNS ? n - at : COLUMNS);
        if (folded)
            text_str(out, "\r\n");
    }
}

/* Days and hours are those of China. */
static void put_date(struct text *out, int64_t now)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int year, month, dom;
    int64_t day = day_of_ms(now), second = (now + CHINA_OFFSET_MS) / 1000 % 86400;
    day_to_ymd(day, &year, &month, &dom);
    text_printf(out, "Date: %d %s %d %02d:%02d:%02d +0800\r\n", dom, months[month - 1], year, (int)(second / 3600),
                (int)(second / 60 % 60), (int)(second % 60));
}

/* What a standstill missed: how many of each kind, with the list that shows them. */
static void put_gathered(struct text *out, const struct letter *l, const struct letter_line *line)
{
    for (size_t i = 0; i < line->gathered_count; i++) {
        const struct gathered *g = &line->gathered[i];
        bool many = g->count > GATHERED_MOST;
        text_printf(out, l->english ? "%s%s %" PRId64 "%s" : "%s%s %" PRId64 "%s 条",
                    i > 0        ? (l->english ? ", " : "、")
                    : l->english ? ": "
                                 : "：",
                    l->english ? g->kind->label.en : g->kind->label.zh, many ? GATHERED_MOST : g->count,
                    many ? "+" : "");
    }
    text_str(out, "\r\n");
    for (size_t i = 0; l->site && i < line->gathered_count; i++)
        text_printf(out, "   %s/%s?told=%" PRId64 "\r\n", l->site, line->gathered[i].kind->plural, line->notice->id);
}

static void put_line(struct text *out, const struct letter *l, size_t i)
{
    const struct notice *n = l->lines[i].notice;
    struct label words = notice_words(n), instead = ladder_role(n->instead_of);
    char day[DAY_TEXT];
    text_printf(out, "%zu. %s", i + 1, l->english ? words.en : words.zh);
    if (l->lines[i].gathered_count) {
        put_gathered(out, l, &l->lines[i]);
        return;
    }
    if (n->kind && l->lines[i].number)
        text_printf(out, "%s%s %s", l->english ? ": " : "：", l->english ? n->kind->label.en : n->kind->label.zh,
                    l->lines[i].number);
    if (n->due) {
        day_print(n->due, day);
        text_printf(out, "%s%s", l->english ? ", fix by " : "，期限 ", day);
    }
    if (n->instead_of)
        text_printf(out, l->english ? " (no %s here; it is told to you)" : "（%s空缺，转告您）",
                    l->english ? instead.en : instead.zh);
    text_str(out, "\r\n");
    if (l->site && n->kind && (!n->cause || n->cause->of == NOTICE_RECORD))
        text_printf(out, "   %s/%s/%" PRId64 "\r\n", l->site, n->kind->plural, n->record);
}

static void put_body(struct text *out, const struct letter *l)
{
    text_printf(out, l->english ? "You have %zu new notices.\r\n\r\n" : "您有 %zu 条新提醒。\r\n\r\n",
                l->count + l->more);
    for (size_t i = 0; i < l->count; i++)
        put_line(out, l, i);
    if (l->more)
        text_printf(out, l->english ? "\r\nand %zu more.\r\n" : "\r\n另有 %zu 条。\r\n", l->more);
    if (l->site)
        text_printf(out, "\r\n%s%s/notices\r\n", l->english ? "All of them: " : "全部提醒：", l->site);
    text_str(out, l->english
                      ? "\r\nSent by the Anlan platform; do not answer. Which notices come by e-mail is settled under "
                        "“My account – Notices”.\r\n"
                      : "\r\n本邮件由安澜平台自动发出，请勿回复。哪些消息发邮件，在“我的账号—消息提醒”里设置。\r\n");
}

void letter_write(const struct letter *l, struct text *out)
{
    AUTO_TEXT subject = TEXT_LIMIT(256);
    AUTO_TEXT body = TEXT_LIMIT(BODY_MOST);
    text_printf(&subject, l->english ? "Anlan: %zu notices" : "安澜：%zu 条提醒", l->count + l->more);
    put_body(&body, l);
    text_printf(out, "From: Anlan <%s>\r\nTo: <%s>\r\nSubject: =?UTF-8?B?", l->from, l->to);
    put_base64(out, text_get(&subject), subject.used, false);
    text_str(out, "?=\r\n");
    put_date(out, l->now);
    text_printf(out,
                "Message-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n"
                "X-Auto-Response-Suppress: All\r\n\r\n",
                l->message_id);
    put_base64(out, text_get(&body), body.used, true);
}
