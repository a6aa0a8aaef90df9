#include "table.h"

#include "base/seal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char master[32] = "a master key of thirty-two byte";
static const unsigned char other_master[32] = "another key of thirty-two bytes";

struct plain_row {
    const char *says;
    const char *plain;
    size_t size;
};

static const struct plain_row plains[] = {
    { "nothing", "", 0 },
    { "one byte", "x", 1 },
    { "a phone number", "13800138000", 11 },
    { "Chinese", "青岛市黄岛区", 18 },
    { "bytes with zeros", "a\0b\0", 4 },
};

static void a_sealed_value_opens_in_its_own_place_only(void **state)
{
    const struct plain_row *row = *state;
    AUTO_ARENA arena = { 0 };
    seal_open_with(master);
    size_t size, again_size;
    const unsigned char *sealed = seal(&arena, "enterprise.phone", row->plain, row->size, &size);
    assert_int_equal(size, row->size + SEAL_EXTRA);
    assert_int_equal(sealed[0], 1);

    const char *plain = NULL;
    assert_true(unseal(&arena, "enterprise.phone", sealed, size, &plain));
    assert_memory_equal(plain, row->plain, row->size);
    assert_int_equal(plain[row->size], '\0');

    plain = NULL;
    assert_false(unseal(&arena, "enterprise.contact", sealed, size, &plain));
    assert_false(unseal(&arena, "", sealed, size, &plain));
    assert_null(plain);

    const unsigned char *again = seal(&arena, "enterprise.phone", row->plain, row->size, &again_size);
    assert_int_equal(again_size, size);
    assert_memory_not_equal(again, sealed, size);
}

static void every_changed_bit_is_noticed(void **state)
{
    const struct plain_row *row = *state;
    AUTO_ARENA arena = { 0 };
    seal_open_with(master);
    size_t size;
    const void *sealed = seal(&arena, "a.b", row->plain, row->size, &size);
    unsigned char *copy = arena_copy(&arena, sealed, size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        const char *plain = NULL;
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (unseal(&arena, "a.b", copy, size, &plain))
            fail_msg("bit %zu may be changed", bit);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    const char *plain;
    assert_true(unseal(&arena, "a.b", copy, size, &plain));
}

static void every_shorter_piece_is_refused(void **state)
{
    const struct plain_row *row = *state;
    AUTO_ARENA arena = { 0 };
    seal_open_with(master);
    size_t size;
    const void *sealed = seal(&arena, "a.b", row->plain, row->size, &size);
    for (size_t part = 0; part < size; part++) {
        const char *plain = NULL;
        unsigned char *piece = malloc(part ? part : 1); /* exactly as long: reading past its end is seen */
        assert_non_null(piece);
        memcpy(piece, sealed, part);
        bool opened = unseal(&arena, "a.b", piece, part, &plain);
        free(piece);
        assert_false(opened);
    }
}

static void another_master_key_opens_nothing(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    size_t size;
    const char *plain = NULL;
    seal_open_with(master);
    const void *sealed = seal(&arena, "a.b", "secret", 6, &size);
    seal_open_with(other_master);
    assert_false(unseal(&arena, "a.b", sealed, size, &plain));
    seal_open_with(master);
    assert_true(unseal(&arena, "a.b", sealed, size, &plain));
    assert_string_equal(plain, "secret");
}

static void a_hash_is_stable_and_bound_to_key_and_purpose(void **state)
{
    (void)state;
    unsigned char a[SEAL_HASH], b[SEAL_HASH], plain[32];
    seal_open_with(master);
    seal_hash("enterprise.phone", "13800138000", 11, a);
    seal_hash("enterprise.phone", "13800138000", 11, b);
    assert_memory_equal(a, b, SEAL_HASH);
    sha256("13800138000", 11, plain);
    assert_memory_not_equal(a, plain, SEAL_HASH);
    seal_hash("enterprise.contact", "13800138000", 11, b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_hash("enterprise.phone", "13800138001", 11, b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_open_with(other_master);
    seal_hash("enterprise.phone", "13800138000", 11, b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_open_with(master);
    seal_hash("enterprise.phone", "13800138000", 11, b);
    assert_memory_equal(a, b, SEAL_HASH);
}

static void purpose_and_value_do_not_run_together(void **state)
{
    (void)state;
    unsigned char a[SEAL_HASH], b[SEAL_HASH];
    seal_open_with(master);
    seal_hash("ab", "c", 1, a);
    seal_hash("a", "bc", 2, b);
    assert_memory_not_equal(a, b, SEAL_HASH);
    seal_hash("a", "", 0, a);
    seal_hash("", "a", 1, b);
    assert_memory_not_equal(a, b, SEAL_HASH);
}

static void a_known_hash_stays_what_it_was(void **state)
{
    (void)state;
    /* HMAC-SHA-256 under the derived key; a change here would orphan every stored equality hash. */
    unsigned char hash[SEAL_HASH];
    char hex[2 * SEAL_HASH + 1];
    seal_open_with(master);
    seal_hash("enterprise.phone", "13800138000", 11, hash);
    for (int i = 0; i < SEAL_HASH; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(hex, "5f9bb8c59098ef89a15433d28c15bb3f702c07ac5547f0ec078ff37b57ac6a4e");
}

static void sha256_is_the_standard_one(void **state)
{
    (void)state;
    static const unsigned char abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                           0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                           0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    unsigned char out[32];
    sha256("abc", 3, out);
    assert_memory_equal(out, abc, 32);
    assert_true(seal_equal(out, abc, 32));
    out[31] ^= 1;
    assert_false(seal_equal(out, abc, 32));
    assert_true(seal_equal(out, abc, 31));
}

static void no_two_tokens_are_alike(void **state)
{
    (void)state;
    enum { TOKENS = 2000 };
    static char tokens[TOKENS][TOKEN_TEXT];
    for (int i = 0; i < TOKENS; i++) {
        token_make(tokens[i]);
        assert_int_equal(strlen(tokens[i]), TOKEN_TEXT - 1);
        assert_int_equal(strspn(tokens[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                         TOKEN_TEXT - 1);
    }
    qsort(tokens, TOKENS, TOKEN_TEXT, (int (*)(const void *, const void *))strcmp);
    for (int i = 1; i < TOKENS; i++)
        assert_string_not_equal(tokens[i - 1], tokens[i]);
}

static void random_bytes_fill_exactly_what_was_asked(void **state)
{
    (void)state;
    unsigned char bytes[64] = { 0 }, zeros[32] = { 0 };
    random_bytes(bytes, 32);
    assert_memory_not_equal(bytes, zeros, 32);
    assert_memory_equal(bytes + 32, zeros, 32);
}

/* A folder of its own per test, removed afterwards. */
static int make_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *folder = calloc(1, 4096);
    snprintf(folder, 4096, "%s/anlan-seal.XXXXXX", tmp ? tmp : "/tmp");
    *state = folder;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = { "keys/master", "keys/master.new", "keys/recovery", "there/master",
                                         "there/recovery" };
    char path[8192];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", (char *)*state, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/there", (char *)*state);
    rmdir(path);
    snprintf(path, sizeof path, "%s/keys", (char *)*state);
    rmdir(path);
    unlink(path);
    int result = rmdir(*state);
    free(*state);
    return result;
}

static void the_first_start_makes_a_key_that_the_second_reads(void **state)
{
    char keys[5000], path[6000];
    unsigned char first[SEAL_HASH], second[SEAL_HASH];
    struct error err = { 0 };
    struct stat was, is;
    snprintf(keys, sizeof keys, "%s/keys", (char *)*state);
    snprintf(path, sizeof path, "%s/master", keys);
    assert_int_equal(seal_open(keys, &err), 0);
    seal_hash("a", "b", 1, first);
    assert_int_equal(stat(path, &was), 0);
    assert_int_equal(was.st_mode & 07777, 0600);
    assert_int_equal(was.st_size, 32);
    assert_int_equal(stat(keys, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0700);

    seal_open_with(master);
    assert_int_equal(seal_open(keys, &err), 0);
    seal_hash("a", "b", 1, second);
    assert_memory_equal(first, second, SEAL_HASH);
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_ino, was.st_ino);
}

static void a_key_file_cut_short_is_refused_and_left_alone(void **state)
{
    char keys[5000], path[6000];
    struct error err = { 0 };
    snprintf(keys, sizeof keys, "%s/keys", (char *)*state);
    snprintf(path, sizeof path, "%s/master", keys);
    assert_int_equal(seal_open(keys, &err), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_int_equal(seal_open(keys, &err), -1);
    assert_string_equal(err.code, "seal.read");
    assert_non_null(strstr(err.en, path));
    struct stat is;
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_size, 31);
}

static void a_start_killed_while_writing_the_key_can_be_repeated(void **state)
{
    char keys[5000], path[6000];
    struct error err = { 0 };
    snprintf(keys, sizeof keys, "%s/keys", (char *)*state);
    snprintf(path, sizeof path, "%s/master.new", keys);
    assert_int_equal(mkdir(keys, 0700), 0);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    assert_int_equal(seal_open(keys, &err), 0);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    char keys[5000];
    struct error err = { 0 };
    snprintf(keys, sizeof keys, "%s/absent/keys", (char *)*state);
    assert_int_equal(seal_open(keys, &err), -1);
    assert_string_equal(err.code, "seal.folder");
    assert_non_null(strstr(err.zh, keys));
}

static void a_file_in_the_place_of_the_folder_is_refused(void **state)
{
    char keys[5000];
    struct error err = { 0 };
    snprintf(keys, sizeof keys, "%s/keys", (char *)*state);
    int fd = open(keys, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(seal_open(keys, &err), -1);
    assert_int_equal(err.fault, FAULT_INTERNAL);
}

static void a_recovery_passphrase_typed_loosely_opens_the_key_elsewhere(void **state)
{
    char keys[5000], there[5000], path[5100], passphrase[RECOVERY_TEXT], loose[RECOVERY_TEXT];
    unsigned char wrapped[RECOVERY_WRAPPED], before[SEAL_HASH], after[SEAL_HASH];
    struct error err = { 0 };
    snprintf(keys, sizeof keys, "%s/keys", (char *)*state);
    snprintf(there, sizeof there, "%s/there", (char *)*state);
    assert_int_equal(seal_open(keys, &err), 0);
    seal_hash("test", "x", 1, before);
    assert_int_equal(recovery_wrap(keys, wrapped, &err), -1);
    assert_string_equal(err.code, "recovery.none");
    assert_int_equal(recovery_make(keys, passphrase, &err), 0);
    assert_int_equal(strlen(passphrase), 39);
    assert_int_equal(recovery_wrap(keys, wrapped, &err), 0);

    assert_int_equal(recovery_install(there, wrapped, "ABCD-EFGH", &err), -1);
    assert_string_equal(err.code, "recovery.wrong");
    snprintf(path, sizeof path, "%s/master", there);
    assert_int_equal(access(path, F_OK), -1);

    size_t n = 0;
    for (const char *at = passphrase; *at; at++)
        if (*at != '-')
            loose[n++] = *at >= 'A' ? (char)(*at + 32) : *at;
    loose[n] = '\0';
    assert_int_equal(recovery_install(there, wrapped, loose, &err), 0);
    assert_int_equal(recovery_install(there, wrapped, loose, &err), -1);
    assert_string_equal(err.code, "recovery.filled");
    seal_open_with(master);
    assert_int_equal(seal_open(there, &err), 0);
    seal_hash("test", "x", 1, after);
    assert_memory_equal(before, after, SEAL_HASH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_master_key_opens_nothing),
        cmocka_unit_test(a_hash_is_stable_and_bound_to_key_and_purpose),
        cmocka_unit_test(purpose_and_value_do_not_run_together),
        cmocka_unit_test(a_known_hash_stays_what_it_was),
        cmocka_unit_test(sha256_is_the_standard_one),
        cmocka_unit_test(no_two_tokens_are_alike),
        cmocka_unit_test(random_bytes_fill_exactly_what_was_asked),
        cmocka_unit_test_setup_teardown(the_first_start_makes_a_key_that_the_second_reads, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_key_file_cut_short_is_refused_and_left_alone, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_start_killed_while_writing_the_key_can_be_repeated, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_recovery_passphrase_typed_loosely_opens_the_key_elsewhere, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_is_named, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_in_the_place_of_the_folder_is_refused, make_folder, remove_folder),
    };
    int failed = RUN_TABLE(plains, a_sealed_value_opens_in_its_own_place_only) +
                 RUN_TABLE(plains, every_changed_bit_is_noticed) + RUN_TABLE(plains, every_shorter_piece_is_refused);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
