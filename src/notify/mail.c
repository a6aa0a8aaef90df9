#include "notify/mail.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/seal.h"
#include "domain/grid/grid.h"
#include "domain/notice.h"
#include "domain/render.h"
#include "notify/letter.h"
#include "record/table.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PEOPLE = 100, LETTERS = 100, MESSAGE_MOST = 256 << 10, ID_TEXT = 320, HOUR_US = 3600 };

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
static const struct column mail_columns[] = {
    { "id", COLUMN_INT, COLUMN_IDENTITY },
    { "account", COLUMN_INT, COLUMN_NOT_NULL },
    { "message_id", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "state", COLUMN_TEXT, COLUMN_NOT_NULL }, /* waiting, sent, void, dead */
    { "made_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "tries", COLUMN_INT, COLUMN_NOT_NULL },
    { "next_at", COLUMN_INT, COLUMN_NOT_NULL },
    { "ended_at", COLUMN_INT, 0 },
    { "problem_code", COLUMN_TEXT, 0 },
    { "problem_zh", COLUMN_TEXT, 0 },
    { "problem_en", COLUMN_TEXT, 0 },
};
static const struct index_decl mail_indexes[] = {
    { "mail_waiting", NAMES("next_at", "id"), false, "state = 'waiting'" },
    { "mail_of_state", NAMES("state", "id"), false, NULL },
    { "mail_by_end", NAMES("ended_at"), false, "ended_at IS NOT NULL" },
};
const struct table mail_table = {
    .name = "mail", LISTED(mail_columns), .indexes = mail_indexes, .index_count = COUNT(mail_indexes)
};

struct mail {
    struct mail_options options;
    pthread_t thread;
    bool threaded;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool stopping;
    int64_t held_until; /* the server could not be reached: none is sent before */
    int64_t clear_at_us;
};

static struct store *store_of(const struct mail *m)
{
    return m->options.house->store;
}

/* ---- gathering ---- */

struct gathering {
    const struct mail *mail;
    int64_t now;
    int64_t people[PEOPLE];
    size_t count;
};

static int find_people(struct db *db, struct gathering *g, struct error *err)
{
    struct rows rows;
    g->count = 0;
    if (db_query(
            db, &rows,
            "SELECT account FROM notice WHERE mail = 0 GROUP BY account HAVING min(at) <= ? ORDER BY account LIMIT ?",
            BIND(value_int(g->now - g->mail->options.gather_ms), value_int(PEOPLE)), err) < 0)
        return -1;
    while (g->count < PEOPLE && rows_next(&rows))
        g->people[g->count++] = rows_int(&rows, 0);
    return rows_done(&rows, err);
}

static void make_id(const struct gathering *g, char out[ID_TEXT])
{
    unsigned char raw[12];
    size_t n = 0;
    random_bytes(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++)
        n += (size_t)snprintf(out + n, ID_TEXT - n, "%02x", raw[i]);
    snprintf(out + n, ID_TEXT - n, ".anlan%s", strchr(g->mail->options.server.from, '@'));
}

static int gather_rows(struct db *db, void *args, struct error *err)
{
    struct gathering *g = args;
    if (db_run(db, "UPDATE notice SET mail = NULL WHERE mail = 0 AND at < ?", BIND(value_int(g->now - MAIL_OLD_MS)),
               NULL, err) < 0 ||
        find_people(db, g, err) < 0)
        return -1;
    for (size_t i = 0; i < g->count; i++) {
        char message_id[ID_TEXT];
        int64_t id;
        bool found;
        make_id(g, message_id);
        if (db_get_int(
                db,
                "INSERT INTO mail (account, message_id, state, made_at, tries, next_at) VALUES (?, ?, 'waiting', "
                "?, 0, ?) RETURNING id",
                BIND(value_int(g->people[i]), value_text(message_id), value_int(g->now), value_int(g->now)), &id,
                &found, err) < 0 ||
            db_run(db, "UPDATE notice SET mail = ? WHERE account = ? AND mail = 0",
                   BIND(value_int(id), value_int(g->people[i])), NULL, err) < 0)
            return -1;
    }
    return 0;
}

/* Nobody's notices are looked for in the writer's turn while none waits. */
static int any_waits(const struct mail *m, bool *out, struct error *err)
{
    struct db *db;
    int64_t one;
    if (store_reader(store_of(m), &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT id FROM notice WHERE mail = 0 LIMIT 1", NO_BINDS, &one, out, err);
    store_reader_back(store_of(m), db);
    return got;
}

static int gather(struct mail *m, int64_t now, struct error *err)
{
    bool any;
    struct gathering g = { .mail = m, .now = now };
    if (any_waits(m, &any, err) < 0)
        return -1;
    return any ? store_write(store_of(m), gather_rows, &g, err) : 0;
}

/* ---- one letter ---- */

struct row {
    int64_t id, account, tries;
    const char *message_id;
};

static int find_next(struct db *db, int64_t now, struct arena *arena, struct row *out, bool *found, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows,
                 "SELECT id, account, tries, message_id FROM mail WHERE state = 'waiting' AND next_at <= ? ORDER BY "
                 "next_at, id LIMIT 1",
                 BIND(value_int(now)), err) < 0)
        return -1;
    *found = rows_next(&rows);
    if (*found)
        *out = (struct row){ rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2),
                             arena_str(arena, rows_text(&rows, 3)) };
    return rows_done(&rows, err);
}

/* Those still unread and still in the reader's scope. */
static int fill(struct db *db, const struct actor *reader, const struct row *row, struct arena *arena, struct letter *l,
                struct error *err)
{
    struct notice *list;
    size_t count;
    struct notice_query q = { .account = row->account, .mail = row->id, .unread = true, .limit = LIMIT_PAGE };
    if (notice_list(db, &q, arena, &list, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct letter_line line = { .notice = &list[i] };
        enum notice_of of = list[i].cause ? list[i].cause->of : NOTICE_RECORD;
        void *record;
        if (notice_record(db, reader, &list[i], arena, &record, err) < 0 ||
            (of == NOTICE_GATHERED &&
             notice_gathered(db, reader, &list[i], arena, line.gathered, &line.gathered_count, err) < 0))
            return -1;
        if ((of == NOTICE_RECORD && !record) || (of == NOTICE_GATHERED && line.gathered_count == 0))
            continue;
        if (record)
            line.number = record_number(arena, list[i].kind, record);
        if (l->count < LETTER_LINES)
            l->lines[l->count++] = line;
        else
            l->more++;
    }
    return 0;
}

/* *to stays NULL when there is nobody to write to, or nothing to say. */
static int compose(struct mail *m, struct db *db, const struct row *row, struct arena *arena, const char **to,
                   struct text *message, struct error *err)
{
    struct actor reader;
    struct notice_setting setting;
    struct error gone = { 0 };
    int64_t now = m->options.now();
    struct letter *l = ARENA_NEW(arena, struct letter);
    *to = NULL;
    if (actor_load(db, row->account, day_of_ms(now), arena, &reader, &gone) < 0) {
        if (gone.fault == FAULT_UNAUTHENTICATED)
            return 0;
        *err = gone;
        return -1;
    }
    if (notice_setting(db, row->account, arena, &setting, err) < 0)
        return -1;
    *l = (struct letter){ .from = m->options.server.from,
                          .to = setting.address,
                          .message_id = row->message_id,
                          .site = m->options.site,
                          .english = setting.english,
                          .now = now };
    if (!setting.address)
        return 0;
    if (fill(db, &reader, row, arena, l, err) < 0)
        return -1;
    if (l->count == 0)
        return 0;
    *to = setting.address;
    letter_write(l, message);
    return 0;
}

struct outcome {
    const struct row *row;
    const char *state;
    int64_t now, next_at;
    const struct error *why; /* NULL: none */
};

static int keep_outcome(struct db *db, void *args, struct error *err)
{
    const struct outcome *o = args;
    bool ended = strcmp(o->state, "waiting") != 0;
    return db_run(db,
                  "UPDATE mail SET state = ?, tries = ?, next_at = ?, ended_at = ?, problem_code = ?, problem_zh = ?, "
                  "problem_en = ? WHERE id = ? AND state = 'waiting'",
                  BIND(value_text(o->state), value_int(o->row->tries + 1), value_int(o->next_at),
                       ended ? value_int(o->now) : value_null(), value_text(o->why ? o->why->code : NULL),
                       value_text(o->why ? o->why->zh : NULL), value_text(o->why ? o->why->en : NULL),
                       value_int(o->row->id)),
                  NULL, err);
}

static int64_t wait_ms(int64_t tries)
{
    int64_t ms = 60 * 1000;
    for (int64_t i = 0; i < tries && ms < MAIL_WAIT_MOST_MS; i++)
        ms *= 2;
    return ms < MAIL_WAIT_MOST_MS ? ms : MAIL_WAIT_MOST_MS;
}

static void log_dead(const struct row *row, const struct error *why)
{
    char id[24];
    snprintf(id, sizeof id, "%" PRId64, row->id);
    log_event(LOG_WARN, "mail.dead", "mail", id, "code", why->code, "why", why->en, NULL);
}

static int settle(struct mail *m, const struct row *row, bool written, const struct error *why, struct error *err)
{
    int64_t now = m->options.now();
    struct outcome o = { .row = row, .now = now, .next_at = now, .state = written ? "sent" : "void" };
    if (why->fault) {
        bool dead = why->fault == FAULT_REFUSED || row->tries + 1 >= MAIL_TRIES;
        o.why = why;
        o.state = dead ? "dead" : "waiting";
        o.next_at = now + wait_ms(row->tries);
        if (strcmp(why->code, "mail.server") == 0)
            m->held_until = o.next_at;
        if (dead)
            log_dead(row, why);
    }
    return store_write(store_of(m), keep_outcome, &o, err);
}

/* 1 when one was looked at, 0 when none is due. */
static int send_next(struct mail *m, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT message = TEXT_LIMIT(MESSAGE_MOST);
    struct error why = { 0 };
    struct db *db;
    struct row row;
    bool found = false;
    const char *to = NULL;
    if (store_reader(store_of(m), &db, err) < 0)
        return -1;
    int got = find_next(db, m->options.now(), &arena, &row, &found, err);
    if (got == 0 && found)
        got = compose(m, db, &row, &arena, &to, &message, err);
    store_reader_back(store_of(m), db); /* not held while a server takes its time */
    if (got < 0 || !found)
        return got;
    if (to && smtp_send(&m->options.server, to, text_get(&message), message.used, &m->stopping, &why) < 0 &&
        atomic_load(&m->stopping))
        return 0; /* broken off: as if it had not been tried */
    return settle(m, &row, to != NULL, &why, err) < 0 ? -1 : 1;
}

/* ---- rounds ---- */

static int clear_rows(struct db *db, void *args, struct error *err)
{
    const int64_t *before = args;
    return db_run(db, "DELETE FROM mail WHERE ended_at < ?", BIND(value_int(*before)), NULL, err);
}

static int clear_old(struct mail *m, struct error *err)
{
    int64_t before = m->options.now() - (int64_t)MAIL_KEPT_DAYS * DAY_MS;
    if (clock_ticks_us() < m->clear_at_us)
        return 0;
    m->clear_at_us = clock_ticks_us() + (int64_t)HOUR_US * 1000000;
    return store_write(store_of(m), clear_rows, &before, err);
}

int mail_round(struct mail *m, struct error *err)
{
    int got = 1;
    if (clear_old(m, err) < 0 || gather(m, m->options.now(), err) < 0)
        return -1;
    for (int i = 0; got > 0 && i < LETTERS && m->options.now() >= m->held_until && !atomic_load(&m->stopping); i++)
        got = send_next(m, err);
    return got < 0 ? -1 : 0;
}

static bool rest(struct mail *m)
{
    int64_t at = clock_ticks_us() + m->options.pause_ms * 1000;
    struct timespec until = { .tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000 };
    pthread_mutex_lock(&m->lock);
    for (int rc = 0; rc == 0 && !atomic_load(&m->stopping);)
        rc = pthread_cond_timedwait(&m->wake, &m->lock, &until);
    pthread_mutex_unlock(&m->lock);
    return !atomic_load(&m->stopping);
}

static void *run(void *arg)
{
    struct mail *m = arg;
    do {
        struct error err = { 0 };
        if (mail_round(m, &err) < 0)
            log_event(LOG_WARN, "mail.round", "code", err.code, "why", err.en, NULL);
    } while (rest(m));
    return NULL;
}

int mail_start(const struct mail_options *options, struct mail **out, struct error *err)
{
    pthread_condattr_t attributes;
    if (smtp_check(&options->server, err) < 0)
        return -1;
    smtp_begin();
    struct mail *m = memory_new(sizeof *m);
    m->options = *options;
    pthread_mutex_init(&m->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&m->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    m->threaded = options->pause_ms > 0;
    if (m->threaded && pthread_create(&m->thread, NULL, run, m) != 0) {
        m->threaded = false;
        mail_stop(m);
        return fail(err, FAULT_INTERNAL, "mail.thread", "邮件线程无法启动", "The thread of the mail cannot be started");
    }
    *out = m;
    return 0;
}

void mail_stop(struct mail *m)
{
    if (!m)
        return;
    pthread_mutex_lock(&m->lock);
    atomic_store(&m->stopping, true);
    pthread_cond_broadcast(&m->wake);
    pthread_mutex_unlock(&m->lock);
    if (m->threaded)
        pthread_join(m->thread, NULL);
    pthread_cond_destroy(&m->wake);
    pthread_mutex_destroy(&m->lock);
    memory_free(m);
}

/* ---- for the system administrator ---- */

static int put_count(struct db *db, const char *state, struct json *j, struct error *err)
{
    int64_t n = 0;
    bool found;
    if (db_get_int(db, "SELECT count(*) FROM mail WHERE state = ?", BIND(value_text(state)), &n, &found, err) < 0)
        return -1;
    json_key_int(j, state, n);
    return 0;
}

static void put_instant(struct json *j, const char *key, int64_t at)
{
    char text[INSTANT_TEXT];
    if (at)
        instant_print(at, text);
    json_key_str(j, key, at ? text : NULL);
}

static void put_letter(struct json *j, const struct rows *rows, const struct names *names, bool english)
{
    json_open(j, '{');
    json_key_int(j, "id", rows_int(rows, 0));
    json_key(j, "account");
    json_open(j, '{');
    json_key_int(j, "id", rows_int(rows, 1));
    json_key_str(j, "name", names_get(names, &account_kind, rows_int(rows, 1)));
    json_close(j, '}');
    json_key_str(j, "state", rows_text(rows, 2));
    put_instant(j, "made_at", rows_int(rows, 3));
    json_key_int(j, "tries", rows_int(rows, 4));
    put_instant(j, "next_at", rows_text(rows, 2) && strcmp(rows_text(rows, 2), "waiting") == 0 ? rows_int(rows, 5) : 0);
    put_instant(j, "ended_at", rows_int(rows, 6));
    json_key(j, "problem");
    if (rows_text(rows, 7)) {
        json_open(j, '{');
        json_key_str(j, "code", rows_text(rows, 7));
        json_key_str(j, "detail", rows_text(rows, english ? 9 : 8));
        json_close(j, '}');
    } else {
        json_put_null(j);
    }
    json_close(j, '}');
}

static int want_names(struct db *db, const char *state, struct names *names, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT account FROM mail WHERE state = ? ORDER BY id DESC LIMIT ?",
                 BIND(value_text(state), value_int(MAIL_LIST_MOST)), err) < 0)
        return -1;
    while (rows_next(&rows))
        names_want(names, &account_kind, rows_int(&rows, 0));
    return rows_done(&rows, err);
}

int mails_put(struct db *db, const struct actor *actor, const char *state, bool english, struct arena *arena,
              struct json *j, struct error *err)
{
    struct rows rows;
    struct names *names = names_new(arena);
    if (!state)
        state = "dead";
    if (put_count(db, "waiting", j, err) < 0 || put_count(db, "dead", j, err) < 0 ||
        want_names(db, state, names, err) < 0 || names_load(names, db, actor, err) < 0 ||
        db_query(
            db, &rows,
            "SELECT id, account, state, made_at, tries, next_at, ended_at, problem_code, problem_zh, problem_en FROM "
            "mail WHERE state = ? ORDER BY id DESC LIMIT ?",
            BIND(value_text(state), value_int(MAIL_LIST_MOST)), err) < 0)
        return -1;
    json_key(j, "items");
    json_open(j, '[');
    while (rows_next(&rows))
        put_letter(j, &rows, names, english);
    json_close(j, ']');
    return rows_done(&rows, err);
}

struct again {
    int64_t id, now, changed;
};

static int again_row(struct db *db, void *args, struct error *err)
{
    struct again *a = args;
    return db_run(db,
                  "UPDATE mail SET state = 'waiting', tries = 0, next_at = ?, ended_at = NULL WHERE id = ? AND state = "
                  "'dead'",
                  BIND(value_int(a->now), value_int(a->id)), &a->changed, err);
}

int mail_again(struct store *store, int64_t id, int64_t now, struct error *err)
{
    struct again a = { .id = id, .now = now };
    if (store_write(store, again_row, &a, err) < 0)
        return -1;
    return a.changed ? 0
                     : fail(err, FAULT_MISSING, "mail.missing", "没有这封未送达的邮件", "There is no such dead letter");
}
