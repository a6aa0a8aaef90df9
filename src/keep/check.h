/*
** Whether an installation is whole: the schema is the declared one, every record has as many history rows as versions,
** objects and the owner columns of rows agree, every attached file is there with its bytes, the search entries belong
** to live records. Reads one snapshot, changes nothing, may run beside the program.
**
** Prints to out: a line per table with rows and digest (as in a backup: equal digests are equal contents, on either
** database), then a line per fault. The last line is "faults=N".
*/
#pragma once
#include "keep/backup.h"
#include "record/kind.h"

#include <stdio.h>

/* -1 with *err when it could not look; otherwise *faults says what was found. */
int check_all(const struct backup_place *place, const struct kind *const *kinds, bool digests, FILE *out,
              int64_t *faults, struct error *err);
