#include "http/exports.h"

#include "exchange/columns.h"
#include "exchange/export_job.h"
#include "exchange/template.h"
#include "http/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One of the words, or fallback for null. */
static int word_of(const struct visit *v, const char *name, const char *const words[3], int fallback, int *out,
                   struct error *err)
{
    const json_t *value = json_object_get(v->body, name);
    const char *word = json_string_value(value);
    if (fallback >= 0 && (!value || json_is_null(value))) {
        *out = fallback;
        return 0;
    }
    for (int i = 0; word && i < 3 && words[i]; i++)
        if (strcmp(words[i], word) == 0) {
            *out = i;
            return 0;
        }
    return words[2] ? fail_field(err, name, "只能写 %s、%s 或 %s", "Write %s, %s or %s", words[0], words[1], words[2])
                    : fail_field(err, name, "只能写 %s 或 %s", "Write %s or %s", words[0], words[1]);
}

static int text_of(const struct visit *v, const char *name, const char **out, struct error *err)
{
    const json_t *value = json_object_get(v->body, name);
    if (value && !json_is_null(value) && !json_is_string(value))
        return fail_field(err, name, "应是文字", "It must be text");
    *out = json_string_value(value);
    return 0;
}

int export_start(struct visit *v, struct error *err)
{
    static const char *const formats[] = { "csv", "xlsx", "pdf" }, *const languages[] = { "zh", "en", NULL };
    const json_t *columns = json_object_get(v->body, "columns");
    struct export_wish wish = { .kind = v->kind, .columns = json_is_null(columns) ? NULL : columns, .by = visit_by(v) };
    int format = 0, language = 0;
    bool personal;
    if (word_of(v, "format", formats, -1, &format, err) < 0 ||
        word_of(v, "language", languages, v->english, &language, err) < 0 ||
        text_of(v, "filter", &wish.filter, err) < 0 || text_of(v, "sort", &wish.sort, err) < 0 ||
        jobs_needed(v, err) < 0)
        return -1;
    wish.format = format == 2 ? EXPORT_PDF : format ? EXPORT_XLSX : EXPORT_CSV;
    wish.english = language == 1;
    if (export_is_personal(&v->actor, &wish, &personal, err) < 0 || (personal && visit_look_up(v, err) < 0) ||
        export_ask(v->web->house, &v->actor, &wish, &v->id, err) < 0)
        return -1;
    v->rs->status = 202;
    return job_read(v, err);
}

int template_read(struct visit *v, struct error *err)
{
    int fd;
    if (export_file(&fd, err) < 0)
        return -1;
    v->rs->fd = fd; /* closed with the reply, whatever becomes of it */
    if (template_write(v->db, &v->actor, v->kind, v->now, v->english, fd, err) < 0)
        return -1;
    v->rs->fd_size = lseek(fd, 0, SEEK_END);
    v->rs->type = EXPORT_XLSX_TYPE;
    const char *name = v->english ? arena_printf(v->arena, "%s template.xlsx", v->kind->label.en)
                                  : arena_printf(v->arena, "%s导入模板.xlsx", v->kind->label.zh);
    response_header(v->rs, "Content-Disposition", disposition(v->arena, "attachment", name));
    return 0;
}

int my_columns(struct visit *v, struct error *err)
{
    json_t *chosen;
    if (columns_read(v->db, v->actor.id, v->kind, &chosen, err) < 0)
        return -1;
    char *text = json_dumps(chosen, JSON_COMPACT);
    json_put_raw(&v->json, text);
    free(text);
    json_decref(chosen);
    return 0;
}

int my_columns_keep(struct visit *v, struct error *err)
{
    return columns_keep(v->web->house->store, v->actor.id, v->kind, v->body, err) < 0 ? -1 : my_columns(v, err);
}
