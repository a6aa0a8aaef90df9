/*
** Where a record stands on a day: what follows from rows and the day, worked out when asked and never stored. A paper has
** a status; a firm has its five lamps 五到位 (责任, 管理, 投入, 培训, 应急救援; 国办发〔2015〕20号), a person the hours of
** training, a major hazard its duties, a works site its permit and its safety staff. Every finding says what is needed,
** what is there and on which basis.
*/
#pragma once
#include "access/access.h"
#include "domain/object/credential.h"
#include "store/store.h"

enum { FINDINGS_MOST = 16, LAMPS = 5, NAMED_MOST = 5 };

struct finding {
    const char *code;
    struct label label; /* 专职安全管理人员 */
    bool met;
    bool advisory;     /* a gap that is shown and darkens no lamp */
    struct label text; /* 需要 6 名，现有 4 名 */
    const char *basis; /* NULL when none is cited */
    /* What to fill in: a field of the record itself, or a new row of another kind with fixed values ("type=plan_filing"). */
    const char *fill_field;
    const struct kind *fill_kind;
    const char *fill_query;
};

struct lamp {
    const char *code;
    struct label label;
    bool on; /* every finding is met */
    struct finding findings[FINDINGS_MOST];
    size_t count;
};

struct standing {
    int64_t day;
    bool has_status, has_days;
    enum credential_status status;
    int64_t days; /* to the last day; negative after it */
    struct lamp lamps[LAMPS];
    size_t lamp_count;
    bool hidden;                            /* the reader does not see the rows the lamps follow from */
    struct finding findings[FINDINGS_MOST]; /* of what has no lamps */
    size_t count;
};

bool standing_is_known(const struct kind *kind); /* kinds of which something follows; of others nothing does */

/* record: read in the actor's scope, with its lines. */
int standing_read(struct db *db, const struct actor *actor, const struct kind *kind, const void *record, int64_t day,
                  struct arena *arena, struct standing *out, struct error *err);

/* An exercise of the emergency plan is up to date: of listed units one in this half of a year or the one before, of
** others one in this year or the one before (生产安全事故应急条例 8; 应急管理部令2号 33). drilled_on 0: never. */
bool drill_is_current(int64_t drilled_on, int64_t day, bool listed);
