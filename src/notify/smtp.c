#include "notify/smtp.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_S = 10, ALL_S = 60, HOST = 256 };

void smtp_begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- settings ---- */

static bool host_of(const char *url, char out[HOST])
{
    const char *at = strstr(url, "://");
    if (!at)
        return false;
    at += 3;
    size_t n = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/");
    if (n == 0 || n >= HOST)
        return false;
    memcpy(out, at, n);
    out[n] = '\0';
    return true;
}

static bool is_here(const char *url)
{
    char host[HOST];
    return host_of(url, host) && (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
                                  (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host)));
}

int smtp_check(const struct smtp *s, struct error *err)
{
    char host[HOST];
    bool known = strncmp(s->url, "smtp://", 7) == 0 || strncmp(s->url, "smtps://", 8) == 0;
    if (!known || !host_of(s->url, host) || strpbrk(s->url, "@ \r\n"))
        return fail(err, FAULT_MALFORMED, "mail.url",
                    "--smtp-url 应写成 smtp://主机:端口 或 smtps://主机:端口，账号和密码另设",
                    "--smtp-url is written smtp://host:port or smtps://host:port; user and password are set apart");
    if (!s->from || !strchr(s->from, '@') || strpbrk(s->from, " <>\r\n\""))
        return fail(err, FAULT_MALFORMED, "mail.from", "--smtp-from 应是发件邮箱，例：anlan@example.cn",
                    "--smtp-from must be the sender's address, e.g. anlan@example.cn");
    if (!s->user != !s->password)
        return fail(err, FAULT_MALFORMED, "mail.user", "--smtp-user 和 --smtp-password-file 要么都设，要么都不设",
                    "Set both --smtp-user and --smtp-password-file, or neither");
    return 0;
}

/* ---- sending ---- */

struct sending {
    const char *message;
    size_t size, at;
    const atomic_bool *stop;
    bool recipient; /* the last command named the recipient, or was the message itself */
};

static size_t read_message(char *out, size_t size, size_t count, void *arg)
{
    struct sending *s = arg;
    size_t room = size * count, left = s->size - s->at, n = left < room ? left : room;
    memcpy(out, s->message + s->at, n);
    s->at += n;
    return n;
}

/* Only which command was sent last is looked at: whose fault a 5xx is depends on it. */
static int watch_commands(CURL *handle, curl_infotype type, char *data, size_t size, void *arg)
{
    struct sending *s = arg;
    (void)handle;
    if (type == CURLINFO_HEADER_OUT && !(size >= 4 && strncasecmp(data, "QUIT", 4) == 0)) /* said after a refusal */
        s->recipient = size >= 4 && (strncasecmp(data, "RCPT", 4) == 0 || strncasecmp(data, "DATA", 4) == 0);
    return 0;
}

static int watch_stop(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct sending *s = arg;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return s->stop && atomic_load(s->stop);
}

static void prepare(CURL *curl, const struct smtp *server, struct curl_slist *to, struct sending *s)
{
    curl_easy_setopt(curl, CURLOPT_URL, server->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(is_here(server->url) ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (server->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, server->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(curl, CURLOPT_READDATA, s);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch_commands);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, s);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, s);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ALL_S);
}

static int judge(CURLcode code, long answer, const struct sending *s, struct error *err)
{
    if (s->recipient && answer >= 500 && answer < 600)
        return fail(err, FAULT_REFUSED, "mail.refused", "邮件服务器拒收（%ld），请核对收件邮箱",
                    "The mail server refuses it (%ld); check the recipient's address", answer);
    if (s->recipient && answer >= 400)
        return fail(err, FAULT_UNAVAILABLE, "mail.later", "邮件服务器暂不接收（%ld），稍后再发",
                    "The mail server takes it later (%ld)", answer);
    return fail(err, FAULT_UNAVAILABLE, "mail.server", "邮件服务器不可用（%s，%ld），稍后再发",
                "The mail server is not available (%s, %ld); tried again later", curl_easy_strerror(code), answer);
}

int smtp_send(const struct smtp *server, const char *to, const char *message, size_t size, const atomic_bool *stop,
              struct error *err)
{
    struct sending s = { .message = message, .size = size, .stop = stop };
    CURL *curl = curl_easy_init();
    struct curl_slist *list = curl ? curl_slist_append(NULL, to) : NULL;
    long answer = 0;
    if (!list) {
        curl_easy_cleanup(curl);
        return fail(err, FAULT_UNAVAILABLE, "mail.server", "邮件服务无法启动", "No letter can be sent now");
    }
    prepare(curl, server, list, &s);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return code == CURLE_OK ? 0 : judge(code, answer, &s, err);
}
