#include "table.h"

#include "base/log.h"

#include <jansson.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What was written to stderr between begin and end, as one text. */
static int saved;
static FILE *caught;

static void begin(void)
{
    fflush(stderr);
    caught = tmpfile();
    assert_non_null(caught);
    saved = dup(STDERR_FILENO);
    dup2(fileno(caught), STDERR_FILENO);
}

static char *end(void)
{
    dup2(saved, STDERR_FILENO);
    close(saved);
    long size = (long)lseek(fileno(caught), 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(pread(fileno(caught), text, (size_t)size, 0), size);
    fclose(caught);
    return text;
}

static json_t *only_line(const char *text)
{
    size_t size = strlen(text);
    assert_true(size > 0);
    assert_ptr_equal(strchr(text, '\n'), text + size - 1);
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    return line;
}

static const char *member(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static void a_line_is_valid_json_with_its_fields(void **state)
{
    (void)state;
    begin();
    log_event(LOG_WARN, "change.slow", "kind", "hazard", "ms", "31", NULL);
    char *text = end();
    json_t *line = only_line(text);
    assert_string_equal(member(line, "level"), "warn");
    assert_string_equal(member(line, "event"), "change.slow");
    assert_string_equal(member(line, "kind"), "hazard");
    assert_string_equal(member(line, "ms"), "31");
    assert_int_equal(strlen(member(line, "at")), 24);
    json_decref(line);
    free(text);
}

struct value_row {
    const char *says;
    const char *value;
    const char *read;
};

static const struct value_row values[] = {
    { "quotes are escaped", "a\"b\\c", "a\"b\\c" },
    { "line breaks stay inside the line", "a\nb\r\nc", "a\nb\r\nc" },
    { "Chinese stays readable", "隐患", "隐患" },
    { "broken bytes become replacement characters", "a\xFF", "a\xEF\xBF\xBD" },
    { "a missing value is empty", NULL, "" },
    { "control characters are escaped", "\x1B[31m", "\x1B[31m" },
};

static void a_hostile_value_stays_inside_its_string(void **state)
{
    const struct value_row *row = *state;
    begin();
    log_event(LOG_ERROR, "test.value", "value", row->value, "after", "here", NULL);
    char *text = end();
    json_t *line = only_line(text);
    assert_string_equal(member(line, "value"), row->read);
    assert_string_equal(member(line, "after"), "here");
    json_decref(line);
    free(text);
}

static void below_the_threshold_nothing_is_written(void **state)
{
    (void)state;
    begin();
    log_event(LOG_DEBUG, "test.quiet", NULL);
    log_threshold(LOG_ERROR);
    log_event(LOG_WARN, "test.quiet", NULL);
    log_threshold(LOG_DEBUG);
    log_event(LOG_DEBUG, "test.loud", NULL);
    log_threshold(LOG_INFO);
    char *text = end();
    json_t *line = only_line(text);
    assert_string_equal(member(line, "event"), "test.loud");
    json_decref(line);
    free(text);
}

static void an_event_too_long_is_still_told(void **state)
{
    (void)state;
    char *huge = calloc(1, 100001);
    assert_non_null(huge);
    memset(huge, 'x', 100000);
    begin();
    log_event(LOG_ERROR, "test.huge", "first", "1", "value", huge, NULL);
    char *text = end();
    free(huge);
    assert_true(strlen(text) <= PIPE_BUF);
    json_t *line = only_line(text);
    assert_string_equal(member(line, "event"), "test.huge");
    assert_string_equal(member(line, "cut"), "true");
    json_decref(line);
    free(text);
}

enum { THREADS = 8, LINES = 200 };

static void *talk(void *name)
{
    for (int i = 0; i < LINES; i++)
        log_event(LOG_INFO, "test.thread", "name", name, "filler", "0123456789012345678901234567890123456789", NULL);
    return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
    (void)state;
    static char names[THREADS][2] = { "a", "b", "c", "d", "e", "f", "g", "h" };
    pthread_t threads[THREADS];
    int ends[2], seen[THREADS] = { 0 };
    assert_int_equal(pipe(ends), 0);
    fflush(stderr);
    int was = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk, names[i]), 0);
    FILE *reader = fdopen(ends[0], "r");
    assert_non_null(reader);
    char line[PIPE_BUF + 1];
    int broken = 0;
    for (int i = 0; i < THREADS * LINES && fgets(line, sizeof line, reader); i++) {
        json_t *read = json_loads(line, 0, NULL);
        const char *name = read ? member(read, "name") : NULL;
        if (name)
            seen[name[0] - 'a']++;
        else
            broken++;
        json_decref(read);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    dup2(was, STDERR_FILENO);
    close(was);
    fclose(reader);
    assert_int_equal(broken, 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(seen[i], LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_valid_json_with_its_fields),
        cmocka_unit_test(below_the_threshold_nothing_is_written),
        cmocka_unit_test(an_event_too_long_is_still_told),
        cmocka_unit_test(lines_of_many_threads_stay_whole),
    };
    return RUN_TABLE(values, a_hostile_value_stays_inside_its_string) + cmocka_run_group_tests(tests, NULL, NULL);
}
