#include "store/engine.h"

#include "base/memory.h"

#include <string.h>

/* FNV-1a: the texts are ours and short, and an equal hash is always confirmed by comparing the text. */
uint64_t cache_hash(const char *sql)
{
    uint64_t hash = 1469598103934665603u;
    for (const unsigned char *at = (const unsigned char *)sql; *at; at++)
        hash = (hash ^ *at) * 1099511628211u;
    return hash;
}

static struct cached *same(struct cached *entry, const char *sql, uint64_t hash)
{
    while (entry && (entry->hash != hash || strcmp(entry->sql, sql) != 0))
        entry = entry->chain;
    return entry;
}

struct cached *cache_find(struct cache *cache, const char *sql, uint64_t hash)
{
    return same(cache->buckets[hash % STATEMENT_CACHE], sql, hash);
}

struct cached *cache_find_next(const struct cached *entry)
{
    return same(entry->chain, entry->sql, entry->hash);
}

static void unlink_use(struct cache *cache, struct cached *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct cache *cache, struct cached *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

void cache_used(struct cache *cache, struct cached *entry)
{
    if (cache->newest == entry)
        return;
    unlink_use(cache, entry);
    link_newest(cache, entry);
}

void cache_add(struct cache *cache, struct cached *entry, const char *sql, uint64_t hash)
{
    struct cached **bucket = &cache->buckets[hash % STATEMENT_CACHE];
    entry->sql = memory_str(sql);
    entry->hash = hash;
    entry->chain = *bucket;
    *bucket = entry;
    link_newest(cache, entry);
    cache->count++;
}

struct cached *cache_victim(const struct cache *cache)
{
    struct cached *entry = cache->oldest;
    while (entry && entry->busy)
        entry = entry->newer;
    return entry;
}

void cache_remove(struct cache *cache, struct cached *entry)
{
    struct cached **at = &cache->buckets[entry->hash % STATEMENT_CACHE];
    while (*at != entry)
        at = &(*at)->chain;
    *at = entry->chain;
    unlink_use(cache, entry);
    memory_free(entry->sql);
    entry->sql = NULL;
    cache->count--;
}
