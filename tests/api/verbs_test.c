/*
** Every route asked by each of the six people, of a record of their own and of one of another county, against a table.
** A refusal says the same for a record that exists and for one that does not. A route without a row fails the test.
*/
#include "api/office.h"

#include <string.h>

enum { NO_ID = 99999999 };

static const char far_firm[] = "青屿仁和医院";

struct row {
    const char *method, *path;            /* {id}: the record, {file}: its file, {me}: the account of who asks */
    const char *body;                     /* {object}: the enterprise of the record */
    const char *prepare;                  /* "removed": the record lies in the bin */
    const char *verb;                     /* of /me; NULL where the row has none */
    int own[PEOPLE - 1], far[PEOPLE - 1]; /* office, leader, inspector, grid A, grid B, officer; 0: not asked */
};

#define ALL_OK                       \
    {                                \
        200, 200, 200, 200, 200, 200 \
    }
#define OK_FAR                       \
    {                                \
        200, 200, 404, 404, 404, 404 \
    }

#define NOT_THERE                    \
    {                                \
        404, 404, 404, 404, 404, 404 \
    }

#define NOBODY_HERE                  \
    {                                \
        403, 403, 403, 403, 403, 403 \
    }

#define NONE_HERE                    \
    {                                \
        404, 404, 404, 404, 404, 404 \
    }

static const char found[] =
    "{\"description\":\"登记\",\"object\":{object},\"found_on\":\"2026-01-05\",\"source\":\"self\"}";
static const char sheet[] = "隐患内容,责任单位,排查日期\n甲,x,2026-01-05\n";

#define SQUARE "{\"type\":\"Polygon\",\"coordinates\":[[[122.5,35.4],[122.6,35.4],[122.6,35.5],[122.5,35.4]]]}"
static const char outline[] = SQUARE;
static const char outlines[] = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
                               "{\"code\":\"990102001002\"},\"geometry\":" SQUARE "}]}";

static const struct row rows[] = {
    /* reading */
    { "GET", "/api/v1/hazards/{id}", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "GET", "/api/v1/hazards/{id}/history", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "GET", "/api/v1/hazards/{id}/why", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "GET", "/api/v1/account-candidates", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/as-candidates", NULL, NULL, NULL, { 200, 403, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/hazards/{id}/files", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "GET", "/api/v1/hazards/{id}/files/{file}", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "HEAD", "/api/v1/hazards/{id}", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/hazards", NULL, NULL, "read", ALL_OK, { 0 } },
    { "GET", "/api/v1/hazards/export", NULL, NULL, "export", { 200, 200, 200, 200, 200, 403 }, { 0 } },
    { "GET", "/api/v1/search?q=隐患", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/clauses/suggest?q=压力表", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/me", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/meta", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/events", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/openapi.json", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/demo-accounts", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/demo/next-day", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    /* signing in: everybody here comes with a key, which can neither change a password nor make another key */
    { "GET", "/api/v1/me/sessions", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/me/keys", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/me/password", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "DELETE", "/api/v1/me/sessions/{id}", NULL, NULL, NULL, NOBODY_HERE, { 0 } },
    { "POST", "/api/v1/me/totp", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "POST", "/api/v1/me/totp/confirm", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "DELETE", "/api/v1/me/totp", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "POST", "/api/v1/me/keys", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "DELETE", "/api/v1/me/keys/{id}", NULL, NULL, NULL, NOBODY_HERE, { 0 } },
    { "GET", "/api/v1/accounts/{me}/sessions", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/accounts/{me}/keys", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE", "/api/v1/accounts/{me}/sessions", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "POST", "/api/v1/accounts/{me}/password", "{}", NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "POST", "/api/v1/accounts/{me}/unlock", "{}", NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE", "/api/v1/accounts/{me}/totp", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE", "/api/v1/accounts/{me}/keys/99999999", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/responsible?object={object}", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/owners/none", NULL, NULL, NULL, { 200, 200, 200, 200, 200, 403 }, { 0 } },
    { "GET", "/api/v1/owners/many", NULL, NULL, NULL, { 200, 200, 200, 200, 200, 403 }, { 0 } },
    { "GET",
      "/api/v1/enterprises/{object}/transfer?region=990102002001",
      NULL,
      NULL,
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 200, 403, 404, 403, 403, 403 } },
    { "POST",
      "/api/v1/enterprises/{object}/transfer",
      "{\"region\":\"990102002001\"}",
      NULL,
      NULL,
      { 422, 403, 422, 403, 403, 403 },
      { 0, 403, 404, 403, 403, 403 } },
    { "GET", "/api/v1/audit", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/audit/export", NULL, NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/setup", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/setup", "{}", NULL, NULL, { 409, 409, 409, 409, 409, 409 }, { 0 } },
    /* jobs: nobody's own here, and what is somebody else's does not exist */
    { "GET", "/api/v1/jobs", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/jobs/99999999", NULL, NULL, NULL, NONE_HERE, { 0 } },
    { "POST", "/api/v1/jobs/99999999/cancel", "{}", NULL, NULL, NONE_HERE, { 0 } },
    { "GET", "/api/v1/jobs/99999999/file", NULL, NULL, NULL, NONE_HERE, { 0 } },
    { "POST", "/api/v1/hazards/export", "{\"format\":\"csv\"}", NULL, NULL, { 202, 202, 202, 202, 202, 403 }, { 0 } },
    /* one's own: notices, marks, what waits */
    { "GET", "/api/v1/me/notices", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/me/notices/unread", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/me/notices/read", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "POST", "/api/v1/me/notices/99999999/read", "{}", NULL, NULL, { 204, 204, 204, 204, 204, 204 }, { 0 } },
    { "GET", "/api/v1/me/notice-settings", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "PUT", "/api/v1/me/notice-settings", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "GET", "/api/v1/mails", NULL, NULL, NULL, NOBODY_HERE, { 0 } },
    { "POST", "/api/v1/mails/99999999/again", "{}", NULL, NULL, NOBODY_HERE, { 0 } },
    { "GET", "/api/v1/todo", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/me/marks", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/hazards/{id}/opened", "{}", NULL, NULL, ALL_OK, OK_FAR },
    { "PUT",
      "/api/v1/me/follows/hazards/{id}",
      "{\"follow\":true}",
      NULL,
      NULL,
      { 204, 204, 204, 204, 204, 204 },
      { 204, 204, 404, 404, 404, 404 } },
    { "GET", "/api/v1/hazards/{id}/ladder", NULL, NULL, "read", ALL_OK, OK_FAR },
    { "POST", "/api/v1/hazards/bulk", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    /* papers */
    { "GET", "/api/v1/verify/2222-2222", NULL, NULL, NULL, NONE_HERE, { 0 } },
    { "GET", "/api/v1/papers/99999999/pdf", NULL, NULL, NULL, NONE_HERE, { 0 } },
    { "POST", "/api/v1/papers/preview", "{}", NULL, NULL, { 422, 403, 422, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/papers", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/papers", "{}", NULL, NULL, { 422, 403, 422, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/standardizations", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/standardizations", "{}", NULL, NULL, { 422, 403, 422, 422, 422, 422 }, { 0 } },
    { "GET", "/api/v1/safety-promises", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/safety-promises", "{}", NULL, NULL, { 422, 403, 422, 422, 422, 422 }, { 0 } },
    { "GET", "/api/v1/hazards/99999999/card.pdf", NULL, NULL, NULL, NONE_HERE, { 0 } },
    { "POST", "/api/v1/hazards/print", "{\"ids\":[99999999]}", NULL, NULL, { 202, 202, 202, 202, 202, 403 }, { 0 } },
    { "GET", "/api/v1/hazards/template.xlsx", NULL, NULL, NULL, { 200, 403, 200, 200, 200, 403 }, { 0 } },
    { "GET", "/api/v1/me/columns/hazard", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "PUT", "/api/v1/me/columns/hazard", "{\"list\":[\"due\"]}", NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/views?kind=hazard", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/views?kind=facility", NULL, NULL, NULL, { 200, 200, 200, 200, 200, 403 }, { 0 } },
    { "POST", "/api/v1/views", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "PATCH", "/api/v1/views/99999999", "{}", NULL, NULL, NOT_THERE, { 0 } },
    { "DELETE", "/api/v1/views/99999999", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "GET", "/api/v1/me/drafts?form=hazard.new", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "PUT", "/api/v1/me/drafts?form=hazard.none", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "DELETE", "/api/v1/me/drafts?form=hazard.new", NULL, NULL, NULL, { 204, 204, 204, 204, 204, 204 }, { 0 } },
    { "GET", "/api/v1/me/columns/facility", NULL, NULL, NULL, { 200, 200, 200, 200, 200, 403 }, { 0 } },
    /* writing */
    { "POST",
      "/api/v1/hazards",
      found,
      NULL,
      "create",
      { 201, 403, 201, 201, 201, 201 },
      { 201, 403, 422, 422, 422, 422 } },
    { "PATCH",
      "/api/v1/hazards/{id}",
      "{\"location\":\"门\"}",
      NULL,
      "change",
      { 200, 403, 200, 200, 200, 403 },
      { 200, 403, 404, 404, 404, 403 } },
    { "DELETE",
      "/api/v1/hazards/{id}",
      NULL,
      NULL,
      "remove",
      { 204, 403, 204, 403, 403, 403 },
      { 204, 403, 404, 403, 403, 403 } },
    { "POST",
      "/api/v1/hazards/{id}/undo",
      "{\"version\":2}",
      NULL,
      "change",
      { 200, 403, 200, 200, 200, 403 },
      { 200, 403, 404, 404, 404, 403 } },
    { "POST",
      "/api/v1/hazards/{id}/restore",
      NULL,
      "removed",
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 200, 403, 404, 403, 403, 403 } },
    { "POST", "/api/v1/hazards/import?name=a.csv", sheet, NULL, "import", { 201, 403, 201, 201, 201, 403 }, { 0 } },
    /* imports and mappings are their maker's: what others may see is in ledger_test */
    { "GET", "/api/v1/imports", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/imports/99999999", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "PATCH", "/api/v1/imports/99999999", "{}", NULL, NULL, NOT_THERE, { 0 } },
    { "DELETE", "/api/v1/imports/99999999", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "GET", "/api/v1/imports/99999999/rows", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "POST", "/api/v1/imports/99999999/run", "{}", NULL, NULL, NOT_THERE, { 0 } },
    { "POST", "/api/v1/imports/99999999/undo", "{}", NULL, NULL, NOT_THERE, { 0 } },
    { "GET", "/api/v1/imports/99999999/rejected", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "GET", "/api/v1/import-mappings?kind=hazard", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/import-mappings", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "DELETE", "/api/v1/import-mappings/99999999", NULL, NULL, NULL, NOT_THERE, { 0 } },
    { "POST", "/api/v1/files?name=a.png", "bytes", NULL, NULL, { 201, 201, 201, 201, 201, 201 }, { 0 } },
    /* moves: a record just found is ready for one of them; of the others the state speaks (409) */
    { "POST",
      "/api/v1/hazards/{id}/moves/classify",
      "{\"level\":\"general\"}",
      NULL,
      "classify",
      { 200, 403, 200, 200, 200, 403 },
      { 200, 403, 404, 404, 404, 403 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/assign",
      "{}",
      NULL,
      "assign",
      { 409, 403, 409, 409, 409, 403 },
      { 409, 403, 404, 404, 404, 403 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/spot-fix",
      "{}",
      NULL,
      "rectify",
      { 409, 403, 403, 403, 403, 409 },
      { 409, 403, 403, 403, 403, 404 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/start",
      "{}",
      NULL,
      "rectify",
      { 409, 403, 403, 403, 403, 409 },
      { 409, 403, 403, 403, 403, 404 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/submit",
      "{}",
      NULL,
      "rectify",
      { 409, 403, 403, 403, 403, 409 },
      { 409, 403, 403, 403, 403, 404 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/recheck-pass",
      "{}",
      NULL,
      "recheck",
      { 409, 403, 409, 409, 409, 403 },
      { 409, 403, 404, 404, 404, 403 } },
    { "POST",
      "/api/v1/hazards/{id}/moves/recheck-fail",
      "{}",
      NULL,
      "recheck",
      { 409, 403, 409, 409, 409, 403 },
      { 409, 403, 404, 404, 404, 403 } },
    /* enterprises: {object} */
    { "GET", "/api/v1/enterprises/{object}", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/enterprises/{object}/history", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/hazards/spread?within=9901", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/enterprises/{object}/counts", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/enterprises/{object}/standing", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "GET", "/api/v1/enterprises/{object}/sources", NULL, NULL, NULL, ALL_OK, OK_FAR },
    { "POST",
      "/api/v1/enterprises/{object}/verify",
      "{\"fields\":[\"head\"]}",
      NULL,
      NULL,
      { 200, 403, 200, 200, 200, 403 },
      { 200, 403, 404, 404, 404, 403 } },
    { "POST",
      "/api/v1/enterprises/{object}/unmask",
      "{\"field\":\"phone\"}",
      NULL,
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 200, 403, 404, 403, 403, 403 } },
    { "GET", "/api/v1/enterprises?phone=13800000000", NULL, NULL, NULL, { 200, 403, 200, 403, 403, 403 }, { 0 } },
    { "GET",
      "/api/v1/enterprises?head_id_number=11010519491231002X",
      NULL,
      NULL,
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 0 } },
    { "GET",
      "/api/v1/hazards?enterprise.phone=13800000000",
      NULL,
      NULL,
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 0 } },
    { "GET",
      "/api/v1/enterprises/export?phone=13800000000",
      NULL,
      NULL,
      NULL,
      { 200, 403, 200, 403, 403, 403 },
      { 0 } },
    { "GET", "/api/v1/facilities", NULL, NULL, NULL, { 200, 200, 200, 200, 200, 403 }, { 0 } },
    { "POST", "/api/v1/facilities", "{}", NULL, NULL, { 422, 403, 422, 422, 422, 403 }, { 0 } },
    /* what belongs to no area: read by all, written by whoever is limited to none */
    { "GET", "/api/v1/regions", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/regions", "{}", NULL, NULL, { 422, 403, 403, 403, 403, 403 }, { 0 } },
    { "PATCH", "/api/v1/regions/990102001002", "{}", NULL, NULL, { 200, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE", "/api/v1/regions/990102001002", NULL, NULL, NULL, { 405, 405, 405, 405, 405, 405 }, { 0 } },
    { "GET", "/api/v1/regions/export", NULL, NULL, NULL, { 200, 200, 403, 403, 403, 403 }, { 0 } },
    { "GET", "/api/v1/organisations", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "POST", "/api/v1/organisations", "{}", NULL, NULL, { 422, 403, 403, 403, 403, 403 }, { 0 } },
    { "POST", "/api/v1/organisations/import", "名称\n甲\n", NULL, NULL, { 405, 405, 405, 405, 405, 405 }, { 0 } },
    { "GET", "/api/v1/accounts", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/accounts?phone=13800000000", NULL, NULL, NULL, { 200, 403, 403, 403, 403, 403 }, { 0 } },
    { "POST", "/api/v1/accounts", "{}", NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "PATCH", "/api/v1/accounts/{me}", "{\"post\":\"科长\"}", NULL, NULL, { 403, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE", "/api/v1/accounts/{me}", NULL, NULL, NULL, { 0, 403, 403, 403, 403, 403 }, { 0 } },
    { "POST",
      "/api/v1/accounts/{me}/unmask",
      "{\"field\":\"phone\"}",
      NULL,
      NULL,
      { 200, 403, 403, 403, 403, 403 },
      { 0 } },
    /* the grid: read by all, drawn by whoever changes regions */
    { "GET", "/api/v1/grid/at?lon=122.5&lat=35.4", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/grid/boundaries?within=9901", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/grid/check?within=9901", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/grid/coverage?within=9901", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/grid/tree?within=9901", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "GET", "/api/v1/regions/990102001002/boundary", NULL, NULL, NULL, ALL_OK, { 0 } },
    { "PUT", "/api/v1/regions/990102001002/boundary", outline, NULL, NULL, { 200, 403, 403, 403, 403, 403 }, { 0 } },
    { "DELETE",
      "/api/v1/regions/990102001002/boundary?reason=x",
      NULL,
      NULL,
      NULL,
      { 204, 403, 403, 403, 403, 403 },
      { 0 } },
    { "POST", "/api/v1/grid/boundaries", outlines, NULL, NULL, { 200, 403, 403, 403, 403, 403 }, { 0 } },
    /* signing in and out needs no right */
    { "POST", "/api/v1/session", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "POST", "/api/v1/demo-session", "{}", NULL, NULL, { 422, 422, 422, 422, 422, 422 }, { 0 } },
    { "DELETE", "/api/v1/session", NULL, NULL, NULL, { 204, 204, 204, 204, 204, 204 }, { 0 } },
};

struct subject {
    long long id, file, object, version;
};

static struct subject make_subject(struct office *o, enum who who, bool far, bool removed)
{
    struct subject p = { .object = far ? count_rows(o, say(o, "SELECT id FROM enterprise WHERE name = '%s'", far_firm))
                                   : who == GRID_B ? o->firm_b
                                                   : o->firm_a };
    struct reply *r = make_hazard(o, OFFICE, p.object, "权限");
    p.id = number_at(r, "id");
    p.file = make_file(o, OFFICE, "p.png", "bytes");
    r = expect(patch(o, OFFICE, 1, say(o, "{\"photos\":[%lld]}", p.file), "/api/v1/hazards/%lld", p.id), 200);
    p.version = number_at(r, "version");
    if (removed) {
        expect(ASK(o, .who = OFFICE, .method = "DELETE", .path = say(o, "/api/v1/hazards/%lld", p.id),
                   .version = p.version),
               204);
        p.version++;
    }
    return p;
}

static const char *fill_in(struct office *o, const char *text, const struct subject *p, enum who who)
{
    const struct {
        const char *part;
        long long is;
    } parts[] = { { "{id}", p->id }, { "{file}", p->file }, { "{object}", p->object }, { "{me}", o->people[who].id } };
    AUTO_TEXT out = TEXT_LIMIT(4096);
    for (const char *now = text; *now;) {
        size_t i = 0;
        while (i < COUNT(parts) && strncmp(now, parts[i].part, strlen(parts[i].part)) != 0)
            i++;
        if (i < COUNT(parts)) {
            text_int(&out, parts[i].is);
            now += strlen(parts[i].part);
        } else {
            text_char(&out, *now++);
        }
    }
    return say(o, "%s", text_get(&out));
}

/* The version that fits: of the record, or of what else the row names. */
static int64_t version_for(struct office *o, const struct row *row, const struct subject *p, enum who who)
{
    if (strcmp(row->method, "PATCH") != 0 && strcmp(row->method, "DELETE") != 0 && strcmp(row->method, "PUT") != 0 &&
        !strstr(row->path, "/moves/") && !strstr(row->path, "/transfer") && !strstr(row->path, "/verify"))
        return 0;
    if (strstr(row->path, "/transfer") || strstr(row->path, "/verify"))
        return count_rows(o,
                          say(o, "SELECT version FROM enterprise WHERE id = %lld", p->object == NO_ID ? 1 : p->object));
    if (strstr(row->path, "hazards"))
        return p->version;
    const char *path = fill_in(o, row->path, p, who);
    struct reply *r = get(o, OFFICE, "%.*s", (int)strcspn(path, "?"), path);
    return r->status == 200 && json_object_get(r->json, "version") ? number_at(r, "version") : 1;
}

static struct reply *ask_row(struct office *o, const struct row *row, enum who who, const struct subject *p)
{
    return ASK(o, .who = who, .method = row->method, .path = fill_in(o, row->path, p, who),
               .body = row->body ? fill_in(o, row->body, p, who) : NULL, .version = version_for(o, row, p, who));
}

static void check_far(struct office *o, const struct row *row, enum who who)
{
    int want = row->far[who - OFFICE];
    bool removed = row->prepare != NULL;
    if (want == 0)
        return;
    struct subject p = make_subject(o, who, true, removed);
    struct reply *r = ask_row(o, row, who, &p);
    if (r->status != want)
        fail_msg("%s %s far, asked by %s: %d instead of %d %s", row->method, row->path, office_names[who], r->status,
                 want, r->body);
    if (want < 400 || want == 409)
        return; /* it lies in the scope of who asks */
    struct subject none = { .id = NO_ID, .file = NO_ID, .object = NO_ID, .version = p.version };
    expect_silent(r, far_firm);
    expect_same(r, ask_row(o, row, who, &none));
}

static void every_route_answers_every_person_as_the_table_says(void **state)
{
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (enum who who = OFFICE; who < PEOPLE; who++) {
            int want = rows[i].own[who - OFFICE];
            if (want == 0)
                continue;
            struct subject p = make_subject(o, who, false, rows[i].prepare != NULL);
            struct reply *r = ask_row(o, &rows[i], who, &p);
            if (r->status != want)
                fail_msg("%s %s asked by %s: %d instead of %d %s", rows[i].method, rows[i].path, office_names[who],
                         r->status, want, r->body);
            check_far(o, &rows[i], who);
        }
}

static bool listed(const json_t *list, const char *word)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)list, i, one) if (strcmp(json_string_value(one), word) == 0) return true;
    return false;
}

static void what_me_and_the_record_promise_is_what_the_table_grants(void **state)
{
    struct office *o = OFFICE(state);
    for (enum who who = OFFICE; who < PEOPLE; who++) {
        const json_t *verbs = at(get(o, who, "/api/v1/me"), "verbs.hazard");
        struct subject p = make_subject(o, who, false, false);
        struct reply *r = expect(get(o, who, "/api/v1/hazards/%lld", p.id), 200);
        for (size_t i = 0; i < COUNT(rows); i++) {
            const char *verb = rows[i].verb, *move = strstr(rows[i].path, "/moves/");
            bool granted = rows[i].own[who - OFFICE] != 403;
            if (!verb)
                continue;
            if (listed(verbs, verb) != granted)
                fail_msg("/me of %s and the table disagree about %s", office_names[who], verb);
            if ((strcmp(verb, "change") == 0 || strcmp(verb, "remove") == 0) && listed(at(r, "may"), verb) != granted)
                fail_msg("`may` of %s and the table disagree about %s", office_names[who], verb);
            if (move && listed(at(r, "moves"), move + strlen("/moves/")) != (rows[i].own[who - OFFICE] == 200))
                fail_msg("`moves` of %s and the table disagree about %s", office_names[who], move);
        }
    }
}

/* "/api/v1/{kind}/{id}" and "/api/v1/hazards/{id}" are the same route. */
static bool row_of_route(const struct row *row, const struct route *route)
{
    static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
    const char *a = route->pattern, *b = row->path;
    if (strcmp(row->method, methods[route->method]) != 0)
        return false;
    while (*a && *b && *b != '?') {
        if (*a == '{') {
            a += strcspn(a, "}") + 1;
            b += strcspn(b, "/?");
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return *a == '\0' && (*b == '\0' || *b == '?');
}

static void every_route_has_a_row(void **state)
{
    (void)state;
    bool all = true;
    for (size_t i = 0; i < route_count; i++) {
        bool any = false;
        for (size_t k = 0; k < COUNT(rows); k++)
            any |= row_of_route(&rows[k], &routes[i]);
        if (!any)
            print_error("the table has no row for %s\n", routes[i].pattern);
        all = all && any;
    }
    assert_true(all);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(every_route_has_a_row),
        SAYS(every_route_answers_every_person_as_the_table_says),
        SAYS(what_me_and_the_record_promise_is_what_the_table_grants),
    };
    return RUN_OFFICES(tests);
}
