#include "domain/notice.h"

#include "access/duty.h"
#include "access/query.h"
#include "base/clock.h"
#include "base/seal.h"
#include "domain/ladder.h"
#include "record/type.h"

#include <string.h>

enum { ADDRESS_MOST = 254, HEARERS_MOST = LIMIT_TOLD + TELLING_MOST };

/* ---- tables ---- */

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column notice_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "cause", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, 0 },
    { "record", COLUMN_INT, COLUMN_NOT_NULL },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "due", COLUMN_INT, 0 },
    { "rung", COLUMN_TEXT, 0 },
    { "instead_of", COLUMN_TEXT, 0 },
    { "made_up", COLUMN_INT, 0 }, /* enum made_up; null in rows of an earlier build: MADE_UP_NOT */
    { "read_at", COLUMN_INT, 0 },
    { "mail", COLUMN_INT, 0 }, /* NULL: none wanted; 0: waits to be gathered; else the letter it went into */
};
static const struct index_decl notice_indexes[] = {
    { "notice_of_account", NAMES("account", "id"), false, NULL },
    { "notice_made_up", NAMES("account", "at", "made_up"), false, "made_up > 0" },
    { "notice_unread", NAMES("account", "id"), false, "read_at IS NULL" },
    { "notice_to_mail", NAMES("account", "at"), false, "mail = 0" },
    { "notice_of_mail", NAMES("mail"), false, "mail > 0" },
    { "notice_by_age", NAMES("at"), false, NULL },
};
static const struct column setting_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },    { "address", COLUMN_BYTES, 0 },
    { "causes", COLUMN_TEXT, COLUMN_NOT_NULL },    { "english", COLUMN_INT, COLUMN_NOT_NULL },
    { "changed_at", COLUMN_INT, COLUMN_NOT_NULL },
};
const struct table notice_tables[] = {
    { .name = "notice", LISTED(notice_columns), .indexes = notice_indexes, .index_count = COUNT(notice_indexes) },
    { .name = "notice_setting", LISTED(setting_columns), .primary_key = NAMES("account") },
};
const size_t notice_table_count = COUNT(notice_tables);

/* ---- causes ---- */

#define MINE                                  \
    {                                         \
        "交给我的隐患", "Hazards given to me" \
    }
#define ANSWERS                                           \
    {                                                     \
        "延期和异议的答复", "Answers to what I asked for" \
    }
#define DECIDE                                         \
    {                                                  \
        "等我审批、复查", "What waits for my decision" \
    }
#define CLIMBS                                            \
    {                                                     \
        "期限提醒和逾期上报", "Deadlines near and passed" \
    }
#define WORK                          \
    {                                 \
        "后台任务", "Background jobs" \
    }
const struct notice_cause notice_causes[] = {
    { "rung", { "期限提醒", "A deadline" }, CLIMBS, NOTICE_RECORD, true },
    { "caught_up",
      { "系统停止期间到了日子的期限提醒", "Deadlines that came up while the system was stopped" },
      CLIMBS,
      NOTICE_GATHERED,
      true },
    { "entered_late",
      { "录入时就已到日子的期限提醒", "Deadlines that had come up already when they were entered" },
      CLIMBS,
      NOTICE_GATHERED,
      true },
    { "assigned", { "交给您整改", "Given to you to rectify" }, MINE, NOTICE_RECORD, true },
    { "report_wanted",
      { "定为重大隐患，须报告主管部门", "Classified as major: report it to the department" },
      MINE,
      NOTICE_RECORD,
      true },
    { "returned", { "复查未通过，退回整改", "Returned after the re-check" }, MINE, NOTICE_RECORD, true },
    { "reopened", { "回头看反弹，重新整改", "Reopened: found again" }, MINE, NOTICE_RECORD, true },
    { "resumed", { "恢复整改，期限重新起算", "Resumed with a new deadline" }, MINE, NOTICE_RECORD, true },
    { "suspended", { "中止整改，期限停止计算", "Suspended; the deadline stops" }, MINE, NOTICE_RECORD, false },
    { "listed", { "已挂牌督办", "Listed for supervision" }, MINE, NOTICE_RECORD, true },
    { "closed", { "复查通过，已销号", "Passed the re-check and closed" }, MINE, NOTICE_RECORD, false },
    { "extension_asked", { "申请延期，等您审批", "More time is asked for; you decide" }, DECIDE, NOTICE_RECORD, true },
    { "objected", { "提出异议，等您裁定", "An objection was made; you decide" }, DECIDE, NOTICE_RECORD, true },
    { "major_found", { "新定为重大隐患", "Classified as a major hazard" }, DECIDE, NOTICE_RECORD, true },
    { "major_reported", { "企业报告了重大隐患", "A firm reported a major hazard" }, DECIDE, NOTICE_RECORD, true },
    { "recheck_wanted", { "已提交整改，等待复查", "Repaired; waits for the re-check" }, DECIDE, NOTICE_RECORD, true },
    { "extension_granted", { "同意延期", "More time is granted" }, ANSWERS, NOTICE_RECORD, true },
    { "extension_refused",
      { "不同意延期，原期限不变", "More time is refused; the deadline stays" },
      ANSWERS,
      NOTICE_RECORD,
      true },
    { "objection_accepted",
      { "异议已采纳，退回定级", "The objection is accepted; classified again" },
      ANSWERS,
      NOTICE_RECORD,
      true },
    { "objection_refused",
      { "异议被驳回，原期限不变", "The objection is refused; the deadline stays" },
      ANSWERS,
      NOTICE_RECORD,
      true },
    { "job_done", { "后台任务已完成", "A job is done" }, WORK, NOTICE_JOB, false },
    { "job_failed", { "后台任务没有完成", "A job failed" }, WORK, NOTICE_JOB, false },
    { "import_done", { "导入已完成", "An import is done" }, WORK, NOTICE_IMPORT, false },
    { "import_undone", { "导入已撤销", "An import was taken back" }, WORK, NOTICE_IMPORT, false },
    { "import_failed", { "导入没有完成", "An import failed" }, WORK, NOTICE_IMPORT, false },
};
const size_t notice_cause_count = COUNT(notice_causes);

const struct notice_cause *notice_cause(const char *code)
{
    for (size_t i = 0; code && i < notice_cause_count; i++)
        if (strcmp(notice_causes[i].code, code) == 0)
            return &notice_causes[i];
    return NULL;
}

/* ---- the declared table ---- */

static const struct field *account_field(const struct kind *kind, const char *name)
{
    const struct field *f = field_find(kind, name);
    return f && f->type == &type_reference && strcmp(f->ref, "account") == 0 ? f : NULL;
}

static bool is_sound(const struct telling *t)
{
    bool sound = move_find(t->kind, t->move) && (!t->decides || move_find(t->kind, t->decides)) &&
                 notice_cause(t->cause) && (t->fields[0] || t->roles[0]) &&
                 (!t->watch || watch_find(t->kind->name, t->watch)) && (t->watch || !t->running);
    for (size_t i = 0; i < TELLING_MOST; i++)
        sound = sound && (!t->fields[i] || account_field(t->kind, t->fields[i])) &&
                (!t->but[i] || account_field(t->kind, t->but[i])) && (!t->roles[i] || role_find(t->roles[i]));
    return sound;
}

int notices_check(struct error *err)
{
    for (size_t i = 0; i < telling_count; i++)
        if (!is_sound(&tellings[i]))
            return fail(err, FAULT_INTERNAL, "notice.telling", "告知规则 %s 有误", "The telling of %s is wrong",
                        tellings[i].move);
    return 0;
}

/* ---- writing ---- */

static int wants_mail(struct db *db, const struct notice_new *n, bool *out, struct error *err)
{
    struct rows rows;
    *out = false;
    if (db_query(db, &rows, "SELECT causes FROM notice_setting WHERE account = ? AND address IS NOT NULL",
                 BIND(value_int(n->account)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        AUTO_TEXT word = TEXT_LIMIT(80);
        text_printf(&word, ",%s,", n->cause);
        *out = strstr(rows_text(&rows, 0), text_get(&word)) != NULL;
    }
    return rows_done(&rows, err);
}

/* The first of a sort and an instant tells about itself, the second makes that notice the one of them all. */
static int gather(struct db *db, const struct notice_new *n, bool *gathered, struct error *err)
{
    int64_t changed = 0;
    *gathered = false;
    if (n->made_up == MADE_UP_NOT)
        return 0;
    if (db_run(db,
               "UPDATE notice SET cause = ?, kind = NULL, record = 0, due = NULL, rung = NULL, instead_of = NULL, "
               "read_at = NULL, mail = CASE WHEN cause = 'rung' AND mail > 0 THEN 0 ELSE mail END WHERE account = ? "
               "AND at = ? AND made_up = ?",
               BIND(value_text(n->made_up == MADE_UP_MISSED ? "caught_up" : "entered_late"), value_int(n->account),
                    value_int(n->at), value_int(n->made_up)),
               &changed, err) < 0)
        return -1;
    *gathered = changed > 0;
    return 0;
}

int notice_add(struct db *db, const struct notice_new *n, struct error *err)
{
    bool mail, gathered;
    if (gather(db, n, &gathered, err) < 0)
        return -1;
    if (gathered)
        return 0;
    if (wants_mail(db, n, &mail, err) < 0)
        return -1;
    return db_run(
        db,
        "INSERT INTO notice (account, cause, kind, record, at, due, rung, instead_of, made_up, mail) VALUES (?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?)",
        BIND(value_int(n->account), value_text(n->cause), value_text(n->kind), value_int(n->id), value_int(n->at),
             n->due ? value_int(n->due) : value_null(), value_text(n->rung), value_text(n->instead_of),
             value_int(n->made_up), mail ? value_int(0) : value_null()),
        NULL, err);
}

int notice_tell(struct change *c, const struct notice_new *n, struct error *err)
{
    if (notice_add(c->db, n, err) < 0)
        return -1;
    change_tells(c, n->account);
    return 0;
}

struct hearers {
    int64_t people[HEARERS_MOST];
    size_t count;
    size_t by_name;         /* so many of them are named by the record; the rest hold a post */
    const char *instead_of; /* why it is theirs to hear */
};

static int64_t named(const struct change *c, const char *field)
{
    const struct field *f = field_find(c->kind, field);
    return record_bit(record_of_const(c->after)->known, field_slot(f))
               ? *(const int64_t *)field_member_const(f, c->after)
               : 0;
}

/* Whoever does it knows of it; whoever is left out on purpose does not hear of it. */
static bool may_hear(const struct change *c, const struct telling *t, const struct hearers *h, int64_t account)
{
    bool may = account && account != c->actor->id && h->count < HEARERS_MOST;
    for (size_t i = 0; may && i < TELLING_MOST && t->but[i]; i++)
        may = named(c, t->but[i]) != account;
    for (size_t i = 0; may && i < h->count; i++)
        may = h->people[i] != account;
    return may;
}

static int hear_named(struct change *c, const struct telling *t, struct hearers *h, struct error *err)
{
    for (size_t i = 0; i < TELLING_MOST && t->fields[i]; i++) {
        int64_t account = named(c, t->fields[i]);
        bool active = false;
        if (!may_hear(c, t, h, account))
            continue;
        if (duty_is_active(c->db, account, &active, err) < 0)
            return -1;
        if (active)
            h->people[h->count++] = account;
    }
    h->by_name = h->count;
    return 0;
}

/* What is to be decided is told to those who may decide it. */
static int stands_too_low(struct change *c, const struct telling *t, int64_t account, bool *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct actor person;
    *out = false;
    if (!t->decides)
        return 0;
    if (actor_load(c->db, account, day_of_ms(c->now), &arena, &person, err) < 0)
        return -1;
    *out = actor_too_low(&person, c->kind, move_find(c->kind, t->decides), c->after, false);
    return 0;
}

static int hear_posts(struct change *c, const struct telling *t, struct hearers *h, struct error *err)
{
    bool filled = false; /* the first of the posts */
    for (size_t i = 0; i < TELLING_MOST && t->roles[i] && h->count == h->by_name; i++) {
        int64_t people[DUTY_MOST];
        size_t count;
        if (duty_holders(c->db, day_of_ms(c->now), c->kind, t->roles[i], &record_of_const(c->after)->own, people,
                         &count, err) < 0)
            return -1;
        for (size_t p = 0; p < count; p++) {
            bool low = false;
            if (stands_too_low(c, t, people[p], &low, err) < 0)
                return -1;
            if (!low && may_hear(c, t, h, people[p]))
                h->people[h->count++] = people[p];
        }
        h->instead_of = i > 0 && !(t->decides && filled) ? t->roles[0] : NULL;
        filled |= count > 0;
    }
    return 0;
}

static int tell_one(struct change *c, const struct telling *t, struct error *err)
{
    struct hearers h = { .count = 0 };
    int64_t due = 0;
    bool runs = t->watch && watch_due(c->calendar, c->kind, t->watch, c->after, &due);
    if (t->running && !runs)
        return 0;
    if (hear_named(c, t, &h, err) < 0 || hear_posts(c, t, &h, err) < 0)
        return -1;
    for (size_t i = 0; i < h.count; i++) {
        struct notice_new n = { .account = h.people[i],
                                .at = c->now,
                                .cause = t->cause,
                                .kind = c->kind->name,
                                .id = record_of_const(c->after)->id,
                                .due = due,
                                .instead_of = i < h.by_name ? NULL : h.instead_of };
        if (notice_tell(c, &n, err) < 0)
            return -1;
    }
    return 0;
}

int notices_of_move(struct change *c, struct error *err)
{
    for (size_t i = 0; c->move && !c->quiet && i < telling_count; i++)
        if (tellings[i].kind == c->kind && strcmp(tellings[i].move, c->move->name) == 0 &&
            tell_one(c, &tellings[i], err) < 0)
            return -1;
    return 0;
}

/* ---- reading ---- */

int notice_list(struct db *db, const struct notice_query *q, struct arena *arena, struct notice **out, size_t *count,
                struct error *err)
{
    struct rows rows;
    struct notice *list = ARENA_ARRAY(arena, struct notice, LIMIT_PAGE);
    AUTO_TEXT sql = TEXT_LIMIT(1024);
    struct value binds[4];
    size_t bound = 0, n = 0;
    int limit = q->limit < LIMIT_PAGE ? q->limit : LIMIT_PAGE;
    text_str(&sql, "SELECT id, account, cause, kind, record, at, due, rung, instead_of, read_at FROM notice WHERE "
                   "account = ?");
    binds[bound++] = value_int(q->account);
    if (q->before) {
        text_str(&sql, " AND id < ?");
        binds[bound++] = value_int(q->before);
    }
    if (q->mail) {
        text_str(&sql, " AND mail = ?");
        binds[bound++] = value_int(q->mail);
    }
    if (q->unread)
        text_str(&sql, " AND read_at IS NULL");
    text_str(&sql, " ORDER BY id DESC LIMIT ?");
    binds[bound++] = value_int(limit);
    if (db_query(db, &rows, text_get(&sql), binds, bound, err) < 0)
        return -1;
    while (n < (size_t)limit && rows_next(&rows))
        list[n++] = (struct notice){ .id = rows_int(&rows, 0),
                                     .account = rows_int(&rows, 1),
                                     .cause = notice_cause(rows_text(&rows, 2)),
                                     .kind = rows_text(&rows, 3) ? kind_find(rows_text(&rows, 3)) : NULL,
                                     .record = rows_int(&rows, 4),
                                     .at = rows_int(&rows, 5),
                                     .due = rows_int(&rows, 6),
                                     .rung = arena_str(arena, rows_text(&rows, 7)),
                                     .instead_of = arena_str(arena, rows_text(&rows, 8)),
                                     .read_at = rows_int(&rows, 9) };
    if (rows_done(&rows, err) < 0)
        return -1;
    *out = list;
    *count = n;
    return 0;
}

int notice_unread(struct db *db, int64_t account, int64_t *out, struct error *err)
{
    bool found;
    return db_get_int(
        db, "SELECT count(*) FROM (SELECT id FROM notice WHERE account = ? AND read_at IS NULL LIMIT ?) AS unread",
        BIND(value_int(account), value_int(NOTICE_COUNT_MOST)), out, &found, err);
}

static const struct rung *rung_of(const struct notice *n)
{
    const char *dot = n->rung ? strchr(n->rung, '.') : NULL;
    for (const struct watch *const *w = all_watches; dot && *w; w++) {
        size_t size = strlen((*w)->name);
        if ((*w)->kind != n->kind || size != (size_t)(dot - n->rung) || strncmp((*w)->name, n->rung, size) != 0)
            continue;
        for (size_t i = 0; i < (*w)->ladder->count; i++)
            if (strcmp((*w)->ladder->rungs[i].code, dot + 1) == 0)
                return &(*w)->ladder->rungs[i];
    }
    return NULL;
}

struct label notice_words(const struct notice *n)
{
    const struct rung *rung = rung_of(n);
    if (rung)
        return (struct label){ rung->zh, rung->en };
    return n->cause ? n->cause->words : (struct label){ "一条提醒", "A notice" };
}

int notice_record(struct db *db, const struct actor *reader, const struct notice *n, struct arena *arena, void **out,
                  struct error *err)
{
    struct scope scope;
    struct error missing = { 0 };
    *out = NULL;
    if (!n->kind || (n->cause && n->cause->of != NOTICE_RECORD))
        return 0;
    scope_compile(reader, n->kind, verb_bit("read"), &scope);
    if (record_read(db, &scope, n->record, false, false, arena, out, &missing) == 0)
        return 0;
    *out = NULL;
    if (missing.fault == FAULT_MISSING)
        return 0;
    *err = missing;
    return -1;
}

int notice_gathered(struct db *db, const struct actor *reader, const struct notice *n, struct arena *arena,
                    struct gathered out[GATHERED_KINDS], size_t *count, struct error *err)
{
    const struct kind *kinds[GATHERED_KINDS];
    struct rows rows;
    size_t found = 0;
    *count = 0;
    if (db_query(db, &rows,
                 "SELECT DISTINCT t.kind FROM notice n JOIN ladder_told t ON t.account = n.account AND t.at = n.at AND "
                 "t.made_up = n.made_up WHERE n.id = ? AND t.made_up > 0 ORDER BY t.kind",
                 BIND(value_int(n->id)), err) < 0)
        return -1;
    while (found < GATHERED_KINDS && rows_next(&rows)) {
        kinds[found] = kind_find(rows_text(&rows, 0));
        found += kinds[found] != NULL;
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    for (size_t i = 0; i < found; i++) {
        struct scope scope;
        struct filter filter = { .told = n->id };
        struct list_query q = { .kind = kinds[i], .actor = reader, .scope = &scope, .filter = &filter };
        int64_t rows_seen;
        scope_compile(reader, kinds[i], verb_bit("read"), &scope);
        if (list_count(db, &q, GATHERED_MOST + 1, arena, &rows_seen, err) < 0)
            return -1;
        if (rows_seen)
            out[(*count)++] = (struct gathered){ kinds[i], rows_seen };
    }
    return 0;
}

/* ---- marking, forgetting ---- */

struct mark {
    int64_t account, id, now;
    bool all;
};

static int mark_rows(struct db *db, void *args, struct error *err)
{
    const struct mark *m = args;
    return db_run(db,
                  m->all ? "UPDATE notice SET read_at = ? WHERE account = ? AND id <= ? AND read_at IS NULL"
                         : "UPDATE notice SET read_at = ? WHERE account = ? AND id = ? AND read_at IS NULL",
                  BIND(value_int(m->now), value_int(m->account), value_int(m->id)), NULL, err);
}

int notice_read(struct store *store, int64_t account, int64_t id, bool all, int64_t now, struct error *err)
{
    struct mark m = { account, id, now, all };
    return store_write(store, mark_rows, &m, err);
}

static int forget_rows(struct db *db, void *args, struct error *err)
{
    const int64_t *before = args;
    return db_run(db, "DELETE FROM notice WHERE at < ?", BIND(value_int(*before)), NULL, err);
}

int notices_forget(struct store *store, int64_t now, struct error *err)
{
    int64_t before = now - (int64_t)NOTICE_KEPT_DAYS * DAY_MS;
    return store_write(store, forget_rows, &before, err);
}

/* ---- settings ---- */

static const char address_place[] = "notice.address";

static const char *usual_causes(struct arena *arena)
{
    AUTO_TEXT out = TEXT_LIMIT(2048);
    text_char(&out, ',');
    for (size_t i = 0; i < notice_cause_count; i++)
        if (notice_causes[i].mail)
            text_printf(&out, "%s,", notice_causes[i].code);
    return arena_str(arena, text_get(&out));
}

int notice_setting(struct db *db, int64_t account, struct arena *arena, struct notice_setting *out, struct error *err)
{
    struct rows rows;
    *out = (struct notice_setting){ .causes = usual_causes(arena) };
    if (db_query(db, &rows, "SELECT address, causes, english FROM notice_setting WHERE account = ?",
                 BIND(value_int(account)), err) < 0)
        return -1;
    if (rows_next(&rows)) {
        struct value sealed = rows_value(&rows, 0);
        if (sealed.is != VALUE_BYTES || !unseal(arena, address_place, sealed.at, sealed.size, &out->address))
            out->address = NULL;
        out->causes = arena_str(arena, rows_text(&rows, 1));
        out->english = rows_int(&rows, 2) != 0;
    }
    return rows_done(&rows, err);
}

/* One @, something on both sides, a dot behind it unless it is a host of one's own, and nothing that could end the line
** of a letter's head. */
static bool is_address(const char *text)
{
    size_t n = strlen(text);
    const char *at = strchr(text, '@');
    if (!at || at == text || !at[1] || strchr(at + 1, '@') || n > ADDRESS_MOST)
        return false;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c >= 0x7F || strchr("<>()[],;:\\\"", *c))
            return false;
    return true;
}

static bool are_causes(const char *list)
{
    for (const char *at = list; *at;) {
        at += *at == ',';
        size_t n = strcspn(at, ",");
        bool known = n == 0;
        for (size_t i = 0; i < notice_cause_count; i++)
            known |= strlen(notice_causes[i].code) == n && strncmp(notice_causes[i].code, at, n) == 0;
        if (!known)
            return false;
        at += n;
    }
    return true;
}

struct keeping {
    const struct notice_setting *s;
    int64_t account, now;
    const void *address;
    size_t size;
};

static int keep_setting(struct db *db, void *args, struct error *err)
{
    const struct keeping *k = args;
    struct value address = k->address ? value_bytes(k->address, k->size) : value_null();
    return db_run(
        db,
        "INSERT INTO notice_setting (account, address, causes, english, changed_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (account) DO UPDATE SET address = excluded.address, causes = excluded.causes, "
        "english = excluded.english, changed_at = excluded.changed_at",
        BIND(value_int(k->account), address, value_text(k->s->causes), value_int(k->s->english), value_int(k->now)),
        NULL, err);
}

int notice_setting_keep(struct store *store, int64_t account, const struct notice_setting *s, int64_t now,
                        struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct keeping k = { .s = s, .account = account, .now = now };
    if (s->address && !is_address(s->address))
        fail_field(err, "address", "邮箱地址写成 name@example.cn，最多 254 个字符",
                   "Write the address as name@example.cn, at most 254 characters");
    if (!are_causes(s->causes))
        fail_field(err, "causes", "没有这类提醒，请从列表中选择", "There is no such notice; choose from the list");
    if (err->fault)
        return -1;
    if (s->address)
        k.address = seal(&arena, address_place, s->address, strlen(s->address), &k.size);
    return store_write(store, keep_setting, &k, err);
}
