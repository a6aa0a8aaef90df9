/* What waits for the reader (domain/todo.h). */
#pragma once
#include "http/web.h"

int todo_list(struct visit *v, struct error *err);
