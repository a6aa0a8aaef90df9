/* The workbooks the fuzzer starts from go through its target here, one test each. argv[1] is their folder. */
#include "../table.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size); /* fuzz/fuzz_xlsx.c: stops the program when one breaks */

static const char *folder;

static const char *const files[] = { "hazards_exported.xlsx",   "hazards_empty.xlsx",     "sheet_of_every_cell.xml",
                                     "sheet_merged_header.xml", "sheet_out_of_order.xml", "sheet_with_entities.xml" };

enum { FILES = sizeof files / sizeof *files, ROOM = 1 << 20 };

static size_t read_file(const char *name, unsigned char *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t size = read(fd, bytes, ROOM);
    close(fd);
    assert_true(size > 0 && size < ROOM);
    return (size_t)size;
}

static void file_test(void **state)
{
    static unsigned char bytes[ROOM];
    assert_int_equal(LLVMFuzzerTestOneInput(bytes, read_file(*state, bytes)), 0);
}

/* As a broken upload leaves them. */
static void each_of_them_cut_off_is_read_or_refused(void **state)
{
    static unsigned char bytes[ROOM];
    (void)state;
    for (size_t i = 0; i < FILES; i++) {
        size_t size = read_file(files[i], bytes);
        for (size_t at = 2; at < size; at += 1 + size / 50)
            assert_int_equal(LLVMFuzzerTestOneInput(bytes, at), 0);
    }
}

static void every_file_of_the_folder_is_in_the_table(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    size_t count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    assert_int_equal(count, FILES);
}

int main(int argc, char **argv)
{
    static struct CMUnitTest xlsx_corpus[FILES + 2];
    if (argc != 2) {
        fprintf(stderr, "usage: xlsx_corpus_test FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < FILES; i++)
        xlsx_corpus[i] = (struct CMUnitTest){ files[i], file_test, NULL, NULL, (void *)files[i] };
    xlsx_corpus[FILES] = (struct CMUnitTest)cmocka_unit_test(each_of_them_cut_off_is_read_or_refused);
    xlsx_corpus[FILES + 1] = (struct CMUnitTest)cmocka_unit_test(every_file_of_the_folder_is_in_the_table);
    return cmocka_run_group_tests(xlsx_corpus, NULL, NULL);
}
