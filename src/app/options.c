#include "app/options.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row {
    const char *name;
    size_t at;
    const char *about;
} rows[] = {
    { "data", offsetof(struct options, data), "data folder (needed by most commands)" },
    { "listen", offsetof(struct options, listen), "address:port to listen on; default 127.0.0.1:8787" },
    { "db", offsetof(struct options, db), "store: sqlite:FILE or postgresql://…; default DIR/anlan.db" },
    { "web", offsetof(struct options, web), "serve the pages from this folder instead of those built in" },
    { "trusted-proxy", offsetof(struct options, trusted_proxy),
      "addresses, comma-separated, whose X-Forwarded-* headers count" },
    { "workers", offsetof(struct options, workers), "request workers; default 8" },
    { "user", offsetof(struct options, user), "sign-in name (key, import, export)" },
    { "system-admin", offsetof(struct options, system_admin), "init: who runs the system; default sysadmin" },
    { "security-admin", offsetof(struct options, security_admin),
      "init: who keeps people and rights; default secadmin" },
    { "audit-admin", offsetof(struct options, audit_admin), "init: who reads the audit trail; default auditadmin" },
    { "name", offsetof(struct options, name), "name of a new key" },
    { "days", offsetof(struct options, days), "days a new key is valid; default 365" },
    { "verbs", offsetof(struct options, verbs), "key: comma list of what it may do; default everything its owner may" },
    { "kinds", offsetof(struct options, kinds), "key: comma list of kinds it reaches; default all" },
    { "per-minute", offsetof(struct options, per_minute), "key: requests a minute" },
    { "before", offsetof(struct options, before), "audit forget: drop rows before this day, YYYY-MM-DD" },
    { "idle-minutes", offsetof(struct options, idle_minutes),
      "a session ends after so long without a request; default 60" },
    { "password-days", offsetof(struct options, password_days),
      "passwords must be changed after so many days; default never" },
    { "second-factor", offsetof(struct options, second_factor),
      "who must have one: administrators, everybody, nobody; default administrators, in a demonstration nobody" },
    { "smtp-url", offsetof(struct options, smtp_url),
      "notices by e-mail: smtp://host:port (STARTTLS) or smtps://host:port; TLS is required but on this machine" },
    { "smtp-from", offsetof(struct options, smtp_from), "the sender's address" },
    { "smtp-user", offsetof(struct options, smtp_user), "who signs in at the mail server; default nobody" },
    { "smtp-password-file", offsetof(struct options, smtp_password_file),
      "file with the password in its first line; readable by its owner alone" },
    { "public-url", offsetof(struct options, public_url),
      "address people reach the pages by, for links in letters: https://anlan.example.cn" },
    { "mail-gather", offsetof(struct options, mail_gather),
      "minutes a person's notices are gathered into one letter; default 15" },
    { "now", offsetof(struct options, now), "demonstration: today is this day, YYYY-MM-DD" },
    { "scale", offsetof(struct options, scale), "demonstration: so many hazards more" },
    { "engine", offsetof(struct options, engine), "describe schema: sqlite or postgres" },
    { "dir", offsetof(struct options, dir), "describe: one file per kind into this folder" },
    { "mapping", offsetof(struct options, mapping), "import: {\"B\":\"name\"} columns to fields" },
    { "columns", offsetof(struct options, columns),
      "export: comma list of fields, row (序号) and number (编号); default the kind's own ledger" },
    { "values", offsetof(struct options, values), "import: {\"B\":{\"严重\":\"major\"}} words of a column to codes" },
    { "sheet", offsetof(struct options, sheet), "import: which sheet of a workbook, from 0; default the first" },
    { "duplicates", offsetof(struct options, duplicates), "import: skip, update or new" },
    { "clients", offsetof(struct options, clients), "bench: simultaneous clients" },
    { "seconds", offsetof(struct options, seconds), "bench: length of a measurement" },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static const char **slot(struct options *o, const struct option_row *row)
{
    return (const char **)((char *)o + row->at);
}

static const char *from_environment(const char *name)
{
    char variable[64] = "ANLAN_";
    size_t n = strlen(variable);
    for (; *name && n + 1 < sizeof variable; name++)
        variable[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    variable[n] = '\0';
    return getenv(variable);
}

int options_parse(int argc, char **argv, struct options *out, struct error *err)
{
    *out = (struct options){ 0 };
    for (size_t i = 0; i < ROWS; i++)
        *slot(out, &rows[i]) = from_environment(rows[i].name);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (strncmp(word, "--", 2) != 0) {
            if (out->word_count == (int)(sizeof out->words / sizeof out->words[0]))
                return fail(err, FAULT_MALFORMED, "options.many", "参数太多：%s", "Too many arguments: %s", word);
            out->words[out->word_count++] = word;
            continue;
        }
        const char *name = word + 2, *equals = strchr(name, '=');
        size_t n = equals ? (size_t)(equals - name) : strlen(name);
        const struct option_row *found = NULL;
        for (size_t r = 0; r < ROWS; r++)
            if (strlen(rows[r].name) == n && strncmp(rows[r].name, name, n) == 0)
                found = &rows[r];
        if (!found)
            return fail(err, FAULT_MALFORMED, "options.unknown", "没有 %s 这个选项，见 anlan serve --help-config",
                        "There is no option %s; see anlan serve --help-config", word);
        if (!equals && i + 1 >= argc)
            return fail(err, FAULT_MALFORMED, "options.value", "选项 %s 缺少值", "Option %s needs a value", word);
        *slot(out, found) = equals ? equals + 1 : argv[++i];
    }
    return 0;
}

void options_help(void)
{
    for (size_t i = 0; i < ROWS; i++)
        printf("  --%-14s %s\n", rows[i].name, rows[i].about);
}
