/*
** The city around the core: six counties, forty towns, four hundred villages, two thousand firms, three hundred places,
** a hundred and fifty people with posts and duties. A few sectors have nobody who supervises them directly and a few
** have two, on purpose.
*/
#pragma once
#include "access/access.h"
#include "demo/load.h"

enum { CITY_PEOPLE = 150, CITY_FIRMS = 2000, CITY_PLACES = 300, CITY_NOBODY = -1 };

struct city_person {
    const char *role; /* "inspector", "grid", "safety"; others do not handle hazards */
    int64_t area;     /* county of an inspector, town of a grid member */
    struct actor actor;
};

struct city_object {
    int64_t id, region;
    struct place place;
    const char *trade; /* whose phrases fit (phrases.h) */
    const char *name;
    const char *head; /* answers for what is found there, where the object has no account */
    bool firm;
    int safety; /* index of the firm's own safety officer; CITY_NOBODY */
    int weight; /* how often something is found there, against the others */
};

struct city {
    struct load *load;
    uint64_t random;
    struct city_person *people; /* room for CITY_PEOPLE; those of the core first */
    size_t person_count;
    struct city_object *objects; /* room for CITY_FIRMS + CITY_PLACES; those of the core first */
    size_t object_count, core_firms, core_places;
    int office;                        /* index of the person of the committee's office */
    int64_t emergency, housing, north; /* organisations of the core */
};

/* The areas of the core and those around it, by code. */
size_t city_places(const struct load_place *core, size_t core_count, struct arena *arena, struct load_place **out);
/* Person and object as the core made them; a person speaks for the organisation. */
void city_add_person(struct city *city, int64_t id, const char *name, const char *display_name, const char *role,
                     int64_t organisation, int64_t area);
struct city_object *city_add_object(struct city *city, int64_t id, int64_t region, const char *trade, const char *name);
/* Everything but the hazards. */
int city_make(struct city *city, struct error *err);

/* Hazards found from one day to the day before another, `count` of them, with all that was done about them until now; ids
** ascend with the days. done and all: how far the whole telling is. */
struct story_pictures;
struct telling {
    struct city *city;
    const struct story_pictures *pictures;
    int64_t from, to, count, done, all;
};
int story_tell(const struct telling *t, struct error *err);
/* After the last telling: units that were to be closed are, and what is open there ends with them. */
int story_close(struct city *city, struct error *err);
/* The pictures of findings and repairs, kept once each. */
int story_draw(struct city *city, struct story_pictures **out, struct error *err);
