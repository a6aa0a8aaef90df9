/* What `anlan describe` prints into generated/, one piece per kind. */
#pragma once
#include "base/text.h"
#include "record/json.h"
#include "record/kind.h"

/* {"hazard": as read, "hazard_input": as created, "hazard_change": as changed} */
void describe_kind_openapi(struct json *j, const struct kind *kind);
void describe_typescript(struct text *out, const struct kind *kind);
