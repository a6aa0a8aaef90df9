#include "table.h"

#include "base/base64.h"

#include <string.h>

struct row {
    const char *says;
    const char *bytes;
    size_t size;
    const char *text;
};

static const struct row vectors[] = {
    { "nothing is the empty text", "", 0, "" },
    { "one byte needs no padding", "f", 1, "Zg" },
    { "two bytes need no padding", "fo", 2, "Zm8" },
    { "three bytes fill four letters", "foo", 3, "Zm9v" },
    { "the alphabet is safe in addresses", "\xFB\xFF\xBF", 3, "-_-_" },
    { "zero bytes are bytes", "\0\0\0\0", 4, "AAAAAA" },
};

static void encodes_and_decodes(void **state)
{
    const struct row *row = *state;
    AUTO_ARENA arena = { 0 };
    assert_string_equal(base64_put(&arena, row->bytes, row->size), row->text);
    const void *bytes;
    size_t size;
    assert_true(base64_get(&arena, row->text, &bytes, &size));
    assert_int_equal(size, row->size);
    assert_memory_equal(bytes, row->bytes, size);
}

struct bad_row {
    const char *says;
    const char *text;
};

static const struct bad_row refused[] = {
    { "padding is refused", "Zg==" },    { "the other alphabet is refused", "+/+/" },
    { "a space is refused", "Zm 9v" },   { "a line break is refused", "Zm9v\n" },
    { "a lone letter is refused", "Z" }, { "Chinese is refused", "隐患" },
};

static void refuses(void **state)
{
    const struct bad_row *row = *state;
    AUTO_ARENA arena = { 0 };
    const void *bytes = NULL;
    size_t size = 0;
    assert_false(base64_get(&arena, row->text, &bytes, &size));
    assert_null(bytes);
}

int main(void)
{
    return RUN_TABLE(vectors, encodes_and_decodes) + RUN_TABLE(refused, refuses);
}
