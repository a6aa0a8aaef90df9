/*
** Letters: what becomes one, what stands in it, and what becomes of it when the mail server is away, refuses, or asks to
** come back later. The server is a real one on loopback (smtp_server.py); the clock is the test's.
*/
#include "domain/town.h"

#include "base/clock.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/ladder.h"
#include "domain/notice.h"
#include "notify/mail.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MINUTE = 60 * 1000, LETTER = 64 << 10 };

static int64_t clock_ms;

static int64_t now(void)
{
    return clock_ms;
}

/* ---- the mail server ---- */

static struct {
    char box[64];
    pid_t pid;
    int to; /* its input: closed, it ends */
    int port;
} server;

static void server_start(int port)
{
    int in[2], out[2];
    char text[16], line[16] = "";
    snprintf(text, sizeof text, "%d", port);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    server.pid = fork();
    if (server.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        execl(MAIL_PYTHON, MAIL_PYTHON, MAIL_SERVER, server.box, text, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server.to = in[1];
    for (size_t n = 0; n + 1 < sizeof line && read(out[0], line + n, 1) == 1 && line[n] != '\n'; n++)
        continue;
    close(out[0]);
    char *end;
    server.port = (int)strtol(line, &end, 10);
    if (end == line || server.port < 1 || server.port > 65535)
        fail_msg("the mail server does not start: is python3-aiosmtpd installed?");
}

static void server_stop(void)
{
    close(server.to);
    waitpid(server.pid, NULL, 0);
}

static int letters(void)
{
    int n = 0;
    DIR *folder = opendir(server.box);
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        n += strstr(e->d_name, ".txt") != NULL && !strstr(e->d_name, ".part");
    closedir(folder);
    return n;
}

static void empty_box(void)
{
    DIR *folder = opendir(server.box);
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(folder), e->d_name, 0);
    closedir(folder);
}

/* The only letter in the box. */
static const char *the_letter(struct town *t)
{
    char name[256] = "", path[320];
    DIR *folder = opendir(server.box);
    assert_int_equal(letters(), 1);
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        if (strstr(e->d_name, ".txt"))
            snprintf(name, sizeof name, "%s", e->d_name);
    closedir(folder);
    snprintf(path, sizeof path, "%s/%s", server.box, name);
    FILE *f = fopen(path, "r");
    char *text = arena_alloc(&t->arena, LETTER);
    text[fread(text, 1, LETTER - 1, f)] = '\0';
    fclose(f);
    return text;
}

static void says(const char *letter, const char *words)
{
    if (!strstr(letter, words))
        fail_msg("the letter does not say \"%s\":\n%s", words, letter);
}

static void says_not(const char *letter, const char *words)
{
    if (strstr(letter, words))
        fail_msg("the letter says \"%s\":\n%s", words, letter);
}

/* ---- the house ---- */

static void settle(struct town *t, enum who who, const char *address, bool english)
{
    struct error err = { 0 };
    must(notice_setting_keep(
             t->house.store, t->people[who].id,
             &(struct notice_setting){ .address = address, .causes = ",assigned,rung,", .english = english }, town_noon,
             &err),
         &err);
}

/* Letters are written through what the store says of their readers. */
static void appoint(struct town *t)
{
    static const struct {
        enum who who;
        const char *role;
    } people[] = { { SAFETY, "safety" }, { NAMED, "worker" } };
    if (count_of(t, "SELECT count(*) FROM assignment WHERE role = 'safety'") > 0)
        return;
    for (size_t i = 0; i < COUNT(people); i++)
        must_create(t, PROGRAM, &assignment_kind,
                    say(t, "{\"role\":\"%s\",\"holder_account\":%lld,\"valid_from\":\"2026-01-01\",\"object\":%lld}",
                        people[i].role, (long long)t->people[people[i].who].id, (long long)t->spots[FIRM_A1]));
}

static struct mail *fresh(struct town *t, const char *url)
{
    struct error err = { 0 };
    struct mail *m;
    appoint(t);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    must_write(t->house.store, "DELETE FROM mail", NO_BINDS);
    must_write(t->house.store, "DELETE FROM notice_setting", NO_BINDS);
    empty_box();
    clock_ms = town_noon;
    must(mail_start(&(struct mail_options){ .house = &t->house,
                                            .server = { .url = url, .from = "anlan@example.cn" },
                                            .site = "https://anlan.example.cn",
                                            .gather_ms = MAIL_GATHER_MS,
                                            .now = now },
                    &m, &err),
         &err);
    return m;
}

static const char *here(struct town *t)
{
    return say(t, "smtp://127.0.0.1:%d", server.port);
}

static void round_at(struct mail *m, int64_t minutes)
{
    struct error err = { 0 };
    clock_ms = town_noon + minutes * MINUTE;
    must(mail_round(m, &err), &err);
}

static int64_t assigned(struct town *t, enum who responsible)
{
    town_employ(t, responsible, FIRM_A1, "2026-03-09");
    int64_t id = must_hazard(t, OFFICE, t->spots[FIRM_A1], "不许出现在信里的标题");
    must_move(t, OFFICE, id, "classify", "{\"level\":\"general\"}");
    must_move(
        t, OFFICE, id, "assign",
        say(t, "{\"measures\":\"改\",\"funds\":0,\"due\":\"2026-03-20\",\"contingency\":\"停\",\"responsible\":%lld}",
            (long long)t->people[responsible].id));
    return id;
}

static int64_t in_state(struct town *t, const char *state)
{
    return count_of(t, "SELECT count(*) FROM mail WHERE state = '%s'", state);
}

/* ---- tests ---- */

static void what_comes_within_a_quarter_of_an_hour_is_one_letter(void **state)
{
    struct town *t = TOWN(state);
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "safety@example.cn", false);
    assigned(t, SAFETY);
    assigned(t, SAFETY);
    round_at(m, 14);
    assert_int_equal(letters(), 0);
    assigned(t, SAFETY);
    round_at(m, 15);
    const char *letter = the_letter(t);
    says(letter, "rcpt safety@example.cn\n");
    says(letter, "Subject: 安澜：3 条提醒\n");
    says(letter, "Auto-Submitted: auto-generated\n");
    says(letter, "3. 交给您整改：隐患 2026-");
    assert_int_equal(in_state(t, "sent"), 1);
    round_at(m, 60);
    assert_int_equal(letters(), 1);
    mail_stop(m);
}

static void a_letter_says_what_and_by_when_with_a_link_and_nothing_else(void **state)
{
    struct town *t = TOWN(state);
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "safety@example.cn", true);
    int64_t id = assigned(t, SAFETY);
    round_at(m, 15);
    const char *letter = the_letter(t);
    says(letter, "Given to you to rectify: Hazard 2026-");
    says(letter, "fix by 2026-03-20");
    says(letter, say(t, "https://anlan.example.cn/hazards/%lld", (long long)id));
    says(letter, "Date: Mon, 09 Mar 2026 12:15:00 +0800\n");
    says_not(letter, "标题");
    says_not(letter, "人员");
    says_not(letter, "河口");
    mail_stop(m);
}

static void what_a_standstill_missed_is_one_line_of_one_letter(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct ladder_run did;
    struct mail *m = fresh(t, here(t));
    settle(t, NAMED, "named@example.cn", false);
    must_write(t->house.store, "UPDATE ladder_watch SET running = 0", NO_BINDS);
    assigned(t, NAMED);
    assigned(t, NAMED);
    must_write(t->house.store, "DELETE FROM notice", NO_BINDS);
    must(ladder_run(&t->house, town_noon + 12 * DAY_MS, &did, &err), &err);
    round_at(m, 12 * 24 * 60 + 15);
    const char *letter = the_letter(t);
    says(letter, "Subject: 安澜：1 条提醒\n");
    says(letter, "1. 系统停止期间到了日子的期限提醒：隐患 2 条");
    says(letter, say(t, "https://anlan.example.cn/hazards?told=%lld",
                     (long long)count_of(t, "SELECT id FROM notice WHERE cause = 'caught_up' AND account = %lld",
                                         (long long)t->people[NAMED].id)));
    mail_stop(m);
}

static void what_was_read_or_is_no_longer_theirs_is_left_out_and_nothing_makes_no_letter(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "safety@example.cn", false);
    assigned(t, SAFETY);
    must_write(t->house.store, "UPDATE notice SET read_at = at", NO_BINDS);
    int64_t gone = assigned(t, SAFETY);
    must(town_remove(t, OFFICE, &hazard_kind, gone, &err), &err);
    round_at(m, 15);
    assert_int_equal(letters(), 0);
    assert_int_equal(in_state(t, "void"), 1);
    assigned(t, SAFETY);
    settle(t, SAFETY, NULL, false); /* thought better of it */
    round_at(m, 31);
    assert_int_equal(letters(), 0);
    assert_int_equal(in_state(t, "void"), 2);
    mail_stop(m);
}

static void a_server_that_is_away_is_tried_again_later_and_later_and_gets_it_when_it_is_back(void **state)
{
    struct town *t = TOWN(state);
    int port = server.port;
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "safety@example.cn", false);
    settle(t, NAMED, "named@example.cn", false);
    server_stop();
    assigned(t, SAFETY);
    assigned(t, NAMED);
    round_at(m, 15);
    assert_int_equal(in_state(t, "waiting"), 2);
    assert_int_equal(count_of(t, "SELECT sum(tries) FROM mail"), 1); /* one is enough to know */
    assert_int_equal(count_of(t, "SELECT count(*) FROM mail WHERE problem_code = 'mail.server'"), 1);
    round_at(m, 15);
    assert_int_equal(count_of(t, "SELECT sum(tries) FROM mail"), 1);
    round_at(m, 16);
    assert_int_equal(count_of(t, "SELECT sum(tries) FROM mail"), 2);
    server_start(port);
    round_at(m, 60);
    assert_int_equal(in_state(t, "sent"), 2);
    assert_int_equal(letters(), 2);
    mail_stop(m);
}

static void a_refused_recipient_is_dead_at_once_and_holds_up_nobody(void **state)
{
    struct town *t = TOWN(state);
    struct error err = { 0 };
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "refused@example.cn", false);
    settle(t, NAMED, "named@example.cn", false);
    assigned(t, SAFETY);
    assigned(t, NAMED);
    round_at(m, 15);
    assert_int_equal(in_state(t, "dead"), 1);
    assert_int_equal(in_state(t, "sent"), 1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM mail WHERE problem_code = 'mail.refused' AND problem_zh LIKE "
                                 "'%%550%%' AND problem_zh NOT LIKE '%%@%%'"),
                     1);
    int64_t dead = count_of(t, "SELECT id FROM mail WHERE state = 'dead'");
    int64_t sent = count_of(t, "SELECT id FROM mail WHERE state = 'sent'");
    assert_int_equal(mail_again(t->house.store, sent, clock_ms, &err), -1);
    error_clear(&err);
    settle(t, SAFETY, "safety@example.cn", false); /* the address is put right */
    must(mail_again(t->house.store, dead, clock_ms, &err), &err);
    round_at(m, 16);
    assert_int_equal(in_state(t, "sent"), 2);
    assert_int_equal(letters(), 2);
    mail_stop(m);
}

static void a_recipient_that_is_always_later_is_given_up_in_the_end(void **state)
{
    struct town *t = TOWN(state);
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "later@example.cn", false);
    assigned(t, SAFETY);
    for (int64_t tries = 0, minutes = 15; tries < MAIL_TRIES; tries++, minutes += MAIL_WAIT_MOST_MS / MINUTE) {
        assert_int_equal(in_state(t, "dead"), 0);
        round_at(m, minutes);
    }
    assert_int_equal(in_state(t, "dead"), 1);
    assert_int_equal(count_of(t, "SELECT tries FROM mail"), MAIL_TRIES);
    assert_int_equal(letters(), 0);
    mail_stop(m);
}

static void what_waited_for_days_for_want_of_a_server_is_not_sent_any_more(void **state)
{
    struct town *t = TOWN(state);
    struct mail *m = fresh(t, here(t));
    settle(t, SAFETY, "safety@example.cn", false);
    assigned(t, SAFETY);
    round_at(m, MAIL_OLD_MS / MINUTE + 1);
    assert_int_equal(letters(), 0);
    assert_int_equal(count_of(t, "SELECT count(*) FROM notice WHERE mail IS NULL"), 1);
    assert_int_equal(count_of(t, "SELECT count(*) FROM mail"), 0);
    mail_stop(m);
}

static void another_machine_is_not_spoken_to_in_the_clear(void **state)
{
    struct town *t = TOWN(state);
    char host[256] = "";
    assert_int_equal(gethostname(host, sizeof host - 1), 0); /* no name of loopback, though it leads here */
    struct mail *m = fresh(t, say(t, "smtp://%s:%d", host, server.port));
    settle(t, SAFETY, "safety@example.cn", false);
    assigned(t, SAFETY);
    round_at(m, 15);
    assert_int_equal(letters(), 0);
    assert_int_equal(count_of(t, "SELECT count(*) FROM mail WHERE state = 'waiting' AND problem_code = 'mail.server'"),
                     1);
    mail_stop(m);
}

static void wrong_settings_are_refused_before_anything_is_sent(void **state)
{
    static const struct {
        const char *url, *from, *user, *password, *code;
    } wrong[] = {
        { "mail.example.cn", "a@example.cn", NULL, NULL, "mail.url" },
        { "http://mail.example.cn", "a@example.cn", NULL, NULL, "mail.url" },
        { "smtp://", "a@example.cn", NULL, NULL, "mail.url" },
        { "smtp://user:secret@mail.example.cn", "a@example.cn", NULL, NULL, "mail.url" },
        { "smtps://mail.example.cn:465", NULL, NULL, NULL, "mail.from" },
        { "smtps://mail.example.cn:465", "nobody", NULL, NULL, "mail.from" },
        { "smtps://mail.example.cn:465", "a@example.cn\r\nBcc: b@example.cn", NULL, NULL, "mail.from" },
        { "smtps://mail.example.cn:465", "a@example.cn", "user", NULL, "mail.user" },
        { "smtps://mail.example.cn:465", "a@example.cn", NULL, "secret", "mail.user" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct error err = { 0 };
        struct smtp s = { wrong[i].url, wrong[i].from, wrong[i].user, wrong[i].password };
        assert_int_equal(smtp_check(&s, &err), -1);
        assert_string_equal(err.code, wrong[i].code);
        assert_null(strstr(err.en, "secret"));
    }
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(what_comes_within_a_quarter_of_an_hour_is_one_letter),
        SAYS(a_letter_says_what_and_by_when_with_a_link_and_nothing_else),
        SAYS(what_a_standstill_missed_is_one_line_of_one_letter),
        SAYS(what_was_read_or_is_no_longer_theirs_is_left_out_and_nothing_makes_no_letter),
        SAYS(a_server_that_is_away_is_tried_again_later_and_later_and_gets_it_when_it_is_back),
        SAYS(a_refused_recipient_is_dead_at_once_and_holds_up_nobody),
        SAYS(a_recipient_that_is_always_later_is_given_up_in_the_end),
        SAYS(what_waited_for_days_for_want_of_a_server_is_not_sent_any_more),
        SAYS(another_machine_is_not_spoken_to_in_the_clear),
        SAYS(wrong_settings_are_refused_before_anything_is_sent),
    };
    snprintf(server.box, sizeof server.box, "/tmp/anlan-mail-XXXXXX");
    if (!mkdtemp(server.box))
        return 1;
    server_start(0);
    int failed = RUN_TOWNS(tests);
    server_stop();
    empty_box();
    rmdir(server.box);
    return failed;
}
