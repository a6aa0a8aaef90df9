/*
** What every record begins with, and presence (decision 1).
**
** A kind's struct begins with `struct record is;` and then holds one 8-byte member per field, nothing else, so a
** member's slot number follows from its offset and is the bit that says whether the field is known (not null) and
** whether it was given in this request. Rules ask has(h, due), never compare with 0; code that sets a member uses
** set(h, due, day) so that the bit goes with it.
*/
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where a row belongs. Region codes are whole 12-digit codes of that level; 0 when there is none. */
struct owner {
    int64_t county, town, village;
    int64_t object;     /* the enterprise or facility */
    const char *sector; /* code of the list "sector"; NULL when unknown */
};

struct record {
    int64_t id, version;
    uint64_t known[2], given[2];
    int64_t created_at, changed_at; /* milliseconds UTC */
    int64_t created_by, changed_by; /* account ids */
    int64_t removed_at;             /* 0 unless in the bin */
    struct owner own;               /* access: follows the enterprise when it moves */
    struct owner fact;              /* statistics: where it happened, never changed */
};

/* WGS-84, in 1e-7 degrees. */
struct place {
    int32_t lon, lat;
};

/* Child rows of a LINES field: count structs of the child kind, one after another. */
struct lines {
    size_t count;
    void *rows;
};

static inline bool owner_equal(const struct owner *a, const struct owner *b)
{
    bool same_sector = a->sector == b->sector || (a->sector && b->sector && strcmp(a->sector, b->sector) == 0);
    return a->county == b->county && a->town == b->town && a->village == b->village && same_sector;
}

#define RECORD_SLOT(T, m) ((offsetof(T, m) - sizeof(struct record)) / 8)

static inline bool record_bit(const uint64_t bits[2], size_t slot)
{
    return bits[slot / 64] >> slot % 64 & 1;
}

static inline void record_set_bit(uint64_t bits[2], size_t slot, bool on)
{
    uint64_t bit = (uint64_t)1 << slot % 64;
    bits[slot / 64] = on ? bits[slot / 64] | bit : bits[slot / 64] & ~bit;
}

#define has(h, m)        record_bit((h)->is.known, RECORD_SLOT(__typeof__(*(h)), m))
#define given(h, m)      record_bit((h)->is.given, RECORD_SLOT(__typeof__(*(h)), m))
#define set(h, m, value) ((h)->m = (value), record_set_bit((h)->is.known, RECORD_SLOT(__typeof__(*(h)), m), true))
/* As if it had come with the request: what a rule that asks given() sees. */
#define give(h, m, value) (set(h, m, value), record_set_bit((h)->is.given, RECORD_SLOT(__typeof__(*(h)), m), true))
#define unset(h, m)       record_set_bit((h)->is.known, RECORD_SLOT(__typeof__(*(h)), m), false)
