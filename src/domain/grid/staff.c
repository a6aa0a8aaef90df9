#include "domain/grid/staff.h"

#include "access/password.h"
#include "base/clock.h"
#include "base/limits.h"
#include "domain/grid/grid.h"

#include <string.h>

enum { HELD = 512, MEMBERS = 1000 };

/* ---- what one person holds ---- */

struct held {
    const struct role *role;
    int64_t from, to; /* to: INT64_MAX when open */
    bool aimed;       /* at an area or sectors of its own */
    bool object;
};

static int64_t end_or_open(int64_t to)
{
    return to ? to : INT64_MAX;
}

/* from, to: only what touches those days. The intervals of a post's assignments are cut to the days it is held. */
static int read_held(struct db *db, int64_t account, int64_t from, int64_t to, bool organisation, struct held *out,
                     size_t *count, struct error *err)
{
    struct rows rows;
    struct value who = value_int(account), first = value_int(from), last = value_int(end_or_open(to));
    *count = 0;
    int got = organisation
                  ? db_query(db, &rows,
                             "SELECT a.role, a.valid_from, a.valid_to, a.valid_from, a.valid_to, a.area, a.sectors, "
                             "a.object FROM account p JOIN assignment a ON a.holder_organisation = p.organisation "
                             "WHERE p.id = ? AND a.removed_at IS NULL AND a.role IN ('industry', 'direct', 'general') "
                             "AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) LIMIT ?",
                             BIND(who, last, first, value_int(HELD)), err)
                  : db_query(db, &rows,
                             "SELECT a.role, a.valid_from, a.valid_to, a.valid_from, a.valid_to, a.area, a.sectors, "
                             "a.object FROM assignment a WHERE a.holder_account = ? AND a.removed_at IS NULL AND "
                             "a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) "
                             "UNION ALL "
                             "SELECT a.role, a.valid_from, a.valid_to, h.valid_from, h.valid_to, a.area, a.sectors, "
                             "a.object FROM assignment h JOIN assignment a ON a.holder_post = h.post "
                             "WHERE h.holder_account = ? AND h.role = 'holds' AND h.removed_at IS NULL AND "
                             "h.valid_from <= ? AND (h.valid_to IS NULL OR h.valid_to >= ?) AND a.removed_at IS NULL "
                             "AND a.valid_from <= ? AND (a.valid_to IS NULL OR a.valid_to >= ?) LIMIT ?",
                             BIND(who, last, first, who, last, first, last, first, value_int(HELD)), err);
    if (got < 0)
        return -1;
    while (*count < HELD && rows_next(&rows)) {
        int64_t a_from = rows_int(&rows, 1), a_to = end_or_open(rows_int(&rows, 2));
        int64_t h_from = rows_int(&rows, 3), h_to = end_or_open(rows_int(&rows, 4));
        struct held h = { .role = role_find(rows_text(&rows, 0)),
                          .from = a_from > h_from ? a_from : h_from,
                          .to = a_to < h_to ? a_to : h_to,
                          .aimed = rows_int(&rows, 5) != 0 || rows_text(&rows, 6) != NULL,
                          .object = rows_int(&rows, 7) != 0 };
        if (h.role && h.from <= h.to && h.role->may != TARGET_POST)
            out[(*count)++] = h;
    }
    return rows_done(&rows, err);
}

static bool touch(const struct held *a, const struct held *b)
{
    return a->from <= b->to && b->from <= a->to;
}

static bool is_member(const struct held *h)
{
    return strcmp(h->role->code, "department") == 0 && !h->aimed;
}

/* Rights in force on a day: what actor_load would count. */
static size_t rights_on(int64_t day, const struct held *own, size_t own_count, const struct held *through, size_t count)
{
    size_t rights = 0;
    bool member = false, one_by_one = false;
    for (size_t i = 0; i < own_count; i++)
        if (own[i].from <= day && day <= own[i].to) {
            member |= is_member(&own[i]);
            rights += own[i].role->right_count > 0 && !is_member(&own[i]);
        }
    for (size_t i = 0; member && i < count; i++)
        if (through[i].from <= day && day <= through[i].to) {
            one_by_one |= through[i].object;
            rights += !through[i].object;
        }
    return rights + one_by_one;
}

static int too_many(struct error *err)
{
    return fail(err, FAULT_REFUSED, "rights.many",
                "同一天生效的权限不能超过 %d 项：请先结束不再需要的责任关系，或把区域、行业合并成一项",
                "A person holds at most %d rights on one day: end what is no longer needed, or join areas and sectors",
                LIMIT_GRANTS);
}

int staff_check_rights(struct change *c, int64_t account, int64_t from, int64_t to, struct error *err)
{
    struct held *own = ARENA_ARRAY(c->arena, struct held, HELD), *through = ARENA_ARRAY(c->arena, struct held, HELD);
    size_t own_count, count;
    if (read_held(c->db, account, from, to, false, own, &own_count, err) < 0 ||
        read_held(c->db, account, from, to, true, through, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < own_count; i++)
        for (size_t j = 0; j < own_count; j++)
            if (i != j && own[i].role->alone && touch(&own[i], &own[j]))
                return fail(err, FAULT_REFUSED, "rights.apart",
                            "系统、安全、审计三名管理员的角色不能互相兼任，也不能与其他角色同时担任",
                            "The three administrators' roles are held apart from each other and from any other");
    if (own_count == HELD || count == HELD)
        return too_many(err);
    /* The count only rises on a day something begins. */
    for (size_t i = 0; i < own_count + count; i++) {
        int64_t day = i < own_count ? own[i].from : through[i - own_count].from;
        if (rights_on(day, own, own_count, through, count) > LIMIT_GRANTS)
            return too_many(err);
    }
    return 0;
}

int staff_check_holders(struct change *c, const struct assignment *a, struct error *err)
{
    int64_t *people = ARENA_ARRAY(c->arena, int64_t, MEMBERS + 1);
    size_t count = 0;
    const struct role *role = role_find(a->role);
    struct rows rows;
    if (has(a, holder_account))
        return staff_check_rights(c, a->holder_account, a->valid_from, has(a, valid_to) ? a->valid_to : 0, err);
    if (has(a, holder_organisation) && !role->supervises)
        return 0;
    int got =
        has(a, holder_post)
            ? db_query(c->db, &rows,
                       "SELECT DISTINCT holder_account FROM assignment WHERE role = 'holds' AND post = ? AND "
                       "removed_at IS NULL AND holder_account IS NOT NULL LIMIT ?",
                       BIND(value_int(a->holder_post), value_int(MEMBERS + 1)), err)
            : db_query(c->db, &rows, "SELECT id FROM account WHERE organisation = ? AND removed_at IS NULL LIMIT ?",
                       BIND(value_int(a->holder_organisation), value_int(MEMBERS + 1)), err);
    if (got < 0)
        return -1;
    while (count <= MEMBERS && rows_next(&rows))
        people[count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    if (count > MEMBERS)
        return fail(err, FAULT_REFUSED, "rights.members", "一个岗位或单位最多 %d 人",
                    "A post or an organisation has at most %d people", MEMBERS);
    for (size_t i = 0; i < count; i++)
        if (staff_check_rights(c, people[i], a->valid_from, has(a, valid_to) ? a->valid_to : 0, err) < 0)
            return -1;
    return 0;
}

int staff_carries_rights(struct db *db, const struct assignment *a, bool *out, struct error *err)
{
    const struct role *role = role_find(a->role);
    struct rows rows;
    *out = role->right_count > 0;
    if (*out || role->may != TARGET_POST)
        return 0;
    if (db_query(db, &rows, "SELECT DISTINCT role FROM assignment WHERE holder_post = ? AND removed_at IS NULL",
                 BIND(value_int(a->post)), err) < 0)
        return -1;
    while (rows_next(&rows)) {
        const struct role *carried = role_find(rows_text(&rows, 0));
        *out |= carried && carried->right_count > 0;
    }
    return rows_done(&rows, err);
}

int staff_is_held_by(struct db *db, const struct assignment *a, int64_t account, bool *out, struct error *err)
{
    int64_t one;
    *out = has(a, holder_account) && a->holder_account == account;
    if (*out || !has(a, holder_post))
        return 0;
    return db_get_int(db,
                      "SELECT id FROM assignment WHERE role = 'holds' AND post = ? AND holder_account = ? AND "
                      "removed_at IS NULL LIMIT 1",
                      BIND(value_int(a->holder_post), value_int(account)), &one, out, err);
}

/* ---- founding ---- */

struct founding {
    const struct founder *who;
    const char *hashes[FOUNDERS];
};

static const char *const founder_roles[FOUNDERS] = { "system_admin", "security_admin", "audit_admin" };
const char *const founder_words[FOUNDERS] = { "system", "security", "audit" };

static int is_closed(struct db *db, bool *out, struct error *err)
{
    int64_t one;
    return db_get_int(db, "SELECT account FROM credential LIMIT 1", NO_BINDS, &one, out, err);
}

int staff_is_open(struct house *house, bool *out, struct error *err)
{
    struct db *db;
    bool closed = true;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = is_closed(db, &closed, err);
    store_reader_back(house->store, db);
    *out = !closed;
    return got;
}

static int make_founder(struct change *c, const struct founder *who, int i, const char *hash, int64_t *id,
                        struct error *err)
{
    struct account *a = change_new(c, &account_kind);
    set(a, name, who->name);
    set(a, display_name, who->display_name);
    set(a, active, 1);
    if (change_create(c, &account_kind, a, err) < 0)
        return error_add(err, founder_words[i], founder_words[i]);
    *id = a->is.id;
    struct assignment *d = change_new(c, &assignment_kind);
    set(d, role, founder_roles[i]);
    set(d, holder_account, *id);
    set(d, valid_from, day_of_ms(c->now));
    set(d, basis, "首次启用");
    if (change_create(c, &assignment_kind, d, err) < 0)
        return -1;
    return credential_put(c->db, *id, hash, false, c->now, err);
}

int staff_found(struct change *c, const struct founder who[FOUNDERS], const char *const hashes[FOUNDERS],
                int64_t ids[FOUNDERS], struct error *err)
{
    bool closed;
    if (is_closed(c->db, &closed, err) < 0)
        return -1;
    if (closed)
        return fail(err, FAULT_CONFLICT, "setup.done", "已经设置过了，请直接登录",
                    "This was done already; please sign in");
    for (int i = 0; i < FOUNDERS; i++)
        if (make_founder(c, &who[i], i, hashes[i], &ids[i], err) < 0)
            return -1;
    return 0;
}
