/*
** What an import keeps on disk between upload and undo, sealed (base/blocks.h), under DIR/imports/:
**
**   ID.file       the uploaded file as it came, to read another of its sheets
**   ID.rows       the rows of the chosen sheet, as they stand
**   ID.verdicts   what became of each row: by the check, or by the import itself (ID.results)
**
** Rows come back in the order of the sheet; verdicts in the order in which they were given (a table of areas is worked
** off level by level), so whoever wants both loads the verdicts and looks them up by row number.
*/
#pragma once
#include "base/arena.h"
#include "base/blocks.h"
#include "domain/change.h"
#include "exchange/sheet.h"

enum {
    STAGED_ROWS = 200,      /* rows of one block */
    VERDICT_BYTES = 8 << 20 /* of one block of verdicts: with the next verdict it is full */
};

enum staged { STAGED_FILE, STAGED_ROW, STAGED_VERDICT, STAGED_RESULT };

int staging_folder(const struct house *house, struct error *err); /* makes DIR/imports */
int staging_create(const struct house *house, int64_t import, enum staged what, struct blocks **out, struct error *err);
int staging_open(const struct house *house, int64_t import, enum staged what, struct blocks **out, struct error *err);
int staging_resume(const struct house *house, int64_t import, enum staged what, int64_t size, struct blocks **out,
                   struct error *err);
void staging_remove(const struct house *house, int64_t import); /* all of it */

/* The uploaded bytes in, and out again into memory that no disk sees (*fd is the caller's). */
int staging_keep_file(const struct house *house, int64_t import, int fd, struct error *err);
int staging_file(const struct house *house, int64_t import, int *fd, struct error *err);

/* ---- rows ---- */

struct staged_cell {
    const char *at;
    const char *merged; /* as sheet_cell */
    enum cell_trouble trouble;
};

struct staged_row {
    int64_t number;
    bool hidden;
    size_t count; /* without the empty cells at the end */
    const struct staged_cell *cells;
};

void staged_put_row(struct text *block, const struct sheet_row *row);
/* Rows of one block, in the arena. */
int staged_rows(struct blocks *rows, struct arena *arena, struct staged_row **out, size_t *count, struct error *err);

/* ---- verdicts ---- */

enum verdict { VERDICT_IMPORT, VERDICT_DUPLICATE, VERDICT_REJECT };
extern const char *const verdict_words[]; /* NULL at the end */

enum problem_level { PROBLEM_ERROR, PROBLEM_WARNING, PROBLEM_NOTE };
extern const char *const problem_levels[];

struct problem {
    int column; /* -1: the row as a whole */
    enum problem_level level;
    const char *field; /* "" when it belongs to none */
    const char *zh, *en;
};

struct row_verdict {
    int64_t number, record; /* record: what it became or is a duplicate of; 0 when unknown */
    int64_t twin;           /* row of the same sheet that it repeats, where that one is no record yet; 0: none */
    enum verdict verdict;
    bool pending;
    size_t problem_count;
    const struct problem *problems;
};

void staged_put_verdict(struct text *block, const struct row_verdict *verdict);
/* All of them by row number. A message is in memory once, however many rows have it. */
int staged_verdicts(struct blocks *verdicts, struct arena *arena, struct row_verdict **out, size_t *count,
                    struct error *err);
