/*
** The first start: while no account has a password, whoever reads the console may make the three administrators.
**
** setup_open makes a one-time code when the house has nobody who can sign in; `anlan serve` prints it. It is good until
** it is used or the program ends; ten wrong codes in a quarter of an hour close the door for the rest of it. The three
** accounts, their roles and passwords are one change: all or nothing, and a second request finds the door shut.
*/
#pragma once
#include "http/web.h"

enum { SETUP_CODE = 20 }; /* four groups of four, dashes between, and the final NUL */

/* *out stays NULL when there are accounts already. */
int setup_open(struct house *house, struct setup **out, struct error *err);
const char *setup_code(const struct setup *setup);
void setup_close(struct setup *setup); /* NULL is fine */

int setup_read(struct visit *v, struct error *err);
int setup_run(struct visit *v, struct error *err);
