/*
** A field type converts between a struct member and: columns of the store, JSON, the text of a spreadsheet cell or a
** URL filter. One file per type in record/types/; `type_all` lists them. Types know nothing of SQL or HTTP.
**
** Limits are enforced in read_json and read_text alike, so that import, API and form agree. Failures are reported with
** fail_field(err, name, zh, en, …): say what is wrong and what to write instead, with an example.
**
** `personal` types are sealed in the store (base/seal, context "kind.field"), masked in JSON unless the reader asked to
** unmask, and carry hashes for equality: columns <field> (sealed bytes), <field>_hash, and for phones <field>_tail.
*/
#pragma once
#include "base/text.h"
#include "base/value.h"
#include "record/kind.h"
#include "store/dialect.h"

#include <jansson.h>

enum { TYPE_COLUMNS = 3 };

struct type_column {
    const char *suffix; /* "" or "_lon" */
    enum column_type type;
};

/* Which comparisons a URL filter may use: f=, f.in=, f.before=/f.after= (dates), f.min=/f.max=, f.none=true|false. */
enum filter_ops { FILTER_EQUAL = 1, FILTER_IN = 2, FILTER_RANGE = 4, FILTER_NONE = 8 };

struct type_context {
    struct arena *arena;
    const struct kind *kind; /* for seal contexts and state codes */
    const char *name;        /* how to call the field in messages: "phone", "lines.2.title" */
    int64_t day;             /* date of the fact: the edition of choices; 0 = any */
};

struct field_type {
    const char *name; /* "text", in /meta and OpenAPI extensions */
    const struct type_column *columns;
    size_t column_count; /* 0: kept elsewhere (lines) */
    unsigned filter;
    bool personal;
    bool sortable;

    /* JSON value (never null, never absent; see type_nothing) -> member. 0, or -1 after fail_field, or 1 for "leave the
    ** member as it is": the masked form of a personal value came back. On entry member holds the old value or zero
    ** bytes; lines look there for what a masked number in a row stands for. Only 0 writes it. */
    int (*read_json)(const struct field *f, const struct type_context *ctx, const json_t *in, void *member,
                     struct error *err);
    /* Text of a cell or of a URL filter (valid UTF-8, not blank) -> member; results as for read_json. Hand it over as it
    ** was written: types trim, and fold full-width forms where they cannot matter, which in texts they do. Accepts what
    ** offices write: labels beside codes for choices, 2024.3.5 and 2024年3月5日 for dates, 是/否, 1,234.50 and 万元 for
    ** money (yuan here, fen in JSON). */
    int (*read_text)(const struct field *f, const struct type_context *ctx, const char *in, void *member,
                     struct error *err);
    /* Member -> column_count values, borrowed from member or ctx->arena. */
    void (*to_values)(const struct field *f, const struct type_context *ctx, const void *member, struct value *out);
    /* Columns -> member, copied into ctx->arena. False when the stored bytes are not what the type writes. The first
    ** column is never NULL here (the caller has cleared `known` for NULL). */
    bool (*from_values)(const struct field *f, const struct type_context *ctx, const struct value *in, void *member);
    /* JSON value of a known member. masked: personal types print the masked form. Reference, object, region and files
    ** print the bare id or code; the caller that can resolve names prints an object instead. */
    void (*to_json)(const struct field *f, const struct type_context *ctx, const void *member, bool masked,
                    struct text *out);
    /* What a person reads in an exported cell; imports back to the same value. en picks the language of labels.
    ** Personal values are masked here: an exported row imports back as "leave it as it is". */
    void (*to_text)(const struct field *f, const struct type_context *ctx, const void *member, bool en,
                    struct text *out);
    /* JSON Schema of the value (one JSON object, used for OpenAPI) and its TypeScript type. */
    void (*schema)(const struct field *f, const struct kind *kind, struct text *out);
    const char *(*typescript)(const struct field *f, struct arena *arena);
    /* Table check: NULL when the field row is sound, else what is wrong with it (English). */
    const char *(*check)(const struct field *f, struct arena *arena);
};

extern const struct field_type type_text, type_long_text, type_integer, type_decimal, type_money, type_yes_no,
    type_date, type_date_time, type_choice, type_choices, type_state, type_reference, type_object, type_region,
    type_place, type_files, type_id_number, type_phone, type_lines;
extern const struct field_type *const type_all[]; /* NULL at the end */

/* Whether a JSON value says "nothing": null, a blank string, an empty array. Callers treat it as null; the types refuse
** the last two, so that a required field cannot be filled with them. */
bool type_nothing(const json_t *in);

/* Equality columns of personal types, for filters and uniqueness: HMAC of the normalised value, and of its last four. */
void personal_hash(const struct kind *kind, const struct field *f, const char *normal, unsigned char out[32]);
void personal_tail(const struct kind *kind, const struct field *f, const char *last4, unsigned char out[32]);

/* GB 11643 check digit, date and length; x in lower case is folded by read_*. */
bool id_number_valid(const char *number);
/* GB 32100-2015: alphabet, length and check character. Upper case only. */
bool credit_code_valid(const char *code);
/* The organisation inside it (characters 9 to 17, GB 11714) has its own check character. Not every code that was issued
** keeps to it: a warning, never a refusal. */
bool credit_code_organisation_valid(const char *code);
/* Writes both check characters behind the sixteen that stand there. */
void credit_code_close(char code[19]);

/* Region codes: 12 digits as an integer. */
enum region_level { REGION_NATION, REGION_PROVINCE, REGION_CITY, REGION_COUNTY, REGION_TOWN, REGION_VILLAGE };
enum region_level region_level(int64_t code);
int64_t region_parent(int64_t code); /* 0 above a province */
/* The code cut off after that level: the ancestor of that level, or itself. Where a tree leaves the county out (东莞:
** 441900003000) and for a city's own code, REGION_COUNTY gives the city, so that own_county is never empty below a
** province and ranges over it hold every row of a city. TOWN and VILLAGE are 0 where there is none. */
int64_t region_at(int64_t code, enum region_level level);
bool region_within(int64_t code, int64_t area);
int64_t region_last(int64_t area); /* the greatest code within it */
/* "370211", "370211005", "370211005012" -> 12-digit code; false when not 2, 4, 6, 9 or 12 digits, or below 11. */
bool region_parse(const char *text, int64_t *code);
