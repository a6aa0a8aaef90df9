/*
** What the commands share that work with records: the folder, whose rights count (--user; without it the program's own),
** the kind that was named, and rows on their way into a file. Errors name the argument and its remedy.
*/
#pragma once
#include "access/audit.h"
#include "app/house.h"
#include "app/options.h"
#include "exchange/export.h"

/* What still had to follow a moved object has followed when it returns; `anlan serve` leaves that to a job. */
int console_open(const struct options *o, struct house *house, struct error *err);
int console_account(struct house *house, const char *name, int64_t *id, struct error *err);
/* For the audit trail: by whoever has a shell on this machine. */
struct origin console_origin(void);
/* The same in the name of the person whose rights count (console_actor). */
struct origin console_origin_of(const struct actor *actor);
/* The word at that place as a kind, singular or plural. */
int console_kind(const struct options *o, int at, const struct kind **kind, struct error *err);
/* As the named person, or as the program when none is named. */
int console_actor(struct house *house, const struct options *o, struct arena *arena, struct actor *actor,
                  struct error *err);
/* What fd holds from where it stands, into a new file only its owner may read; path NULL: standard output. */
int console_write(int fd, const char *path, struct error *err);
/* The rows of a list of one moment that the actor may export. Fills query and db of the order. */
int console_rows(struct house *house, const struct actor *actor, const struct kind *kind, const struct filter *filter,
                 struct export_order *order, struct export_sum *sum, struct error *err);
