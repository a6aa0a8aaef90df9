#include "app/commands.h"
#include "app/day.h"
#include "app/house.h"
#include "app/minute.h"
#include "app/post.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/pages.h"
#include "http/setup.h"
#include "http/gauge.h"
#include "http/web.h"
#include "report/render.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Readers beside those of the request workers and the jobs: one each for the minute, the mail and the figures. */
enum { CLOCKWORK = 3 };

/* Host and port of what options_read has found to be address:port. */
static int split_address(const char *listen, char *host, size_t room, uint16_t *port, struct error *err)
{
    size_t n = (size_t)(strrchr(listen, ':') - listen);
    if (n >= room)
        return fail(err, FAULT_MALFORMED, "options.listen", "监听地址太长：%.80s", "The address is too long: %.80s",
                    listen);
    bool bracket = listen[0] == '[' && listen[n - 1] == ']';
    memcpy(host, listen + bracket, n - 2 * (size_t)bracket);
    host[n - 2 * (size_t)bracket] = '\0';
    *port = (uint16_t)strtol(listen + n + 1, NULL, 10);
    return 0;
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static void wake(void *arg)
{
    http_wake_streams(arg);
}

static void greet(const struct house *house, const struct web *web, const struct http_options *options)
{
    const char *host = options->address;
    const struct setup *setup = web->setup;
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
        host = "localhost";
    bool six = strchr(host, ':') != NULL;
    printf("\n安澜 Anlan  %s://%s%s%s:%u/\n", options->tls_cert ? "https" : "http", six ? "[" : "", host,
           six ? "]" : "", http_port(web->server));
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
    if (!web->pages)
        printf("这个构建不带页面，只有接口。\n");
    fflush(stdout);
}

/* Before the first thread starts, the store's writer included: every thread inherits the mask and only sigwait takes
** them. One that comes while the store opens waits until then. */
static sigset_t hold_signals(void)
{
    sigset_t quit;
    sigemptyset(&quit);
    sigaddset(&quit, SIGINT);
    sigaddset(&quit, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &quit, NULL);
    signal(SIGPIPE, SIG_IGN);
    return quit;
}

/* systemd's Type=notify: without it nothing listens. */
static void tell_manager(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t n = path ? strlen(path) : 0;
    if (n < 2 || n >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, n);
    if (path[0] == '@') /* in the kernel's own name space */
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), 0, (const struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        log_event(LOG_WARN, "serve.notify", "why", strerror(errno), NULL);
    close(fd);
}

/* The listener of /metrics (decision 0030). */
struct metrics {
    struct http_server *server; /* NULL: none was asked for */
    struct gauge gauge;
    char host[128];
    struct arena arena;
};

static int start_metrics(const struct options *o, const struct web *web, struct metrics *m, struct error *err)
{
    struct http_options options = { .address = m->host, .workers = 1, .app = &m->gauge, .handle = gauge_handle };
    if (!o->metrics_listen)
        return 0;
    if (split_address(o->metrics_listen, m->host, sizeof m->host, &options.port, err) < 0)
        return -1;
    m->gauge = (struct gauge){ .web = web, .started_ms = clock_now_ms() };
    if (o->metrics_key && options_secret("metrics-key", o->metrics_key, &m->arena, &m->gauge.key, err) < 0)
        return -1;
    if (!m->gauge.key && !is_loopback(m->host))
        return fail(err, FAULT_MALFORMED, "options.metrics",
                    "metrics-listen 不是本机地址，请同时设置 metrics-key，或改为 127.0.0.1:端口",
                    "metrics-listen is reached from elsewhere: set metrics-key too, or write 127.0.0.1:PORT");
    return http_start(&options, &m->server, err);
}

static int run_until_told(const struct options *o, struct house *house, struct web *web, const struct post *post,
                          const struct http_options *options, const sigset_t *quit, struct error *err)
{
    int signal_number;
    struct metrics metrics = { 0 };
    struct minute *minute = NULL;
    int got = house_start_jobs(house, JOB_THREADS, clock_now_ms, err);
    if (got == 0)
        got = post_start(post, &web->mail, err);
    if (got == 0)
        got = http_start(options, &web->server, err);
    if (got == 0)
        got = start_metrics(o, web, &metrics, err);
    if (got == 0)
        got = minute_start(house, clock_now_ms, MINUTE_MS, &minute, err);
    if (got == 0) {
        hub_listen(house->hub, wake, web->server);
        greet(house, web, options);
        log_event(LOG_INFO, "serve.ready", "version", web->version, NULL);
        tell_manager("READY=1");
        sigwait(quit, &signal_number);
        log_event(LOG_INFO, "serve.stop", NULL);
        tell_manager("STOPPING=1");
        hub_listen(house->hub, NULL, NULL);
    }
    minute_stop(minute);
    http_stop(metrics.server);
    http_stop(web->server);
    mail_stop(web->mail);
    arena_done(&metrics.arena);
    return got;
}

static struct sign_in_rules rules_of(const struct options *o)
{
    struct sign_in_rules rules = { .idle_ms = o->idle_minutes * 60000, .password_days = o->password_days };
    if (o->second_factor)
        rules.second = o->second_factor[0] == 'a'   ? SECOND_ADMINISTRATORS
                       : o->second_factor[0] == 'e' ? SECOND_EVERYBODY
                                                    : SECOND_NOBODY;
    return rules;
}

static struct rates rates_of(const struct options *o)
{
    return (struct rates){ .session = o->session_rate,
                           .key = o->key_rate,
                           .address = o->address_rate,
                           .verify = o->verify_rate,
                           .look_up = o->look_up_rate };
}

/* Both or neither; the key from a file nobody else may read. */
static int read_tls(const struct options *o, struct arena *arena, struct http_options *out, struct error *err)
{
    if (!o->tls_cert && !o->tls_key)
        return 0;
    if (!o->tls_cert || !o->tls_key)
        return fail(err, FAULT_MALFORMED, "options.tls", "tls-cert 和 tls-key 要一起设置",
                    "tls-cert and tls-key are set together");
    return options_text(o->tls_cert, arena, &out->tls_cert, err) < 0
               ? -1
               : options_secret_whole("tls-key", o->tls_key, arena, &out->tls_key, err);
}

/* What stands in a QR code is typed by nobody: a slash too many or a missing scheme would be on paper for years. */
static int read_public_url(const struct options *o, struct house *house, struct error *err)
{
    const char *url = o->public_url;
    size_t n = url ? strlen(url) : 0;
    if (!url)
        return 0;
    if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || n > 200 || url[n - 1] == '/' ||
        strpbrk(url, " ?#\"<>"))
        return fail(err, FAULT_MALFORMED, "options.public_url",
                    "--public-url 应写成 https://anlan.example.gov.cn，末尾不带斜线",
                    "--public-url is written https://anlan.example.gov.cn, without a slash at its end");
    house->public_url = url;
    return 0;
}

int command_serve(const struct options *o, struct error *err)
{
    char host[128];
    struct house house;
    struct pages *pages = NULL;
    struct http_options options = { .address = host,
                                    .workers = (int)o->workers,
                                    .upload_limit = (size_t)o->upload_mb << 20 };
    if (!o->data)
        return fail(err, FAULT_MALFORMED, "options.data", "请用 --data 指明数据目录",
                    "Name the data folder with --data");
    if (split_address(o->listen, host, sizeof host, &options.port, err) < 0)
        return -1;
    AUTO_ARENA arena = { 0 };
    if (read_tls(o, &arena, &options, err) < 0)
        return -1;
    sigset_t quit = hold_signals();
    if (house_open(&(struct house_options){ o->data, o->db, options.workers + JOB_THREADS + CLOCKWORK, HOUSE_OWN },
                   &house, err) < 0)
        return -1;
    struct setup *setup = NULL;
    lock_settle(
        &(struct lock_rules){ .tries = o->lock_tries, .ms = o->lock_minutes * 60000, .peer_tries = o->address_tries });
    render_settings(NULL, o->font_title, o->font_body, o->font_note);
    int got = read_public_url(o, &house, err);
    struct post post = { 0 };
    if (got == 0)
        got = post_read(o, &house, &post, err);
    if (got == 0)
        got = pages_open(o->web, &pages, err);
    if (got == 0)
        got = setup_open(&house, &setup, err);
    if (got == 0) {
        struct web web = { .house = &house,
                           .pages = pages,
                           .version = ANLAN_VERSION,
                           .trusted_proxy = o->trusted_proxy,
                           .rules = rules_of(o),
                           .rates = rates_of(o),
                           .min_free_mb = o->min_free_mb,
                           .setup = setup,
                           .next_day = house.demo ? day_next : NULL };
        options.app = &web;
        options.is_upload = web_is_upload;
        options.handle = web_handle;
        options.refuse = web_refuse;
        got = run_until_told(o, &house, &web, &post, &options, &quit, err);
    }
    post_done(&post);
    setup_close(setup);
    pages_close(pages);
    house_close(&house);
    return got;
}
