#include "table.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

struct size_row {
    const char *says;
    size_t size;
};

static const struct size_row sizes[] = {
    { "nothing still has an address", 0 },
    { "one byte", 1 },
    { "one less than the alignment", alignof(max_align_t) - 1 },
    { "exactly the alignment", alignof(max_align_t) },
    { "one more than the alignment", alignof(max_align_t) + 1 },
    { "a block less one", 16 * 1024 - 1 },
    { "exactly a block", 16 * 1024 },
    { "a giant: a block and one", 16 * 1024 + 1 },
    { "a giant of three megabytes", 3 << 20 },
};

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    const struct size_row *row = *state;
    AUTO_ARENA arena = { 0 };
    unsigned char *before = arena_alloc(&arena, 5);
    memset(before, 0xAA, 5);
    for (int round = 0; round < 3; round++) {
        unsigned char *at = arena_alloc(&arena, row->size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
        for (size_t i = 0; i < row->size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xBB, row->size);
    }
    unsigned char *after = arena_alloc(&arena, 5);
    memset(after, 0xCC, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(before[i], 0xAA);
}

static void thousands_of_pieces_keep_their_contents(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    enum { PIECES = 5000 };
    static char *pieces[PIECES];
    for (int i = 0; i < PIECES; i++)
        pieces[i] = arena_printf(&arena, "%d-%.*s", i, i % 97 == 0 ? 200 : i % 13,
                                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(strtol(pieces[i], NULL, 10), i);
}

static void small_pieces_after_a_giant_share_the_old_block(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char *first = arena_alloc(&arena, 16);
    char *giant = arena_alloc(&arena, 1 << 20);
    char *second = arena_alloc(&arena, 16);
    assert_ptr_equal(second, first + 16);
    memset(giant, 1, 1 << 20);
    assert_int_equal(second[0], 0);
}

static void a_freed_arena_is_usable_again(void **state)
{
    (void)state;
    struct arena arena = { 0 };
    arena_done(&arena);
    for (int round = 0; round < 3; round++) {
        assert_string_equal(arena_str(&arena, "安澜"), "安澜");
        arena_alloc(&arena, 100000);
        arena_done(&arena);
        assert_null(arena.block);
    }
}

static void copies_are_equal_and_independent(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[] = "abc\0def";
    char *copy = arena_copy(&arena, text, sizeof text);
    text[0] = 'x';
    assert_memory_equal(copy, "abc\0def", sizeof text);
    assert_non_null(arena_copy(&arena, NULL, 0));
    assert_null(arena_str(&arena, NULL));
    assert_string_equal(arena_str(&arena, ""), "");
    assert_string_equal(arena_strn(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strn(&arena, NULL, 0), "");
}

static void a_printed_text_has_no_ceiling_of_its_own(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const char *wide = arena_printf(&arena, "%0*d", 50000, 7);
    assert_int_equal(strlen(wide), 50000);
    assert_int_equal(wide[49999], '7');
    assert_string_equal(arena_printf(&arena, "%s%s", "", ""), "");
}

static void arrays_have_room_for_every_element(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    int64_t *numbers = ARENA_ARRAY(&arena, int64_t, 1000);
    for (int i = 0; i < 1000; i++)
        numbers[i] = i;
    struct pair {
        bool a;
        int64_t b;
    } *pair = ARENA_NEW(&arena, struct pair);
    assert_false(pair->a);
    assert_int_equal(pair->b, 0);
    assert_int_equal(numbers[999], 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_of_pieces_keep_their_contents),
        cmocka_unit_test(small_pieces_after_a_giant_share_the_old_block),
        cmocka_unit_test(a_freed_arena_is_usable_again),
        cmocka_unit_test(copies_are_equal_and_independent),
        cmocka_unit_test(a_printed_text_has_no_ceiling_of_its_own),
        cmocka_unit_test(arrays_have_room_for_every_element),
    };
    int failed = RUN_TABLE(sizes, memory_is_zeroed_aligned_and_apart);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
