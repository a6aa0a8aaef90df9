/* Exports made in the background, and the columns a person wants. */
#pragma once
#include "http/web.h"

int export_start(struct visit *v, struct error *err);
int template_read(struct visit *v, struct error *err);
int my_columns(struct visit *v, struct error *err);
int my_columns_keep(struct visit *v, struct error *err);
