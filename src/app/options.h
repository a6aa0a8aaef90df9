/*
** Settings. Each is a flag and an environment variable: --listen is ANLAN_LISTEN. The flag wins.
** `anlan serve --help-config` prints them with their meaning.
*/
#pragma once
#include "base/error.h"

struct options {
    const char *data, *listen, *db, *web, *trusted_proxy, *workers;
    const char *user, *name, *days, *now, *scale;                /* commands */
    const char *system_admin, *security_admin, *audit_admin;     /* init */
    const char *verbs, *kinds, *per_minute, *before;             /* key, audit */
    const char *idle_minutes, *password_days, *second_factor;    /* signing in */
    const char *public_url, *title_font, *body_font, *note_font; /* papers */
    const char *engine, *dir, *mapping, *values, *sheet, *columns, *duplicates, *clients, *seconds;
    const char *words[8]; /* what is no flag */
    int word_count;
};

int options_parse(int argc, char **argv, struct options *out, struct error *err);
void options_help(void);
