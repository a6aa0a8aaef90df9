/*
** Settings. Each is a flag and an environment variable: --listen is ANLAN_LISTEN. The flag wins.
** `anlan serve --help-config` prints them with their meaning.
*/
#pragma once
#include "base/error.h"

struct options {
    const char *data, *listen, *db, *web, *trusted_proxy, *workers;
    const char *user, *name, *days, *now, *scale;             /* commands */
    const char *system_admin, *security_admin, *audit_admin;  /* init */
    const char *verbs, *kinds, *per_minute, *before;          /* key, audit */
    const char *idle_minutes, *password_days, *second_factor; /* signing in */
    const char *engine, *dir, *mapping, *values, *sheet, *columns, *duplicates, *clients, *seconds;
    const char *smtp_url, *smtp_from, *smtp_user, *smtp_password_file, *public_url, *mail_gather; /* e-mail */
    const char *words[8];                                                                         /* what is no flag */
    int word_count;
};

int options_parse(int argc, char **argv, struct options *out, struct error *err);
void options_help(void);
