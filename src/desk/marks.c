#include "desk/marks.h"

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column mark_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },   { "kind", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "id", COLUMN_INT, COLUMN_NOT_NULL },        { "followed_at", COLUMN_INT, COLUMN_NOT_NULL }, /* 0: not */
    { "opened_at", COLUMN_INT, COLUMN_NOT_NULL },
};
const struct table mark_table = { .name = "mark", LISTED(mark_columns), .primary_key = NAMES("account", "kind", "id") };

struct marking {
    int64_t account, id, now;
    const struct kind *kind;
    bool follow;
};

static int make_room(struct db *db, const struct marking *m, struct error *err)
{
    int64_t count = 0;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM mark WHERE account = ? AND followed_at > 0 AND NOT (kind = ? AND id = ?)",
                   BIND(value_int(m->account), value_text(m->kind->name), value_int(m->id)), &count, &found, err) < 0)
        return -1;
    if (count >= MARKS_FOLLOWED)
        return fail(err, FAULT_LIMITED, "follow.many", "最多关注 %d 条，请先取消一些",
                    "You follow %d already; drop some", MARKS_FOLLOWED);
    return 0;
}

static int write_follow(struct db *db, void *args, struct error *err)
{
    const struct marking *m = args;
    if (m->follow && make_room(db, m, err) < 0)
        return -1;
    return db_run(
        db,
        "INSERT INTO mark (account, kind, id, followed_at, opened_at) VALUES (?, ?, ?, ?, 0) ON CONFLICT "
        "(account, kind, id) DO UPDATE SET followed_at = excluded.followed_at",
        BIND(value_int(m->account), value_text(m->kind->name), value_int(m->id), value_int(m->follow ? m->now : 0)),
        NULL, err);
}

int mark_follow(struct store *store, int64_t account, const struct kind *kind, int64_t id, int64_t now, bool follow,
                struct error *err)
{
    struct marking m = { .account = account, .id = id, .now = now, .kind = kind, .follow = follow };
    return store_write(store, write_follow, &m, err);
}

static int write_opened(struct db *db, void *args, struct error *err)
{
    const struct marking *m = args;
    if (db_run(db,
               "INSERT INTO mark (account, kind, id, followed_at, opened_at) VALUES (?, ?, ?, 0, ?) ON CONFLICT "
               "(account, kind, id) DO UPDATE SET opened_at = excluded.opened_at",
               BIND(value_int(m->account), value_text(m->kind->name), value_int(m->id), value_int(m->now)), NULL,
               err) < 0)
        return -1;
    return db_run(db,
                  "DELETE FROM mark WHERE account = ? AND followed_at = 0 AND opened_at < (SELECT min(opened_at) FROM "
                  "(SELECT opened_at FROM mark WHERE account = ? ORDER BY opened_at DESC LIMIT ?) newest)",
                  BIND(value_int(m->account), value_int(m->account), value_int(MARKS_OPENED)), NULL, err);
}

int mark_opened(struct store *store, int64_t account, const struct kind *kind, int64_t id, int64_t now,
                struct error *err)
{
    struct marking m = { .account = account, .id = id, .now = now, .kind = kind };
    return store_write(store, write_opened, &m, err);
}

int marks_read(struct db *db, int64_t account, bool followed, struct arena *arena, struct mark **out, size_t *count,
               struct error *err)
{
    size_t most = followed ? MARKS_FOLLOWED : MARKS_OPENED, n = 0;
    struct mark *list = ARENA_ARRAY(arena, struct mark, most);
    struct rows rows;
    if (db_query(db, &rows,
                 followed ? "SELECT kind, id, followed_at FROM mark WHERE account = ? AND followed_at > 0 ORDER BY "
                            "followed_at DESC, kind, id LIMIT ?"
                          : "SELECT kind, id, opened_at FROM mark WHERE account = ? AND opened_at > 0 ORDER BY "
                            "opened_at DESC, kind, id LIMIT ?",
                 BIND(value_int(account), value_int((int64_t)most)), err) < 0)
        return -1;
    while (n < most && rows_next(&rows)) {
        const struct kind *kind = kind_find(rows_text(&rows, 0));
        if (kind && !kind->child)
            list[n++] = (struct mark){ kind, rows_int(&rows, 1), rows_int(&rows, 2) };
    }
    *out = list;
    *count = n;
    return rows_done(&rows, err);
}

int mark_is_followed(struct db *db, int64_t account, const struct kind *kind, int64_t id, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db, "SELECT 1 FROM mark WHERE account = ? AND kind = ? AND id = ? AND followed_at > 0",
                      BIND(value_int(account), value_text(kind->name), value_int(id)), &ignored, out, err);
}
