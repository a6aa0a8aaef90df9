/*
** A small house for tests of the record core: two cities of one province, a handful of firms, and a person for every
** shape of grant. It is opened in a folder of its own on either engine. An executable has one town per engine and its
** tests share it, so each makes the records it needs and counts only those.
**
** Functions that may be refused return 0 or -1 with *err; those that may not fail the test.
*/
#pragma once
#include "app/house.h"
#include "record/filter.h"
#include "store/world.h"

#include <jansson.h>

/* Today in the town, and noon of it. */
enum { TODAY = 20521 }; /* 2026-03-09 */
static const int64_t town_noon = 1773028800000;

/* Areas. Town A and B lie in the county; C and the direct town D lie elsewhere. */
static const int64_t province = 990000000000, city = 990100000000, county = 990102000000, county_c = 990121000000,
                     town_a = 990102001000, town_b = 990102002000, town_c = 990121001000, village_a1 = 990102001001,
                     village_a2 = 990102001002, village_b1 = 990102002001, village_c1 = 990121001001,
                     other_city = 990200000000, county_d = 990203000000, town_d = 990203001000,
                     flat_city = 990300000000, flat_town = 990300003000;

enum who {
    PROGRAM,     /* the program itself */
    OFFICE,      /* every verb everywhere */
    PROVINCE,    /* every verb, by the province's code */
    CITY,        /* by the city's code */
    FLAT_CITY,   /* by the code of a city without counties */
    COUNTY,      /* inspector of the county: not rectify */
    CHECKER,     /* the same once more: a second person to re-check */
    GRID_A,      /* town A; neither rectify nor unmask nor remove */
    GRID_B,      /* town B, the same */
    VILLAGE,     /* village A1 */
    SAFETY,      /* firm A1: read, create, rectify */
    NAMED,       /* hazards that name them: read, rectify */
    SECTOR,      /* the county's hazardous chemicals */
    NAMED_IN_B,  /* hazards that name them and lie in town B: read */
    OBJECT_IN_B, /* firm A1, as long as it lies in town B: read */
    TWO_TOWNS,   /* towns A and C */
    MIXED,       /* town B, firm C1 and what names them, overlapping the county's chemicals */
    READER,      /* reads the city, writes nothing */
    NOBODY,      /* no grant at all */
    TOWN_PEOPLE,
};
extern const char *const town_names[TOWN_PEOPLE]; /* "grid_a": sign-in name, and for messages */

/* Firms and places of the town, by where they lie and their sector. */
enum spot {
    FIRM_A1,  /* village A1, HAZCHEM */
    FIRM_A2,  /* village A2, INDUSTRY */
    FIRM_A3,  /* town A without a village, no sector */
    FIRM_B1,  /* village B1, HAZCHEM */
    FIRM_B2,  /* village B1, FIRE */
    FIRM_C1,  /* village C1, INDUSTRY */
    FIRM_D1,  /* town D of the other city, HAZCHEM */
    FIRM_F1,  /* a town straight under its city */
    PLACE_A1, /* a facility in village A1, FIRE */
    TOWN_SPOTS,
};

struct town {
    enum store_engine engine;
    char folder[96];
    char *url; /* of the PostgreSQL database; NULL */
    struct house house;
    struct arena people_arena, arena; /* arena: until the test ends */
    struct actor people[TOWN_PEOPLE];
    int64_t spots[TOWN_SPOTS];
    json_t *held; /* JSON of the test that runs */
};

struct town *town_open(enum store_engine engine);
void town_close(struct town *town);

/* Runs each test once per engine (ANLAN_TEST_ENGINES=sqlite: SQLite alone). */
int run_towns(const struct both *tests, size_t count);
#define RUN_TOWNS(tests) run_towns((tests), sizeof(tests) / sizeof(tests)[0])
#define TOWN(state)      (*(struct town **)(state))

/* Makes the person a safety officer of that firm in the store, once, until the end of that day (NULL: for good): whoever is
** made responsible for a hazard is looked up there, whatever the shape of grant he acts with. */
void town_employ(struct town *town, enum who who, enum spot spot, const char *until);

/* ---- writing: bodies are JSON as the interface takes it ---- */
struct act {
    enum who who;
    int64_t now;     /* 0: town_noon */
    int64_t version; /* 0: whatever is stored */
    const char *once;
};

int town_create(struct town *t, enum who who, const struct kind *kind, const char *body, int64_t *id,
                struct error *err);
int town_patch(struct town *t, enum who who, const struct kind *kind, int64_t id, int64_t version, const char *body,
               struct change_result *out, struct error *err);
int town_move(struct town *t, enum who who, int64_t hazard, const char *move, int64_t version, const char *body,
              struct error *err);
int town_remove(struct town *t, enum who who, const struct kind *kind, int64_t id, struct error *err);
int town_restore(struct town *t, enum who who, const struct kind *kind, int64_t id, struct error *err);
/* The same with everything said: another instant, an Idempotency-Key. body NULL: remove. move NULL: PATCH, id 0: create. */
int town_act(struct town *t, const struct act *act, const struct kind *kind, int64_t id, const char *move,
             const char *body, struct change_result *out, struct error *err);

int64_t must_create(struct town *t, enum who who, const struct kind *kind, const char *body);
void must_patch(struct town *t, enum who who, const struct kind *kind, int64_t id, const char *body);
void must_move(struct town *t, enum who who, int64_t hazard, const char *move, const char *body);
int64_t must_hazard(struct town *t, enum who who, int64_t object, const char *description);
/* An upload nobody uses yet. */
int64_t must_file(struct town *t, enum who who, const char *bytes);
int64_t must_file_at(struct town *t, enum who who, const char *bytes, int64_t at_ms); /* uploaded at this time */

/* ---- reading ---- */

/* In the person's read scope, live or in the bin. */
int town_read(struct town *t, enum who who, const struct kind *kind, int64_t id, void **out, struct error *err);
void *must_read(struct town *t, enum who who, const struct kind *kind, int64_t id);
/* The whole record as the interface shows it; borrowed until the test ends, as every JSON here. */
json_t *must_render(struct town *t, enum who who, const struct kind *kind, int64_t id);
/* {"field":[old,new]} of one version; borrowed until the test ends. */
const json_t *must_changes(struct town *t, const struct kind *kind, int64_t id, int64_t version);

/* Text that lives until the test ends. */
const char *say(struct town *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The JSON object as text, freed with the test; the object is given up. */
const char *said(struct town *t, json_t *object);

int64_t count_of(struct town *t, const char *sql, ...) __attribute__((format(printf, 2, 3)));

/* Refused with this fault and, where given, this code and this field alone. */
void expect_fault(int got, const struct error *err, enum fault fault, const char *code);
void expect_field(int got, const struct error *err, const char *field);
