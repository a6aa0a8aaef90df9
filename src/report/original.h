/*
** The original of an issued paper: printed once, kept as a file of the record with its SHA-256, and the same bytes for
** whoever asks again. The paper's change stands before anything is printed; where printing fails, the next one who asks
** for the original has it printed.
*/
#pragma once
#include "report/compose.h"

/* Prints and keeps the original unless there is one; *record is the paper as it then is, in the arena of c. */
int original_keep(struct house *house, const struct compose *c, struct paper_record **record, struct error *err);

/* A draft as it would look: nothing is kept. */
int original_draft(const struct compose *c, const struct paper_record *record, struct text *pdf, struct error *err);
