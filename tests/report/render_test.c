/* The printing process: bounded in time and size, alone in its environment, several at once. */
#include "table.h"

#include "report/print.h"
#include "report/render.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AT_ONCE = 8 };

static char folder[] = "/tmp/anlan-render-XXXXXX";

/* A program that stands in for the printer. */
static void pretend(const char *script)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/printer", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", script);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
    render_settings(path, NULL, NULL, NULL);
}

static void be_real(void)
{
    render_settings(getenv("ANLAN_PROGRAM"), NULL, NULL, NULL);
}

static json_t *one_paper(void)
{
    return json_loads(
        "{\"what\":\"papers\",\"at_ms\":1772154720000,\"items\":[{\"agency\":\"东埠区应急管理局\",\"title\":"
        "\"责令限期整改指令书\",\"number\":\"东安监责改〔2026〕12号\",\"recipient\":\"东埠宏岳机械制造有限公司\","
        "\"items\":[{\"text\":\"压力表失效。\"}],\"paragraphs\":[\"现责令\\u0002立即整改\\u0003。\"],"
        "\"signers\":[{\"label\":\"执法人员（签名）\",\"note\":\"证号 1\"}],\"form\":\"文书格式 ZF-05\"}]}",
        0, NULL);
}

static int print(json_t *document, int limit_ms, size_t most, struct text *out, struct error *err)
{
    *out = (struct text)TEXT_LIMIT(most);
    int got = render_pdf(document, limit_ms, out, err);
    json_decref(document);
    return got;
}

static void a_document_comes_back_as_a_pdf_and_the_same_one_as_the_same_bytes(void **state)
{
    (void)state;
    struct text one, two;
    struct error err = { 0 };
    be_real();
    if (print(one_paper(), RENDER_PAPER_MS, PRINT_BYTES, &one, &err) < 0)
        fail_msg("%s: %s", err.code, err.en);
    assert_int_equal(print(one_paper(), RENDER_PAPER_MS, PRINT_BYTES, &two, &err), 0);
    assert_memory_equal(one.at, "%PDF-", 5);
    assert_int_equal(one.used, two.used);
    assert_memory_equal(one.at, two.at, one.used);
    text_done(&one);
    text_done(&two);
}

static void what_the_printer_refuses_it_refuses_in_its_own_words(void **state)
{
    (void)state;
    struct text out;
    struct error err = { 0 };
    be_real();
    assert_int_equal(print(json_loads("{\"what\":\"papers\",\"items\":[]}", 0, NULL), 5000, PRINT_BYTES, &out, &err),
                     -1);
    assert_string_equal(err.code, "paper.batch");
    assert_int_equal(err.fault, FAULT_TOO_LARGE);
    text_done(&out);
}

static const struct {
    const char *says, *script;
    int limit_ms;
    size_t most;
    const char *code;
} broken[] = {
    { "hangs", "exec sleep 60", 300, 1000, "render.slow" },
    { "writes without end", "exec yes", 60000, 100000, "render.slow" },
    { "dies", "exit 3", 60000, 1000, "render.failed" },
    { "says nothing", "exit 0", 60000, 1000, "render.failed" },
    { "prints no PDF", "echo hello", 60000, 1000, "render.failed" },
    { "is killed halfway", "printf %%PDF-1.5; kill -9 $$", 60000, 1000, "render.failed" },
};

static void a_printer_that_misbehaves_is_told_and_leaves_nothing_running(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct text out;
        struct error err = { 0 };
        pretend(broken[i].script);
        int got = print(one_paper(), broken[i].limit_ms, broken[i].most, &out, &err);
        if (got == 0 || strcmp(err.code, broken[i].code) != 0)
            fail_msg("a printer that %s: %s", broken[i].says, got ? err.code : "passed");
        text_done(&out);
    }
    be_real();
}

static void the_printer_learns_no_secret_from_the_environment(void **state)
{
    (void)state;
    char line[4096], path[160], script[256];
    struct text out;
    struct error err = { 0 };
    snprintf(path, sizeof path, "%s/environment", folder);
    snprintf(script, sizeof script, "env > %s", path);
    setenv("ANLAN_DB", "postgresql://anlan:secret@localhost/anlan", 1);
    pretend(script);
    assert_int_equal(print(one_paper(), 60000, 1000, &out, &err), -1);
    text_done(&out);
    unsetenv("ANLAN_DB");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        assert_null(strstr(line, "secret"));
    fclose(f);
    be_real();
}

static void *print_one(void *arg)
{
    struct text out;
    struct error err = { 0 };
    *(int *)arg = print(one_paper(), RENDER_PAPER_MS, PRINT_BYTES, &out, &err);
    text_done(&out);
    return NULL;
}

static void more_than_may_print_at_once_wait_for_each_other(void **state)
{
    (void)state;
    pthread_t threads[AT_ONCE];
    int got[AT_ONCE];
    be_real();
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, print_one, &got[i]), 0);
    for (int i = 0; i < AT_ONCE; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(got[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_back_as_a_pdf_and_the_same_one_as_the_same_bytes),
        cmocka_unit_test(what_the_printer_refuses_it_refuses_in_its_own_words),
        cmocka_unit_test(a_printer_that_misbehaves_is_told_and_leaves_nothing_running),
        cmocka_unit_test(the_printer_learns_no_secret_from_the_environment),
        cmocka_unit_test(more_than_may_print_at_once_wait_for_each_other),
    };
    if (!mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const left[] = { "printer", "environment" };
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", folder, left[i]);
        unlink(path);
    }
    return rmdir(folder) == 0 ? failed : 1;
}
