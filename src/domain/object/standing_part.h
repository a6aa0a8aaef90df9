/* Private to standing.c, firm_standing.c and the test of their plans: what both put findings together with. */
#pragma once
#include "domain/object/enterprise.h"
#include "domain/object/standing.h"

/* One more in the list, text, basis and what to fill in left to the caller; in a full list the last one is replaced. */
struct finding *finding_add(struct finding *list, size_t *count, const char *code, const char *zh, const char *en,
                            bool met);
bool standing_may_see(const struct actor *actor, const struct kind *kind, const struct owner *own);

/* What is asked for one firm's lamps, NULL at the end. */
extern const char *const firm_statements[];
/* Lamps of a firm on out->day; none of a closed firm, nor where the reader does not see what they follow from (hidden). */
int firm_standing(struct db *db, const struct actor *actor, const struct enterprise *e, struct arena *arena,
                  struct standing *out, struct error *err);
