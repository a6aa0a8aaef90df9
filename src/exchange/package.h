/*
** An Office Open XML package (a zip) read part by part, straight from the file descriptor, nothing unpacked to disk.
** Only a whole archive is read: one without its central directory, or with a part whose checksum is wrong, is refused.
** A part may inflate to PACKAGE_PART bytes, and beyond PACKAGE_FREE to no more than PACKAGE_RATIO times the whole file.
**
** Its XML goes through expat with the dangers taken out: any DOCTYPE is refused (so there are no entities), so are
** elements nested deeper than XML_DEPTH and tags longer than XML_TAG. Names are compared without their prefix.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"

#include <expat.h>
#include <stdint.h>

enum {
    PACKAGE_PART = 1 << 30,
    PACKAGE_FREE = 64 << 20,
    PACKAGE_RATIO = 200,
    PACKAGE_ENTRIES = 10000,
    PACKAGE_NAME = 256,
    XML_DEPTH = 64,
    XML_TAG = 1 << 20,
};

struct package {
    int fd; /* read with pread: its position does not matter and does not move */
    int64_t size;
};

int package_open(int fd, struct package *package, struct error *err);

/* Where a relationship of a part in the folder `base` ("xl/", "") leads: relative or from the root, never above it. */
void package_resolve(const char *base, const char *target, char out[PACKAGE_NAME]);

struct part;
/* 1 when there is such a part (case does not matter), 0 when not. */
int part_open(const struct package *package, const char *name, struct part **out, struct error *err);
void part_close(struct part *part); /* NULL is fine */
/* Bytes read, 0 at the end, -1. */
int64_t part_read(struct part *part, void *bytes, size_t room, struct error *err);

/* Embed it first in what the handlers need; they get it back as `xml`. A handler that fails fills xml->failure through
** fail() and calls xml_stop. */
struct xml {
    void (*start)(struct xml *xml, const char *name, const char **attributes);
    void (*end)(struct xml *xml, const char *name);
    void (*text)(struct xml *xml, const char *at, size_t size); /* may be NULL */
    const char *skip; /* what stands inside this element is not looked at; NULL when everything is */
    XML_Parser parser;
    struct part *part;
    char name[PACKAGE_NAME];
    int depth; /* of the element at hand: 1 for the root, in start and in end */
    int64_t fed;
    bool suspended, ended, skipping, skipped;
    struct error failure;
};

/* 0 with what `part_open` gave as 1 in *found. After a failure and at the end call xml_close. */
int xml_open(struct xml *xml, const struct package *package, const char *name, bool *found, struct error *err);
void xml_close(struct xml *xml);
void xml_stop(struct xml *xml);  /* xml->failure is filled */
void xml_pause(struct xml *xml); /* xml_step returns before the next element */
/* 1 paused or more to come, 0 at the end, -1. */
int xml_step(struct xml *xml, struct error *err);

/* The whole part; a missing one is refused when it must be there. */
int xml_run(struct xml *xml, const struct package *package, const char *name, bool must, struct error *err);

const char *xml_attribute(const char **attributes, const char *name); /* NULL when absent */
/* What to say of a file that contradicts itself. */
int package_broken(struct error *err, const char *where);
