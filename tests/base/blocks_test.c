#include "table.h"

#include "base/blocks.h"
#include "base/memory.h"
#include "base/seal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char master[32] = "a master key of thirty-two byte";

static char path[] = "/tmp/anlan-blocks-XXXXXX";
static struct error err;

static struct blocks *make(void)
{
    struct blocks *b = NULL;
    err = (struct error){ 0 };
    assert_int_equal(blocks_create(path, "import.7.rows", &b, &err), 0);
    return b;
}

static void put(struct blocks *b, const char *text)
{
    assert_int_equal(blocks_put(b, text, strlen(text), &err), 0);
}

/* All blocks, joined by '|'; "" with *err when one does not open. */
static const char *read_back(const char *purpose, struct arena *arena, char out[256])
{
    struct blocks *b;
    const char *bytes;
    size_t size, used = 0;
    int got;
    err = (struct error){ 0 };
    assert_int_equal(blocks_open(path, purpose, &b, &err), 0);
    while ((got = blocks_next(b, arena, &bytes, &size, &err)) > 0)
        used += (size_t)snprintf(out + used, 256 - used, "%s%.*s", used ? "|" : "", (int)size, bytes);
    out[got < 0 ? 0 : used] = '\0';
    blocks_close(b);
    return out;
}

static void what_is_put_is_read_back_in_order_and_lies_sealed(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[256], raw[512] = "";
    struct stat st;
    struct blocks *b = make();
    put(b, "13800138000");
    put(b, "乙");
    assert_int_equal(blocks_sync(b, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, blocks_size(b));
    assert_int_equal(st.st_mode & 0777, 0600);
    blocks_close(b);
    assert_string_equal(read_back("import.7.rows", &arena, text), "13800138000|乙");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, raw, sizeof raw);
    close(fd);
    assert_null(memmem(raw, (size_t)n, "13800138000", 11));
}

static void blocks_open_only_in_their_own_file_and_place(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[256], raw[512], swapped[512];
    struct blocks *b = make();
    put(b, "甲");
    size_t one = (size_t)blocks_size(b);
    put(b, "乙");
    blocks_close(b);
    assert_string_equal(read_back("import.8.rows", &arena, text), "");
    assert_string_equal(err.code, "blocks.broken");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(read(fd, raw, sizeof raw), 2 * one);
    memcpy(swapped, raw + one, one);
    memcpy(swapped + one, raw, one);
    assert_int_equal(pwrite(fd, swapped, 2 * one, 0), 2 * one);
    close(fd);
    assert_string_equal(read_back("import.7.rows", &arena, text), "");
    assert_string_equal(err.code, "blocks.broken");
}

static void after_a_crash_writing_goes_on_behind_what_was_told(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[256];
    struct blocks *b = make();
    put(b, "甲");
    int64_t told = blocks_size(b);
    put(b, "never told");
    int64_t all = blocks_size(b);
    blocks_close(b);
    assert_int_equal(truncate(path, all - 3), 0); /* cut short by the crash */
    assert_int_equal(blocks_resume(path, "import.7.rows", told, &b, &err), 0);
    assert_int_equal(blocks_size(b), told);
    put(b, "乙");
    blocks_close(b);
    assert_string_equal(read_back("import.7.rows", &arena, text), "甲|乙");
}

static void a_power_cut_that_took_what_was_told_is_done_without_it(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[256];
    struct blocks *b = make();
    put(b, "甲");
    put(b, "乙");
    int64_t told = blocks_size(b);
    blocks_close(b);
    assert_int_equal(truncate(path, told - 3), 0);
    assert_int_equal(blocks_resume(path, "import.7.rows", told, &b, &err), 0);
    blocks_close(b);
    assert_string_equal(read_back("import.7.rows", &arena, text), "甲");
}

static void a_block_of_a_transaction_that_is_run_again_is_written_again(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    char text[256];
    struct blocks *b = make();
    put(b, "甲");
    blocks_take_back(b); /* nothing before it */
    put(b, "乙");
    put(b, "丙");
    blocks_take_back(b);
    blocks_take_back(b); /* once only */
    put(b, "丁");
    blocks_close(b);
    assert_string_equal(read_back("import.7.rows", &arena, text), "乙|丁");
}

static void a_file_that_was_cleared_away_says_so(void **state)
{
    (void)state;
    struct blocks *b;
    err = (struct error){ 0 };
    assert_int_equal(blocks_open("/tmp/anlan-no-such-file", "import.7.rows", &b, &err), -1);
    assert_string_equal(err.code, "blocks.gone");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_read_back_in_order_and_lies_sealed),
        cmocka_unit_test(blocks_open_only_in_their_own_file_and_place),
        cmocka_unit_test(after_a_crash_writing_goes_on_behind_what_was_told),
        cmocka_unit_test(a_power_cut_that_took_what_was_told_is_done_without_it),
        cmocka_unit_test(a_block_of_a_transaction_that_is_run_again_is_written_again),
        cmocka_unit_test(a_file_that_was_cleared_away_says_so),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    seal_open_with(master);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
