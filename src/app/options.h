/*
** Settings of an installation and arguments of commands, declared in one table (options.c). A setting stands in one INI
** file (--config FILE, else DIR/anlan.ini where there is one), is overridden by its environment variable (ANLAN_LISTEN for
** listen) and that by its flag (--listen). An argument of a command has no place in the file.
**
**   [server]                      each setting belongs under the heading of its group
**   listen = 127.0.0.1:8787       # and ; begin a comment at the beginning of a line; a value is taken as it stands
**
** What cannot be is refused before anything starts, naming file, line, key and rule. A relative path in the file counts
** from the file's folder. Secrets are never settings: a setting names the file that holds one, and messages about it show
** neither the file's content nor what was written in its place.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdint.h>

enum { OPTION_FILE_BYTES = 64 << 10, OPTION_SECRET_BYTES = 16 << 10, OPTION_WORDS = 8 };

struct options {
    /* settings */
    const char *data, *db, *backup_dir;
    const char *listen, *web, *trusted_proxy, *public_url, *tls_cert, *tls_key, *metrics_listen, *metrics_key;
    const char *second_factor, *log_level;
    const char *smtp_url, *smtp_from, *smtp_user, *smtp_password_file;
    const char *font_title, *font_body, *font_note;
    int64_t workers, upload_mb, idle_minutes, password_days, backup_keep, min_free_mb, mail_gather;
    int64_t lock_tries, lock_minutes, address_tries;
    int64_t session_rate, key_rate, address_rate, verify_rate, look_up_rate; /* a minute */
    /* arguments; 0 or NULL where there is no default */
    const char *config;
    const char *user, *name, *now, *city;
    const char *system_admin, *security_admin, *audit_admin; /* init */
    const char *verbs, *kinds, *before;                      /* key, audit */
    const char *engine, *dir, *mapping, *values, *columns, *duplicates, *datum;
    const char *from, *to, *region, *out; /* report */
    int64_t days, per_minute, scale, seed, sheet, clients, seconds;

    const char *words[OPTION_WORDS]; /* what is no flag */
    int word_count;
    struct arena arena;
};

/* Default, file, environment, flags. What is returned is ended by options_done, also after an error. */
int options_read(int argc, char **argv, struct options *out, struct error *err);
void options_done(struct options *o);

/* The text of a file that may be read by everybody: a certificate. */
int options_text(const char *path, struct arena *arena, const char **out, struct error *err);
/* The secret in the file a setting names: its first line, or all of it. A name without a slash is looked for
** in $CREDENTIALS_DIRECTORY (systemd) first. A file others may read is refused. */
int options_secret(const char *name, const char *path, struct arena *arena, const char **out, struct error *err);
int options_secret_whole(const char *name, const char *path, struct arena *arena, const char **out, struct error *err);

/* `anlan --help`: every flag in a line. */
void options_help(bool english);
/* `anlan serve --help-config`: every setting as a commented INI file. */
void options_help_config(bool english);
/* generated/settings.md */
void options_describe(struct text *out);
