/* Records one follows and records one opened last (desk/marks.h). */
#pragma once
#include "http/web.h"

int my_marks(struct visit *v, struct error *err);
int mark_opening(struct visit *v, struct error *err); /* POST: it was opened; answers whether it is followed */
int follow_put(struct visit *v, struct error *err);
