#include "report/original.h"

#include "access/query.h"
#include "base/seal.h"
#include "domain/files.h"
#include "report/print.h"
#include "report/render.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int print_paper(const struct compose *c, const struct paper_record *record, struct text *pdf, struct error *err)
{
    json_t *document = compose_document("papers", has(record, issued_at) ? record->issued_at : c->now_ms);
    int got = compose_paper(c, record, document, err);
    if (got == 0)
        got = render_pdf(document, RENDER_PAPER_MS, pdf, err);
    json_decref(document);
    return got;
}

int original_draft(const struct compose *c, const struct paper_record *record, struct text *pdf, struct error *err)
{
    return print_paper(c, record, pdf, err);
}

struct keeping {
    int64_t paper, file;
    const char *digest;
};

/* Of two who print at once the first keeps its original; the same words and fonts give the same bytes anyhow. */
static int keep_document(struct change *c, void *args, struct error *err)
{
    const struct keeping *k = args;
    void *before;
    if (change_get(c, &paper_kind, k->paper, 0, "read", &before, err) < 0)
        return -1;
    if (has((const struct paper_record *)before, document))
        return 0;
    struct paper_record *p = change_copy(c, &paper_kind, before);
    give(p, document, arena_printf(c->arena, ",%" PRId64 ",", k->file));
    set(p, digest, k->digest);
    return change_save(c, &paper_kind, before, p, err);
}

static int keep_bytes(struct house *house, const struct compose *c, const struct paper_record *record,
                      const struct text *pdf, struct error *err)
{
    unsigned char hash[32];
    char hex[65];
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = c->now_ms, .cause = "print" };
    struct keeping k = { .paper = record->is.id, .digest = hex };
    sha256(pdf->at, pdf->used, hash);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    int fd = memfd_create("anlan-original", MFD_CLOEXEC);
    if (fd < 0 || write(fd, pdf->at, pdf->used) != (ssize_t)pdf->used) {
        if (fd >= 0)
            close(fd);
        return fail(err, FAULT_INTERNAL, "original.write", "文书原件无法保存", "The original cannot be kept");
    }
    int got = file_keep(house, &program, c->now_ms, fd, arena_printf(c->arena, "%s.pdf", record->doc_number),
                        "application/pdf", hash, (int64_t)pdf->used, &k.file, err);
    close(fd);
    return got < 0 ? -1 : change_run(house, &order, keep_document, &k, NULL, err);
}

int original_keep(struct house *house, const struct compose *c, struct paper_record **record, struct error *err)
{
    struct scope scope;
    struct actor program = actor_program();
    void *fresh;
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    if (has(*record, document))
        return 0;
    if (print_paper(c, *record, &pdf, err) < 0 || keep_bytes(house, c, *record, &pdf, err) < 0)
        return -1;
    scope_compile(&program, &paper_kind, verb_bit("read"), &scope);
    if (record_read(c->db, &scope, (*record)->is.id, true, false, c->arena, &fresh, err) < 0)
        return -1;
    *record = fresh;
    return 0;
}
