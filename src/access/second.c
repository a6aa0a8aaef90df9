#include "access/second.h"

#include "base/seal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char sealed_as[] = "second_factor.secret", hashed_as[] = "recovery_code.code";

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column second_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "secret", COLUMN_BYTES, COLUMN_NOT_NULL },
    { "confirmed_at", COLUMN_INT, 0 },
    { "last_step", COLUMN_INT, COLUMN_NOT_NULL },
};
static const struct column recovery_columns[] = {
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "code", COLUMN_BYTES, COLUMN_NOT_NULL },
};
const struct table second_tables[] = {
    { .name = "second_factor", LISTED(second_columns), .primary_key = NAMES("account") },
    { .name = "recovery_code", LISTED(recovery_columns), .primary_key = NAMES("account", "code") },
};
const size_t second_table_count = COUNT(second_tables);

/* ---- the row ---- */

struct second {
    bool found, confirmed;
    int64_t last_step;
    unsigned char secret[OTP_SECRET];
};

static int second_read(struct db *db, int64_t account, struct second *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct rows rows;
    *out = (struct second){ 0 };
    if (db_query(db, &rows, "SELECT secret, confirmed_at, last_step FROM second_factor WHERE account = ?",
                 BIND(value_int(account)), err) < 0)
        return -1;
    bool opens = true;
    if (rows_next(&rows)) {
        struct value sealed = rows_value(&rows, 0);
        const char *plain;
        opens = sealed.size == OTP_SECRET + SEAL_EXTRA && unseal(&arena, sealed_as, sealed.at, sealed.size, &plain);
        if (opens)
            memcpy(out->secret, plain, OTP_SECRET);
        out->found = true;
        out->confirmed = rows_int(&rows, 1) != 0;
        out->last_step = rows_int(&rows, 2);
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    return opens ? 0
                 : fail(err, FAULT_INTERNAL, "totp.sealed", "动态口令的密钥打不开，密钥文件与数据库不相符",
                        "The secret of the second factor does not open: the key file is not this database's");
}

static int second_drop(struct db *db, int64_t account, struct error *err)
{
    if (db_run(db, "DELETE FROM recovery_code WHERE account = ?", BIND(value_int(account)), NULL, err) < 0)
        return -1;
    return db_run(db, "DELETE FROM second_factor WHERE account = ?", BIND(value_int(account)), NULL, err);
}

/* ---- codes ---- */

/* Typed with or without the dash, in either case. */
static void spare_digest(int64_t account, const char *code, unsigned char out[SEAL_HASH])
{
    char plain[64];
    int n = snprintf(plain, sizeof plain, "%lld ", (long long)account);
    size_t used = (size_t)n;
    for (; *code && used + 1 < sizeof plain; code++)
        if (isalnum((unsigned char)*code))
            plain[used++] = (char)tolower((unsigned char)*code);
    seal_hash(hashed_as, plain, used, out);
}

static void spare_make(char out[SPARE_TEXT])
{
    static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789z"; /* 'z' twice: 32 of them, none like another */
    unsigned char raw[SPARE_TEXT - 2];
    random_bytes(raw, sizeof raw);
    for (size_t i = 0, n = 0; i < sizeof raw; i++) {
        if (i == sizeof raw / 2)
            out[n++] = '-';
        out[n++] = signs[raw[i] % 32];
    }
    out[SPARE_TEXT - 1] = '\0';
}

int second_check(struct db *db, const struct origin *by, int64_t account, const char *code, bool *right,
                 struct error *err)
{
    struct second s;
    int64_t step, used = 0;
    unsigned char digest[SEAL_HASH];
    *right = false;
    if (second_read(db, account, &s, err) < 0)
        return -1;
    if (!s.found)
        return 0;
    if (otp_check(s.secret, sizeof s.secret, by->now - by->ahead_ms, code, s.last_step, &step)) {
        *right = true;
        return db_run(db, "UPDATE second_factor SET last_step = ? WHERE account = ?",
                      BIND(value_int(step), value_int(account)), NULL, err);
    }
    spare_digest(account, code, digest);
    if (db_run(db, "DELETE FROM recovery_code WHERE account = ? AND code = ?",
               BIND(value_int(account), value_bytes(digest, sizeof digest)), &used, err) < 0)
        return -1;
    *right = used == 1;
    return used ? audit_add(db, by, "totp.recovery", "account", account, NULL, err) : 0;
}

/* ---- acts ---- */

struct second_order {
    const struct origin *by;
    int64_t account;
    unsigned char secret[OTP_SECRET];
    const char *code;
    char (*recovery)[SPARE_TEXT];
    bool password; /* was right */
    bool refused;
};

static int begin_job(struct db *db, void *args, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const struct second_order *o = args;
    struct second s;
    size_t size;
    if (second_read(db, o->account, &s, err) < 0)
        return -1;
    if (s.confirmed)
        return fail(err, FAULT_CONFLICT, "totp.on", "已绑定动态口令，请先解除再重新绑定",
                    "A second factor is enrolled; remove it first");
    const void *sealed = seal(&arena, sealed_as, o->secret, sizeof o->secret, &size);
    if (second_drop(db, o->account, err) < 0 ||
        db_run(db, "INSERT INTO second_factor (account, secret, confirmed_at, last_step) VALUES (?, ?, NULL, 0)",
               BIND(value_int(o->account), value_bytes(sealed, size)), NULL, err) < 0)
        return -1;
    return audit_add(db, o->by, "totp.begin", "account", o->account, NULL, err);
}

int second_begin(struct store *store, const struct origin *by, char secret[OTP_BASE32], struct error *err)
{
    struct second_order o = { .by = by, .account = by->account };
    random_bytes(o.secret, sizeof o.secret);
    if (store_write(store, begin_job, &o, err) < 0)
        return -1;
    otp_base32(o.secret, secret);
    return 0;
}

static int confirm_job(struct db *db, void *args, struct error *err)
{
    const struct second_order *o = args;
    struct second s;
    int64_t step;
    if (second_read(db, o->account, &s, err) < 0)
        return -1;
    if (!s.found)
        return fail(err, FAULT_CONFLICT, "totp.none", "请先开始绑定", "Begin to enrol first");
    if (s.confirmed)
        return fail(err, FAULT_CONFLICT, "totp.on", "已绑定动态口令", "A second factor is enrolled already");
    if (!otp_check(s.secret, sizeof s.secret, o->by->now - o->by->ahead_ms, o->code, s.last_step, &step))
        return fail_field(err, "code", "动态口令不对，请核对手机时间后重新输入",
                          "The code is wrong; check the clock of the phone and try the next one");
    if (db_run(db, "UPDATE second_factor SET confirmed_at = ?, last_step = ? WHERE account = ?",
               BIND(value_int(o->by->now), value_int(step), value_int(o->account)), NULL, err) < 0)
        return -1;
    for (size_t i = 0; i < SPARE_CODES; i++) {
        unsigned char digest[SEAL_HASH];
        spare_digest(o->account, o->recovery[i], digest);
        if (db_run(db, "INSERT INTO recovery_code (account, code) VALUES (?, ?)",
                   BIND(value_int(o->account), value_bytes(digest, sizeof digest)), NULL, err) < 0)
            return -1;
    }
    return audit_add(db, o->by, "totp.on", "account", o->account, NULL, err);
}

int second_confirm(struct store *store, const struct origin *by, const char *code,
                   char recovery[SPARE_CODES][SPARE_TEXT], struct error *err)
{
    char made[SPARE_CODES][SPARE_TEXT];
    struct second_order o = { .by = by, .account = by->account, .code = code, .recovery = made };
    for (size_t i = 0; i < SPARE_CODES; i++)
        spare_make(made[i]);
    if (store_write(store, confirm_job, &o, err) < 0)
        return -1;
    memcpy(recovery, made, sizeof made);
    return 0;
}

static int end_job(struct db *db, void *args, struct error *err)
{
    struct second_order *o = args;
    int64_t tries, locked_until;
    bool right = false;
    if (credential_hold(db, o->account, &tries, &locked_until, err) < 0)
        return -1;
    if (locked_until > o->by->now)
        return credential_locked(err, locked_until, o->by->now);
    if (o->password && second_check(db, o->by, o->account, o->code, &right, err) < 0)
        return -1;
    o->refused = !right;
    if (!right)
        return credential_wrong(db, o->by, o->account, "password.wrong", tries, locked_until, err);
    if (second_drop(db, o->account, err) < 0)
        return -1;
    return audit_add(db, o->by, "totp.off", "account", o->account, NULL, err);
}

int second_end(struct store *store, const struct origin *by, const char *password, const char *code, struct error *err)
{
    struct credential c;
    if (credential_of(store, by->account, &c, err) < 0)
        return -1;
    if (!c.second)
        return fail(err, FAULT_CONFLICT, "totp.none", "没有绑定动态口令", "No second factor is enrolled");
    if (c.locked_until > by->now)
        return credential_locked(err, c.locked_until, by->now);
    struct second_order o = { .by = by,
                              .account = by->account,
                              .code = code,
                              .password = strlen(password) <= LIMIT_PASSWORD && password_matches(c.hash, password) };
    if (store_write(store, end_job, &o, err) < 0)
        return -1;
    if (o.refused) { /* not told which of the two */
        fail_field(err, "password", "密码或动态口令不对", "The password or the code is wrong");
        return fail_field(err, "code", "密码或动态口令不对", "The password or the code is wrong");
    }
    return 0;
}

static int reset_job(struct db *db, void *args, struct error *err)
{
    const struct second_order *o = args;
    if (second_drop(db, o->account, err) < 0 ||
        db_run(db, "DELETE FROM session WHERE account = ?", BIND(value_int(o->account)), NULL, err) < 0)
        return -1;
    return audit_add(db, o->by, "totp.reset", "account", o->account, NULL, err);
}

int second_reset(struct store *store, const struct origin *by, int64_t account, struct error *err)
{
    struct second_order o = { .by = by, .account = account };
    return store_write(store, reset_job, &o, err);
}
