#include "http/clauses.h"

#include "base/clock.h"
#include "domain/hazard/clause.h"
#include "domain/lists.h"
#include "http/duty.h"

#include <string.h>

enum { WORDS_MOST = 2000, UNHELD_MOST = 8 };

/* Of the sector alone: where none is known, every list would be named. */
static void put_gaps(struct json *j, const char *sector, int64_t day)
{
    const struct clause_gap *gaps[UNHELD_MOST];
    size_t count = sector ? clause_gaps_on(sector, day, gaps, UNHELD_MOST) : 0;
    json_key(j, "missing");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_str(j, "standard", gaps[i]->standard);
        json_key_str(j, "text", gaps[i]->text);
        json_close(j, '}');
    }
    json_close(j, ']');
}

int clauses_suggest(struct visit *v, struct error *err)
{
    const char *q = request_query(v->rq, "q"), *sector = request_query(v->rq, "sector"),
               *on = request_query(v->rq, "on"), *object = request_query(v->rq, "object");
    struct owner own = { 0 };
    int64_t day = day_of_ms(v->now);
    if (!q || !*q || strlen(q) > WORDS_MOST)
        fail_field(err, "q", "请给出隐患内容，最多 2000 字节", "Give the description, at most 2000 bytes");
    if (sector && object)
        fail_field(err, "sector", "写 sector 或 object，两者取其一", "Give sector or object: one of the two");
    if (sector && !choice_find(&sectors, sector, 0))
        fail_field(err, "sector", "没有这个行业领域", "There is no such sector");
    if (on && !day_parse(on, strlen(on), &day))
        fail_field(err, "on", "请写发现日期，如 2026-03-17", "Give the day it was found, such as 2026-03-17");
    if (err->fault || (object && duty_read_object(v, object, &own, err) < 0))
        return -1;
    struct clause_hit hits[CLAUSE_SUGGESTIONS];
    size_t count = clause_suggest(object ? own.sector : sector, q, day, hits);
    struct json *j = &v->json;
    json_open(j, '{');
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        const struct clause *c = hits[i].clause;
        json_open(j, '{');
        json_key_str(j, "code", c->code);
        json_key_str(j, "sector", c->sector);
        json_key_str(j, "text", c->text);
        json_key_str(j, "standard", c->standard);
        json_key_str(j, "article", c->article);
        json_key_int(j, "score", hits[i].score);
        json_close(j, '}');
    }
    json_close(j, ']');
    put_gaps(j, object ? own.sector : sector, day);
    json_close(j, '}');
    return 0;
}
