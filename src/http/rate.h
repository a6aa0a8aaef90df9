/*
** How many requests a minute. A bucket holds a minute's worth of tokens and fills evenly, so a burst passes and a flood
** does not. Buckets live in memory, LIMIT_RATES of them; when all places a name may take are used the one that rested
** longest is forgotten, which errs towards letting through.
*/
#pragma once
#include <stdint.h>

/* Takes one token of "address 10.0.0.1", "session 12", "key 3". 0, or the seconds until there is one again. */
int rate_take(const char *who, int64_t per_minute, int64_t now_ms);
