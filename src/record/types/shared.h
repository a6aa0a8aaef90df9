/*
** What several field types share; included inside record/types only.
**
** Members are read and written through memcpy: a caller may pass any 8 bytes (filters and drafts do).
*/
#pragma once
#include "record/type.h"

#include <string.h>

static inline int64_t member_int(const void *member)
{
    int64_t value;
    memcpy(&value, member, sizeof value);
    return value;
}

static inline void member_put_int(void *member, int64_t value)
{
    memcpy(member, &value, sizeof value);
}

static inline const char *member_text(const void *member)
{
    const char *value;
    memcpy(&value, member, sizeof value);
    return value;
}

static inline void member_put_text(void *member, const char *value)
{
    memcpy(member, &value, sizeof value);
}

/* Full-width forms become ASCII and outer white space goes. In the arena. */
const char *type_fold(const struct type_context *ctx, const char *in);
/* Is a word of a list, once folded, the same as a folded one, in either case? */
bool type_same_word(const struct type_context *ctx, const char *word, const char *folded);
/* Without outer white space; *size is in and out. */
const char *type_trim(const char *in, size_t *size);
/* A JSON string without a NUL inside. */
bool type_string(const json_t *in, const char **out);
/* The id of a JSON integer above 0 or of an object {id}; 0 when it is neither. */
int64_t type_json_id(const json_t *in);
/* The id written in a text of digits; 0 when it is none. */
int64_t type_text_id(const char *in, size_t size);
/* Whether in ends with the word; *size then loses it and the spaces before it. */
bool type_cut_end(const char *in, size_t *size, const char *word);
/* "、，,;；/" and white space: what people put between the items of a list. Bytes of the separator, 0 when none. */
size_t type_separator(const char *at);

/* ---- numbers with a fixed point ---- */
enum fixed { FIXED_OK, FIXED_NO_NUMBER, FIXED_TOO_FINE, FIXED_TOO_LARGE };
/* "-12.5" at scale 2 -> -1250. Zeros beyond the scale are fine; other digits there are rounded half away from zero
** when round is set, else FIXED_TOO_FINE. At most 18 digits. */
enum fixed fixed_read(const char *in, size_t size, int scale, bool round, int64_t *out);
/* Folded, without the field's unit, "1,234.50" without its commas. NULL when the commas stand in odd places. */
const char *fixed_plain(const struct field *f, const struct type_context *ctx, const char *in, size_t *size);
int64_t fixed_unit(int scale); /* 10 to that power */

/* ---- choices ---- */
/* The item a code or label names in the edition of that day; NULL when none. size bytes of text. */
const struct choice *choice_named(const struct type_context *ctx, const struct choices *list, const char *in,
                                  size_t size);
int choice_refuse(const struct type_context *ctx, const struct choices *list, const char *in, struct error *err);
const char *choice_print(const struct type_context *ctx, const struct choices *list, const char *code, bool en);
void choice_put_codes(const struct field *f, const char *between, struct text *out);
const char *choice_check_list(const struct choices *list, bool joined);

/* ---- dates ---- */
/* A date as offices write it at the start of the text. *rest is what follows it. */
int date_take(const struct type_context *ctx, const char *in, int64_t *day, const char **rest, struct error *err);

/* ---- declarations ---- */
enum {
    ROW_LIMITS = 1,
    ROW_SCALE = 2,
    ROW_REF = 4,
    ROW_CHOICES = 8,
    ROW_LINES = 16,
    ROW_INDEX = 32,
    ROW_SEARCH = 64,
    ROW_TITLE = 128
};
/* What a field row holds beyond what its type takes; NULL when it is sound. */
const char *type_check_row(const struct field *f, unsigned takes);
