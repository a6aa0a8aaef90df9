/* Who answers for what; objects without one direct supervisor; an object that goes to another area. */
#pragma once
#include "domain/grid/responsible.h"
#include "http/web.h"

struct scope;
struct owner duty_owner_at(int64_t region); /* what lies in all of an area */
/* One person, post or organisation with a masked phone; scope: of assignments, says whether the reader may open it. */
int duty_put_responsible(struct visit *v, const struct responsible *r, const struct scope *scope, struct error *err);
/* The object of that id as far as the reader may read it: whose it is. FAULT_MISSING else; what is no id names "object". */
int duty_read_object(struct visit *v, const char *text, struct owner *own, struct error *err);

int responsible_answer(struct visit *v, struct error *err);
int owners_none(struct visit *v, struct error *err);
int owners_many(struct visit *v, struct error *err);
int transfer_preview(struct visit *v, struct error *err);
int transfer_run(struct visit *v, struct error *err);
