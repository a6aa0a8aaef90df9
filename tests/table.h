/*
** Table tests: every row of a table is a test case of its own, named by its sentence, so that the failing name is the
** bug report. A row's struct begins with `const char *says`; the body finds its row in *state.
**   static const struct row rows[] = { { "a short spike stays silent", … }, … };
**   failed += RUN_TABLE(rows, check_row);
*/
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

/* cmocka's macro of this name would swallow the function of base/error.h. */
#undef fail
#undef fail_msg
#define fail_msg(...)              \
    do {                           \
        print_error(__VA_ARGS__);  \
        print_error("\n");         \
        _fail(__FILE__, __LINE__); \
    } while (0)

static inline int run_table(const char *group, const void *rows, size_t size, size_t count, CMUnitTestFunction body)
{
    struct CMUnitTest *tests = calloc(count, sizeof *tests);
    if (!tests)
        abort();
    for (size_t i = 0; i < count; i++) {
        void *row = (void *)((uintptr_t)rows + i * size);
        tests[i].name = *(const char *const *)row;
        tests[i].test_func = body;
        tests[i].initial_state = row;
    }
    int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    free(tests);
    return failed;
}

#define RUN_TABLE(rows, body) run_table(#rows, (rows), sizeof(rows)[0], sizeof(rows) / sizeof((rows)[0]), (body))
