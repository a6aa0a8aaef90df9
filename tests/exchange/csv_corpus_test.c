/* The files the fuzzer starts from are also read here, one test each. argv[1] is their folder. */
#include "exchange/csv.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *folder;

struct file {
    const char *name, *encoding, *separator;
    int64_t rows;
    const char *first, *last; /* first cell of the first row, last cell of the last */
};

static const struct file files[] = {
    { "enterprises_gb18030.csv", "GB 18030", ",", 4, "企业名称", "液氨\n已改造" },
    { "enterprises_utf8_bom.csv", "UTF-8", ",", 4, "企业名称", "液氨\n已改造" },
    { "hazards_utf16le.txt", "UTF-16LE", "\t", 3, "编号", "2026年3月" },
    { "hazards_utf16be.txt", "UTF-16BE", "\t", 3, "编号", "2026年3月" },
    { "sensors_semicolon.csv", "UTF-8", ";", 4, "point", "-5,1" },
    { "checks_fullwidth_comma.csv", "UTF-8", "，", 3, "检查日期", "发现隐患 2 条" },
    { "rare_names_gb18030.csv", "GB 18030", ",", 4, "姓名", "企业负责人" },
    { "title_row_crlf.csv", "UTF-8", ",", 5, "2026 年第一季度检查计划", "1" },
    { "protected_export.csv", "UTF-8", ",", 4, "编号", "他说\"好\"" },
    { "mac_cr_ascii.csv", "UTF-8", ",", 3, "id", "closed" },
};

enum { FILES = sizeof files / sizeof *files };

static void file_test(void **state)
{
    const struct file *t = *state;
    char path[4096];
    struct csv *csv;
    struct csv_row row;
    struct error err = { 0 };
    AUTO_TEXT first = TEXT_LIMIT(LIMIT_CELL_BYTES);
    AUTO_TEXT last = TEXT_LIMIT(LIMIT_CELL_BYTES);
    int64_t rows = 0;
    int result;
    snprintf(path, sizeof path, "%s/%s", folder, t->name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (csv_open_fd(fd, &csv, &err) < 0)
        fail_msg("%s", err.en);
    assert_string_equal(csv_encoding_name(csv), t->encoding);
    assert_string_equal(csv_separator(csv), t->separator);
    while ((result = csv_next(csv, &row, &err)) == 1) {
        if (rows++ == 0)
            text_str(&first, row.cells[0].at);
        text_clear(&last);
        text_str(&last, row.cells[row.count - 1].at);
        assert_int_equal(csv_row_check(csv, &row, &err), 0);
    }
    if (result < 0)
        fail_msg("%s", err.en);
    csv_close(csv);
    close(fd);
    assert_int_equal(rows, t->rows);
    assert_string_equal(text_get(&first), t->first);
    assert_string_equal(text_get(&last), t->last);
}

/* A capture somebody adds has to be added to the table too, or it would be read by nobody. */
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
    static struct CMUnitTest csv_corpus[FILES + 1];
    if (argc != 2) {
        fprintf(stderr, "usage: csv_corpus_test FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < FILES; i++)
        csv_corpus[i] = (struct CMUnitTest){ files[i].name, file_test, NULL, NULL, (void *)&files[i] };
    csv_corpus[FILES] = (struct CMUnitTest)cmocka_unit_test(every_file_of_the_folder_is_in_the_table);
    return cmocka_run_group_tests(csv_corpus, NULL, NULL);
}
