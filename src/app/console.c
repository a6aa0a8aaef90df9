#include "app/console.h"

#include "access/query.h"
#include "base/clock.h"
#include "domain/object/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READERS = 2 };

int console_open(const struct options *o, struct house *house, struct error *err)
{
    if (!o->data)
        return fail(err, FAULT_MALFORMED, "options.data", "请用 --data 指明数据目录",
                    "Name the data folder with --data");
    if (house_open(&(struct house_options){ o->data, o->db, READERS, HOUSE_OWN }, house, err) < 0)
        return -1;
    if (object_follow(house, err) == 0)
        return 0;
    house_close(house);
    return -1;
}

int console_account(struct house *house, const char *name, int64_t *id, struct error *err)
{
    struct db *db;
    bool found;
    if (!name)
        return fail(err, FAULT_MALFORMED, "options.user", "请用 --user 指明登录名", "Name the account with --user");
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT id FROM account WHERE name = ? AND removed_at IS NULL", BIND(value_text(name)), id,
                         &found, err);
    store_reader_back(house->store, db);
    if (got == 0 && !found)
        return fail(err, FAULT_MISSING, "account.missing", "没有登录名为 %s 的账号", "There is no account named %s",
                    name);
    return got;
}

struct origin console_origin(void)
{
    return (struct origin){ .now = clock_now_ms(), .account = ACCOUNT_SYSTEM, .peer = "console" };
}

struct origin console_origin_of(const struct actor *actor)
{
    struct origin by = console_origin();
    by.account = actor->id;
    return by;
}

int console_kind(const struct options *o, int at, const struct kind **kind, struct error *err)
{
    const char *name = o->word_count > at ? o->words[at] : "";
    *kind = kind_find(name);
    if (!*kind || (*kind)->child)
        *kind = kind_of_plural(name);
    return *kind ? 0
                 : fail(err, FAULT_MALFORMED, "options.kind", "没有“%s”这类记录，例：enterprise、hazard",
                        "There is no kind \"%s\"; e.g. enterprise, hazard", name);
}

int console_actor(struct house *house, const struct options *o, struct arena *arena, struct actor *actor,
                  struct error *err)
{
    int64_t id;
    struct db *db;
    *actor = actor_program();
    if (!o->user)
        return 0;
    if (console_account(house, o->user, &id, err) < 0 || store_reader(house->store, &db, err) < 0)
        return -1;
    int got = actor_load(db, id, day_of_ms(clock_now_ms()), arena, actor, err);
    store_reader_back(house->store, db);
    return got;
}

int console_write(int fd, const char *path, struct error *err)
{
    char buffer[64 * 1024];
    ssize_t n = 0;
    int got = 0, out = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : STDOUT_FILENO;
    if (out < 0)
        return fail(err, FAULT_INTERNAL, "export.file", "无法写入 %s：%s", "Cannot write %s: %s", path,
                    strerror(errno));
    while (got == 0 && (n = read(fd, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)n) != n)
            got = fail(err, FAULT_FULL, "export.file", "文件没有写完：%s", "The file was not written whole: %s",
                       strerror(errno));
    if (out != STDOUT_FILENO && close(out) < 0 && got == 0)
        got = fail(err, FAULT_FULL, "export.file", "文件没有写完：%s", "The file was not written whole: %s",
                   strerror(errno));
    return got;
}

int console_rows(struct house *house, const struct actor *actor, const struct kind *kind, const struct filter *filter,
                 struct export_order *order, struct export_sum *sum, struct error *err)
{
    struct scope scope;
    if (list_scope(actor, kind, "export", filter, &scope, err) < 0)
        return -1;
    struct list_query query = { .kind = kind,
                                .actor = actor,
                                .scope = &scope,
                                .filter = filter,
                                .sort = kind->sorts[0],
                                .descending = kind->newest_first };
    order->query = &query;
    if (store_reader(house->store, &order->db, err) < 0)
        return -1;
    int got = db_snapshot_begin(order->db, err);
    if (got == 0) {
        got = export_run(order, sum, err);
        db_snapshot_end(order->db);
    }
    store_reader_back(house->store, order->db);
    return got;
}
