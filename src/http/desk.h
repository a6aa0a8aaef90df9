/* What a person keeps at hand: saved views of lists, unfinished forms. */
#pragma once
#include "http/web.h"

int views_list(struct visit *v, struct error *err);
int views_make(struct visit *v, struct error *err);
int views_change(struct visit *v, struct error *err);
int views_end(struct visit *v, struct error *err);
int draft_read(struct visit *v, struct error *err);
int draft_write(struct visit *v, struct error *err);
int draft_end(struct visit *v, struct error *err);
