#include "http/papers.h"

#include "access/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "domain/files.h"
#include "domain/hazard/hazard.h"
#include "domain/lists.h"
#include "domain/render.h"
#include "exchange/print_job.h"
#include "http/jobs.h"
#include "http/records.h"
#include "record/table.h"
#include "report/original.h"
#include "report/print.h"
#include "report/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A viewer of PDFs in the browser draws with styles of its own and is an object to the page around it. */
#define PDF_POLICY "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

static struct compose composing(const struct visit *v)
{
    return (struct compose){
        .db = v->db, .actor = &v->actor, .now_ms = v->now, .public_url = v->web->house->public_url, .arena = v->arena
    };
}

static int may(const struct visit *v, const struct kind *kind, const char *verb, struct error *err)
{
    if (actor_may(&v->actor, kind, verb_bit(verb)))
        return 0;
    return fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                "You are not entitled to do this; ask the administrator");
}

static int read_record(struct visit *v, const struct kind *kind, void **out, struct error *err)
{
    struct scope scope;
    if (may(v, kind, "read", err) < 0)
        return -1;
    scope_compile(&v->actor, kind, verb_bit("read"), &scope);
    return record_read(v->db, &scope, v->id, false, false, v->arena, out, err);
}

static void pdf_headers(struct visit *v, const char *name)
{
    v->rs->type = "application/pdf";
    response_header(v->rs, "Content-Disposition", disposition(v->arena, "inline", name));
    response_header(v->rs, "Content-Security-Policy", PDF_POLICY);
}

/* ---- issuing ---- */

void paper_moved(struct visit *v)
{
    struct compose c = composing(v);
    struct error why = { 0 };
    void *record;
    if (read_record(v, &paper_kind, &record, &why) == 0) {
        struct paper_record *paper = record;
        if (!has(paper, issued_at) || original_keep(v->web->house, &c, &paper, &why) == 0)
            return;
    }
    log_event(LOG_WARN, "paper.unprinted", "paper", arena_printf(v->arena, "%" PRId64, v->id), "why", why.en, NULL);
}

/* ---- one document ---- */

static int send_original(struct visit *v, const struct paper_record *paper, struct error *err)
{
    struct file_row row;
    if (file_row(v->db, strtoll(paper->document + 1, NULL, 10), v->arena, &row, err) < 0)
        return -1;
    const char *tag = arena_printf(v->arena, "\"%s\"", row.sha256), *match = request_header(v->rq, "If-None-Match");
    response_header(v->rs, "ETag", tag);
    response_header(v->rs, "Cache-Control", "private, no-cache");
    if (match && strcmp(match, tag) == 0) {
        v->rs->status = 304;
        return 0;
    }
    if (visit_audit(v, "file", paper_kind.name, v->id, arena_printf(v->arena, "file %" PRId64, row.id), err) < 0 ||
        file_open(v->web->house, row.sha256, &v->rs->fd, err) < 0)
        return -1;
    v->rs->fd_size = row.size;
    pdf_headers(v, row.name);
    return 0;
}

int paper_pdf(struct visit *v, struct error *err)
{
    struct compose c = composing(v);
    void *record;
    if (read_record(v, &paper_kind, &record, err) < 0)
        return -1;
    struct paper_record *paper = record;
    if (!has(paper, issued_at)) {
        v->rs->body.limit = PRINT_BYTES;
        if (original_draft(&c, paper, &v->rs->body, err) < 0)
            return -1;
        pdf_headers(v, arena_printf(v->arena, "%s（草稿）.pdf", paper->title));
        return 0;
    }
    return original_keep(v->web->house, &c, &paper, err) < 0 ? -1 : send_original(v, paper, err);
}

/* The draft that the body would make, as pages to look at: every rule is asked, nothing is kept. */
struct looking {
    struct visit *v;
    json_t *document;
};

static int compose_unsaved(struct change *c, void *args, struct error *err)
{
    struct looking *l = args;
    struct compose how = composing(l->v);
    struct paper_record *paper = change_new(c, &paper_kind);
    change_apply_json(c, &paper_kind, l->v->body, FROM_CREATE, NULL, paper, err);
    if ((err->fault && err->fault != FAULT_INVALID) || change_create(c, &paper_kind, paper, err) < 0)
        return -1;
    return compose_paper(&how, paper, l->document, err);
}

int paper_preview(struct visit *v, struct error *err)
{
    struct once never = { 0 };
    if (may(v, &paper_kind, "create", err) < 0)
        return -1;
    struct change_order order = visit_order(v, &never);
    struct looking l = { v, compose_document("papers", v->now) };
    int got = change_check(v->db, &order, compose_unsaved, &l, err);
    v->rs->body.limit = PRINT_BYTES;
    if (got == 0)
        got = render_pictures(l.document, RENDER_PAPER_MS, &v->rs->body, err);
    json_decref(l.document);
    return got;
}

int hazard_card(struct visit *v, struct error *err)
{
    struct compose c = composing(v);
    void *record;
    if (read_record(v, &hazard_kind, &record, err) < 0 ||
        visit_audit(v, "print", hazard_kind.name, v->id, NULL, err) < 0)
        return -1;
    json_t *document = compose_document("cards", v->now);
    int got = compose_card(&c, &hazard_kind, record, document, err);
    v->rs->body.limit = PRINT_BYTES;
    if (got == 0)
        got = render_pdf(document, RENDER_PAPER_MS, &v->rs->body, err);
    json_decref(document);
    if (got == 0)
        pdf_headers(v, arena_printf(v->arena, "隐患登记卡 %s.pdf", record_number(v->arena, &hazard_kind, record)));
    return got;
}

/* ---- many ---- */

int print_start(struct visit *v, struct error *err)
{
    if (jobs_needed(v, err) < 0)
        return -1;
    struct print_wish wish = { .kind = v->kind, .ids = json_object_get(v->body, "ids"), .by = visit_by(v) };
    if (print_ask(v->web->house, &v->actor, &wish, &v->id, err) < 0)
        return -1;
    v->rs->status = 202;
    return job_read(v, err);
}

/* ---- is it genuine ---- */

static int put_verified(struct visit *v, const char *code, struct error *err)
{
    struct rows rows;
    if (db_query(v->db, &rows,
                 "SELECT doc_number, type, issuer, issued_at, digest, state, voided_at FROM paper WHERE check_code = ?",
                 BIND(value_text(code)), err) < 0)
        return -1;
    bool found = rows_next(&rows);
    if (found) {
        struct json *j = &v->json;
        char day[DAY_TEXT];
        const struct choice *type = choice_find(&paper_types, rows_text(&rows, 1), 0);
        bool is_void = state_find(&paper_kind, rows_text(&rows, 5)) == DOCUMENT_VOID;
        json_open(j, '{');
        json_key_str(j, "code", code);
        json_key_str(j, "number", rows_text(&rows, 0));
        render_label(j, "title", &type->label);
        json_key_str(j, "issuer", rows_text(&rows, 2));
        day_print(day_of_ms(rows_int(&rows, 3)), day);
        json_key_str(j, "issued_on", day);
        json_key_str(j, "sha256", rows_text(&rows, 4));
        json_key_bool(j, "void", is_void);
        if (is_void)
            day_print(day_of_ms(rows_int(&rows, 6)), day);
        json_key_str(j, "void_on", is_void ? day : NULL);
        json_close(j, '}');
    }
    if (rows_done(&rows, err) < 0)
        return -1;
    return found ? 0
                 : fail(err, FAULT_MISSING, "verify.none",
                        "没有这个核验码的文书，请核对核验码；仍查不到的，请向出具单位查询",
                        "No paper has this code; check it, and ask the office that issued it");
}

int verify_read(struct visit *v, struct error *err)
{
    char code[PAPER_CODE_TEXT];
    if (visit_rate(v, arena_printf(v->arena, "verify %s", v->peer), v->web->rates.verify, LIMIT_VERIFY_RATE, err) < 0)
        return -1;
    if (!paper_code_read(v->code, code))
        return fail(err, FAULT_MISSING, "verify.none",
                    "没有这个核验码的文书，请核对核验码；仍查不到的，请向出具单位查询",
                    "No paper has this code; check it, and ask the office that issued it");
    return put_verified(v, code, err);
}
