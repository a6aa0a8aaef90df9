#include "http/mails.h"

#include "base/text.h"
#include "notify/mail.h"

#include <inttypes.h>
#include <string.h>

static int only_operators(const struct visit *v, struct error *err)
{
    return actor_can(&v->actor, "operate")
               ? 0
               : fail(err, FAULT_FORBIDDEN, "verb.missing", "您没有这项权限，可向管理员申请",
                      "You are not entitled to do this; ask the administrator");
}

int mails_list(struct visit *v, struct error *err)
{
    static const char *const states[] = { "waiting", "sent", "void", "dead" };
    const char *state = request_query(v->rq, "state");
    bool known = !state;
    for (size_t i = 0; state && i < COUNT(states); i++)
        known |= strcmp(states[i], state) == 0;
    if (only_operators(v, err) < 0)
        return -1;
    if (!known)
        return fail_field(err, "state", "取 waiting、sent、void 或 dead", "Takes waiting, sent, void or dead");
    json_open(&v->json, '{');
    json_key_bool(&v->json, "posted", v->web->mail != NULL);
    if (mails_put(v->db, &v->actor, state, v->english, v->arena, &v->json, err) < 0)
        return -1;
    json_close(&v->json, '}');
    return 0;
}

int mails_again(struct visit *v, struct error *err)
{
    if (only_operators(v, err) < 0 || mail_again(v->web->house->store, v->id, v->now, err) < 0)
        return -1;
    v->rs->status = 204;
    return visit_audit(v, "mail-again", NULL, 0, arena_printf(v->arena, "mail %" PRId64, v->id), err);
}
