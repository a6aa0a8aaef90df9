/* Small pictures of what was found and what was made of it: drawn, not photographed; PNG, about 20 KB each. */
#pragma once
#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { PICTURE_SCENES = 14 };

/* The scene that goes with a finding: 0 to PICTURE_SCENES - 1. */
int picture_scene(const char *finding);
/* fixed: after the repair. The bytes lie in the arena. */
const unsigned char *picture_draw(struct arena *arena, int scene, bool fixed, size_t *size);
