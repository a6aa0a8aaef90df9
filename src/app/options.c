#include "app/options.h"

#include "base/utf8.h"
#include "base/value.h"
#include "record/kind.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum option_type {
    OPTION_TEXT,
    OPTION_PATH,    /* relative in the file: from the file's folder */
    OPTION_SECRET,  /* the path of a file that holds one; what was written is never shown */
    OPTION_NUMBER,  /* least to most */
    OPTION_CHOICE,  /* one of words */
    OPTION_ADDRESS, /* numeric address:port */
    OPTION_STORE,   /* sqlite:FILE or postgresql://…, without a password */
};

#define TEXT_AT(member) .at = offsetof(struct options, member)
#define NUMBER_AT(member, from, to) \
    .type = OPTION_NUMBER, .at = offsetof(struct options, member), .least = (from), .most = (to)
#define WORDS(...)                                        \
    .type = OPTION_CHOICE, .words = (const char *const[]) \
    {                                                     \
        __VA_ARGS__, NULL                                 \
    }

/* One row is one setting or argument. With a group it is a setting, without one an argument of a command. */
static const struct option_row {
    const char *group, *name;
    enum option_type type;
    size_t at;
    int64_t least, most;
    const char *const *words;
    const char *usual; /* as written in the file; NULL: none */
    struct label about;
} rows[] = {
    { "server", "data", OPTION_PATH, TEXT_AT(data), .about = { "数据目录", "Data folder" } },
    { "server", "listen", OPTION_ADDRESS, TEXT_AT(listen), .usual = "127.0.0.1:8787",
      .about = { "监听的地址和端口；[::]:8787 为所有地址", "Address and port to listen on; [::]:8787 is everybody" } },
    { "server", "workers", NUMBER_AT(workers, 1, 256), .usual = "8",
      .about = { "同时处理的请求数", "Requests worked on at once" } },
    { "server", "trusted-proxy", OPTION_TEXT, TEXT_AT(trusted_proxy),
      .about = { "反向代理的地址，逗号分隔；只有它们的 X-Forwarded-* 才算数",
                 "Addresses of reverse proxies, comma-separated; only their X-Forwarded-* count" } },
    { "server", "public-url", OPTION_TEXT, TEXT_AT(public_url),
      .about = { "外面访问本系统的地址，https://…；用于文书上的二维码",
                 "Where people outside reach this server, https://…: for the QR codes of papers" } },
    { "server", "tls-cert", OPTION_PATH, TEXT_AT(tls_cert),
      .about = { "证书链（PEM）；和 tls-key 一起写了就由程序自己提供 HTTPS",
                 "Certificate chain (PEM); with tls-key the program serves HTTPS itself" } },
    { "server", "tls-key", OPTION_SECRET, TEXT_AT(tls_key),
      .about = { "证书的私钥文件（PEM）", "File with the certificate's private key (PEM)" } },
    { "server", "upload-mb", NUMBER_AT(upload_mb, 1, 20), .usual = "20",
      .about = { "一个上传文件最大多少 MB", "Largest uploaded file, in MB" } },
    { "server", "web", OPTION_PATH, TEXT_AT(web),
      .about = { "从这个目录提供页面，代替程序内置的", "Serve the pages from this folder instead of those built in" } },
    { "store", "db", OPTION_STORE, TEXT_AT(db),
      .about = { "数据库：sqlite:文件 或 postgresql://…；不写为 DIR/anlan.db。口令放在 ?passfile=文件 里",
                 "Database: sqlite:FILE or postgresql://…; without it DIR/anlan.db. A password belongs into "
                 "?passfile=FILE" } },
    { "store", "backup-dir", OPTION_PATH, TEXT_AT(backup_dir),
      .about = { "备份目录：anlan backup 不写文件名时存到这里",
                 "Where anlan backup puts its file when none is named" } },
    { "store", "backup-keep", NUMBER_AT(backup_keep, 0, 1000), .usual = "14",
      .about = { "备份目录里留最近几份；0 为全留", "How many of the newest stay in backup-dir; 0 keeps all" } },
    { "sign-in", "idle-minutes", NUMBER_AT(idle_minutes, 5, 720), .usual = "60",
      .about = { "多少分钟没有操作就退出登录", "A session ends after so many minutes without a request" } },
    { "sign-in", "password-days", NUMBER_AT(password_days, 0, 3650), .usual = "0",
      .about = { "密码多少天后必须修改；0 为不强制", "Passwords must be changed after so many days; 0 is never" } },
    { "sign-in", "second-factor", WORDS("administrators", "everybody", "nobody"), TEXT_AT(second_factor),
      .about = { "谁必须绑定动态口令；不写为管理员，演示系统不要求",
                 "Who must have a second factor; without it administrators, in a demonstration nobody" } },
    { "sign-in", "lock-tries", NUMBER_AT(lock_tries, 3, 20), .usual = "5",
      .about = { "一个账号连续输错多少次密码或动态口令就锁定", "So many wrong passwords or codes lock an account" } },
    { "sign-in", "lock-minutes", NUMBER_AT(lock_minutes, 1, 1440), .usual = "15",
      .about = { "锁定多少分钟", "How many minutes a lock lasts" } },
    { "sign-in", "address-tries", NUMBER_AT(address_tries, 5, 10000), .usual = "30",
      .about = { "一个地址在锁定时长内最多输错多少次，不论登录名",
                 "Wrong tries of one address while a lock lasts, whatever the names" } },
    { "limits", "session-rate", NUMBER_AT(session_rate, 60, 60000), .usual = "6000",
      .about = { "一次登录每分钟最多多少个请求", "Requests a minute of one session" } },
    { "limits", "key-rate", NUMBER_AT(key_rate, 60, 60000), .usual = "60000",
      .about = { "一个密钥每分钟最多多少个请求；密钥自己定得更低的，以密钥的为准",
                 "Requests a minute of one API key, unless it was made for less" } },
    { "limits", "address-rate", NUMBER_AT(address_rate, 60, 1200000), .usual = "120000",
      .about = { "一个地址每分钟最多多少个请求；一个单位往往共用一个地址",
                 "Requests a minute of one address; a whole authority may stand behind one" } },
    { "limits", "verify-rate", NUMBER_AT(verify_rate, 1, 600), .usual = "30",
      .about = { "一个地址每分钟最多核验多少次文书", "Check codes of papers a minute of one address" } },
    { "limits", "look-up-rate", NUMBER_AT(look_up_rate, 1, 600), .usual = "30",
      .about = { "一个人每分钟最多按证件号、电话查多少次",
                 "Questions a minute of one person by an identity number or a telephone" } },
    { "mail", "smtp-url", OPTION_TEXT, TEXT_AT(smtp_url),
      .about = { "提醒邮件的服务器：smtp://主机:端口（STARTTLS）或 smtps://主机:端口；本机以外必须加密。不写就不发邮件",
                 "Mail server for notices: smtp://HOST:PORT (STARTTLS) or smtps://HOST:PORT; encrypted but on this "
                 "machine. Without it no mail is sent" } },
    { "mail", "smtp-from", OPTION_TEXT, TEXT_AT(smtp_from), .about = { "发件人地址", "The sender's address" } },
    { "mail", "smtp-user", OPTION_TEXT, TEXT_AT(smtp_user),
      .about = { "登录邮件服务器的用户；不写为不登录", "Who signs in at the mail server; without it nobody" } },
    { "mail", "smtp-password-file", OPTION_SECRET, TEXT_AT(smtp_password_file),
      .about = { "文件，第一行是邮件服务器的口令", "File with the mail server's password in its first line" } },
    { "mail", "mail-gather", NUMBER_AT(mail_gather, 0, 1440), .usual = "15",
      .about = { "多少分钟内的提醒合成一封信", "Notices of so many minutes go into one letter" } },
    { "watch", "metrics-listen", OPTION_ADDRESS, TEXT_AT(metrics_listen),
      .about = { "运行指标（/metrics）的地址和端口；不写就不提供",
                 "Address and port of /metrics; without it there is none" } },
    { "watch", "metrics-key", OPTION_SECRET, TEXT_AT(metrics_key),
      .about = { "文件，内有读取指标的口令；metrics-listen 不是本机地址时必须有",
                 "File with the key that reads the metrics; needed when metrics-listen is not this machine alone" } },
    { "watch", "min-free-mb", NUMBER_AT(min_free_mb, 0, 1000000), .usual = "256",
      .about = { "磁盘可用空间低于多少 MB 时 /readyz 报未就绪",
                 "/readyz is not ready below so many MB of free disk" } },
    { "watch", "log-level", WORDS("debug", "info", "warn", "error"), TEXT_AT(log_level), .usual = "info",
      .about = { "日志（标准错误，每行一个 JSON）从哪一级写起",
                 "Least level of the log (stderr, one JSON line each)" } },
    { "fonts", "font-title", OPTION_TEXT, TEXT_AT(font_title),
      .about = { "文书标题字体；不写为已装的小标宋、宋体",
                 "Typeface of titles in papers; without it what is installed" } },
    { "fonts", "font-body", OPTION_TEXT, TEXT_AT(font_body),
      .about = { "文书正文字体；不写为已装的仿宋、宋体", "Typeface of text in papers; without it what is installed" } },
    { "fonts", "font-note", OPTION_TEXT, TEXT_AT(font_note),
      .about = { "文书附注字体", "Typeface of notes in papers; without it what is installed" } },

    { NULL, "config", OPTION_PATH, TEXT_AT(config),
      .about = { "配置文件；不写为 DIR/anlan.ini（有的话）",
                 "Settings file; without it DIR/anlan.ini where there is one" } },
    { NULL, "user", OPTION_TEXT, TEXT_AT(user),
      .about = { "登录名（key、import、export、report）", "Sign-in name (key, import, export, report)" } },
    { NULL, "system-admin", OPTION_TEXT, TEXT_AT(system_admin), .usual = "sysadmin",
      .about = { "init：系统管理员的登录名", "init: who runs the system" } },
    { NULL, "security-admin", OPTION_TEXT, TEXT_AT(security_admin), .usual = "secadmin",
      .about = { "init：安全管理员的登录名", "init: who keeps people and rights" } },
    { NULL, "audit-admin", OPTION_TEXT, TEXT_AT(audit_admin), .usual = "auditadmin",
      .about = { "init：审计管理员的登录名", "init: who reads the audit trail" } },
    { NULL, "name", OPTION_TEXT, TEXT_AT(name), .usual = "key",
      .about = { "key new：密钥的名称", "key new: its name" } },
    { NULL, "days", NUMBER_AT(days, 1, 3650), .usual = "365",
      .about = { "key new：有效天数", "key new: days it is valid" } },
    { NULL, "verbs", OPTION_TEXT, TEXT_AT(verbs),
      .about = { "key new：能做什么，逗号分隔；不写为本人能做的",
                 "key new: what it may do, comma-separated; default all its owner may" } },
    { NULL, "kinds", OPTION_TEXT, TEXT_AT(kinds),
      .about = { "key new：能用哪些记录，逗号分隔；不写为全部",
                 "key new: kinds it reaches, comma-separated; default all" } },
    { NULL, "per-minute", NUMBER_AT(per_minute, 1, 1000000),
      .about = { "key new：每分钟请求数", "key new: requests a minute" } },
    { NULL, "before", OPTION_TEXT, TEXT_AT(before),
      .about = { "audit forget：删去这一天以前的，2026-03-17",
                 "audit forget: drop rows before this day, 2026-03-17" } },
    { NULL, "now", OPTION_TEXT, TEXT_AT(now),
      .about = { "demo：今天是哪天，2026-03-17", "demo: today is this day, 2026-03-17" } },
    { NULL, "city", WORDS("full", "small"), TEXT_AT(city), .usual = "full",
      .about = { "demo：full 为整座城市（近两年 12000 条隐患），small 只有核心部分",
                 "demo: full is the whole city (12,000 hazards of two years), small its core alone" } },
    { NULL, "seed", NUMBER_AT(seed, 0, INT64_MAX),
      .about = { "demo：换一个数，生成另一座城市", "demo: another number makes another city" } },
    { NULL, "scale", NUMBER_AT(scale, 0, 100000000),
      .about = { "demo：再加多少条隐患；bench import：导入多少行", "demo: so many hazards more; bench import: rows" } },
    { NULL, "engine", WORDS("sqlite", "postgres"), TEXT_AT(engine), .usual = "sqlite",
      .about = { "describe schema：哪种数据库", "describe schema: of which database" } },
    { NULL, "dir", OPTION_PATH, TEXT_AT(dir),
      .about = { "describe：写到这个目录，一类一个文件", "describe: one file per kind into this folder" } },
    { NULL, "mapping", OPTION_TEXT, TEXT_AT(mapping),
      .about = { "import：列和字段的对应，{\"B\":\"name\"}", "import: columns to fields, {\"B\":\"name\"}" } },
    { NULL, "values", OPTION_TEXT, TEXT_AT(values),
      .about = { "import：一列的词对应的代码，{\"B\":{\"严重\":\"major\"}}",
                 "import: words of a column to codes, {\"B\":{\"严重\":\"major\"}}" } },
    { NULL, "sheet", NUMBER_AT(sheet, 0, 1000),
      .about = { "import：第几张工作表，从 0 起", "import: which sheet of a workbook, from 0" } },
    { NULL, "datum", WORDS("wgs84", "cgcs2000", "gcj02", "bd09"), TEXT_AT(datum),
      .about = { "import：坐标的坐标系；不写为 wgs84（cgcs2000 相同），gcj02 为高德、腾讯，bd09 为百度",
                 "import: datum of places; default wgs84 (cgcs2000 is the same), gcj02 is Gaode's and Tencent's, bd09 "
                 "Baidu's" } },
    { NULL, "duplicates", WORDS("skip", "update", "new"), TEXT_AT(duplicates),
      .about = { "import：重复的跳过、更新还是新增", "import: what becomes of duplicates" } },
    { NULL, "columns", OPTION_TEXT, TEXT_AT(columns),
      .about = { "export：字段，逗号分隔，另有 row（序号）、number（编号）；不写为本类台账",
                 "export: fields, comma-separated, also row (序号) and number (编号); default the kind's own "
                 "ledger" } },
    { NULL, "from", OPTION_TEXT, TEXT_AT(from),
      .about = { "report ledger：从哪天起，2026-01-01", "report ledger: from this day on, 2026-01-01" } },
    { NULL, "to", OPTION_TEXT, TEXT_AT(to),
      .about = { "report ledger：到哪天为止，含当天", "report ledger: up to this day, which counts" } },
    { NULL, "region", OPTION_TEXT, TEXT_AT(region),
      .about = { "report ledger：哪个区划，2、4、6、9 或 12 位代码",
                 "report ledger: of this area, a code of 2, 4, 6, 9 or 12 digits" } },
    { NULL, "out", OPTION_PATH, TEXT_AT(out),
      .about = { "report：写到哪个文件，也可写 -o", "report: the file to write, also -o" } },
    { NULL, "clients", NUMBER_AT(clients, 1, 10000), .usual = "200",
      .about = { "bench：同时多少人", "bench: simultaneous clients" } },
    { NULL, "seconds", NUMBER_AT(seconds, 1, 3600), .usual = "5",
      .about = { "bench：测多少秒", "bench: length of a measurement" } },
};

/* Where a value was written. */
struct written {
    const char *file; /* NULL: not in a file */
    int line;
    const char *variable; /* ANLAN_… */
};

/* ---- refusing ---- */

static void place_words(const struct option_row *row, const struct written *at, bool english, char *out, size_t room)
{
    if (at->file)
        snprintf(out, room, english ? "%s line %d: %s" : "%s 第 %d 行：%s", at->file, at->line, row->name);
    else if (at->variable)
        snprintf(out, room, english ? "environment variable %s" : "环境变量 %s", at->variable);
    else
        snprintf(out, room, english ? "option --%s" : "选项 --%s", row->name);
}

static int refuse(const struct option_row *row, const struct written *at, const char *written, const char *zh,
                  const char *en, struct error *err)
{
    char zh_at[256], en_at[256];
    place_words(row, at, false, zh_at, sizeof zh_at);
    place_words(row, at, true, en_at, sizeof en_at);
    if (!written || row->type == OPTION_SECRET || row->type == OPTION_STORE) /* it may hold what must not be shown */
        return fail(err, FAULT_MALFORMED, "options.value", "%s%.0s %s%.0s", "%.0s%s %.0s%s", zh_at, en_at, zh, en);
    return fail(err, FAULT_MALFORMED, "options.value", "%s%.0s %s%.0s，写的是“%.60s”", "%.0s%s %.0s%s; it says “%.60s”",
                zh_at, en_at, zh, en, written);
}

/* ---- checking ---- */

static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    return colon && colon > text && digits > 0 && digits <= 5 && !colon[1 + digits] &&
           strtol(colon + 1, NULL, 10) <= 65535;
}

/* user:password@ or ?password= of an address; a list of processes and a settings file are read by more than one. */
static bool holds_password(const char *url)
{
    const char *start = strstr(url, "://");
    if (!start)
        return false;
    const char *host = start + 3;
    size_t authority = strcspn(host, "/?");
    const char *at = memchr(host, '@', authority);
    return (at && memchr(host, ':', (size_t)(at - host))) || strstr(host, "?password=") || strstr(host, "&password=");
}

static int check_number(const struct option_row *row, const struct written *at, const char *text, int64_t *out,
                        struct error *err)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end != text && !*end && !errno && n >= row->least && n <= row->most) {
        *out = n;
        return 0;
    }
    char zh[80], en[80];
    snprintf(zh, sizeof zh, "取 %" PRId64 " 至 %" PRId64 " 的整数", row->least, row->most);
    snprintf(en, sizeof en, "takes a whole number from %" PRId64 " to %" PRId64, row->least, row->most);
    return refuse(row, at, text, zh, en, err);
}

static int check_choice(const struct option_row *row, const struct written *at, const char *text, struct error *err)
{
    AUTO_TEXT all = TEXT_LIMIT(256);
    for (size_t i = 0; row->words[i]; i++) {
        if (strcmp(row->words[i], text) == 0)
            return 0;
        text_printf(&all, "%s%s", i ? ", " : "", row->words[i]);
    }
    char zh[160], en[160];
    snprintf(zh, sizeof zh, "取其一：%s", text_get(&all));
    snprintf(en, sizeof en, "takes one of %s", text_get(&all));
    return refuse(row, at, text, zh, en, err);
}

static int check_text(const struct option_row *row, const struct written *at, const char *text, struct error *err)
{
    if (!*text)
        return refuse(row, at, NULL, "没有写值", "has no value", err);
    if (row->type == OPTION_CHOICE)
        return check_choice(row, at, text, err);
    if (row->type == OPTION_ADDRESS && !is_address(text))
        return refuse(row, at, text, "应写成 地址:端口，例：127.0.0.1:8787",
                      "is written address:port, e.g. 127.0.0.1:8787", err);
    if (row->type == OPTION_STORE && strncmp(text, "sqlite:", 7) != 0 && strncmp(text, "postgresql://", 13) != 0 &&
        strncmp(text, "postgres://", 11) != 0)
        return refuse(row, at, text, "应以 sqlite: 或 postgresql:// 开头", "begins with sqlite: or postgresql://", err);
    if (row->type == OPTION_STORE && holds_password(text))
        return refuse(row, at, text, "里不能写口令，请把口令放进文件，写 ?passfile=文件",
                      "must not hold a password; put it into a file and write ?passfile=FILE", err);
    return 0;
}

static int take(struct options *o, const struct option_row *row, const struct written *at, const char *text,
                struct error *err)
{
    char *slot = (char *)o + row->at;
    if (row->type == OPTION_NUMBER)
        return check_number(row, at, text, (int64_t *)(void *)slot, err);
    if (check_text(row, at, text, err) < 0)
        return -1;
    const char *slash = at->file ? strrchr(at->file, '/') : NULL;
    bool path = row->type == OPTION_PATH || (row->type == OPTION_SECRET && strchr(text, '/'));
    const char *kept = slash && path && text[0] != '/'
                           ? arena_printf(&o->arena, "%.*s/%s", (int)(slash - at->file), at->file, text)
                           : arena_str(&o->arena, text);
    *(const char **)(void *)slot = kept;
    return 0;
}

static const struct option_row *row_named(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strlen(rows[i].name) == size && strncmp(rows[i].name, name, size) == 0)
            return &rows[i];
    return NULL;
}

/* ---- the file ---- */

struct ini {
    const char *path;
    int line;
    const char *group;     /* of the heading above; NULL before the first */
    int seen[COUNT(rows)]; /* line where a key stood first */
};

static int fail_line(const struct ini *ini, const char *zh, const char *en, const char *what, struct error *err)
{
    return fail(err, FAULT_MALFORMED, "options.file", "%s 第 %d 行：%.80s %s%.0s", "%s line %d: %.80s %.0s%s",
                ini->path, ini->line, what, zh, en);
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    for (size_t n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]); n--)
        text[n - 1] = '\0';
    return text;
}

static int take_heading(struct ini *ini, char *line, struct error *err)
{
    size_t n = strlen(line);
    if (line[n - 1] != ']')
        return fail_line(ini, "缺少 ]", "lacks a ]", line, err);
    line[n - 1] = '\0';
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].group && strcmp(rows[i].group, line + 1) == 0) {
            ini->group = rows[i].group;
            return 0;
        }
    return fail_line(ini, "没有这一节，见 anlan serve --help-config", "is no group; see anlan serve --help-config",
                     line + 1, err);
}

static int take_key(struct options *o, struct ini *ini, char *line, struct error *err)
{
    char *equals = strchr(line, '=');
    if (!equals) /* what stands there is not shown: it may be a secret on a line of its own */
        return fail_line(ini, "不是“键 = 值”", "is not “key = value”", "", err);
    *equals = '\0';
    const char *name = trimmed(line), *value = trimmed(equals + 1);
    const struct option_row *row = row_named(name, strlen(name));
    if (!row)
        return fail_line(ini, "没有这个设置，见 anlan serve --help-config",
                         "is no setting; see anlan serve --help-config", name, err);
    if (!row->group)
        return fail_line(ini, "是命令的参数，不能写在配置文件里",
                         "is an argument of a command and has no place in the file", name, err);
    if (!ini->group || strcmp(ini->group, row->group) != 0) {
        AUTO_TEXT what = TEXT_LIMIT(128);
        text_printf(&what, "%s [%s]", name, row->group);
        return fail_line(ini, "应写在这一节下面", "belongs under that heading", text_get(&what), err);
    }
    int *seen = &ini->seen[row - rows];
    if (*seen) {
        AUTO_TEXT what = TEXT_LIMIT(128);
        text_printf(&what, "%s (%d)", name, *seen);
        return fail_line(ini, "前面已经写过", "stands above already", text_get(&what), err);
    }
    *seen = ini->line;
    return take(o, row, &(struct written){ .file = ini->path, .line = ini->line }, value, err);
}

static int take_line(struct options *o, struct ini *ini, char *text, struct error *err)
{
    char *line = trimmed(text);
    if (!*line || *line == '#' || *line == ';')
        return 0;
    return *line == '[' ? take_heading(ini, line, err) : take_key(o, ini, line, err);
}

static int read_whole(const char *path, size_t most, struct text *out, struct error *err)
{
    char buffer[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && out->used <= most && (n = read(fd, buffer, sizeof buffer)) > 0)
        text_add(out, buffer, (size_t)n);
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return fail(err, FAULT_MALFORMED, "options.open", "无法读取 %s：%s", "Cannot read %s: %s", path, strerror(why));
    if (out->used > most)
        return fail(err, FAULT_MALFORMED, "options.size", "%s 超过 %d 字节", "%s has more than %d bytes", path,
                    (int)most);
    return 0;
}

static int read_file(struct options *o, const char *path, struct error *err)
{
    AUTO_TEXT whole = TEXT_LIMIT(OPTION_FILE_BYTES + 8192);
    struct ini ini = { .path = path };
    if (read_whole(path, OPTION_FILE_BYTES, &whole, err) < 0)
        return -1;
    char *text = arena_strn(&o->arena, text_get(&whole), whole.used);
    if (!utf8_valid(text, whole.used))
        return fail(err, FAULT_MALFORMED, "options.file", "%s 不是 UTF-8 编码", "%s is not in UTF-8", path);
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    for (char *next; text; text = next) {
        ini.line++;
        next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        if (take_line(o, &ini, text, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- flags, environment, all together ---- */

static const char *variable_of(const char *name, char out[64])
{
    size_t n = (size_t)snprintf(out, 64, "ANLAN_");
    for (; *name && n + 1 < 64; name++)
        out[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    out[n] = '\0';
    return out;
}

static int read_environment(struct options *o, struct error *err)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        char name[64];
        const char *value = getenv(variable_of(rows[i].name, name));
        if (value && *value && take(o, &rows[i], &(struct written){ .variable = name }, value, err) < 0)
            return -1;
    }
    return 0;
}

static int read_flags(int argc, char **argv, struct options *o, struct error *err)
{
    o->word_count = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = strcmp(argv[i], "-o") == 0 ? "--out" : argv[i];
        if (strncmp(word, "--", 2) != 0) {
            if (o->word_count == OPTION_WORDS)
                return fail(err, FAULT_MALFORMED, "options.many", "参数太多：%s", "Too many arguments: %s", word);
            o->words[o->word_count++] = word;
            continue;
        }
        const char *name = word + 2, *equals = strchr(name, '=');
        int n = equals ? (int)(equals - name) : (int)strlen(name);
        const struct option_row *row = row_named(name, (size_t)n);
        if (!row)
            return fail(err, FAULT_MALFORMED, "options.unknown", "没有 --%.*s 这个选项，见 anlan --help",
                        "There is no option --%.*s; see anlan --help", n, name);
        if (!equals && i + 1 >= argc)
            return fail(err, FAULT_MALFORMED, "options.value", "选项 %s 缺少值", "Option %s needs a value", word);
        if (take(o, row, &(struct written){ 0 }, equals ? equals + 1 : argv[++i], err) < 0)
            return -1;
    }
    return 0;
}

static int read_defaults(struct options *o, struct error *err)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].usual && take(o, &rows[i], &(struct written){ 0 }, rows[i].usual, err) < 0)
            return -1;
    return 0;
}

/* The file comes below environment and flags, but those say where it is: they are read before it and after it. */
int options_read(int argc, char **argv, struct options *out, struct error *err)
{
    *out = (struct options){ 0 };
    if (read_environment(out, err) < 0 || read_flags(argc, argv, out, err) < 0)
        return -1;
    const char *file = out->config;
    if (!file && out->data) {
        file = arena_printf(&out->arena, "%s/anlan.ini", out->data);
        if (access(file, F_OK) < 0)
            file = NULL;
    }
    if (read_defaults(out, err) < 0 || (file && read_file(out, file, err) < 0) || read_environment(out, err) < 0)
        return -1;
    return read_flags(argc, argv, out, err);
}

void options_done(struct options *o)
{
    arena_done(&o->arena);
}

/* ---- secrets ---- */

int options_text(const char *path, struct arena *arena, const char **out, struct error *err)
{
    AUTO_TEXT text = TEXT_LIMIT(OPTION_FILE_BYTES + 8192);
    if (read_whole(path, OPTION_FILE_BYTES, &text, err) < 0)
        return -1;
    *out = arena_strn(arena, text_get(&text), text.used);
    return 0;
}

int options_secret_whole(const char *name, const char *path, struct arena *arena, const char **out, struct error *err)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY"), *place = path;
    struct stat is;
    if (!strchr(path, '/') && credentials) {
        place = arena_printf(arena, "%s/%s", credentials, path);
        if (access(place, F_OK) < 0)
            place = path;
    }
    errno = EINVAL;
    if (stat(place, &is) < 0 || !S_ISREG(is.st_mode))
        return fail(err, FAULT_MALFORMED, "options.secret", "%s 指明的文件无法读取：%s",
                    "The file %s names cannot be read: %s", name, strerror(errno));
    if (is.st_mode & (S_IRWXO | S_IWGRP))
        return fail(err, FAULT_MALFORMED, "options.secret_open", "%s 指明的文件别人也能读，请先 chmod 600",
                    "The file %s names may be read by others; chmod 600 it first", name);
    AUTO_TEXT text = TEXT_LIMIT(OPTION_SECRET_BYTES + 8192);
    struct error why = { 0 };
    if (read_whole(place, OPTION_SECRET_BYTES, &text, &why) < 0) /* its words would show what was written there */
        return fail(err, FAULT_MALFORMED, "options.secret", "%s 指明的文件读不出来或太大",
                    "The file %s names cannot be read or is too large", name);
    if (text.used == 0)
        return fail(err, FAULT_MALFORMED, "options.secret_empty", "%s 指明的文件是空的", "The file %s names is empty",
                    name);
    *out = arena_strn(arena, text_get(&text), text.used);
    return 0;
}

int options_secret(const char *name, const char *path, struct arena *arena, const char **out, struct error *err)
{
    const char *whole;
    if (options_secret_whole(name, path, arena, &whole, err) < 0)
        return -1;
    *out = arena_strn(arena, whole, strcspn(whole, "\r\n"));
    return 0;
}

/* ---- printing the table ---- */

static void print_rule(const struct option_row *row, bool english, struct text *out)
{
    if (row->type == OPTION_NUMBER)
        text_printf(out, english ? "%" PRId64 " to %" PRId64 : "%" PRId64 " 至 %" PRId64, row->least, row->most);
    for (size_t i = 0; row->type == OPTION_CHOICE && row->words[i]; i++)
        text_printf(out, "%s%s", i ? ", " : "", row->words[i]);
    if (row->type == OPTION_SECRET)
        text_str(out, english ? "path of a file" : "文件路径");
}

void options_help(bool english)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO_TEXT rule = TEXT_LIMIT(256);
        print_rule(&rows[i], english, &rule);
        printf("  --%-15s %s%s%s%s", rows[i].name, english ? rows[i].about.en : rows[i].about.zh, rule.used ? " (" : "",
               rule.used ? text_get(&rule) : "", rule.used ? ")" : "");
        printf(rows[i].usual ? (english ? "; default %s\n" : "；默认 %s\n") : "%.0s\n",
               rows[i].usual ? rows[i].usual : "");
    }
}

void options_help_config(bool english)
{
    const char *group = "";
    printf("%s\n", english ? "# Settings of Anlan. Each is also an environment variable and a flag; the flag wins."
                           : "# 安澜的设置。每一项也可以用环境变量或命令行选项给出，命令行优先。");
    for (size_t i = 0; i < COUNT(rows) && rows[i].group; i++) {
        AUTO_TEXT rule = TEXT_LIMIT(256);
        char variable[64];
        if (strcmp(group, rows[i].group) != 0)
            printf("\n[%s]\n", group = rows[i].group);
        print_rule(&rows[i], english, &rule);
        printf("\n# %s%s%s%s\n# %s\n;%s = %s\n", english ? rows[i].about.en : rows[i].about.zh, rule.used ? " (" : "",
               rule.used ? text_get(&rule) : "", rule.used ? ")" : "", variable_of(rows[i].name, variable),
               rows[i].name, rows[i].usual ? rows[i].usual : "");
    }
}

void options_describe(struct text *out)
{
    const char *group = "";
    text_str(out, "# Settings 设置\n\nPrinted by `anlan describe settings`; run tools/regenerate after a change in "
                  "src/app/options.c.\n");
    for (size_t i = 0; i < COUNT(rows) && rows[i].group; i++) {
        AUTO_TEXT rule = TEXT_LIMIT(256);
        char variable[64];
        if (strcmp(group, rows[i].group) != 0)
            text_printf(out, "\n## [%s]\n\n| Key | Meaning | Takes | Default | Environment |\n|---|---|---|---|---|\n",
                        group = rows[i].group);
        print_rule(&rows[i], true, &rule);
        text_printf(out, "| `%s` | %s<br>%s | %s | %s%s%s | `%s` |\n", rows[i].name, rows[i].about.zh, rows[i].about.en,
                    rule.used ? text_get(&rule) : "", rows[i].usual ? "`" : "", rows[i].usual ? rows[i].usual : "",
                    rows[i].usual ? "`" : "", variable_of(rows[i].name, variable));
    }
}
