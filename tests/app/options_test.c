/* Settings: which value wins, and how a wrong one is refused. */
#include "table.h"

#include "app/options.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/anlan-options-XXXXXX";
static char file[64];

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_whole(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_int_equal(chmod(path, mode), 0);
}

/* Reads with --config FILE and up to two words more. */
static int read_with(const char *ini, const char *flag, const char *value, struct options *o, struct error *err)
{
    const char *argv[] = { "--config", file, flag, value };
    write_whole(file, ini, 0600);
    return options_read(flag ? 4 : 2, (char **)(uintptr_t)argv, o, err);
}

static void defaults_stand_where_nothing_is_said(void **state)
{
    struct options o;
    struct error err = { 0 };
    (void)state;
    assert_int_equal(options_read(0, NULL, &o, &err), 0);
    assert_string_equal(o.listen, "127.0.0.1:8787");
    assert_int_equal(o.workers, 8);
    assert_int_equal(o.idle_minutes, 60);
    assert_int_equal(o.lock_tries, 5);
    assert_int_equal(o.lock_minutes, 15);
    assert_int_equal(o.address_tries, 30);
    assert_int_equal(o.session_rate, 6000);
    assert_int_equal(o.key_rate, 60000);
    assert_int_equal(o.address_rate, 120000);
    assert_int_equal(o.verify_rate, 30);
    assert_int_equal(o.look_up_rate, 30);
    assert_null(o.second_factor);
    assert_int_equal(o.days, 365);
    options_done(&o);
}

static void the_file_beats_the_default_the_environment_the_file_and_the_flag_all(void **state)
{
    static const char ini[] =
        "\xEF\xBB\xBF# 注释\n[server]\r\n  workers = 3 \r\n; another\n\n[sign-in]\nidle-minutes=10\n";
    struct options o;
    struct error err = { 0 };
    (void)state;
    assert_int_equal(read_with(ini, NULL, NULL, &o, &err), 0);
    assert_int_equal(o.workers, 3);
    assert_int_equal(o.idle_minutes, 10);
    options_done(&o);
    setenv("ANLAN_WORKERS", "4", 1);
    assert_int_equal(read_with(ini, NULL, NULL, &o, &err), 0);
    assert_int_equal(o.workers, 4);
    options_done(&o);
    assert_int_equal(read_with(ini, "--workers", "5", &o, &err), 0);
    assert_int_equal(o.workers, 5);
    assert_int_equal(o.word_count, 0);
    options_done(&o);
    unsetenv("ANLAN_WORKERS");
}

static void the_data_folder_brings_its_own_file(void **state)
{
    const char *argv[] = { "--data", folder, "word" };
    struct options o;
    struct error err = { 0 };
    (void)state;
    write_whole(in_folder("anlan.ini"), "[server]\nworkers = 6\nweb = pages\n", 0600);
    assert_int_equal(options_read(3, (char **)(uintptr_t)argv, &o, &err), 0);
    assert_int_equal(o.workers, 6);
    assert_string_equal(o.web, in_folder("pages"));
    assert_string_equal(o.words[0], "word");
    options_done(&o);
    unlink(in_folder("anlan.ini"));
}

/* ---- what is refused ---- */

struct wrong {
    const char *says, *ini;
    const char *holds;  /* in the English sentence */
    const char *secret; /* nowhere in either sentence; NULL: nothing to hide */
};

static const struct wrong wrongs[] = {
    { "an unknown key is named with its line", "[server]\n\nport = 1\n", "line 3: port is no setting", NULL },
    { "an unknown heading is named", "[servers]\n", "line 1: servers is no group", NULL },
    { "a heading has an end", "[server\n", "lacks a ]", NULL },
    { "a key under another heading is told where it belongs", "[store]\nlisten = 127.0.0.1:1\n",
      "listen [server] belongs", NULL },
    { "a key before every heading is told where it belongs", "workers = 3\n", "workers [server] belongs", NULL },
    { "a key that stands twice is told where it stood", "[server]\nworkers = 3\nworkers = 3\n",
      "line 3: workers (2) stands above", NULL },
    { "a number below the least", "[server]\nworkers = 0\n", "line 2: workers takes a whole number from 1 to 256",
      NULL },
    { "a number above the most", "[server]\nworkers = 257\n", "it says “257”", NULL },
    { "a limit no house needs", "[limits]\nverify-rate = 0\n", "verify-rate takes a whole number from 1 to 600", NULL },
    { "a lock after two slips", "[sign-in]\nlock-tries = 2\n", "lock-tries takes a whole number from 3 to 20", NULL },
    { "a number with words", "[server]\nworkers = 8 threads\n", "it says “8 threads”", NULL },
    { "a number beyond every number", "[server]\nworkers = 99999999999999999999\n", "takes a whole number", NULL },
    { "a word that is none of the choices", "[sign-in]\nsecond-factor = all\n",
      "takes one of administrators, everybody, nobody; it says “all”", NULL },
    { "an address without a port", "[server]\nlisten = 127.0.0.1\n", "is written address:port", NULL },
    { "an address with a port beyond the last", "[server]\nlisten = 127.0.0.1:65536\n", "is written address:port",
      NULL },
    { "a key without a value", "[server]\nlisten =\n", "listen has no value", NULL },
    { "an argument of a command", "[server]\nuser = xujing\n", "argument of a command", NULL },
    { "a store nobody knows", "[store]\ndb = mysql://x\n", "begins with sqlite: or postgresql://", NULL },
    { "a password in the address of the store", "[store]\ndb = postgresql://anlan:geheim@db/anlan\n", "passfile",
      "geheim" },
    { "a password behind the address of the store", "[store]\ndb = postgresql://db/anlan?password=geheim\n", "passfile",
      "geheim" },
    { "a line that is no key and may be a secret", "[server]\ngeheim\n", "line 2", "geheim" },
    { "a file in another encoding", "# \xB0\xB2\n", "not in UTF-8", NULL },
};

static void is_refused_by_file_line_key_and_rule(void **state)
{
    const struct wrong *w = *state;
    struct options o;
    struct error err = { 0 };
    assert_int_equal(read_with(w->ini, NULL, NULL, &o, &err), -1);
    options_done(&o);
    assert_int_equal(err.fault, FAULT_MALFORMED);
    if (!strstr(err.en, w->holds))
        fail_msg("%s", err.en);
    assert_non_null(strstr(err.en, file));
    assert_non_null(strstr(err.zh, file));
    assert_true(!w->secret || (!strstr(err.en, w->secret) && !strstr(err.zh, w->secret)));
}

static void a_wrong_flag_and_a_wrong_variable_are_named_too(void **state)
{
    struct options o;
    struct error err = { 0 };
    (void)state;
    assert_int_equal(read_with("", "--workers", "none", &o, &err), -1);
    options_done(&o);
    assert_non_null(strstr(err.en, "option --workers takes"));
    assert_int_equal(read_with("", "--worker", "1", &o, &err), -1);
    options_done(&o);
    assert_non_null(strstr(err.en, "no option --worker;"));
    setenv("ANLAN_LOG_LEVEL", "loud", 1);
    assert_int_equal(read_with("", NULL, NULL, &o, &err), -1);
    options_done(&o);
    assert_non_null(strstr(err.en, "environment variable ANLAN_LOG_LEVEL takes one of"));
    unsetenv("ANLAN_LOG_LEVEL");
    assert_int_equal(options_read(2, (char **)(uintptr_t)(const char *[]){ "--config", "/nowhere" }, &o, &err), -1);
    options_done(&o);
    assert_non_null(strstr(err.en, "Cannot read /nowhere"));
}

/* ---- secrets ---- */

static void a_secret_comes_from_a_file_that_others_cannot_read(void **state)
{
    AUTO_ARENA arena = { 0 };
    struct error err = { 0 };
    const char *secret = NULL;
    (void)state;
    write_whole(in_folder("key"), "geheim\n", 0644);
    assert_int_equal(options_secret("metrics-key", in_folder("key"), &arena, &secret, &err), -1);
    assert_non_null(strstr(err.en, "chmod 600"));
    assert_null(strstr(err.en, "geheim"));
    chmod(in_folder("key"), 0600);
    assert_int_equal(options_secret("metrics-key", in_folder("key"), &arena, &secret, &err), 0);
    assert_string_equal(secret, "geheim");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_int_equal(options_secret("metrics-key", "key", &arena, &secret, &err), 0);
    assert_string_equal(secret, "geheim");
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(options_secret("metrics-key", "geheim", &arena, &secret, &err), -1);
    assert_null(strstr(err.en, "geheim"));
    write_whole(in_folder("key"), "", 0600);
    assert_int_equal(options_secret("metrics-key", in_folder("key"), &arena, &secret, &err), -1);
    assert_non_null(strstr(err.en, "empty"));
    unlink(in_folder("key"));
}

/* ---- what is printed ---- */

static void the_printed_file_is_taken_with_every_default_written_out(void **state)
{
    char ini[32 * 1024];
    size_t used = 0;
    struct options o;
    struct error err = { 0 };
    (void)state;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO), fd = open(in_folder("help"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDOUT_FILENO);
    options_help_config(false);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    FILE *help = fdopen(fd, "r+");
    char line[1024];
    int settings = 0;
    rewind(help);
    while (fgets(line, sizeof line, help)) {
        size_t n = strlen(line);
        bool setting = line[0] == ';', usual = setting && strcmp(line + n - 3, "= \n") != 0;
        settings += setting;
        assert_true(used + n < sizeof ini);
        used += (size_t)snprintf(ini + used, sizeof ini - used, "%s", line + usual);
    }
    fclose(help);
    unlink(in_folder("help"));
    assert_true(settings > 10);
    if (read_with(ini, NULL, NULL, &o, &err) < 0)
        fail_msg("%s", err.en);
    assert_int_equal(o.workers, 8);
    options_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_said),
        cmocka_unit_test(the_file_beats_the_default_the_environment_the_file_and_the_flag_all),
        cmocka_unit_test(the_data_folder_brings_its_own_file),
        cmocka_unit_test(a_wrong_flag_and_a_wrong_variable_are_named_too),
        cmocka_unit_test(a_secret_comes_from_a_file_that_others_cannot_read),
        cmocka_unit_test(the_printed_file_is_taken_with_every_default_written_out),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(file, sizeof file, "%s/test.ini", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += RUN_TABLE(wrongs, is_refused_by_file_line_key_and_rule);
    unlink(file);
    rmdir(folder);
    return failed;
}
