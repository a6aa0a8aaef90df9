#include "app/commands.h"
#include "app/day.h"
#include "app/house.h"
#include "app/minute.h"
#include "app/post.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/pages.h"
#include "http/setup.h"
#include "http/web.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Readers beside those of the request workers and the jobs: for the minute and for the mail. */
enum { WORKERS = 8, PORT = 8787, CLOCKWORK = 2 };

static int split_address(const char *listen, char *host, size_t room, uint16_t *port, struct error *err)
{
    const char *colon = strrchr(listen, ':');
    char *end = NULL;
    long number = colon ? strtol(colon + 1, &end, 10) : -1;
    size_t n = colon ? (size_t)(colon - listen) : 0;
    if (!colon || end == colon + 1 || *end || number < 0 || number > 65535 || n == 0 || n >= room)
        return fail(err, FAULT_MALFORMED, "options.listen", "--listen 应写成 地址:端口，例：127.0.0.1:8787",
                    "--listen is written address:port, e.g. 127.0.0.1:8787");
    bool bracket = listen[0] == '[' && listen[n - 1] == ']';
    memcpy(host, listen + bracket, n - 2 * bracket);
    host[n - 2 * (size_t)bracket] = '\0';
    *port = (uint16_t)number;
    return 0;
}

static void wake(void *arg)
{
    http_wake_streams(arg);
}

static void greet(const struct house *house, const struct setup *setup, const char *host, uint16_t port, bool pages)
{
    bool six = strchr(host, ':') != NULL;
    printf("\n安澜 Anlan  http://%s%s%s:%u/\n", six ? "[" : "",
           strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 ? "localhost" : host, six ? "]" : "", port);
    if (setup)
        printf("还没有账号。请打开上面的地址，用这个设置码建立系统、安全、审计三员账号：\n"
               "No accounts yet. Open the address and make the three administrators with this code:\n\n    %s\n\n",
               setup_code(setup));
    if (house->demo) {
        AUTO_TEXT path = TEXT_LIMIT(4096);
        AUTO_TEXT words = TEXT_LIMIT(64 * 1024);
        text_printf(&path, "%s/demo-accounts.json", house->folder);
        FILE *file = fopen(text_get(&path), "r");
        char buffer[4096];
        size_t n;
        while (file && (n = fread(buffer, 1, sizeof buffer, file)) > 0)
            text_add(&words, buffer, n);
        if (file)
            fclose(file);
        json_t *list = json_loads(text_get(&words), 0, NULL);
        size_t i;
        json_t *one;
        printf("演示账号（密码在 %s，本机浏览器可一键登录）：\n", text_get(&path));
        json_array_foreach(list, i, one) printf("  %-14s %-18s %s\n", json_string_value(json_object_get(one, "name")),
                                                json_string_value(json_object_get(one, "password")),
                                                json_string_value(json_object_get(one, "scope")));
        json_decref(list);
    }
    if (!pages)
        printf("这个构建不带页面，只有接口。\n");
    fflush(stdout);
}

static int run_until_told(struct house *house, struct web *web, const struct post *post,
                          const struct http_options *options, struct error *err)
{
    sigset_t quit;
    int signal_number;
    sigemptyset(&quit);
    sigaddset(&quit, SIGINT);
    sigaddset(&quit, SIGTERM);
    /* Before any thread starts, so that every thread inherits the mask and only sigwait takes them. */
    pthread_sigmask(SIG_BLOCK, &quit, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (house_start_jobs(house, JOB_THREADS, clock_now_ms, err) < 0 || post_start(post, &web->mail, err) < 0)
        return -1;
    if (http_start(options, &web->server, err) < 0) {
        mail_stop(web->mail);
        return -1;
    }
    hub_listen(house->hub, wake, web->server);
    struct minute *minute = NULL;
    int got = minute_start(house, clock_now_ms, MINUTE_MS, &minute, err);
    if (got == 0) {
        greet(house, web->setup, options->address, http_port(web->server), web->pages != NULL);
        log_event(LOG_INFO, "serve.ready", "version", web->version, NULL);
        sigwait(&quit, &signal_number);
        log_event(LOG_INFO, "serve.stop", NULL);
    }
    minute_stop(minute);
    hub_listen(house->hub, NULL, NULL);
    http_stop(web->server);
    mail_stop(web->mail);
    return got;
}

static int number(const char *text, const char *name, int64_t least, int64_t most, int64_t *out, struct error *err)
{
    char *end;
    if (!text)
        return 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || n < least || n > most)
        return fail(err, FAULT_MALFORMED, "options.number", "--%s 取 %lld 至 %lld", "--%s takes %lld to %lld", name,
                    (long long)least, (long long)most);
    *out = n;
    return 0;
}

static int read_rules(const struct options *o, struct sign_in_rules *out, struct error *err)
{
    static const struct {
        const char *word;
        enum second_needed means;
    } words[] = { { "administrators", SECOND_ADMINISTRATORS },
                  { "everybody", SECOND_EVERYBODY },
                  { "nobody", SECOND_NOBODY } };
    int64_t minutes = 0;
    if (number(o->idle_minutes, "idle-minutes", 5, SESSION_LIFE_MS / 60000, &minutes, err) < 0 ||
        number(o->password_days, "password-days", 0, 3650, &out->password_days, err) < 0)
        return -1;
    out->idle_ms = minutes * 60000;
    for (size_t i = 0; o->second_factor && i < COUNT(words); i++)
        if (strcmp(words[i].word, o->second_factor) == 0)
            out->second = words[i].means;
    if (o->second_factor && out->second == SECOND_USUAL)
        return fail(err, FAULT_MALFORMED, "options.second", "--second-factor 取 administrators、everybody 或 nobody",
                    "--second-factor takes administrators, everybody or nobody");
    return 0;
}

int command_serve(const struct options *o, struct error *err)
{
    char host[128];
    struct house house;
    struct pages *pages = NULL;
    struct http_options options = { .address = host,
                                    .workers = o->workers ? (int)strtol(o->workers, NULL, 10) : WORKERS };
    if (!o->data)
        return fail(err, FAULT_MALFORMED, "options.data", "请用 --data 指明数据目录",
                    "Name the data folder with --data");
    if (options.workers < 1 || options.workers > 256)
        return fail(err, FAULT_MALFORMED, "options.workers", "--workers 取 1 至 256", "--workers takes 1 to 256");
    struct sign_in_rules rules = { 0 };
    if (read_rules(o, &rules, err) < 0)
        return -1;
    if (split_address(o->listen ? o->listen : "127.0.0.1:8787", host, sizeof host, &options.port, err) < 0)
        return -1;
    if (house_open(&(struct house_options){ o->data, o->db, options.workers + JOB_THREADS + CLOCKWORK, HOUSE_OWN },
                   &house, err) < 0)
        return -1;
    struct setup *setup = NULL;
    struct post post;
    int got = post_read(o, &house, &post, err);
    if (got == 0)
        got = pages_open(o->web, &pages, err);
    if (got == 0)
        got = setup_open(&house, &setup, err);
    if (got == 0) {
        struct web web = { .house = &house,
                           .pages = pages,
                           .version = ANLAN_VERSION,
                           .trusted_proxy = o->trusted_proxy,
                           .rules = rules,
                           .setup = setup,
                           .next_day = house.demo ? day_next : NULL };
        options.app = &web;
        options.is_upload = web_is_upload;
        options.handle = web_handle;
        options.refuse = web_refuse;
        got = run_until_told(&house, &web, &post, &options, err);
    }
    post_done(&post);
    setup_close(setup);
    pages_close(pages);
    house_close(&house);
    return got;
}
