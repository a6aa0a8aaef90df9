#include "domain/grid/areas.h"

#include "base/limits.h"
#include "base/memory.h"

#include <pthread.h>
#include <string.h>

enum { BUCKETS = 4096 };

struct kept {
    unsigned char mark[AREA_MARK];
    struct area *area;
    struct kept *chain, *newer, *older;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *buckets[BUCKETS], *newest, *oldest;
static struct areas_use use;

static struct kept **bucket_of(const unsigned char *mark)
{
    return &buckets[((unsigned)mark[0] << 8 | mark[1]) % BUCKETS];
}

static void unlink_use(struct kept *k)
{
    *(k->newer ? &k->newer->older : &newest) = k->older;
    *(k->older ? &k->older->newer : &oldest) = k->newer;
}

static void link_newest(struct kept *k)
{
    k->newer = NULL;
    k->older = newest;
    *(newest ? &newest->newer : &oldest) = k;
    newest = k;
}

static void drop_oldest(void)
{
    struct kept *k = oldest, **at = bucket_of(k->mark);
    while (*at != k)
        at = &(*at)->chain;
    *at = k->chain;
    unlink_use(k);
    use.count--;
    use.bytes -= area_bytes(k->area);
    area_free(k->area);
    memory_free(k);
}

static struct kept *find(const unsigned char *mark)
{
    struct kept *k = *bucket_of(mark);
    while (k && memcmp(k->mark, mark, AREA_MARK) != 0)
        k = k->chain;
    if (k && k != newest) {
        unlink_use(k);
        link_newest(k);
    }
    return k;
}

/* Takes the area over. */
static struct kept *add(const unsigned char *mark, struct area *area)
{
    struct kept *k = memory_new(sizeof *k), **bucket = bucket_of(mark);
    memcpy(k->mark, mark, AREA_MARK);
    k->area = area;
    k->chain = *bucket;
    *bucket = k;
    link_newest(k);
    use.count++;
    use.bytes += area_bytes(area);
    while (use.bytes > LIMIT_AREAS && oldest != k)
        drop_oldest();
    return k;
}

static int load(struct db *db, int64_t boundary, struct area **out, struct error *err)
{
    struct rows rows;
    if (db_query(db, &rows, "SELECT wkb FROM region_boundary WHERE id = ?", BIND(value_int(boundary)), err) < 0)
        return -1;
    int got = 0;
    struct area *area = NULL;
    if (rows_next(&rows)) {
        struct value wkb = rows_value(&rows, 0);
        got = area_from_wkb(wkb.at, wkb.size, &area, err);
    }
    if (rows_done(&rows, err) < 0 || got < 0) {
        area_free(area);
        return -1;
    }
    if (!area)
        return fail(err, FAULT_MISSING, "boundary.missing", "边界刚被更换，请再试一次",
                    "The boundary has just been replaced; try again");
    *out = area;
    return 0;
}

int areas_hold(struct db *db, int64_t boundary, const unsigned char mark[AREA_MARK], struct lonlat point, bool *out,
               struct error *err)
{
    struct area *area = NULL;
    pthread_mutex_lock(&lock);
    struct kept *k = find(mark);
    if (!k) {
        pthread_mutex_unlock(&lock);
        if (load(db, boundary, &area, err) < 0)
            return -1;
        pthread_mutex_lock(&lock);
        k = find(mark);
        if (k)
            area_free(area); /* another thread was faster */
        else
            k = add(mark, area);
    }
    *out = area_holds(k->area, point);
    pthread_mutex_unlock(&lock);
    return 0;
}

struct areas_use areas_use(void)
{
    pthread_mutex_lock(&lock);
    struct areas_use now = use;
    pthread_mutex_unlock(&lock);
    return now;
}
