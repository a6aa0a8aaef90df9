#include "http/rate.h"

#include "base/limits.h"
#include "base/seal.h"

#include <pthread.h>
#include <string.h>

enum { PLACES = 8, MINUTE_MS = 60 * 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bucket {
    uint64_t who;
    int64_t at;
    int64_t spent; /* tokens times MINUTE_MS */
} buckets[LIMIT_RATES];

static struct bucket *bucket_of(uint64_t who, int64_t now)
{
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < PLACES; i++) {
        struct bucket *b = &buckets[(who + i) % LIMIT_RATES];
        if (b->who == who)
            return b;
        if (!oldest || b->at < oldest->at)
            oldest = b;
    }
    *oldest = (struct bucket){ .who = who, .at = now };
    return oldest;
}

int rate_take(const char *who, int64_t per_minute, int64_t now_ms)
{
    unsigned char digest[32];
    uint64_t hash;
    sha256(who, strlen(who), digest);
    memcpy(&hash, digest, sizeof hash);
    pthread_mutex_lock(&lock);
    struct bucket *b = bucket_of(hash, now_ms);
    int64_t rested = now_ms > b->at ? now_ms - b->at : 0;
    b->spent = rested >= MINUTE_MS || b->spent <= rested * per_minute ? 0 : b->spent - rested * per_minute;
    b->at = now_ms;
    int64_t over = b->spent + MINUTE_MS - per_minute * MINUTE_MS;
    if (over <= 0)
        b->spent += MINUTE_MS;
    pthread_mutex_unlock(&lock);
    return over <= 0 ? 0 : (int)(over / per_minute / 1000) + 1;
}
