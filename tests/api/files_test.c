/* Uploads and the files of records. */
#include "api/office.h"
#include "camera.h"

#include "base/clock.h"
#include "domain/files.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct reply *upload(struct office *o, enum who who, const char *query, const char *bytes, const char *type)
{
    return ASK(o, .who = who, .method = "POST", .path = say(o, "/api/v1/files%s", query), .body = bytes, .type = type);
}

static struct reply *attached(struct office *o, int64_t file)
{
    struct reply *r = make_hazard(o, GRID_A, o->firm_a, "附件");
    return expect(patch(o, GRID_A, 1, say(o, "{\"photos\":[%lld]}", (long long)file), "/api/v1/hazards/%lld",
                        (long long)number_at(r, "id")),
                  200);
}

static void an_upload_becomes_part_of_a_record_and_is_given_back_byte_by_byte(void **state)
{
    static const char bytes[] = "\x89PNG\r\n\x1a\n\0\xff tail";
    struct office *o = OFFICE(state);
    struct reply *r = ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/files?name=现场 照片;\"1\".png",
                          .body = bytes, .size = sizeof bytes - 1, .type = "image/png");
    long long file = number_at(expect(r, 201), "id");
    assert_int_equal(number_at(r, "size"), sizeof bytes - 1);
    assert_int_equal(strlen(text_at(r, "sha256")), 64);
    r = attached(o, file);
    long long id = number_at(r, "id");
    assert_int_equal(number_at(r, "photos.0.id"), file);
    assert_int_equal(number_at(r, "photos.0.by.id"), o->people[GRID_A].id);
    r = expect(get(o, INSPECTOR, "/api/v1/hazards/%lld/files", id), 200);
    assert_int_equal(count_at(r, "items"), 1);
    assert_string_equal(text_at(r, "items.0.name"), "现场 照片;\"1\".png");
    assert_string_equal(text_at(r, "items.0.field"), "photos");
    assert_string_equal(text_at(r, "items.0.by.name"), "贺志成");
    r = expect(get(o, INSPECTOR, "/api/v1/hazards/%lld/files/%lld", id, file), 200);
    assert_int_equal(r->size, sizeof bytes - 1);
    assert_memory_equal(r->body, bytes, sizeof bytes - 1);
    assert_string_equal(r->rs.type, "image/png");
    assert_string_equal(header_of(r, "Content-Disposition"),
                        "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E7%85%A7%E7%89%87%3B%221%22.png");
    const char *tag = header_of(r, "ETag");
    r = ASK(o, .who = INSPECTOR, .method = "GET", .path = say(o, "/api/v1/hazards/%lld/files/%lld", id, file),
            .headers = say(o, "If-None-Match: %s", tag));
    assert_int_equal(expect(r, 304)->size, 0);
}

static struct reply *upload_photo(struct office *o, const void *bytes, size_t size)
{
    return expect(ASK(o, .who = GRID_A, .method = "POST", .path = "/api/v1/files?name=现场.jpg", .body = bytes,
                      .size = size, .type = "image/jpeg"),
                  201);
}

static void expect_camera(const struct reply *r, const char *taken)
{
    char path[64];
    static const char *const said[][2] = { { "at", "2026-11-25T01:12:40.000Z" },
                                           { "zone", "+08:00" },
                                           { "place.lon", "120.3518833" },
                                           { "place.lat", "36.1034292" } };
    for (size_t i = 0; i < COUNT(said); i++) {
        snprintf(path, sizeof path, "%s.%s", taken, said[i][0]);
        assert_string_equal(text_at(r, path), said[i][1]);
    }
}

static void a_photo_tells_its_own_time_and_place_and_stays_as_it_came(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = upload_photo(o, camera_photo, sizeof camera_photo);
    int64_t file = number_at(r, "id");
    expect_camera(r, "taken");
    r = attached(o, file);
    long long id = number_at(r, "id");
    expect_camera(r, "photos.0.taken");
    expect_camera(expect(get(o, INSPECTOR, "/api/v1/hazards/%lld/files", id), 200), "items.0.taken");
    expect(get(o, GRID_B, "/api/v1/hazards/%lld/files", id), 404);
    r = expect(get(o, INSPECTOR, "/api/v1/hazards/%lld/files/%lld", id, (long long)file), 200);
    assert_int_equal(r->size, sizeof camera_photo);
    assert_memory_equal(r->body, camera_photo, sizeof camera_photo);
}

static void a_photo_whose_own_words_are_spoilt_is_kept_and_tells_nothing(void **state)
{
    struct office *o = OFFICE(state);
    unsigned char spoilt[sizeof camera_photo];
    memcpy(spoilt, camera_photo, sizeof spoilt);
    memset(spoilt + 20, 0xFF, sizeof spoilt - 30);
    struct reply *r = upload_photo(o, spoilt, sizeof spoilt);
    assert_true(json_is_null(json_object_get(r->json, "taken")));
    r = attached(o, number_at(r, "id"));
    assert_true(json_is_null(json_object_get(json_array_get(json_object_get(r->json, "photos"), 0), "taken")));
}

static void only_pictures_are_shown_the_rest_is_offered_for_saving(void **state)
{
    static const struct {
        const char *type, *served, *how;
    } rows[] = { { "image/png", "image/png", "inline" },
                 { "image/jpeg", "image/jpeg", "inline" },
                 { "text/html", "application/octet-stream", "attachment" },
                 { "image/svg+xml", "application/octet-stream", "attachment" },
                 { "application/xhtml+xml", "application/octet-stream", "attachment" },
                 { "application/pdf", "application/octet-stream", "attachment" },
                 { "image/png; charset=x", "application/octet-stream", "attachment" },
                 { "IMAGE/PNG", "application/octet-stream", "attachment" },
                 { "text/javascript", "application/octet-stream", "attachment" } };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply *r = upload(o, GRID_A, "?name=page.html", "<script>alert(1)</script>", rows[i].type);
        long long file = number_at(expect(r, 201), "id"), id = number_at(attached(o, file), "id");
        r = expect(get(o, GRID_A, "/api/v1/hazards/%lld/files/%lld", id, file), 200);
        assert_string_equal(r->rs.type, rows[i].served);
        assert_int_equal(strncmp(header_of(r, "Content-Disposition"), rows[i].how, strlen(rows[i].how)), 0);
        assert_string_equal(header_of(r, "X-Content-Type-Options"), "nosniff");
    }
}

static void a_file_needs_a_plain_name_and_content(void **state)
{
    static const char *const names[] = {
        "",
        "?name=",
        "?name=a/b.png",
        "?name=..%5Cb.png",
        "?name=/etc/passwd",
        "?name=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    };
    struct office *o = OFFICE(state);
    for (size_t i = 0; i < COUNT(names); i++)
        expect_field(upload(o, GRID_A, names[i], "x", "image/png"), "name");
    expect_field(upload(o, GRID_A, "?name=a.png", NULL, "image/png"), "body");
    expect_code(upload(o, NOBODY, "?name=a.png", "x", "image/png"), 401, "session.none");
}

/* A name with a line break or another control character must not reach a header or a log as such. */
static void control_characters_in_a_name_come_to_nothing(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = upload(o, GRID_A, "?name=a%0d%0aSet-Cookie: x=1.png", "x", "image/png");
    if (r->status == 422)
        return;
    long long file = number_at(expect(r, 201), "id"), id = number_at(attached(o, file), "id");
    r = expect(get(o, GRID_A, "/api/v1/hazards/%lld/files/%lld", id, file), 200);
    for (size_t i = 0; i < r->rs.header_count; i++)
        assert_null(strpbrk(r->rs.headers[i].value, "\r\n"));
}

static size_t copies(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    for (const struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char path[512];
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        count += e->d_type == DT_DIR ? copies(path) : 1;
    }
    if (dir)
        closedir(dir);
    return count;
}

static void the_same_content_is_kept_once_whoever_brings_it(void **state)
{
    struct office *o = OFFICE(state);
    const char *folder = say(o, "%s/files", o->folder);
    size_t before = copies(folder);
    int64_t a = make_file(o, GRID_A, "one.png", "the very same bytes"),
            b = make_file(o, GRID_B, "two.png", "the very same bytes");
    assert_int_not_equal(a, b);
    assert_int_equal(copies(folder), before + 1);
}

static void an_upload_belongs_to_who_brought_it_until_it_is_used_and_is_used_once(void **state)
{
    struct office *o = OFFICE(state);
    int64_t file = make_file(o, GRID_A, "mine.png", "mine");
    struct reply *h = make_hazard(o, INSPECTOR, o->firm_a, "别人的附件");
    const char *body = say(o, "{\"photos\":[%lld]}", (long long)file);
    expect_field(patch(o, INSPECTOR, 1, body, "/api/v1/hazards/%lld", (long long)number_at(h, "id")), "photos");
    struct reply *r = attached(o, file);
    expect_field(patch(o, GRID_A, 1, body, "/api/v1/hazards/%lld", (long long)number_at(h, "id")), "photos");
    /* Naming it again on its own record keeps it; taking it out of the list takes it out. */
    r = expect(patch(o, GRID_A, 2, "{\"location\":\"x\"}", "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(r, "photos"), 1);
    r = expect(patch(o, GRID_A, 3, say(o, "{\"photos\":[{\"id\":%lld}]}", (long long)file), "/api/v1/hazards/%lld",
                     (long long)number_at(r, "id")),
               200);
    assert_int_equal(number_at(r, "version"), 3);
    r = expect(patch(o, GRID_A, 3, "{\"photos\":[]}", "/api/v1/hazards/%lld", (long long)number_at(r, "id")), 200);
    assert_int_equal(count_at(r, "photos"), 0);
    struct reply *history = get(o, GRID_A, "/api/v1/hazards/%lld/history", (long long)number_at(r, "id"));
    assert_string_equal(text_at(history, "items.0.changes.0.old.0.name"), "mine.png");
}

static void an_upload_nobody_used_is_forgotten_after_a_day(void **state)
{
    struct office *o = OFFICE(state);
    int64_t file = make_file(o, GRID_A, "old.png", "old");
    struct reply *h = make_hazard(o, GRID_A, o->firm_a, "次日");
    clock_shift_by(DAY_MS + 1000);
    make_file(o, GRID_A, "new.png", "new");
    struct reply *r = patch(o, GRID_A, 1, say(o, "{\"photos\":[%lld]}", (long long)file), "/api/v1/hazards/%lld",
                            (long long)number_at(h, "id"));
    clock_shift_by(-(DAY_MS + 1000));
    expect_field(r, "photos");
}

static void a_field_takes_no_more_files_than_it_says(void **state)
{
    enum { MOST = 20 };
    struct office *o = OFFICE(state);
    struct text body = TEXT_LIMIT(4096);
    long long id = number_at(make_hazard(o, GRID_A, o->firm_a, "太多"), "id"), first = 0;
    text_str(&body, "{\"photos\":[");
    for (int i = 0; i <= MOST; i++) {
        long long file = make_file(o, GRID_A, "n.png", say(o, "number %d", i));
        first = first ? first : file;
        text_printf(&body, "%s%lld", i ? "," : "", file);
    }
    text_str(&body, "]}");
    const char *all = say(o, "%s", text_get(&body));
    text_done(&body);
    expect_field(patch(o, GRID_A, 1, all, "/api/v1/hazards/%lld", id), "photos");
    const char *twice = say(o, "{\"photos\":[%lld,%lld]}", first, first);
    struct reply *r = expect(patch(o, GRID_A, 1, twice, "/api/v1/hazards/%lld", id), 200);
    assert_int_equal(count_at(r, "photos"), 1);
}

static void bytes_lost_from_the_store_are_a_fault_that_says_so_and_promises_nothing(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = attached(o, make_file(o, GRID_A, "lost.png", "these bytes get lost"));
    long long id = number_at(r, "id"), file = number_at(r, "photos.0.id");
    const char *hash = text_at(r, "photos.0.sha256");
    assert_int_equal(remove(say(o, "%s/files/%.2s/%s", o->folder, hash, hash + 2)), 0);
    r = expect_code(get(o, GRID_A, "/api/v1/hazards/%lld/files/%lld", id, file), 500, "file.lost");
    assert_null(header_of(r, "ETag"));
    assert_string_equal(header_of(r, "Cache-Control"), "no-store");
    assert_int_equal(strlen(text_at(r, "id")), 8); /* the number to look for in the log */
}

/* ---- collecting ---- */

static const char *path_of(struct office *o, const struct reply *upload)
{
    const char *hash = text_at(upload, "sha256");
    return say(o, "%s/files/%.2s/%s", o->folder, hash, hash + 2);
}

static void an_upload_nobody_takes_goes_after_a_day_and_its_bytes_an_hour_later(void **state)
{
    enum { HOUR = 3600 * 1000 };
    struct office *o = OFFICE(state);
    int64_t now = clock_now_ms();
    struct reply *alone = expect(upload(o, GRID_A, "?name=a.png", "nobody takes these bytes", "image/png"), 201);
    struct reply *taken = expect(upload(o, GRID_A, "?name=b.png", "a record takes these", "image/png"), 201);
    struct reply *twice = expect(upload(o, GRID_A, "?name=c.png", "both have these", "image/png"), 201);
    attached(o, number_at(taken, "id"));
    attached(o, number_at(twice, "id"));
    expect(upload(o, GRID_B, "?name=d.png", "both have these", "image/png"), 201);
    files_tidy(&o->house, now + 23 * HOUR);
    files_tidy(&o->house, now + 23 * HOUR);
    assert_int_equal(access(path_of(o, alone), R_OK), 0);
    files_tidy(&o->house, now + 25 * HOUR);
    assert_int_equal(
        count_rows(o, say(o, "SELECT count(*) FROM file WHERE id = %lld", (long long)number_at(alone, "id"))), 0);
    assert_int_equal(access(path_of(o, alone), R_OK), 0); /* a backup under way still finds them */
    files_tidy(&o->house, now + 26 * HOUR);
    assert_int_equal(access(path_of(o, alone), R_OK), -1);
    assert_int_equal(access(path_of(o, taken), R_OK), 0);
    assert_int_equal(access(path_of(o, twice), R_OK), 0); /* the other upload is gone, the record's is not */
}

static void bytes_without_a_row_lie_for_thirty_days(void **state)
{
    struct office *o = OFFICE(state);
    struct reply *r = expect(upload(o, GRID_A, "?name=a.png", "left by a crash", "image/png"), 201);
    const char *path = path_of(o, r);
    run_sql(o, say(o, "DELETE FROM file WHERE id = %lld", (long long)number_at(r, "id")));
    int64_t now = clock_now_ms(), day = 24LL * 3600 * 1000, hour = day / 24;
    for (int64_t at = now + 28 * day; at < now + 29 * day; at += hour)
        files_tidy(&o->house, at);
    assert_int_equal(access(path, R_OK), 0);
    for (int i = 0; i < 256; i++)
        files_tidy(&o->house, now + 31 * day + i * hour);
    assert_int_equal(access(path, R_OK), -1);
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(an_upload_becomes_part_of_a_record_and_is_given_back_byte_by_byte),
        SAYS(a_photo_tells_its_own_time_and_place_and_stays_as_it_came),
        SAYS(a_photo_whose_own_words_are_spoilt_is_kept_and_tells_nothing),
        SAYS(only_pictures_are_shown_the_rest_is_offered_for_saving),
        SAYS(a_file_needs_a_plain_name_and_content),
        SAYS(control_characters_in_a_name_come_to_nothing),
        SAYS(the_same_content_is_kept_once_whoever_brings_it),
        SAYS(an_upload_belongs_to_who_brought_it_until_it_is_used_and_is_used_once),
        SAYS(an_upload_nobody_used_is_forgotten_after_a_day),
        SAYS(bytes_lost_from_the_store_are_a_fault_that_says_so_and_promises_nothing),
        SAYS(a_field_takes_no_more_files_than_it_says),
        SAYS(an_upload_nobody_takes_goes_after_a_day_and_its_bytes_an_hour_later),
        SAYS(bytes_without_a_row_lie_for_thirty_days),
    };
    return RUN_OFFICES(tests);
}
