#include "app/commands.h"

#include "access/query.h"
#include "access/key.h"
#include "access/session.h"
#include "app/console.h"
#include "app/day.h"
#include "app/house.h"
#include "base/clock.h"
#include "base/seal.h"
#include "bench/bench.h"
#include "demo/demo.h"
#include "domain/grid/staff.h"
#include "domain/lists.h"
#include "domain/render.h"
#include "exchange/export.h"
#include "exchange/import.h"
#include "exchange/template.h"
#include "http/describe.h"
#include "http/web.h"
#include "report/render.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- demo ---- */

/* One line that counts up where somebody looks on, nothing in a log. */
static void tell_progress(const char *zh, int64_t done, int64_t all)
{
    static const char *before;
    if (before && before != zh)
        fputc('\n', stderr);
    before = done == all ? NULL : zh;
    fprintf(stderr, "\r%s %" PRId64 " / %" PRId64 "%s", zh, done, all, done == all ? "\n" : "");
    fflush(stderr);
}

int command_demo(const struct options *o, struct error *err)
{
    struct house house;
    struct demo_order order = { .seed = (uint64_t)o->seed,
                                .hazards = strcmp(o->city, "small") == 0 ? 0 : DEMO_HAZARDS,
                                .scale = o->scale,
                                .schema = house_schema(),
                                .tell = isatty(STDERR_FILENO) ? tell_progress : NULL };
    int64_t day, before;
    if (o->now) {
        if (!day_parse(o->now, strlen(o->now), &day))
            return fail(err, FAULT_MALFORMED, "options.now", "--now 应写成 2026-03-17", "--now is written 2026-03-17");
        clock_shift_to(day * DAY_MS + 2 * 3600 * 1000);
    }
    if (console_open(o, &house, err) < 0)
        return -1;
    before = clock_shift(); /* the folder may have had another */
    if (o->now)
        clock_shift_to(day * DAY_MS + 2 * 3600 * 1000);
    order.now_ms = clock_now_ms();
    int got = demo_load(&house, &order, err);
    if (got == 0 && o->now &&
        (day_keep(o->data, clock_shift(), err) < 0 || sessions_follow(house.store, clock_shift() - before, err) < 0))
        got = -1;
    if (got == 0)
        printf("演示数据已就绪：%s（账号和密码在 demo-accounts.json）\n", o->data);
    house_close(&house);
    return got;
}

/* ---- init ---- */

struct founding {
    struct founder who[FOUNDERS];
    char passwords[FOUNDERS][TOKEN_TEXT], hashes[FOUNDERS][PASSWORD_HASH];
};

static int found_three(struct change *c, void *args, struct error *err)
{
    const struct founding *f = args;
    const char *hashes[FOUNDERS];
    int64_t ids[FOUNDERS];
    for (int i = 0; i < FOUNDERS; i++)
        hashes[i] = f->hashes[i];
    return staff_found(c, f->who, hashes, ids, err);
}

/* The three administrators, each with a password that is printed once. Everybody else is made by the second of them. */
int command_init(const struct options *o, struct error *err)
{
    struct house house;
    struct founding f = { .who = {
                              [FOUND_SYSTEM] = { o->system_admin, "系统管理员" },
                              [FOUND_SECURITY] = { o->security_admin, "安全管理员" },
                              [FOUND_AUDIT] = { o->audit_admin, "审计管理员" },
                          } };
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = 0;
    for (int i = 0; got == 0 && i < FOUNDERS; i++) {
        token_make(f.passwords[i]);
        f.passwords[i][20] = '\0';
        got = password_hash(f.passwords[i], f.hashes[i], err);
    }
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = clock_now_ms(), .cause = "init" };
    if (got == 0)
        got = change_run(&house, &order, found_three, &f, NULL, err);
    for (int i = 0; got == 0 && i < FOUNDERS; i++)
        printf("%s：登录名 %s，密码 %s\n", f.who[i].display_name, f.who[i].name, f.passwords[i]);
    if (got == 0)
        printf("密码只显示这一次，请立即记下，分别交给三个人。\n");
    if (got == 0)
        got = command_recovery(o, err);
    house_close(&house);
    return got;
}

/* ---- keys and the trail: by whoever has a shell on this machine, recorded as the program's own acts ---- */

static int new_key(struct house *house, const struct options *o, int64_t account, struct error *err)
{
    char token[TOKEN_TEXT];
    struct origin by = console_origin();
    struct key_terms terms = {
        .name = o->name, .days = o->days, .verbs = o->verbs, .kinds = o->kinds, .per_minute = o->per_minute
    };
    int64_t id;
    if (key_make(house->store, &by, account, &terms, token, &id, err) < 0)
        return -1;
    printf("%s\n", token);
    return 0;
}

static int list_keys(struct house *house, int64_t account, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct db *db;
    struct key_row *rows;
    size_t count = 0;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = key_list(db, account, &arena, &rows, &count, err);
    store_reader_back(house->store, db);
    for (size_t i = 0; got == 0 && i < count; i++) {
        const struct key_row *k = &rows[i];
        char ends[INSTANT_TEXT], used[INSTANT_TEXT] = "never";
        instant_print(k->ends_at, ends);
        if (k->used_at)
            instant_print(k->used_at, used);
        printf("%" PRId64 "  %s  %s %s  used %s  verbs %s  kinds %s  %" PRId64 "/min\n", k->id, k->name,
               k->ends_at > clock_now_ms() ? "until" : "ended", ends, used, k->verbs ? k->verbs : "all",
               k->kinds ? k->kinds : "all", k->per_minute);
    }
    return got;
}

int command_key(const struct options *o, struct error *err)
{
    struct house house;
    struct origin by = console_origin();
    int64_t account;
    const char *act = o->word_count ? o->words[0] : "";
    bool ends = strcmp(act, "end") == 0, makes = strcmp(act, "new") == 0;
    if ((!ends && !makes && strcmp(act, "list") != 0) || o->word_count != 1 + ends)
        return fail(err, FAULT_MALFORMED, "key.usage",
                    "用法：anlan key new|list --data DIR --user NAME，anlan key end ID --data DIR --user NAME",
                    "Usage: anlan key new|list --data DIR --user NAME, anlan key end ID --data DIR --user NAME");
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = console_account(&house, o->user, &account, err);
    if (got == 0)
        got = makes  ? new_key(&house, o, account, err)
              : ends ? key_end(house.store, &by, account, strtoll(o->words[1], NULL, 10), err)
                     : list_keys(&house, account, err);
    house_close(&house);
    return got;
}

int command_audit(const struct options *o, struct error *err)
{
    struct house house;
    struct origin by = console_origin();
    int64_t day, dropped;
    if (o->word_count != 1 || strcmp(o->words[0], "forget") != 0 || !o->before ||
        !day_parse(o->before, strlen(o->before), &day))
        return fail(err, FAULT_MALFORMED, "audit.usage", "用法：anlan audit forget --data DIR --before 2026-03-17",
                    "Usage: anlan audit forget --data DIR --before 2026-03-17");
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = audit_forget(house.store, &by, day_end_ms(day - 1), &dropped, err);
    if (got == 0)
        printf("%" PRId64 "\n", dropped);
    house_close(&house);
    return got;
}

/* ---- import and export ---- */

/* The groups of problems, to standard error: how often, which column, what. */
static int print_problems(struct house *house, struct db *db, const struct actor *actor, int64_t id, struct error *err)
{
    AUTO_TEXT answer = TEXT_LIMIT(64 << 20);
    struct json j = { .out = &answer };
    size_t i;
    json_t *g;
    if (import_put(house, db, actor, id, false, &j, err) < 0)
        return -1;
    json_t *parsed = json_loads(text_get(&answer), 0, NULL);
    json_array_foreach(json_object_get(parsed, "problem_groups"), i, g)
    {
        const char *header = json_string_value(json_object_get(g, "header"));
        fprintf(stderr, "%" JSON_INTEGER_FORMAT " × %s%s%s\n", json_integer_value(json_object_get(g, "count")),
                header ? header : "", header ? "：" : "", json_string_value(json_object_get(g, "message")));
    }
    json_decref(parsed);
    return 0;
}

static int option_object(const char *text, const char *name, json_t *patch, struct error *err)
{
    json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    if (text && !value)
        return fail(err, FAULT_MALFORMED, "import.option", "--%s 不是 JSON", "--%s is not JSON", name);
    if (value)
        json_object_set_new(patch, name, value);
    return 0;
}

/* What the flags say, as the page would say it. */
static int option_patch(const struct options *o, json_t *patch, struct error *err)
{
    if (o->duplicates)
        json_object_set_new(patch, "duplicates", json_string(o->duplicates));
    if (o->sheet)
        json_object_set_new(patch, "sheet", json_integer(o->sheet));
    if (o->datum)
        json_object_set_new(patch, "datum", json_string(o->datum));
    return option_object(o->mapping, "mapping", patch, err) < 0 ? -1 : option_object(o->values, "values", patch, err);
}

static int run_import(struct house *house, const struct actor *actor, const struct import_upload *upload,
                      const json_t *patch, struct error *err)
{
    struct db *db;
    int64_t id;
    struct import_sum sum;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = import_begin(house, db, actor, upload, clock_now_ms(), true, &id, err);
    if (got == 0 && json_object_size(patch) > 0 &&
        (import_correct(house, db, actor, id, patch, clock_now_ms(), err) < 0 || import_wait(house, id, err) < 0))
        got = -1;
    if (got == 0)
        got = print_problems(house, db, actor, id, err);
    if (got == 0 && (import_start(house, actor, id, clock_now_ms(), err) < 0 || import_wait(house, id, err) < 0 ||
                     import_sum(house, id, &sum, err) < 0))
        got = -1;
    store_reader_back(house->store, db);
    if (got == 0)
        printf("rows=%" PRId64 " imported=%" PRId64 " duplicates=%" PRId64 " rejected=%" PRId64 "\n", sum.rows,
               sum.imported, sum.duplicates, sum.rejected);
    return got;
}

int command_import(const struct options *o, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const struct kind *kind;
    struct house house;
    struct actor actor;
    struct stat about;
    if (console_kind(o, 0, &kind, err) < 0)
        return -1;
    if (o->word_count < 2)
        return fail(err, FAULT_MALFORMED, "import.usage", "用法：anlan import KIND FILE --data DIR",
                    "Usage: anlan import KIND FILE --data DIR");
    int fd = open(o->words[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) < 0)
        return fail(err, FAULT_MISSING, "import.file", "无法打开 %s：%s", "Cannot open %s: %s", o->words[1],
                    strerror(errno));
    if (console_open(o, &house, err) < 0) {
        close(fd);
        return -1;
    }
    json_t *patch = json_object();
    const char *slash = strrchr(o->words[1], '/');
    struct import_upload upload = { kind, slash ? slash + 1 : o->words[1], fd, about.st_size };
    int got = option_patch(o, patch, err);
    if (got == 0)
        got = console_actor(&house, o, &arena, &actor, err);
    if (got == 0)
        got = house_start_jobs(&house, 0, clock_now_ms, err);
    if (got == 0)
        got = run_import(&house, &actor, &upload, patch, err);
    json_decref(patch);
    close(fd);
    house_close(&house);
    return got;
}

int command_export(const struct options *o, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const struct kind *kind;
    struct house house;
    struct actor actor;
    struct export_sum sum = { 0 };
    const char *path = o->word_count > 1 ? o->words[1] : NULL, *dot = path ? strrchr(path, '.') : NULL;
    bool book = dot && strcasecmp(dot, ".xlsx") == 0, paper = dot && strcasecmp(dot, ".pdf") == 0;
    struct export_order order = { .format = book    ? EXPORT_XLSX
                                            : paper ? EXPORT_PDF
                                                    : EXPORT_CSV,
                                  .columns = o->columns,
                                  .now_ms = clock_now_ms(),
                                  .fd = -1 };
    if (path && !book && !paper && !(dot && strcasecmp(dot, ".csv") == 0))
        return fail(err, FAULT_MALFORMED, "export.file", "文件名应以 .csv、.xlsx 或 .pdf 结尾：%s",
                    "The file should be called .csv, .xlsx or .pdf: %s", path);
    render_settings(NULL, o->font_title, o->font_body, o->font_note);
    if (console_kind(o, 0, &kind, err) < 0 || console_open(o, &house, err) < 0)
        return -1;
    int got = console_actor(&house, o, &arena, &actor, err);
    if (got == 0)
        got = export_file(&order.fd, err);
    if (got == 0)
        got = console_rows(&house, &actor, kind, &(struct filter){ 0 }, &order, &sum, err);
    struct origin by = console_origin_of(&actor);
    if (got == 0)
        got = audit_write(house.store, &by, "export", kind->name, 0, export_detail(&sum, &arena), err);
    if (got == 0 && lseek(order.fd, 0, SEEK_SET) == 0)
        got = console_write(order.fd, path, err);
    if (got == 0 && path)
        printf("rows=%" PRId64 "\n", sum.rows);
    if (order.fd >= 0)
        close(order.fd);
    house_close(&house);
    return got;
}

int command_template(const struct options *o, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const struct kind *kind;
    struct house house;
    struct actor actor;
    struct db *db;
    int fd = -1;
    if (o->word_count < 2)
        return fail(err, FAULT_MALFORMED, "template.usage", "用法：anlan template 类型 文件.xlsx --data DIR",
                    "Usage: anlan template KIND FILE.xlsx --data DIR");
    if (console_kind(o, 0, &kind, err) < 0 || console_open(o, &house, err) < 0)
        return -1;
    int got = console_actor(&house, o, &arena, &actor, err);
    if (got == 0)
        got = export_file(&fd, err);
    if (got == 0 && (got = store_reader(house.store, &db, err)) == 0) {
        got = template_write(db, &actor, kind, clock_now_ms(), false, fd, err);
        store_reader_back(house.store, db);
    }
    if (got == 0 && lseek(fd, 0, SEEK_SET) == 0)
        got = console_write(fd, o->words[1], err);
    if (fd >= 0)
        close(fd);
    house_close(&house);
    return got;
}

/* ---- describe ---- */

static int write_file(const char *dir, const char *name, const char *end, const struct text *out, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/%s%s", dir, name, end);
    FILE *file = fopen(text_get(&path), "w");
    if (!file || fwrite(out->at, 1, out->used, file) != out->used || fclose(file) != 0)
        return fail(err, FAULT_INTERNAL, "describe.file", "无法写入 %s", "Cannot write %s", text_get(&path));
    return 0;
}

/* JSON with line breaks, so that a difference can be read. */
static int pretty(struct text *text, struct error *err)
{
    json_t *parsed = json_loads(text_get(text), 0, NULL);
    char *dump = parsed ? json_dumps(parsed, JSON_INDENT(1)) : NULL;
    json_decref(parsed);
    if (!dump)
        return fail(err, FAULT_INTERNAL, "describe.json", "打印的不是合法 JSON", "What was printed is not JSON");
    text_clear(text);
    text_str(text, dump);
    text_char(text, '\n');
    free(dump);
    return 0;
}

static int per_kind(const struct options *o, bool types, struct error *err)
{
    for (const struct kind *const *k = all_kinds; *k; k++) {
        AUTO_TEXT out = TEXT_LIMIT(16 << 20);
        struct json j = { .out = &out };
        if (types)
            describe_typescript(&out, *k);
        else
            describe_kind_openapi(&j, *k);
        if ((!types && pretty(&out, err) < 0) || write_file(o->dir, (*k)->name, types ? ".ts" : ".json", &out, err) < 0)
            return -1;
    }
    return 0;
}

int command_describe(const struct options *o, struct error *err)
{
    const char *what = o->word_count ? o->words[0] : "";
    AUTO_TEXT out = TEXT_LIMIT(64 << 20);
    struct json j = { .out = &out };
    unsigned char no_key[32] = { 0 };
    seal_open_with(no_key);
    if (kind_check_all(all_kinds, verb_names, err) < 0 || lists_check(all_kinds, all_choices, err) < 0)
        return -1;
    if (strcmp(what, "schema") == 0) {
        bool postgres = strcmp(o->engine, "postgres") == 0;
        text_str(&out,
                 "-- Printed by `anlan describe schema` from src/domain; run tools/regenerate after a change there.\n");
        dialect_schema(&out, postgres ? STORE_POSTGRES : STORE_SQLITE, house_schema());
    } else if (strcmp(what, "openapi") == 0 && !o->dir) {
        openapi_write(&j);
        if (pretty(&out, err) < 0)
            return -1;
    } else if (strcmp(what, "settings") == 0) {
        options_describe(&out);
    } else if (strcmp(what, "kinds") == 0) {
        meta_write(&j);
        if (pretty(&out, err) < 0)
            return -1;
    } else if ((strcmp(what, "openapi") == 0 || strcmp(what, "types") == 0) && o->dir) {
        return per_kind(o, what[0] == 't', err);
    } else {
        return fail(err, FAULT_MALFORMED, "describe.usage",
                    "用法：anlan describe schema|openapi|kinds|settings，或 openapi|types --dir 目录",
                    "Usage: anlan describe schema|openapi|kinds|settings, or openapi|types --dir FOLDER");
    }
    fwrite(text_get(&out), 1, out.used, stdout);
    return 0;
}

/* ---- printing: started by the program itself (report/render.h) ---- */

int command_render(const struct options *o, struct error *err)
{
    (void)o;
    (void)err;
    render_serve(STDIN_FILENO, STDOUT_FILENO);
}

/* ---- bench ---- */

/* With a key made for it and ended after it. */
static int measure_start(const struct options *o, struct error *err)
{
    char token[TOKEN_TEXT];
    struct house house;
    struct db *db;
    struct origin by = console_origin();
    struct key_terms terms = { .name = "bench", .days = 1 };
    struct bench_start b = { .folder = o->data, .db = o->db, .token = token };
    int64_t account, key;
    bool found;
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = console_account(&house, o->user, &account, err);
    if (got == 0)
        got = key_make(house.store, &by, account, &terms, token, &key, err);
    if (got == 0 && (got = store_reader(house.store, &db, err)) == 0) {
        got = db_get_int(db, "SELECT count(*) FROM hazard", NO_BINDS, &b.hazards, &found, err);
        store_reader_back(house.store, db);
    }
    house_close(&house);
    if (got < 0 || bench_start(&b, err) < 0 || console_open(o, &house, err) < 0)
        return -1;
    got = key_end(house.store, &by, account, key, err);
    house_close(&house);
    return got;
}

static int open_house(const void *options, struct house *house, struct error *err)
{
    const struct options *o = options;
    return house_open(&(struct house_options){ o->data, o->db, (int)o->workers, HOUSE_OWN }, house, err);
}

/* The first of each role who holds it in person; keys are made for them and ended afterwards. */
static int measure_serve(const struct options *o, struct error *err)
{
    static const char *const roles[BENCH_READERS] = { "office", "inspector", "grid", "department", "safety" };
    char tokens[BENCH_READERS][TOKEN_TEXT];
    int64_t keys[BENCH_READERS];
    struct origin by = console_origin();
    struct key_terms terms = { .name = "bench", .days = 1 };
    struct bench_serve b = { .folder = o->data,
                             .db = o->db,
                             .clients = (int)o->clients,
                             .seconds = (int)o->seconds,
                             .open = open_house,
                             .close = house_close,
                             .options = o };
    struct house house;
    struct db *db;
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = 0;
    for (size_t i = 0; got == 0 && i < BENCH_READERS; i++) {
        struct bench_reader *r = &b.readers[b.reader_count];
        bool found = false;
        if ((got = store_reader(house.store, &db, err)) < 0)
            break;
        got = db_get_int(db,
                         "SELECT d.holder_account FROM assignment d JOIN account a ON a.id = d.holder_account "
                         "WHERE d.role = ? AND d.removed_at IS NULL AND a.removed_at IS NULL AND a.active = 1 "
                         "ORDER BY d.holder_account LIMIT 1",
                         BIND(value_text(roles[i])), &r->account, &found, err);
        store_reader_back(house.store, db);
        if (got < 0 || !found)
            continue;
        r->role = roles[i];
        r->token = tokens[b.reader_count];
        if ((got = key_make(house.store, &by, r->account, &terms, tokens[b.reader_count], &keys[b.reader_count],
                            err)) == 0)
            b.reader_count++;
    }
    house_close(&house);
    if (got == 0 && b.reader_count == 0)
        got = fail(err, FAULT_REFUSED, "bench.empty", "请先装入演示数据", "Load the demonstration first");
    if (got == 0)
        got = bench_serve(&b, err);
    struct error ended = { 0 };
    if (b.reader_count && console_open(o, &house, &ended) == 0) {
        for (size_t i = 0; i < b.reader_count; i++)
            key_end(house.store, &by, b.readers[i].account, keys[i], &ended);
        house_close(&house);
    }
    return got;
}

static int measure_import(struct house *house, const struct options *o, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct actor actor;
    return console_actor(house, o, &arena, &actor, err) < 0 || house_start_jobs(house, 0, clock_now_ms, err) < 0
               ? -1
               : bench_import(house, &actor, o->scale > 0 ? o->scale : 100000, err);
}

int command_bench(const struct options *o, struct error *err)
{
    const char *what = o->word_count ? o->words[0] : "";
    struct house house;
    if (strcmp(what, "start") == 0)
        return measure_start(o, err);
    if (strcmp(what, "serve") == 0)
        return measure_serve(o, err);
    if (strcmp(what, "list") != 0 && strcmp(what, "todo") != 0 && strcmp(what, "write") != 0 &&
        strcmp(what, "export") != 0 && strcmp(what, "import") != 0)
        return fail(err, FAULT_MALFORMED, "bench.usage",
                    "用法：anlan bench list|serve|todo|write|export|import --data DIR，或 anlan bench start --user "
                    "NAME --data DIR",
                    "Usage: anlan bench list|serve|todo|write|export|import --data DIR, or anlan bench start --user "
                    "NAME --data DIR");
    if (console_open(o, &house, err) < 0)
        return -1;
    int got = what[0] == 'l'   ? bench_list(&house, 30, err)
              : what[0] == 't' ? bench_todo(&house, 100, err)
              : what[0] == 'e' ? bench_export(&house, err)
              : what[0] == 'i' ? measure_import(&house, o, err)
                               : bench_write(&house, (int)o->clients, (int)o->seconds, err);
    house_close(&house);
    return got;
}
