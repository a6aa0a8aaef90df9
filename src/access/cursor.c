#include "access/clause.h"
#include "base/base64.h"
#include "base/seal.h"

#include <string.h>

static void list_hash(const struct list_query *q, struct arena *arena, unsigned char out[SEAL_HASH])
{
    AUTO_TEXT all = TEXT_LIMIT(4 << 20);
    text_printf(&all, "%s %s %d %lld\n%s", q->kind->name, q->sort, q->descending, (long long)q->actor->id,
                filter_canonical(q->filter, arena));
    seal_hash("cursor", text_get(&all), all.used, out);
}

enum { CURSOR_HASH = 16 };

const char *cursor_make(const struct list_query *q, struct arena *arena, const struct value *sort, int64_t id)
{
    unsigned char hash[SEAL_HASH];
    AUTO_TEXT plain = TEXT_LIMIT(64 * 1024);
    list_hash(q, arena, hash);
    text_add(&plain, hash, CURSOR_HASH);
    text_add(&plain, &id, sizeof id);
    text_char(&plain, sort->is == VALUE_INT ? 'i' : 't');
    if (sort->is == VALUE_INT)
        text_add(&plain, &sort->number, sizeof sort->number);
    else
        text_add(&plain, sort->at, sort->size);
    size_t size;
    const void *sealed = seal(arena, "cursor", text_get(&plain), plain.used, &size);
    return base64_put(arena, sealed, size);
}

int cursor_read(const struct list_query *q, struct arena *arena, struct value *sort, int64_t *id, struct error *err)
{
    const void *sealed;
    const char *plain;
    size_t size;
    unsigned char hash[SEAL_HASH];
    if (!base64_get(arena, q->after, &sealed, &size) || !unseal(arena, "cursor", sealed, size, &plain))
        return fail_field(err, "after", "翻页位置无效，请从第一页重新开始",
                          "The page position is not valid; start again");
    size -= SEAL_EXTRA;
    list_hash(q, arena, hash);
    if (size < CURSOR_HASH + 9 || !seal_equal(plain, hash, CURSOR_HASH))
        return fail_field(err, "after", "翻页位置属于另一个条件或排序，请从第一页重新开始",
                          "The page position belongs to another filter or sort; start again");
    memcpy(id, plain + CURSOR_HASH, sizeof *id);
    const char *value = plain + CURSOR_HASH + 9;
    size_t left = size - CURSOR_HASH - 9;
    if (plain[CURSOR_HASH + 8] == 'i') {
        int64_t number;
        memcpy(&number, value, sizeof number);
        *sort = value_int(number);
    } else {
        *sort = (struct value){ .is = VALUE_TEXT, .at = value, .size = left };
    }
    return 0;
}
