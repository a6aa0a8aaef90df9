/* anlan report: what the pages print, from a shell, with the rights of the person named by --user. */
#include "app/commands.h"
#include "app/console.h"
#include "access/query.h"
#include "base/clock.h"
#include "domain/enforcement/paper.h"
#include "domain/files.h"
#include "domain/hazard/hazard.h"
#include "record/table.h"
#include "record/type.h"
#include "report/original.h"
#include "report/print.h"
#include "report/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct wish {
    const struct options *o;
    const struct kind *kind;
    const char *which; /* id of the record, or number of the paper; NULL: a ledger */
    enum export_format format;
};

static int usage(struct error *err)
{
    return fail(
        err, FAULT_MALFORMED, "report.usage",
        "用法：anlan report ledger [类型] [--from 日 --to 日 --region 代码] -o 文件.pdf|.xlsx，anlan report card "
        "类型 编号 -o 文件.pdf，anlan report paper 编号或文号 -o 文件.pdf，都要 --data DIR",
        "Usage: anlan report ledger [KIND] [--from DAY --to DAY --region CODE] -o FILE.pdf|.xlsx, anlan report "
        "card KIND ID -o FILE.pdf, anlan report paper ID|NUMBER -o FILE.pdf, each with --data DIR");
}

static bool ends(const char *path, const char *with)
{
    size_t n = strlen(path), m = strlen(with);
    return n > m && strcasecmp(path + n - m, with) == 0;
}

static int read_file_name(struct wish *w, bool ledger, struct error *err)
{
    const char *path = w->o->out;
    bool book = path && ledger && ends(path, ".xlsx");
    if (!path || (!book && !ends(path, ".pdf")))
        return fail(err, FAULT_MALFORMED, "report.out",
                    ledger ? "请用 -o 写明文件，以 .pdf 或 .xlsx 结尾%s%s" : "请用 -o 写明文件，以 .pdf 结尾%s%s",
                    ledger ? "Name the file with -o; it ends in .pdf or .xlsx%s%s"
                           : "Name the file with -o; it ends in .pdf%s%s",
                    path ? ": " : "", path ? path : "");
    w->format = book ? EXPORT_XLSX : EXPORT_PDF;
    return 0;
}

static int read_wish(const struct options *o, struct wish *w, struct error *err)
{
    const char *name = o->word_count ? o->words[0] : "";
    bool ledger = strcmp(name, "ledger") == 0, card = strcmp(name, "card") == 0, paper = strcmp(name, "paper") == 0;
    *w = (struct wish){ .o = o, .kind = paper ? &paper_kind : &hazard_kind };
    if ((!ledger && !card && !paper) || (ledger && o->word_count > 2) || (card && o->word_count != 3) ||
        (paper && o->word_count != 2))
        return usage(err);
    if (!ledger && (o->from || o->to || o->region))
        return fail(err, FAULT_MALFORMED, "report.period", "--from、--to、--region 只用于 report ledger",
                    "--from, --to and --region belong to report ledger");
    if (!paper && o->word_count > 1 && console_kind(o, 1, &w->kind, err) < 0)
        return -1;
    w->which = ledger ? NULL : o->words[o->word_count - 1];
    return read_file_name(w, ledger, err);
}

/* ---- ledgers ---- */

/* By the first day the kind's lists are sorted by: for hazards the day they were found on. */
static const struct field *day_field(const struct kind *kind)
{
    for (size_t i = 0; i < COUNT(kind->sorts) && kind->sorts[i]; i++) {
        const struct field *f = field_find(kind, kind->sorts[i]);
        if (f && f->type == &type_date)
            return f;
    }
    return NULL;
}

static int add_day(const struct wish *w, const char *option, const char *text, int64_t beyond, const char *op,
                   struct arena *arena, struct filter_pair *out, struct error *err)
{
    const struct field *f = day_field(w->kind);
    char day_text[DAY_TEXT];
    int64_t day;
    if (!f)
        return fail(err, FAULT_MALFORMED, "report.period", "%s没有日期可按，请去掉 --%s",
                    "%s has no day to go by; leave out --%s", w->kind->label.zh, option);
    if (!day_parse(text, strlen(text), &day))
        return fail(err, FAULT_MALFORMED, "report.day", "--%s 应写成 2026-03-17，写的是“%.40s”",
                    "--%s is written 2026-03-17; it says “%.40s”", option, text);
    day_print(day + beyond, day_text); /* the filter's before and after leave the day itself out */
    *out = (struct filter_pair){ arena_printf(arena, "%s.%s", f->name, op), arena_str(arena, day_text) };
    return 0;
}

static int read_filter(const struct wish *w, struct arena *arena, struct filter *out, const char **words,
                       struct error *err)
{
    struct filter_pair pairs[3];
    size_t n = 0;
    AUTO_TEXT said = TEXT_LIMIT(512);
    if (w->o->from && add_day(w, "from", w->o->from, -1, "after", arena, &pairs[n++], err) < 0)
        return -1;
    if (w->o->to && add_day(w, "to", w->o->to, 1, "before", arena, &pairs[n++], err) < 0)
        return -1;
    if (w->o->region)
        pairs[n++] = (struct filter_pair){ "region", w->o->region };
    if (w->o->from)
        text_printf(&said, "%s自 %s 起", day_field(w->kind)->label.zh, w->o->from);
    if (w->o->to)
        text_printf(&said, "%s%s至 %s 止", said.used ? "，" : "", w->o->from ? "" : day_field(w->kind)->label.zh,
                    w->o->to);
    if (w->o->region)
        text_printf(&said, "%s区划 %s", said.used ? "，" : "", w->o->region);
    *words = said.used ? arena_str(arena, text_get(&said)) : NULL;
    return filter_parse(w->kind, pairs, n, arena, out, err);
}

static int print_ledger(struct house *house, const struct actor *actor, const struct wish *w, int fd, int64_t *rows,
                        struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct filter filter;
    struct export_sum sum = { 0 };
    struct origin by = console_origin_of(actor);
    struct export_order order = { .format = w->format, .columns = w->o->columns, .now_ms = by.now, .fd = fd };
    if (read_filter(w, &arena, &filter, &order.filter, err) < 0 ||
        console_rows(house, actor, w->kind, &filter, &order, &sum, err) < 0 ||
        audit_write(house->store, &by, "export", w->kind->name, 0, export_detail(&sum, &arena), err) < 0)
        return -1;
    *rows = sum.rows;
    return 0;
}

/* ---- one record ---- */

static bool by_number(const struct wish *w)
{
    char *end;
    return strtoll(w->which, &end, 10) < 1 || *end;
}

/* Of a paper that is called by its number: 0 when there is none. */
static int id_of(struct db *db, const struct wish *w, int64_t *id, struct error *err)
{
    bool found;
    if (!by_number(w)) {
        *id = strtoll(w->which, NULL, 10);
        return 0;
    }
    if (w->kind != &paper_kind)
        return fail(err, FAULT_MALFORMED, "report.id", "“%.40s”不是记录的编号：写页面地址里的数字",
                    "“%.40s” is no id: write the number in the address of its page", w->which);
    *id = 0;
    return db_get_int(db, "SELECT id FROM paper WHERE doc_number = ?", BIND(value_text(w->which)), id, &found, err);
}

/* A number that lies outside the scope is answered like one that was never given. */
static int read_one(struct db *db, const struct actor *actor, const struct wish *w, struct arena *arena, void **record,
                    struct error *err)
{
    struct scope scope;
    int64_t id;
    if (id_of(db, w, &id, err) < 0)
        return -1;
    scope_compile(actor, w->kind, verb_bit("read"), &scope);
    if (record_read(db, &scope, id, false, false, arena, record, err) == 0)
        return 0;
    if (err->fault != FAULT_MISSING || !by_number(w))
        return -1;
    *err = (struct error){ 0 };
    return fail(err, FAULT_MISSING, "report.none", "没有文号为“%.80s”的文书", "There is no paper numbered “%.80s”",
                w->which);
}

static int put_file(int fd, const struct text *pdf, struct error *err)
{
    return write(fd, pdf->at, pdf->used) == (ssize_t)pdf->used
               ? 0
               : fail(err, FAULT_FULL, "export.write", "文件无法写入", "The file cannot be written");
}

static int put_original(struct house *house, const struct compose *c, struct paper_record *paper, int fd,
                        struct error *err)
{
    struct file_row row;
    char buffer[64 * 1024];
    int from = -1;
    ssize_t n = 0;
    if (!has(paper, issued_at))
        return fail(err, FAULT_REFUSED, "report.draft", "这份文书还是草稿，请先签发",
                    "This paper is a draft; issue it first");
    if (original_keep(house, c, &paper, err) < 0 ||
        file_row(c->db, strtoll(paper->document + 1, NULL, 10), c->arena, &row, err) < 0 ||
        file_open(house, row.sha256, &from, err) < 0)
        return -1;
    int got = 0;
    while (got == 0 && (n = read(from, buffer, sizeof buffer)) > 0)
        got = put_file(fd, &(struct text){ .at = buffer, .used = (size_t)n }, err);
    close(from);
    return got;
}

static int put_card(const struct compose *c, const struct kind *kind, const void *record, int fd, struct error *err)
{
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    json_t *document = compose_document("cards", c->now_ms);
    int got = compose_card(c, kind, record, document, err);
    if (got == 0)
        got = render_pdf(document, RENDER_PAPER_MS, &pdf, err);
    json_decref(document);
    return got < 0 ? -1 : put_file(fd, &pdf, err);
}

static int print_record(struct house *house, const struct actor *actor, const struct wish *w, struct db *db, int fd,
                        struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct origin by = console_origin_of(actor);
    struct compose c = { .db = db, .actor = actor, .now_ms = by.now, .public_url = w->o->public_url, .arena = &arena };
    void *record;
    if (read_one(db, actor, w, &arena, &record, err) < 0 ||
        (w->kind == &paper_kind ? put_original(house, &c, record, fd, err) : put_card(&c, w->kind, record, fd, err)) <
            0)
        return -1;
    return audit_write(house->store, &by, "print", w->kind->name, record_of(record)->id, NULL, err);
}

static int print_one(struct house *house, const struct actor *actor, const struct wish *w, int fd, int64_t *rows,
                     struct error *err)
{
    struct db *db;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = print_record(house, actor, w, db, fd, err);
    store_reader_back(house->store, db);
    *rows = 1;
    return got;
}

int command_report(const struct options *o, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct house house;
    struct actor actor;
    struct wish w;
    int64_t rows = 0;
    int fd = -1;
    if (read_wish(o, &w, err) < 0 || console_open(o, &house, err) < 0)
        return -1;
    render_settings(NULL, o->font_title, o->font_body, o->font_note);
    int got = console_actor(&house, o, &arena, &actor, err);
    if (got == 0)
        got = export_file(&fd, err);
    if (got == 0)
        got =
            w.which ? print_one(&house, &actor, &w, fd, &rows, err) : print_ledger(&house, &actor, &w, fd, &rows, err);
    if (got == 0 && lseek(fd, 0, SEEK_SET) == 0)
        got = console_write(fd, o->out, err);
    if (got == 0)
        printf("rows=%" PRId64 "\n", rows);
    if (fd >= 0)
        close(fd);
    house_close(&house);
    return got;
}
