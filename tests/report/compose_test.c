/* What the card of a record says, as the JSON that is printed. */
#include "camera.h"
#include "domain/town.h"

#include "access/query.h"
#include "base/seal.h"
#include "domain/files.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "report/compose.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static json_t *card_of(struct town *t, enum who who, const struct kind *kind, int64_t id)
{
    struct error err = { 0 };
    struct db *db;
    const void *record = must_read(t, who, kind, id);
    json_t *document = compose_document("cards", town_noon);
    t->held = t->held ? t->held : json_array();
    json_array_append_new(t->held, document);
    must(store_reader(t->house.store, &db, &err), &err);
    struct compose c = { .db = db, .actor = &t->people[who], .now_ms = town_noon, .arena = &t->arena };
    int got = compose_card(&c, kind, record, document, &err);
    store_reader_back(t->house.store, db);
    must(got, &err);
    return json_array_get(json_object_get(document, "items"), 0);
}

static const char *fact(const json_t *card, const char *label)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(card, "facts"), i,
                       one) if (strcmp(json_string_value(json_object_get(one, "label")), label) ==
                                0) return json_string_value(json_object_get(one, "value"));
    return NULL;
}

static void the_card_of_a_firm_names_its_area_in_words(void **state)
{
    struct town *t = TOWN(state);
    const json_t *card = card_of(t, COUNTY, &enterprise_kind, t->spots[FIRM_A1]);
    const json_t *shown = json_object_get(must_render(t, COUNTY, &enterprise_kind, t->spots[FIRM_A1]), "region");
    assert_string_equal(json_string_value(json_object_get(card, "title")), "企业登记卡");
    assert_non_null(fact(card, "属地"));
    assert_string_equal(fact(card, "属地"), json_string_value(json_object_get(shown, "path")));
}

static int64_t photo_of(struct town *t, enum who who)
{
    unsigned char digest[32];
    struct error err = { 0 };
    int64_t id = 0;
    int fd = memfd_create("photo", MFD_CLOEXEC);
    assert_int_equal(write(fd, camera_photo, sizeof camera_photo), sizeof camera_photo);
    sha256(camera_photo, sizeof camera_photo, digest);
    int got = file_keep(&t->house, &t->people[who], town_noon, fd, "现场.jpg", "image/jpeg", digest,
                        sizeof camera_photo, &id, &err);
    close(fd);
    must(got, &err);
    return id;
}

static void the_card_of_a_hazard_tells_when_its_photos_say_they_were_taken(void **state)
{
    struct town *t = TOWN(state);
    int64_t plain = must_file(t, GRID_A, "no photo at all"), photo = photo_of(t, GRID_A);
    int64_t id = must_create(t, GRID_A, &hazard_kind,
                             say(t,
                                 "{\"description\":\"照片\",\"object\":%" PRId64 ",\"found_on\":\"2026-03-01\","
                                 "\"source\":\"grid\",\"photos\":[%" PRId64 ",%" PRId64 "]}",
                                 t->spots[FIRM_A1], plain, photo));
    assert_string_equal(fact(card_of(t, COUNTY, &hazard_kind, id), "现场照片"),
                        "2 个文件（照片自带时间：2026-11-25 09:12）");
}

int main(void)
{
    static const struct both tests[] = {
        SAYS(the_card_of_a_firm_names_its_area_in_words),
        SAYS(the_card_of_a_hazard_tells_when_its_photos_say_they_were_taken),
    };
    return RUN_TOWNS(tests);
}
