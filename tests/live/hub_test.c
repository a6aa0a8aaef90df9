#include "base/memory.h"
#include "live/hub.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PUBLISHERS = 4, EACH = 2000 };

static int start(void **state)
{
    *state = hub_new();
    return 0;
}

static int stop(void **state)
{
    hub_free(*state);
    return 0;
}

static void publish(struct hub *hub, int64_t id)
{
    hub_publish(hub, &(struct hub_event){ .kind = "hazard", .id = id, .version = 1 });
}

static void an_empty_hub_has_nothing_to_say(void **state)
{
    uint64_t cursor = 0;
    struct hub_event event;
    assert_int_equal(hub_now(*state), 0);
    assert_int_equal(hub_next(*state, &cursor, &event), 0);
    assert_int_equal(cursor, 0);
}

static void events_come_in_order_and_whole(void **state)
{
    struct hub_event sent = {
        .kind = "device", .id = 7, .version = 3, .county = 310115, .town = 310115001, .actor = 9
    };
    struct hub_event event;
    uint64_t cursor = 0;
    strncpy(sent.sector, "fire", sizeof sent.sector - 1);
    sent.village = 1, sent.object = 2, sent.seq = 999;
    hub_publish(*state, &sent);
    publish(*state, 8);
    assert_int_equal(hub_now(*state), 2);
    assert_int_equal(hub_next(*state, &cursor, &event), 1);
    assert_int_equal(event.seq, 1); /* the hub numbers, not the publisher */
    assert_string_equal(event.kind, "device");
    assert_string_equal(event.sector, "fire");
    assert_int_equal(event.id, 7);
    assert_int_equal(event.version, 3);
    assert_int_equal(event.county, 310115);
    assert_int_equal(event.town, 310115001);
    assert_int_equal(event.village, 1);
    assert_int_equal(event.object, 2);
    assert_int_equal(event.actor, 9);
    assert_int_equal(hub_next(*state, &cursor, &event), 1);
    assert_int_equal(event.id, 8);
    assert_int_equal(hub_next(*state, &cursor, &event), 0);
    assert_int_equal(cursor, 2);
}

static void each_reader_has_its_own_cursor(void **state)
{
    struct hub_event event;
    publish(*state, 1);
    uint64_t early = 0, late = hub_now(*state);
    publish(*state, 2);
    assert_int_equal(hub_next(*state, &late, &event), 1);
    assert_int_equal(event.id, 2);
    assert_int_equal(hub_next(*state, &early, &event), 1);
    assert_int_equal(event.id, 1);
    assert_int_equal(hub_next(*state, &early, &event), 1);
    assert_int_equal(event.id, 2);
}

static void a_reader_a_full_ring_behind_still_gets_everything(void **state)
{
    struct hub_event event;
    uint64_t cursor = 0;
    for (int i = 1; i <= HUB_RING; i++)
        publish(*state, i);
    for (int i = 1; i <= HUB_RING; i++) {
        assert_int_equal(hub_next(*state, &cursor, &event), 1);
        assert_int_equal(event.id, i);
    }
    assert_int_equal(hub_next(*state, &cursor, &event), 0);
}

static void a_reader_that_fell_out_of_the_ring_is_told_once(void **state)
{
    struct hub_event event = { .id = -1 };
    uint64_t cursor = 0;
    for (int i = 1; i <= HUB_RING + 1; i++)
        publish(*state, i);
    assert_int_equal(hub_next(*state, &cursor, &event), -1);
    assert_int_equal(cursor, HUB_RING + 1);
    assert_int_equal(event.id, -1);
    assert_int_equal(hub_next(*state, &cursor, &event), 0);
    publish(*state, 77);
    assert_int_equal(hub_next(*state, &cursor, &event), 1);
    assert_int_equal(event.id, 77);
}

static void a_cursor_from_before_a_restart_is_told_to_start_anew(void **state)
{
    struct hub_event event;
    uint64_t cursor = 500;
    publish(*state, 1);
    assert_int_equal(hub_next(*state, &cursor, &event), -1);
    assert_int_equal(cursor, 1);
}

struct listener {
    struct hub *hub;
    _Atomic int calls;
    uint64_t seen;
};

static void listen_and_read(void *arg)
{
    struct listener *l = arg;
    l->seen = hub_now(l->hub); /* would hang if the hub still held its lock */
    l->calls++;
}

static void the_listener_is_called_after_each_event_without_the_lock(void **state)
{
    struct listener l = { .hub = *state };
    hub_listen(*state, listen_and_read, &l);
    publish(*state, 1);
    assert_int_equal(l.calls, 1);
    assert_int_equal(l.seen, 1);
    publish(*state, 2);
    assert_int_equal(l.calls, 2);
    assert_int_equal(l.seen, 2);
    hub_listen(*state, NULL, NULL);
    publish(*state, 3);
    assert_int_equal(l.calls, 2);
}

static void count_call(void *arg)
{
    struct listener *l = arg;
    l->calls++;
}

static void *publish_many(void *arg)
{
    for (int i = 0; i < EACH; i++)
        publish(arg, i);
    return NULL;
}

static void a_listener_may_be_freed_once_it_was_sent_away(void **state)
{
    pthread_t threads[PUBLISHERS];
    for (int i = 0; i < PUBLISHERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, publish_many, *state), 0);
    for (int i = 0; i < 50; i++) {
        struct listener *l = memory_new(sizeof *l);
        hub_listen(*state, count_call, l);
        hub_listen(*state, NULL, NULL);
        memory_free(l); /* the sanitizers see whoever comes late */
    }
    for (int i = 0; i < PUBLISHERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(hub_now(*state), PUBLISHERS * EACH);
}

static void readers_beside_publishers_miss_nothing_unannounced(void **state)
{
    pthread_t threads[PUBLISHERS];
    struct hub_event event;
    uint64_t cursor = 0;
    for (int i = 0; i < PUBLISHERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, publish_many, *state), 0);
    while (cursor < PUBLISHERS * EACH) {
        uint64_t before = cursor;
        int got = hub_next(*state, &cursor, &event);
        if (got > 0) {
            assert_int_equal(event.seq, before + 1);
            assert_int_equal(cursor, before + 1);
        } else if (got < 0) {
            assert_true(cursor - before > HUB_RING);
        }
    }
    for (int i = 0; i < PUBLISHERS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_hub_has_nothing_to_say, start, stop),
        cmocka_unit_test_setup_teardown(events_come_in_order_and_whole, start, stop),
        cmocka_unit_test_setup_teardown(each_reader_has_its_own_cursor, start, stop),
        cmocka_unit_test_setup_teardown(a_reader_a_full_ring_behind_still_gets_everything, start, stop),
        cmocka_unit_test_setup_teardown(a_reader_that_fell_out_of_the_ring_is_told_once, start, stop),
        cmocka_unit_test_setup_teardown(a_cursor_from_before_a_restart_is_told_to_start_anew, start, stop),
        cmocka_unit_test_setup_teardown(the_listener_is_called_after_each_event_without_the_lock, start, stop),
        cmocka_unit_test_setup_teardown(a_listener_may_be_freed_once_it_was_sent_away, start, stop),
        cmocka_unit_test_setup_teardown(readers_beside_publishers_miss_nothing_unannounced, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
