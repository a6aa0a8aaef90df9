/*
** Printing in a process of its own: `anlan render` reads one JSON document from standard input and writes one PDF to
** standard output. Pango and Cairo keep what they allocate for fonts, and a document may be made to be slow: the process
** ends with each document, has its own ceilings of memory and time, may open no socket and start no program, and gets
** nothing of the environment but what fonts need.
**
** The document: {"what":"papers"|"cards"|"ledger", "at_ms":…, "items":[…]}; members as in report/paper.h, a NULL text is
** left out; with "pictures":{"dpi":…, "most":…} pages come out as PNG in JSON (print_pictures). Characters U+0002 and U+0003 in paragraphs begin and end bold.
*/
#pragma once
#include "base/error.h"
#include "base/text.h"

#include <jansson.h>

enum {
    RENDER_INPUT = 48 << 20,     /* bytes of a document: a ledger of 20,000 rows of 2 KB */
    RENDER_MEMORY = 1536 << 20,  /* bytes the process may allocate */
    RENDER_PAPER_MS = 60 * 1000, /* wall clock of one to PAPER_BATCH papers or cards */
    RENDER_LEDGER_MS = 120 * 1000,
    RENDER_PICTURES = 10, /* pages shown as pictures before something is printed */
    RENDER_DPI = 110,     /* of them: 910 by 1286 dots, some 100 KB of text a page */
    RENDER_AT_ONCE = 4,   /* processes; one more waits for RENDER_WAIT_MS and is then told to come back */
    RENDER_WAIT_MS = 10 * 1000,
};

/* The program to start, kept as given; NULL, and at first, the running one. Fonts by role, lists of families; NULL: as
** installed. Before the first document. */
void render_settings(const char *program, const char *title_font, const char *body_font, const char *note_font);

/* Prints the document into out (limit PRINT_BYTES). Any thread. FAULT_UNAVAILABLE "render.busy", FAULT_INTERNAL
** "render.failed" and "render.slow", and what the process itself refused (too many rows, pages, items). */
int render_pdf(const json_t *document, int limit_ms, struct text *out, struct error *err);

/* The first RENDER_PICTURES pages for looking at (print_pictures), by the same process under the same ceilings. */
int render_pictures(const json_t *document, int limit_ms, struct text *out, struct error *err);

/* The other side: reads, prints and ends the process. Gives up rights first. */
void render_serve(int in, int out) __attribute__((noreturn));
