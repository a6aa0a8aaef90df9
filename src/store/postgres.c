/*
** PostgreSQL behind store.h, through libpq.
**
** Threads: every connection is lent to one thread at a time by its pool; write jobs run on the caller's thread, each in
** a READ COMMITTED transaction of its own, again (at most RETRIES times) when the server asks for that. Results are
** held in memory whole, so long walks over a table must page by key.
**
** A connection whose server went away fails what was running with FAULT_UNAVAILABLE and is opened again when it is
** next lent. Statements are prepared with explicit parameter types taken from the values bound (int8, text, bytea); a
** null fits any type, so one statement serves all rows whatever is missing in them.
*/
#include "store/engine.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Type numbers of the server's catalogue; they are part of its wire protocol and never change. */
enum { TYPE_BOOL = 16, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25, TYPE_OID = 26 };
enum { TYPE_NUMERIC = 1700 };

enum { RETRIES = 3, SQL_LIMIT = 4 << 20, ON_THEIR_WAY = 64 /* rows put, their answers not yet read */ };

struct connection {
    struct db db;
    PGconn *conn;
    unsigned names; /* the next prepared statement's number */
    int pending;    /* statements sent in pipeline mode; 0: not in it */
    bool retry;     /* a statement of the running job met a conflict that running the job again resolves */
};

struct parameter {
    char number[8]; /* an int8 as it goes over the wire: big end first */
};

/* The arrays have count elements each; the last four are filled again for every call. */
struct statement {
    struct cached cached;
    char name[16];
    size_t count;
    Oid *types;
    const char **values;
    int *sizes, *formats;
    struct parameter *parameters;
};

struct reading {
    struct cursor cursor;
    PGresult *result;
    int row, count;
};

struct postgres_store {
    char *url;
    struct pool writers;
};

/* ---- errors ---- */

/* The table changed its shape since the statement was prepared. The state alone also stands for other things. */
static bool is_stale(const PGresult *result)
{
    const char *where = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return where && strcmp(where, "RevalidateCachedQuery") == 0;
}

static int refuse(struct connection *c, const char *state, const char *message, struct error *err)
{
    /* Without a state it was the client library that failed, not the server: nothing came, or half of it. */
    if (PQstatus(c->conn) != CONNECTION_OK || !*state || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0)
        return store_unavailable(err, message);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) {
        c->retry = true;
        return store_unavailable(err, message);
    }
    if (strcmp(state, "53100") == 0)
        return store_full(err, message);
    if (strncmp(state, "53", 2) == 0 || strncmp(state, "58", 2) == 0 || strcmp(state, "57014") == 0 ||
        strcmp(state, "55P03") == 0)
        return store_unavailable(err, message);
    return store_refused(err, message);
}

static void first_line(char *out, size_t room, const char *message)
{
    snprintf(out, room, "%.*s", (int)strcspn(message, "\r\n"), message);
}

/* The detail of an error repeats values, which may be personal; only the short sentence is passed on. */
static int failed(struct connection *c, const PGresult *result, struct error *err)
{
    char message[200];
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *constraint = result ? PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) : NULL;
    first_line(message, sizeof message, primary ? primary : PQerrorMessage(c->conn));
    if (state && strcmp(state, "23505") == 0)
        return store_unique(err, constraint ? constraint : message);
    if (is_stale(result))
        return refuse(c, "40001", message, err);
    return refuse(c, state ? state : "", message, err);
}

static bool fine(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

/* ---- what is on its way ---- */

/* Reads all answers and leaves the pipeline: the first failure, or else the last answer. What follows a failure the server
** does not run. */
static PGresult *collect(struct connection *c)
{
    PGresult *kept = NULL;
    int ends = c->pending; /* every answer ends with a NULL; a connection that breaks ends them too */
    bool synced = PQpipelineSync(c->conn) == 1;
    for (bool more = true; more;) {
        PGresult *result = PQgetResult(c->conn);
        more = result ? PQresultStatus(result) != PGRES_PIPELINE_SYNC : --ends > 0 || (synced && ends == 0);
        if (result && more && (!kept || fine(kept))) {
            PQclear(kept);
            kept = result;
        } else {
            PQclear(result);
        }
    }
    c->pending = 0;
    PQexitPipelineMode(c->conn);
    return kept;
}

static int settle(struct connection *c, struct error *err)
{
    if (c->pending == 0)
        return 0;
    PGresult *result = collect(c);
    int rc = fine(result) ? 0 : failed(c, result, err);
    PQclear(result);
    return rc;
}

static int postgres_settle(struct db *db, struct error *err)
{
    return settle((struct connection *)db, err);
}

static int execute(struct connection *c, const char *sql, struct error *err)
{
    if (settle(c, err) < 0)
        return -1;
    PGresult *result = PQexec(c->conn, sql);
    int rc = fine(result) ? 0 : failed(c, result, err);
    PQclear(result);
    return rc;
}

/* ---- connecting ---- */

static void say_nothing(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static Oid type_of(const struct value *value)
{
    switch (value->is) {
    case VALUE_NULL: return 0; /* the server works it out from where it stands */
    case VALUE_INT: return TYPE_INT8;
    case VALUE_TEXT: return TYPE_TEXT;
    case VALUE_BYTES: return TYPE_BYTEA;
    }
    return 0;
}

static struct statement *statement_new(struct connection *c, const struct value *binds, size_t count)
{
    struct statement *statement = memory_new(sizeof *statement);
    statement->count = count;
    statement->types = memory_new(sizeof *statement->types * count);
    statement->values = memory_new(sizeof *statement->values * count);
    statement->sizes = memory_new(sizeof *statement->sizes * count);
    statement->formats = memory_new(sizeof *statement->formats * count);
    statement->parameters = memory_new(sizeof *statement->parameters * count);
    for (size_t i = 0; i < count; i++) {
        statement->types[i] = type_of(&binds[i]);
        statement->formats[i] = 1;
    }
    snprintf(statement->name, sizeof statement->name, "s%u", c->names++);
    return statement;
}

static void statement_free(struct statement *statement)
{
    memory_free(statement->types);
    memory_free(statement->values);
    memory_free(statement->sizes);
    memory_free(statement->formats);
    memory_free(statement->parameters);
    memory_free(statement);
}

static void disconnect(struct connection *c)
{
    for (struct cached *entry; (entry = c->db.cache.oldest) != NULL;) {
        cache_remove(&c->db.cache, entry);
        statement_free((struct statement *)entry);
    }
    PQfinish(c->conn);
    c->conn = NULL;
    c->pending = 0;
}

static int open_connection(struct connection *c, struct error *err)
{
    const struct postgres_store *p = c->db.store->impl;
    const char *const names[] = { "dbname",     "connect_timeout", "application_name", "client_encoding",
                                  "keepalives", "keepalives_idle", "tcp_user_timeout", NULL };
    const char *const values[] = { p->url, "5", "anlan", "UTF8", "1", "30", "20000", NULL };
    disconnect(c);
    c->conn = PQconnectdbParams(names, values, 1);
    if (PQstatus(c->conn) != CONNECTION_OK) {
        char message[200];
        first_line(message, sizeof message, PQerrorMessage(c->conn));
        return store_unavailable(err, message);
    }
    PQsetNoticeReceiver(c->conn, say_nothing, NULL);
    if (execute(c,
                "SET synchronous_commit = on; SET statement_timeout = '60s'; SET lock_timeout = '10s';"
                "SET idle_in_transaction_session_timeout = '120s'; SET TimeZone = 'UTC';"
                /* Pages come from memory or a solid disk, and no list is long enough to be worth compiling. */
                "SET random_page_cost = 1.1; SET jit = off;"
                "SET bytea_output = 'hex'; SET standard_conforming_strings = on;"
                "SET default_transaction_isolation = 'read committed'",
                err) < 0)
        return -1;
    /* What a reader asks depends on the values (a rare state, a large town): one plan for all of them was 40 times as slow.
    ** Helpers for a page of a list take longer to start than it takes; many readers at once need their processors anyway.
    ** A word may be in a third of the rows, whose places have to have room; and the pages with its rows lie apart, so a disk is
    ** asked for several at once. */
    return c->db.writing ? 0
                         : execute(c,
                                   "SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan;"
                                   "SET max_parallel_workers_per_gather = 0; SET work_mem = '16MB';"
                                   "SET effective_io_concurrency = 16",
                                   err);
}

/* An idle connection has nothing to say; when it has, that is usually its end (the server stopped or was restarted):
** first a farewell, then the end of the stream. */
static bool alive(struct connection *c)
{
    if (PQstatus(c->conn) != CONNECTION_OK || PQtransactionStatus(c->conn) != PQTRANS_IDLE)
        return false;
    struct pollfd event = { .fd = PQsocket(c->conn), .events = POLLIN };
    while (poll(&event, 1, 0) > 0) {
        if (!PQconsumeInput(c->conn) || PQisBusy(c->conn) || PQstatus(c->conn) != CONNECTION_OK)
            return false;
    }
    return true;
}

static int postgres_ready(struct db *db, struct error *err)
{
    struct connection *c = (struct connection *)db;
    return alive(c) ? 0 : open_connection(c, err);
}

/* ---- statements ---- */

/* Copies a quoted text or a comment unchanged; returns what follows it. */
static const char *skip_quoted(struct text *out, const char *at)
{
    const char *end;
    if (at[0] == '-')
        end = at + strcspn(at, "\n");
    else if (at[0] == '/')
        end = (end = strstr(at + 2, "*/")) ? end + 2 : at + strlen(at);
    else
        end = (end = strchr(at + 1, at[0])) ? end + 1 : at + strlen(at);
    text_add(out, at, (size_t)(end - at));
    return end;
}

/* `?` becomes `$1`, `$2`… except inside '…', "…" and comments. Returns how many there were. */
static size_t translate(struct text *out, const char *sql)
{
    size_t count = 0;
    for (const char *at = sql; *at;) {
        bool comment = (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*');
        if (comment || at[0] == '\'' || at[0] == '"') {
            at = skip_quoted(out, at);
        } else if (at[0] == '?') {
            text_char(out, '$');
            text_int(out, (int64_t)++count);
            at++;
        } else {
            text_char(out, *at++);
        }
    }
    return count;
}

static bool fits(const struct statement *statement, const struct value *binds, size_t count)
{
    if (statement->count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (binds[i].is != VALUE_NULL && statement->types[i] != type_of(&binds[i]))
            return false;
    }
    return true;
}

static void forget(struct connection *c, struct statement *statement)
{
    char command[40];
    snprintf(command, sizeof command, "DEALLOCATE %s", statement->name);
    PQclear(PQexec(c->conn, command));
    cache_remove(&c->db.cache, &statement->cached);
    statement_free(statement);
}

/* Asks which types the server chose where a null was bound, so that later values find this statement again. */
static void learn_types(struct connection *c, struct statement *statement)
{
    bool all_known = true;
    for (size_t i = 0; i < statement->count; i++)
        all_known = all_known && statement->types[i] != 0;
    if (all_known)
        return;
    PGresult *result = PQdescribePrepared(c->conn, statement->name);
    for (int i = 0; i < PQnparams(result) && (size_t)i < statement->count; i++)
        statement->types[i] = PQparamtype(result, i);
    PQclear(result);
}

static int prepare(struct connection *c, const char *sql, const struct value *binds, size_t count,
                   struct statement **out, struct error *err)
{
    struct cache *cache = &c->db.cache;
    uint64_t hash = cache_hash(sql);
    for (struct cached *entry = cache_find(cache, sql, hash); entry; entry = cache_find_next(entry)) {
        if (fits((struct statement *)entry, binds, count)) {
            cache_used(cache, entry);
            *out = (struct statement *)entry;
            return 0;
        }
    }
    if (settle(c, err) < 0)
        return -1;
    if (PQtransactionStatus(c->conn) == PQTRANS_INERROR)
        return store_refused(err, "an earlier statement of this transaction failed");
    AUTO_TEXT translated = TEXT_LIMIT(SQL_LIMIT);
    if (translate(&translated, sql) != count)
        return store_refused(err, "the number of values is not the number of placeholders");
    if (!text_ok(&translated))
        return store_refused(err, "the statement is too long");
    if (cache->count >= STATEMENT_CACHE)
        forget(c, (struct statement *)cache->oldest);

    struct statement *statement = statement_new(c, binds, count);
    PGresult *result =
        PQprepare(c->conn, statement->name, text_get(&translated), (int)statement->count, statement->types);
    int rc = fine(result) ? 0 : failed(c, result, err);
    PQclear(result);
    if (rc < 0) {
        statement_free(statement);
        return -1;
    }
    learn_types(c, statement);
    cache_add(cache, &statement->cached, sql, hash);
    *out = statement;
    return 0;
}

/* Values go over in binary, so that neither length nor content is ever interpreted. */
static void set_values(struct statement *statement, const struct value *binds)
{
    for (size_t i = 0; i < statement->count; i++) {
        struct parameter *to = &statement->parameters[i];
        const struct value *value = &binds[i];
        statement->sizes[i] = value->is == VALUE_INT ? (int)sizeof to->number : (int)value->size;
        statement->values[i] = value->at ? value->at : "";
        if (value->is == VALUE_NULL) {
            statement->values[i] = NULL;
        } else if (value->is == VALUE_INT) {
            for (int byte = 0; byte < 8; byte++)
                to->number[byte] = (char)((uint64_t)value->number >> (56 - 8 * byte));
            statement->values[i] = to->number;
        }
    }
}

static bool send_prepared(struct connection *c, struct statement *statement, const struct value *binds)
{
    set_values(statement, binds);
    if (PQsendQueryPrepared(c->conn, statement->name, (int)statement->count, statement->values, statement->sizes,
                            statement->formats, 0) != 1)
        return false;
    c->pending++;
    return true;
}

/* Behind rows that are on their way the question goes with them: one wait for all. */
static PGresult *run_prepared(struct connection *c, struct statement *statement, const struct value *binds)
{
    if (c->pending > 0)
        return send_prepared(c, statement, binds) ? collect(c) : NULL;
    set_values(statement, binds);
    return PQexecPrepared(c->conn, statement->name, (int)statement->count, statement->values, statement->sizes,
                          statement->formats, 0);
}

static int ask(struct connection *c, const char *sql, const struct value *binds, size_t count, PGresult **out,
               struct error *err)
{
    for (;;) {
        struct statement *statement = NULL;
        if (prepare(c, sql, binds, count, &statement, err) < 0)
            return -1;
        PGresult *result = run_prepared(c, statement, binds);
        if (fine(result)) {
            *out = result;
            return 0;
        }
        bool stale = is_stale(result);
        failed(c, result, err);
        PQclear(result);
        if (stale)
            forget(c, statement);
        /* Inside a transaction everything is lost with it; alone the statement is simply prepared anew. */
        if (!stale || PQtransactionStatus(c->conn) != PQTRANS_IDLE)
            return -1;
    }
}

static int postgres_plain(struct db *db, const char *sql, struct error *err)
{
    return execute((struct connection *)db, sql, err);
}

static int postgres_run(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *changed,
                        struct error *err)
{
    PGresult *result;
    if (ask((struct connection *)db, sql, binds, count, &result, err) < 0)
        return -1;
    bool wrote = strncmp(PQcmdStatus(result), "SELECT", 6) != 0;
    *changed = wrote ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
    PQclear(result);
    return 0;
}

/* A row that is put answers with nothing, so the shape of its table may change without its statement growing stale. */
static int postgres_put(struct db *db, const char *sql, const struct value *binds, size_t count, struct error *err)
{
    struct connection *c = (struct connection *)db;
    struct statement *statement;
    if (prepare(c, sql, binds, count, &statement, err) < 0)
        return -1;
    if ((c->pending == 0 && PQenterPipelineMode(c->conn) != 1) || !send_prepared(c, statement, binds))
        return failed(c, NULL, err);
    return c->pending < ON_THEIR_WAY ? 0 : settle(c, err);
}

static int postgres_insert(struct db *db, const char *sql, const struct value *binds, size_t count, int64_t *id,
                           struct error *err)
{
    PGresult *result;
    AUTO_TEXT returning = TEXT_LIMIT(strlen(sql) + 16);
    text_str(&returning, sql);
    text_str(&returning, " RETURNING id");
    if (ask((struct connection *)db, text_get(&returning), binds, count, &result, err) < 0)
        return -1;
    *id = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return 0;
}

/* ---- results ---- */

static int postgres_query(struct db *db, struct rows *rows, const char *sql, const struct value *binds, size_t count,
                          struct error *err)
{
    PGresult *result;
    if (ask((struct connection *)db, sql, binds, count, &result, err) < 0)
        return -1;
    struct reading *r = memory_new(sizeof *r);
    r->result = result;
    r->row = -1;
    r->count = PQntuples(result);
    cursor_open(&r->cursor, db);
    rows->impl = r;
    rows->columns = PQnfields(result);
    return 0;
}

static bool postgres_next(struct cursor *cursor)
{
    struct reading *r = (struct reading *)cursor;
    if (r->row < r->count)
        r->row++;
    return r->row < r->count;
}

/* A sum is numeric on this server; it reads as a number as long as it is a whole one that fits. */
static bool read_number(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static struct value read_bytes(struct reading *r, const char *hex, size_t size)
{
    if (size < 2)
        return value_bytes("", 0);
    size_t count = (size - 2) / 2; /* "\x" and two digits a byte */
    char *bytes = arena_alloc(&r->cursor.row, count + 1);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (char)(nibble(hex[2 + 2 * i]) << 4 | nibble(hex[3 + 2 * i]));
    return value_bytes(bytes, count);
}

static struct value postgres_value(const struct cursor *cursor, int column)
{
    struct reading *r = (struct reading *)(uintptr_t)cursor; /* the row's memory grows while it is read */
    if (PQgetisnull(r->result, r->row, column))
        return value_null();
    const char *text = PQgetvalue(r->result, r->row, column);
    size_t size = (size_t)PQgetlength(r->result, r->row, column);
    int64_t number;
    switch (PQftype(r->result, column)) {
    case TYPE_BOOL: return value_int(text[0] == 't');
    case TYPE_BYTEA: return read_bytes(r, text, size);
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_OID:
    case TYPE_NUMERIC:
        if (read_number(text, &number))
            return value_int(number);
        break;
    default: break;
    }
    return (struct value){ .is = VALUE_TEXT, .at = text, .size = size };
}

static void postgres_finish(struct cursor *cursor)
{
    struct reading *r = (struct reading *)cursor;
    PQclear(r->result);
    cursor_close(cursor);
    memory_free(r);
}

/* ---- transactions ---- */

static int postgres_snapshot_begin(struct db *db, struct error *err)
{
    struct connection *c = (struct connection *)db;
    /* BEGIN alone reads nothing: the state is fixed by the first statement after it. */
    if (execute(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1", err) == 0)
        return 0;
    PQclear(PQexec(c->conn, "ROLLBACK"));
    return -1;
}

static void roll_back(struct connection *c)
{
    late_forget(&c->db);
    if (c->pending > 0)
        PQclear(collect(c));
    if (PQtransactionStatus(c->conn) != PQTRANS_IDLE)
        PQclear(PQexec(c->conn, "ROLLBACK"));
}

static void postgres_snapshot_end(struct db *db)
{
    roll_back((struct connection *)db);
}

static int commit(struct connection *c, struct error *err)
{
    int64_t began = clock_ticks_us();
    store_flush_delay(c->db.store);
    PGresult *result = PQexec(c->conn, "COMMIT");
    int rc = fine(result) ? 0 : failed(c, result, err);
    if (rc == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        rc = store_refused(err, "the transaction was rolled back");
    PQclear(result);
    if (rc == 0)
        count_commit(c->db.store, 1, began);
    if (rc < 0 && PQstatus(c->conn) != CONNECTION_OK) {
        err->retry_after_s = 2;
        fail(err, FAULT_UNAVAILABLE, "store.unknown", "保存时与数据库的连接中断，请核对是否已保存后再试",
             "The connection to the database broke while saving; check whether it was saved before trying again");
    }
    return rc;
}

/* One try of a write job. *again: the server met a conflict that another try can resolve. */
static int attempt(struct connection *c, store_job fn, void *args, bool large, bool *again, struct error *err)
{
    *again = false;
    c->retry = false;
    if (execute(c, "BEGIN", err) < 0)
        return -1;
    int result = store_run_job(&c->db, fn, args, large, err);
    if (result == 0)
        result = settle(c, err);
    if (result == 0 && PQtransactionStatus(c->conn) != PQTRANS_INTRANS)
        result = c->retry || PQstatus(c->conn) != CONNECTION_OK
                     ? store_unavailable(err, "the transaction was interrupted")
                     : store_refused(err, "the job went on after a statement that failed");
    if (result == 0 && !c->retry)
        result = commit(c, err);
    late_forget(&c->db);
    *again = c->retry && PQstatus(c->conn) == CONNECTION_OK;
    if (result < 0 || *again)
        roll_back(c);
    return result;
}

static void pause_before(int retry)
{
    unsigned seed = (unsigned)clock_ticks_us() ^ (unsigned)(uintptr_t)&retry;
    long us = (long)(rand_r(&seed) % (5000 << retry)) + 1000;
    struct timespec delay = { .tv_nsec = us * 1000 };
    nanosleep(&delay, NULL);
}

/* Large or not, every job is a transaction of its own here. */
static int postgres_write(struct store *store, store_job fn, void *args, bool large, struct error *err)
{
    struct postgres_store *p = store->impl;
    struct db *db;
    if (p->writers.count == 0)
        return store_unavailable(err, "opened for reading alone");
    if (pool_take(&p->writers, &db, err) < 0)
        return -1;
    struct connection *c = (struct connection *)db;
    int result = postgres_ready(db, err);
    bool again = result == 0;
    for (int retry = 0; again && retry <= RETRIES; retry++) {
        if (retry > 0)
            pause_before(retry);
        result = attempt(c, fn, args, large, &again, err);
    }
    if (result == 0 && again)
        result = store_unavailable(err, "too many others change the same rows");
    pool_back(&p->writers, db);
    return result;
}

static int postgres_waiting(struct store *store, bool large_too)
{
    (void)large_too;
    return pool_waiting(&((struct postgres_store *)store->impl)->writers);
}

static int postgres_script(struct db *db, const char *sql, struct error *err)
{
    return execute((struct connection *)db, sql, err);
}

/* ---- opening and closing ---- */

static int open_pool(struct store *store, struct pool *pool, int size, bool writing, struct error *err)
{
    for (int i = 0; i < size; i++) {
        struct connection *c = memory_new(sizeof *c);
        c->db.store = store;
        c->db.writing = writing;
        pool_add(pool, &c->db);
        if (open_connection(c, err) < 0)
            return error_add(err, "连接数据库", "connecting to the database");
    }
    return 0;
}

static void close_pool(struct pool *pool)
{
    for (int i = 0; i < pool->count; i++) {
        struct connection *c = (struct connection *)pool->all[i];
        disconnect(c);
        memory_free(c);
    }
}

static int postgres_open(struct store *store, const struct store_options *options, struct error *err)
{
    struct postgres_store *p = memory_new(sizeof *p);
    store->impl = p;
    p->url = memory_str(options->url);
    pool_init(&p->writers, options->writers, options->max_waiting);
    if (!options->read_only && open_pool(store, &p->writers, options->writers, true, err) < 0)
        return -1;
    return open_pool(store, &store->readers, options->readers, false, err);
}

static void postgres_close(struct store *store)
{
    struct postgres_store *p = store->impl;
    close_pool(&store->readers);
    close_pool(&p->writers);
    pool_done(&p->writers);
    memory_free(p->url);
    memory_free(p);
}

const struct engine postgres_engine = {
    .id = STORE_POSTGRES,
    .open = postgres_open,
    .close = postgres_close,
    .write = postgres_write,
    .waiting = postgres_waiting,
    .ready = postgres_ready,
    .plain = postgres_plain,
    .snapshot_begin = postgres_snapshot_begin,
    .snapshot_end = postgres_snapshot_end,
    .query = postgres_query,
    .next = postgres_next,
    .value = postgres_value,
    .finish = postgres_finish,
    .run = postgres_run,
    .insert = postgres_insert,
    .put = postgres_put,
    .settle = postgres_settle,
    .script = postgres_script,
};
