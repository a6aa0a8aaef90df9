#include "access/audit.h"

#include "base/clock.h"

#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column audit_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "act", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "kind", COLUMN_TEXT, 0 },
    { "record", COLUMN_INT, 0 },
    { "detail", COLUMN_TEXT, 0 },
    { "peer", COLUMN_TEXT, 0 },
    { "session", COLUMN_INT, 0 },
    { "api_key", COLUMN_INT, 0 },
};
static const struct index_decl audit_indexes[] = {
    { "audit_by_time", NAMES("at", "id"), false, NULL },
    { "audit_of_account", NAMES("account", "at", "id"), false, NULL },
    { "audit_of_kind", NAMES("kind", "at", "id"), false, NULL },
    { "audit_of_act", NAMES("act", "at", "id"), false, NULL },
    { "audit_of_record", NAMES("kind", "record", "at", "id"), false, NULL },
};
static const struct column forgotten_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "at", COLUMN_INT, COLUMN_NOT_NULL },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "until", COLUMN_INT, COLUMN_NOT_NULL }, /* rows before this instant may be dropped */
};

const struct table audit_tables[] = {
    /* First: the trigger of the other asks it. */
    { .name = "audit_forgotten",
      LISTED(forgotten_columns),
      .sqlite_extra = "CREATE TRIGGER IF NOT EXISTS audit_forgotten_no_change BEFORE UPDATE ON audit_forgotten BEGIN "
                      "SELECT RAISE(ABORT, 'audit_forgotten only grows'); END;\n"
                      "CREATE TRIGGER IF NOT EXISTS audit_forgotten_no_delete BEFORE DELETE ON audit_forgotten BEGIN "
                      "SELECT RAISE(ABORT, 'audit_forgotten only grows'); END;\n",
      .postgres_extra = "CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        "RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$;\n"
                        "CREATE OR REPLACE TRIGGER audit_forgotten_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON "
                        "audit_forgotten FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();\n",
      .extra_creates = "audit_forgotten_no_change audit_forgotten_no_delete audit_only_grows" },
    { .name = "audit",
      LISTED(audit_columns),
      .indexes = audit_indexes,
      .index_count = COUNT(audit_indexes),
      .sqlite_extra = "CREATE TRIGGER IF NOT EXISTS audit_no_change BEFORE UPDATE ON audit BEGIN "
                      "SELECT RAISE(ABORT, 'audit only grows'); END;\n"
                      "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit WHEN "
                      "OLD.at >= coalesce((SELECT max(until) FROM audit_forgotten), 0) BEGIN "
                      "SELECT RAISE(ABORT, 'audit only grows'); END;\n",
      .postgres_extra = "CREATE OR REPLACE FUNCTION audit_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        "IF OLD.at >= coalesce((SELECT max(until) FROM audit_forgotten), 0) THEN "
                        "RAISE EXCEPTION 'audit only grows'; END IF; RETURN OLD; END $$;\n"
                        "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR TRUNCATE ON audit "
                        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();\n"
                        "CREATE OR REPLACE TRIGGER audit_no_delete BEFORE DELETE ON audit "
                        "FOR EACH ROW EXECUTE FUNCTION audit_keeps();\n",
      .extra_creates = "audit_no_change audit_no_delete audit_keeps" },
};
const size_t audit_table_count = COUNT(audit_tables);

const struct audit_act audit_acts[] = {
    /* of history */
    { "create", { "登记", "Created" } },
    { "change", { "修改", "Changed" } },
    { "remove", { "移入回收站", "Moved to the bin" } },
    { "restore", { "从回收站恢复", "Restored from the bin" } },
    { "import", { "导入", "Imported" } },
    { "move", { "办理", "Moved to another state" } },
    { "verify", { "核实资料", "Verified" } },
    /* of audit */
    { "session.begin", { "登录", "Signed in" } },
    { "session.failed", { "登录失败", "Failed to sign in" } },
    { "session.locked", { "输错次数太多，已锁定", "Locked after too many wrong tries" } },
    { "session.end", { "退出登录", "Signed out" } },
    { "session.end-other", { "结束另一处登录", "Ended another session" } },
    { "session.end-all", { "结束某人的全部登录", "Ended all sessions of an account" } },
    { "account.unlock", { "解除锁定", "Lifted a lock" } },
    { "password.change", { "修改密码", "Changed the password" } },
    { "password.reset", { "重置密码", "Reset a password" } },
    { "password.wrong", { "修改密码时原密码输错", "Gave a wrong password when changing it" } },
    { "totp.begin", { "开始绑定动态口令", "Began to enrol a second factor" } },
    { "totp.on", { "绑定动态口令", "Enrolled a second factor" } },
    { "totp.off", { "解除动态口令", "Removed the second factor" } },
    { "totp.reset", { "代为解除动态口令", "Removed the second factor of an account" } },
    { "totp.recovery", { "使用恢复码", "Used a recovery code" } },
    { "key.new", { "新建接口密钥", "Made an API key" } },
    { "key.end", { "停用接口密钥", "Ended an API key" } },
    { "unmask", { "查看证件号或电话全号", "Read a personal value in clear" } },
    { "look-up", { "按证件号或电话查找", "Looked up by a personal value" } },
    { "export", { "导出", "Exported" } },
    { "file", { "打开附件", "Opened a file" } },
    { "print", { "打印", "Printed" } },
    { "see-as", { "以他人身份查看", "Saw as somebody else" } },
    { "mail-again", { "重发未送达的邮件", "Sent a dead letter again" } },
    { "audit.read", { "查阅审计记录", "Read the audit trail" } },
    { "audit.export", { "导出审计记录", "Exported the audit trail" } },
    { "audit.forget", { "清除过期审计记录", "Dropped old rows of the audit trail" } },
    { "setup", { "首次设置三员账号", "Made the three administrators" } },
    { NULL, { NULL, NULL } },
};

const struct label *audit_label(const char *act)
{
    for (const struct audit_act *a = audit_acts; a->act; a++)
        if (strcmp(a->act, act) == 0)
            return &a->label;
    return NULL;
}

int audit_add(struct db *db, const struct origin *by, const char *act, const char *kind, int64_t record,
              const char *detail, struct error *err)
{
    return db_run(db,
                  "INSERT INTO audit (at, account, act, kind, record, detail, peer, session, api_key) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  BIND(value_int(by->now), value_int(by->account), value_text(act), value_text(kind),
                       record ? value_int(record) : value_null(), value_text(detail), value_text(by->peer),
                       by->session ? value_int(by->session) : value_null(),
                       by->key ? value_int(by->key) : value_null()),
                  NULL, err);
}

struct audit_order {
    const struct origin *by;
    const char *act, *kind, *detail;
    int64_t record;
};

static int audit_job(struct db *db, void *args, struct error *err)
{
    const struct audit_order *o = args;
    return audit_add(db, o->by, o->act, o->kind, o->record, o->detail, err);
}

int audit_write(struct store *store, const struct origin *by, const char *act, const char *kind, int64_t record,
                const char *detail, struct error *err)
{
    struct audit_order o = { by, act, kind, detail, record };
    return store_write(store, audit_job, &o, err);
}

static int is_written(struct db *db, const struct origin *by, const char *act, const char *kind, int64_t record,
                      int64_t since, bool *out, struct error *err)
{
    int64_t ignored;
    return db_get_int(db,
                      "SELECT 1 FROM audit WHERE account = ? AND at > ? AND act = ? AND kind = ? AND record = ? AND "
                      "coalesce(session, 0) = ? AND coalesce(api_key, 0) = ? LIMIT 1",
                      BIND(value_int(by->account), value_int(since), value_text(act), value_text(kind),
                           value_int(record), value_int(by->session), value_int(by->key)),
                      &ignored, out, err);
}

struct once_order {
    struct audit_order order;
    int64_t since;
};

static int once_job(struct db *db, void *args, struct error *err)
{
    const struct once_order *o = args;
    const struct audit_order *a = &o->order;
    bool written;
    /* Asked again: the requests of one page come together. */
    if (is_written(db, a->by, a->act, a->kind, a->record, o->since, &written, err) < 0)
        return -1;
    return written ? 0 : audit_add(db, a->by, a->act, a->kind, a->record, a->detail, err);
}

int audit_write_once(struct store *store, struct db *db, const struct origin *by, const char *act, const char *kind,
                     int64_t record, int64_t since, struct error *err)
{
    struct once_order o = { { by, act, kind, NULL, record }, since };
    bool written;
    if (is_written(db, by, act, kind, record, since, &written, err) < 0)
        return -1;
    return written ? 0 : store_write(store, once_job, &o, err);
}

struct forget_order {
    const struct origin *by;
    int64_t before, dropped;
};

static int forget_job(struct db *db, void *args, struct error *err)
{
    struct forget_order *o = args;
    char day[DAY_TEXT];
    day_print(day_of_ms(o->before), day);
    if (db_run(db, "INSERT INTO audit_forgotten (at, account, until) VALUES (?, ?, ?)",
               BIND(value_int(o->by->now), value_int(o->by->account), value_int(o->before)), NULL, err) < 0)
        return -1;
    if (db_run(db, "DELETE FROM audit WHERE at < ?", BIND(value_int(o->before)), &o->dropped, err) < 0)
        return -1;
    return audit_add(db, o->by, "audit.forget", NULL, 0, day, err);
}

int audit_forget(struct store *store, const struct origin *by, int64_t before, int64_t *dropped, struct error *err)
{
    struct forget_order o = { .by = by, .before = before };
    if (before > by->now - AUDIT_KEPT_DAYS * (int64_t)DAY_MS)
        return fail(err, FAULT_REFUSED, "audit.young", "审计记录至少保留 %d 天，请填更早的日期",
                    "The audit trail is kept for at least %d days; name an earlier date", AUDIT_KEPT_DAYS);
    if (store_write(store, forget_job, &o, err) < 0)
        return -1;
    *dropped = o.dropped;
    return 0;
}
