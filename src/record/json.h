/* Streaming JSON writer over struct text: replies are written, never built as trees (measured in limits.md). */
#pragma once
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct json {
    struct text *out;
    bool comma; /* a comma is due before the next member or element */
};

void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);
void json_put_raw(struct json *j, const char *value); /* already JSON */
void json_put_str(struct json *j, const char *value); /* NULL writes null */
void json_put_int(struct json *j, int64_t value);
void json_put_bool(struct json *j, bool value);
void json_put_null(struct json *j);
/* Before writing a value into j->out by hand; afterwards call json_wrote. */
void json_before(struct json *j);
void json_wrote(struct json *j);

void json_key_str(struct json *j, const char *key, const char *value);
void json_key_int(struct json *j, const char *key, int64_t value);
void json_key_bool(struct json *j, const char *key, bool value);
