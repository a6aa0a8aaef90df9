/*
** From records to what is printed (render.h): the words of the papers, as the JSON that the printing process reads.
** Nothing here draws; a document says all that will stand on it, so the same record gives the same bytes.
*/
#pragma once
#include "domain/change.h"
#include "domain/enforcement/paper.h"

#include <jansson.h>

enum { COMPOSE_EVENTS = 500 };

struct compose {
    struct db *db;
    const struct actor *actor; /* names are shown as far as this reader may see them */
    int64_t now_ms;
    const char *public_url; /* where the house is reached from outside, without a slash at its end; NULL = not known */
    struct arena *arena;
};

/* {"what":…,"at_ms":…,"items":[]}: an empty document of that kind, "papers" or "cards". The caller's reference. */
json_t *compose_document(const char *what, int64_t at_ms);

/* Adds one paper to the document. A draft says that it is one and has no code. */
int compose_paper(const struct compose *c, const struct paper_record *paper, json_t *document, struct error *err);

/* Adds the card of one record with its facts and its course. */
int compose_card(const struct compose *c, const struct kind *kind, const void *record, json_t *document,
                 struct error *err);

/* "2026-02-27 09:12" in China. */
const char *compose_instant(struct arena *arena, int64_t ms);
