#include "record/json.h"

#include "base/utf8.h"

void json_before(struct json *j)
{
    if (j->comma)
        text_char(j->out, ',');
    j->comma = false;
}

void json_wrote(struct json *j)
{
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    json_before(j);
    text_char(j->out, bracket);
}

void json_close(struct json *j, char bracket)
{
    text_char(j->out, bracket);
    j->comma = true;
}

void json_key(struct json *j, const char *key)
{
    json_before(j);
    utf8_json(j->out, key);
    text_char(j->out, ':');
}

void json_put_raw(struct json *j, const char *value)
{
    json_before(j);
    text_str(j->out, value);
    j->comma = true;
}

void json_put_str(struct json *j, const char *value)
{
    json_before(j);
    if (value)
        utf8_json(j->out, value);
    else
        text_str(j->out, "null");
    j->comma = true;
}

void json_put_int(struct json *j, int64_t value)
{
    json_before(j);
    text_int(j->out, value);
    j->comma = true;
}

void json_put_bool(struct json *j, bool value)
{
    json_put_raw(j, value ? "true" : "false");
}

void json_put_null(struct json *j)
{
    json_put_raw(j, "null");
}

void json_key_str(struct json *j, const char *key, const char *value)
{
    json_key(j, key);
    json_put_str(j, value);
}

void json_key_int(struct json *j, const char *key, int64_t value)
{
    json_key(j, key);
    json_put_int(j, value);
}

void json_key_bool(struct json *j, const char *key, bool value)
{
    json_key(j, key);
    json_put_bool(j, value);
}
