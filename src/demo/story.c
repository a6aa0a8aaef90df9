/* What became of a hazard, told as those who handled it did it: through the moves, by the day. */
#include "base/clock.h"
#include "base/seal.h"
#include "calendar/deadline.h"
#include "demo/city.h"
#include "demo/phrases.h"
#include "demo/picture.h"
#include "domain/enforcement/paper.h"
#include "domain/files.h"
#include "domain/hazard/clause.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "record/type.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK = 40, MINUTE = 60 * 1000, HOUR = 60 * MINUTE };
/* What is told beside the story is thrown with these, and leaves the story's own dice as they were. */
static const uint64_t OTHER_DICE = 0x5DEECE66D1CE4E5Bu;

/* ---- pictures ---- */

struct story_pictures {
    struct file_row found[PICTURE_SCENES], fixed[PICTURE_SCENES];
};

static int keep_picture(struct city *city, int scene, bool fixed, struct file_row *out, struct error *err)
{
    struct actor program = actor_program();
    struct arena *arena = city->load->arena;
    unsigned char digest[32];
    size_t size;
    int64_t id;
    const unsigned char *bytes = picture_draw(arena, scene, fixed, &size);
    char *hex = arena_alloc(arena, 65);
    sha256(bytes, size, digest);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    *out = (struct file_row){
        .name = fixed ? "整改后.png" : "现场.png", .type = "image/png", .sha256 = hex, .size = (int64_t)size
    };
    int fd = memfd_create("picture", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) {
        if (fd >= 0)
            close(fd);
        return fail(err, FAULT_INTERNAL, "demo.file", "临时文件无法创建", "Cannot create a temporary file");
    }
    int got = file_keep(city->load->house, &program, city->load->begin, fd, out->name, out->type, digest, out->size,
                        &id, err);
    close(fd);
    return got;
}

int story_draw(struct city *city, struct story_pictures **out, struct error *err)
{
    struct story_pictures *p = ARENA_NEW(city->load->arena, struct story_pictures);
    for (int i = 0; i < PICTURE_SCENES; i++)
        if (keep_picture(city, i, false, &p->found[i], err) < 0 || keep_picture(city, i, true, &p->fixed[i], err) < 0)
            return -1;
    *out = p;
    return 0;
}

/* ---- one hazard ---- */

enum paper_fate { BY_CHANCE, DRAFTED, VOIDED };

struct story {
    const struct telling *t;
    struct change *c;
    struct error *err;
    uint64_t random;
    const struct city_object *object;
    const struct phrase *phrase;
    int64_t id, at, found; /* the record, the instant of the last step, the day it was found */
    bool major, listed;
    int finder, repairs, inspector,
        above; /* indexes of people; repairs: for a unit without an account its grid member */
    const char *finding;
    int second;              /* the other officer of a paper */
    enum paper_fate ordered; /* what becomes of its order, where that is not left to chance */
    int64_t order;           /* the paper that orders the repair, while it stands; 0: none */
    int64_t ordered_at;      /* the instant a paper last bound the hazard or let it go: no step of it comes before */
    const char *last; /* the move after which this one rests, so that every state has somebody to look at; or NULL */
};

enum told { TOLD = 0, NOT_YET = 1 /* here the story stops, until now or for good */ }; /* -1: an error */

/* True in `percent` of cases out of a thousand. */
static bool chance(struct story *s, uint64_t per_mille)
{
    return random_next(&s->random) % 1000 < per_mille;
}

/* Does it come to this move? One that has to rest after it, always. */
static bool takes(struct story *s, const char *move, uint64_t per_mille)
{
    bool thrown = chance(s, per_mille);
    return s->last ? strcmp(s->last, move) == 0 : thrown;
}

static int64_t between(struct story *s, int64_t least, int64_t most)
{
    return least + (int64_t)(random_next(&s->random) % (uint64_t)(most - least + 1));
}

static const char *say(struct story *s, const char *text)
{
    return phrase_say(s->c->arena, text, &s->random);
}

static const char *say_one(struct story *s, const char *const *list)
{
    size_t n = 0;
    while (list[n])
        n++;
    return say(s, list[random_next(&s->random) % n]);
}

/* Working hours some days on: half past eight to half past five; offices rest on days off, those in the field do not. */
static int64_t days_on(struct story *s, int64_t days, bool office)
{
    int64_t day = day_of_ms(s->at) + days;
    if (office)
        day = working_day_from(s->c->calendar, day);
    int64_t at = day_end_ms(day - 1) + 17 * HOUR / 2 + between(s, 0, 9 * 60) * MINUTE;
    at = at > s->at ? at : s->at + between(s, 20, 90) * MINUTE;
    return at > s->ordered_at ? at : s->ordered_at + 20 * MINUTE;
}

static void act_as(struct story *s, int who, int64_t at)
{
    s->c->actor = &s->t->city->people[who].actor;
    s->c->now = at;
    s->c->note = NULL;
}

struct doing {
    const char *move;
    int who;
    int64_t at;
};

/* The record as it is, ready to be filled in. NOT_YET when the time has not come. */
static int begin_step(struct story *s, const struct doing *d, const void **before, struct hazard **h)
{
    void *stored;
    if (d->at > s->t->city->load->order->now_ms)
        return NOT_YET;
    act_as(s, d->who, d->at);
    if (change_get_to_move(s->c, &hazard_kind, s->id, 0, move_find(&hazard_kind, d->move), &stored, s->err) < 0)
        return -1;
    *before = stored;
    *h = change_copy(s->c, &hazard_kind, stored);
    return TOLD;
}

static int end_step(struct story *s, const struct doing *d, const void *before, struct hazard *h)
{
    s->at = d->at;
    if (change_move(s->c, &hazard_kind, move_find(&hazard_kind, d->move), before, h, NULL, s->err) < 0)
        return -1;
    return s->last && strcmp(s->last, d->move) == 0 ? NOT_YET : TOLD;
}

/* A move that writes one text, or nothing. */
static int step(struct story *s, const char *move, int who, int64_t at, const char *reason)
{
    const void *before;
    struct hazard *h;
    struct doing d = { move, who, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    if (reason)
        give(h, reason, reason);
    return end_step(s, &d, before, h);
}

static int again(struct story *s, const struct file_row *picture, const char **list)
{
    int64_t id;
    if (file_again(s->c, picture, &id, s->err) < 0)
        return -1;
    *list = arena_printf(s->c->arena, "%s%lld,", *list ? *list : ",", (long long)id);
    return 0;
}

static const char *source_of(struct story *s)
{
    int64_t n = between(s, 0, 99);
    bool firm = s->object->safety != CITY_NOBODY;
    return n < (firm ? 34 : 6)    ? "self"
           : n < (firm ? 62 : 46) ? "inspection"
           : n < 84               ? "grid"
           : n < 90               ? "group"
           : n < 95               ? "report"
           : n < 99               ? "expert"
                                  : "monitoring";
}

static const char *finder_name(const struct story *s, const char *source)
{
    return strcmp(source, "group") == 0        ? "市安委办督导组"
           : strcmp(source, "report") == 0     ? "群众举报"
           : strcmp(source, "expert") == 0     ? "市安全专家组"
           : strcmp(source, "monitoring") == 0 ? "监测预警平台"
                                               : s->t->city->people[s->finder].actor.display_name;
}

static int report(struct story *s)
{
    const struct phrase *p = s->phrase;
    const char *photos = NULL, *source = source_of(s);
    int scene = picture_scene(s->finding);
    struct hazard *h = change_new(s->c, &hazard_kind);
    bool own = strcmp(source, "self") == 0 && s->object->safety != CITY_NOBODY;
    s->finder = own ? s->object->safety : strcmp(source, "grid") == 0 ? s->repairs : s->inspector;
    act_as(s, s->finder, s->at);
    set(h, description, s->finding);
    set(h, object, s->object->id);
    set(h, found_on, s->found);
    set(h, source, source);
    set(h, category, p->category);
    set(h, location, say(s, p->place));
    set(h, finder, finder_name(s, source));
    if (chance(s, 600))
        set(h, place, s->object->place);
    if (chance(s, 550) && again(s, &s->t->pictures->found[scene], &photos) < 0)
        return -1;
    if (photos && chance(s, 250) && again(s, &s->t->pictures->found[(scene + 5) % PICTURE_SCENES], &photos) < 0)
        return -1;
    if (photos)
        give(h, photos, photos);
    if (change_create(s->c, &hazard_kind, h, s->err) < 0)
        return -1;
    s->id = h->is.id;
    return TOLD;
}

/* The article of the law on work safety that a general hazard offends, for those that are written down with one. */
static const char *article_of(const char *finding, const char *category)
{
    static const char *const rules[][2] = {
        { "证", "安全生产法第三十条" },     { "教育", "安全生产法第二十八条" },   { "演练", "安全生产法第八十一条" },
        { "佩戴", "安全生产法第四十五条" }, { "安全带", "安全生产法第四十五条" }, { "通道", "安全生产法第四十二条" },
        { "出口", "安全生产法第四十二条" }, { "动火", "安全生产法第四十三条" },   { "外包", "安全生产法第四十九条" },
        { "警示", "安全生产法第三十五条" }, { "台账", "安全生产法第四十一条" },
    };
    for (size_t i = 0; i < COUNT(rules); i++)
        if (strstr(finding, rules[i][0]))
            return rules[i][1];
    return strcmp(category, "thing") == 0 ? "安全生产法第三十六条" : NULL;
}

static int classify(struct story *s, int64_t at)
{
    const void *before;
    struct hazard *h;
    struct doing d = { "classify", s->inspector, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    set(h, level, s->major ? "major" : "general");
    if (s->major) /* an edition that has been replaced since is named by its successor's words */
        give(h, clause, clause_on(s->phrase->clause, s->found) ? s->phrase->clause : "GB 35181-2025，按要素综合判定");
    else if (article_of(s->finding, s->phrase->category) && chance(s, 220))
        give(h, clause, article_of(s->finding, s->phrase->category));
    return end_step(s, &d, before, h);
}

/* A major hazard is reported the day it is classified: here where the firm has somebody, on paper elsewhere. Of those of
** the last days a few are not reported yet. What is thrown for it is its own: the rest is told the same without it. */
static int report_major(struct story *s)
{
    enum { LATELY = 9 };
    const void *before;
    struct hazard *h;
    uint64_t kept = s->random;
    s->random ^= OTHER_DICE;
    bool own = s->object->safety != CITY_NOBODY;
    struct doing d = { own ? "report" : "report-received", own ? s->object->safety : s->inspector,
                       s->at + between(s, 10, 60) * MINUTE };
    bool waits = day_of_ms(s->t->city->load->order->now_ms) - s->found <= LATELY && chance(s, 350);
    int got = waits ? NOT_YET : begin_step(s, &d, &before, &h);
    if (got == TOLD) {
        set(h, reported_to, s->t->city->emergency);
        set(h, report_cause, say_one(s, say_cause));
        set(h, report_analysis, say_one(s, say_analysis));
        if (!own)
            give(h, reported_on, day_of_ms(d.at));
        got = end_step(s, &d, before, h);
    }
    s->random = kept;
    return got == NOT_YET ? TOLD : got;
}

/* ---- papers ----
** An instruction for a third of the major hazards and a few general ones, with the opinions of its re-checks. The originals
** are printed when somebody first asks for them, as of any paper that was not printed when it was issued. */

/* What is not issued yet is of the last weeks. */
static bool stays_draft(struct story *s, int64_t at)
{
    enum { LATELY = 30 };
    return day_of_ms(s->t->city->load->order->now_ms) - day_of_ms(at) <= LATELY && chance(s, 150);
}

/* Written and, a while later, issued in the name of the inspector's office; a draft where its time has not come. */
static int write_paper(struct story *s, struct paper_record *p, int64_t at, bool issue, int64_t *id)
{
    const struct move *m = move_find(&paper_kind, "issue");
    int64_t later = at + between(s, 15, 50) * MINUTE;
    void *before;
    if (at > s->t->city->load->order->now_ms)
        return NOT_YET;
    act_as(s, s->inspector, at);
    set(p, officer, s->t->city->people[s->inspector].actor.id);
    set(p, second_officer, s->t->city->people[s->second].actor.id);
    if (change_create(s->c, &paper_kind, p, s->err) < 0)
        return -1;
    *id = p->is.id;
    if (!issue || later > s->t->city->load->order->now_ms)
        return NOT_YET;
    act_as(s, s->inspector, later);
    if (paper_is_instruction(p))
        s->ordered_at = later;
    return change_get(s->c, &paper_kind, *id, 0, m->needs, &before, s->err) < 0 ||
                   change_move(s->c, &paper_kind, m, before, change_copy(s->c, &paper_kind, before), NULL, s->err) < 0
               ? -1
               : TOLD;
}

static int serve_or_void(struct story *s, int64_t id, int64_t at, bool voided)
{
    const struct move *m = move_find(&paper_kind, voided ? "void" : "serve");
    void *before;
    if (at > s->t->city->load->order->now_ms)
        return NOT_YET;
    act_as(s, s->inspector, at);
    if (change_get(s->c, &paper_kind, id, 0, m->needs, &before, s->err) < 0)
        return -1;
    struct paper_record *p = change_copy(s->c, &paper_kind, before);
    if (voided) {
        give(p, void_reason, say_one(s, say_void));
        s->ordered_at = at;
    } else {
        bool post = chance(s, 120);
        give(p, served_on, day_of_ms(at));
        give(p, service_mode, post ? "post" : "direct");
        if (!post)
            give(p, receiver,
                 s->object->safety == CITY_NOBODY ? "单位现场负责人"
                                                  : s->t->city->people[s->object->safety].actor.display_name);
    }
    return change_move(s->c, &paper_kind, m, before, p, NULL, s->err) < 0 ? -1 : TOLD;
}

static int write_order(struct story *s)
{
    struct paper_record *p = change_new(s->c, &paper_kind);
    struct lines *items = ARENA_NEW(s->c->arena, struct lines);
    struct paper_item_line *item = ARENA_NEW(s->c->arena, struct paper_item_line);
    int64_t at = s->at + between(s, 10, 60) * MINUTE, id = 0;
    set(item, hazard, s->id);
    *items = (struct lines){ 1, item };
    set(p, type, "instruction");
    set(p, items, items);
    int got = write_paper(s, p, at, s->ordered != DRAFTED && !stays_draft(s, at), &id);
    bool voided = s->ordered == VOIDED || chance(s, 15);
    if (got == TOLD)
        got = serve_or_void(s, id, at + (int64_t)DAY_MS, voided);
    /* What is issued stands, served already or not; a draft orders nothing. */
    act_as(s, s->inspector, s->at);
    void *stored = NULL;
    if (got >= 0 && id && change_get(s->c, &paper_kind, id, 0, "read", &stored, s->err) < 0)
        got = -1;
    const struct paper_record *now = stored;
    s->order = now && (now->state == DOCUMENT_ISSUED || now->state == DOCUMENT_SERVED) ? id : 0;
    return got < 0 ? -1 : TOLD;
}

/* The opinion on a re-check answers the order. */
static int write_opinion(struct story *s, const char *words)
{
    struct paper_record *p = change_new(s->c, &paper_kind);
    int64_t at = s->at + between(s, 20, 90) * MINUTE, id;
    set(p, type, "recheck");
    give(p, instruction, s->order);
    set(p, opinion, words);
    int got = write_paper(s, p, at, !stays_draft(s, at), &id);
    return got == TOLD ? serve_or_void(s, id, at + (int64_t)DAY_MS, false) : got;
}

/* What is thrown for papers is theirs: the rest is told the same without them. */
static int with_papers(struct story *s, int got, const char *opinion)
{
    uint64_t kept = s->random;
    int wrote = TOLD;
    if (got != TOLD || s->second == s->inspector)
        return got;
    s->random ^= OTHER_DICE;
    if (opinion)
        wrote = s->order && chance(s, 850) ? write_opinion(s, opinion) : TOLD;
    else if (s->ordered != BY_CHANCE || chance(s, s->major ? 350 : 5))
        wrote = write_order(s);
    s->random = kept;
    return wrote < 0 ? -1 : TOLD;
}

static int64_t yuan_fen(struct story *s, int yuan)
{
    return yuan ? (int64_t)yuan * between(s, 60, 160) / 10000 * 10000 + (yuan < 5000 ? (int64_t)yuan * 100 : 0) : 0;
}

static int assign(struct story *s, int64_t at)
{
    const void *before;
    struct hazard *h;
    struct doing d = { "assign", s->inspector, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    int64_t days = s->phrase->days < 3 ? 3 : s->phrase->days;
    set(h, measures, say(s, s->phrase->measure));
    if (s->object->safety != CITY_NOBODY)
        set(h, responsible, s->t->city->people[s->repairs].actor.id);
    else
        set(h, responsible_name, s->object->head);
    set(h, funds, yuan_fen(s, s->phrase->yuan));
    set(h, due, working_day_from(s->c->calendar, day_of_ms(at) + days));
    set(h, contingency, say_one(s, say_contingency));
    if (s->major) {
        set(h, plan_goal, say_one(s, say_goal));
        set(h, plan_signed_on, day_of_ms(at));
    }
    got = end_step(s, &d, before, h);
    return s->order ? got : with_papers(s, got, NULL);
}

static int put_on_list(struct story *s, int64_t at)
{
    const void *before;
    struct hazard *h;
    struct doing d = { "list", s->above, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    int year, month, day;
    day_to_ymd(day_of_ms(at), &year, &month, &day);
    bool city = s->major && (s->phrase->days > 60 || chance(s, 120));
    give(h, listed_level, city ? "city" : "county");
    give(h, listing_no, arena_printf(s->c->arena, "安委办督〔%d〕%lld号", year, (long long)(s->id % 900 + 1)));
    s->listed = true;
    return end_step(s, &d, before, h);
}

/* The repair is handed in with a picture. */
static int submit(struct story *s, const char *move, int64_t at)
{
    const void *before;
    struct hazard *h;
    struct doing d = { move, s->repairs, at };
    const char *list = NULL;
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    if (again(s, &s->t->pictures->fixed[picture_scene(s->finding)], &list) < 0)
        return -1;
    give(h, evidence, list);
    give(h, rectification, say(s, s->phrase->done));
    if (s->major)
        give(h, assessment, say_one(s, say_assess));
    if (s->major && s->id % 4) /* not by the dice: the rest is told the same */
        give(h, congress_on, day_of_ms(at));
    return end_step(s, &d, before, h);
}

static int send_back(struct story *s, const char *move, int64_t at, int64_t *due)
{
    const void *before;
    struct hazard *h;
    struct doing d = { move, s->inspector, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    *due = day_of_ms(at) + between(s, 4, 9);
    give(h, opinion, say_one(s, strcmp(move, "recheck-fail") == 0 ? say_fail : say_unrepaired));
    give(h, due, *due);
    return with_papers(s, end_step(s, &d, before, h), h->opinion);
}

static int pass(struct story *s, int64_t at)
{
    const void *before;
    struct hazard *h;
    struct doing d = { "recheck-pass", s->inspector, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    give(h, opinion, say_one(s, s->major ? say_pass_major : say_pass));
    if (s->major)
        give(h, site_review_on, day_of_ms(at));
    return with_papers(s, end_step(s, &d, before, h), h->opinion);
}

static int with_due(struct story *s, const char *move, int who, int64_t at, int64_t due, const char *reason)
{
    const void *before;
    struct hazard *h;
    struct doing d = { move, who, at };
    int got = begin_step(s, &d, &before, &h);
    if (got != TOLD)
        return got;
    if (strcmp(move, "extend-request") == 0)
        give(h, extension_to, due);
    else
        give(h, due, due);
    if (reason)
        give(h, reason, reason);
    return end_step(s, &d, before, h);
}

static const char awaits_closure[] = "单位拟依法关闭，已停产断电，整改中止";

/* Nothing is repaired any more at a unit that is going to be closed; what is open there ends with it (story_close). Units
** of the core stay open: people sign in there. */
static bool may_close(const struct story *s)
{
    const struct city *city = s->t->city;
    return s->object->firm && s->object >= city->objects + city->core_firms + city->core_places;
}

/* What was sent back is repaired and looked at once more. */
static int repair(struct story *s, int64_t days, uint64_t fails)
{
    int64_t due;
    int got = submit(s, "submit", days_on(s, days, false));
    for (int round = 0; got == TOLD && round < 3; round++) {
        int64_t at = days_on(s, between(s, 1, 6), true);
        if (!chance(s, round ? fails / 3 : fails))
            return pass(s, at);
        got = send_back(s, "recheck-fail", at, &due);
        if (got == TOLD)
            got = submit(s, "submit", days_on(s, between(s, 2, 6), false));
    }
    return got == TOLD ? pass(s, days_on(s, between(s, 1, 4), true)) : got;
}

/* More time is asked for before the deadline, and mostly granted. */
static int ask_for_time(struct story *s, int64_t *due)
{
    int64_t wanted = *due + between(s, 7, 20), left = *due - day_of_ms(s->at), fate = between(s, 0, 99);
    int got = with_due(s, "extend-request", s->repairs, days_on(s, left > 3 && !s->last ? left - 2 : 0, false), wanted,
                       say_one(s, say_extend));
    if (got != TOLD)
        return got;
    int64_t at = days_on(s, between(s, 1, 2), true);
    if (fate < 76) {
        got = step(s, "extend-approve", s->above, at, NULL);
        *due = got == TOLD ? wanted : *due;
        return got;
    }
    return fate < 90 ? step(s, "extend-refuse", s->above, at, say_one(s, say_extend_refused))
                     : step(s, "extend-withdraw", s->repairs, at, NULL);
}

static int object_to_it(struct story *s)
{
    int got = step(s, "object", s->repairs, days_on(s, between(s, 0, 1), true), say_one(s, say_object));
    if (got != TOLD)
        return got;
    int64_t at = days_on(s, between(s, 1, 3), true);
    if (chance(s, 720))
        return step(s, "objection-refuse", s->above, at, say_one(s, say_object_refused));
    got = step(s, "objection-accept", s->above, at, say_one(s, say_object_accepted));
    if (got == TOLD)
        got = classify(s, days_on(s, 1, true));
    return got == TOLD ? assign(s, days_on(s, between(s, 0, 1), true)) : got;
}

static int64_t due_of(struct story *s, int *got)
{
    void *stored;
    *got = change_get(s->c, &hazard_kind, s->id, 0, "read", &stored, s->err);
    const struct hazard *h = stored;
    return *got == 0 && has(h, due) ? h->due : 0;
}

/* 回头看 of what is due to be looked back at, mostly in time, some a few weeks late. What is thrown for it is its own: the rest is told as without. */
static int look_back(struct story *s)
{
    uint64_t kept = s->random;
    void *stored;
    const void *before;
    struct hazard *h;
    const char *photos = NULL;
    if (change_get(s->c, &hazard_kind, s->id, 0, "read", &stored, s->err) < 0)
        return -1;
    h = stored;
    s->random ^= OTHER_DICE;
    int64_t left = has(h, look_back_due) ? h->look_back_due - day_of_ms(s->at) : 0;
    int64_t late = chance(s, s->major ? 120 : 80) ? between(s, 5, 40) : 0;
    struct doing d = { "look-back", s->inspector, days_on(s, late ? left + late : between(s, left / 3, left), true) };
    int got = left > 0 ? begin_step(s, &d, &before, &h) : NOT_YET;
    if (got == TOLD && chance(s, s->major ? 900 : 400) &&
        again(s, &s->t->pictures->fixed[picture_scene(s->finding)], &photos) < 0)
        return -1;
    if (got == TOLD) {
        give(h, look_back_opinion, say_one(s, say_look_back));
        if (photos)
            give(h, look_back_photos, photos);
        got = end_step(s, &d, before, h);
    }
    s->random = kept;
    return got;
}

static int after_closing(struct story *s)
{
    int got = TOLD;
    if (s->listed)
        got = step(s, "delist", s->above, days_on(s, between(s, 2, 6), true), say_one(s, say_delist));
    if (got != TOLD)
        return got;
    if (!chance(s, 14))
        return look_back(s);
    int64_t at = days_on(s, between(s, 20, 80), true);
    got = with_due(s, "reopen", s->inspector, at, day_of_ms(at) + 10, say_one(s, say_reopen));
    if (got == TOLD)
        got = repair(s, between(s, 2, 9), 60);
    return got == TOLD ? look_back(s) : got;
}

/* From the assignment to the end, as far as it has come. */
static int handle(struct story *s)
{
    int got = TOLD;
    if (s->major)
        got = put_on_list(s, days_on(s, 1, true));
    if (got == TOLD && takes(s, "object", 32))
        got = object_to_it(s);
    int64_t due = got == TOLD ? due_of(s, &got) : 0;
    if (got == TOLD && takes(s, "end", 6) && may_close(s)) {
        int64_t at = days_on(s, s->last ? 0 : between(s, 3, 20), true);
        return step(s, "suspend", s->above, at, awaits_closure) < 0 ? -1 : NOT_YET;
    }
    if (got == TOLD && (s->major || s->last || chance(s, 700)))
        got = step(s, "start", s->repairs, days_on(s, between(s, 0, 2), false), NULL);
    else if (got == TOLD)
        return repair(s, between(s, 1, s->phrase->days > 2 ? s->phrase->days - 1 : 2), 80);
    if (got == TOLD && takes(s, "suspend", 14)) {
        got = step(s, "suspend", s->above, days_on(s, between(s, 1, 3), true), say_one(s, say_suspend));
        int64_t at = days_on(s, between(s, 15, 60), true);
        due = day_of_ms(at) + 15;
        if (got == TOLD)
            got = with_due(s, "resume", s->above, at, due, NULL);
    }
    if (got == TOLD && takes(s, "extend-request", s->major ? 200 : 55) && day_of_ms(s->at) < due)
        got = ask_for_time(s, &due);
    if (got != TOLD)
        return got;
    if (chance(s, s->major ? 25 : 9)) { /* nothing is done about it: late, later, listed */
        int64_t at = days_on(s, due + between(s, 32, 45) - day_of_ms(s->at), true);
        return !s->listed && put_on_list(s, at) < 0 ? -1 : NOT_YET;
    }
    int64_t left = due - day_of_ms(s->at), late = chance(s, 110) ? between(s, 1, 18) : 0;
    int64_t days = late ? (left > 0 ? left : 0) + late : left > 1 ? between(s, (left + 1) / 2, left) : 0;
    /* What was ordered is looked at when its time is over, handed in or not. */
    if (late > 2 && s->order && left >= 0) {
        got = send_back(s, "recheck-expired", days_on(s, left + 1, true), &due);
        days = between(s, 1, 3);
    }
    return got == TOLD ? repair(s, days, s->major ? 160 : 85) : got;
}

static int tell_one(struct story *s)
{
    int got = report(s);
    if (got == TOLD)
        got = classify(s, days_on(s, between(s, 0, 2) ? 0 : 1, true));
    if (got == TOLD && s->major)
        got = report_major(s);
    if (got == TOLD && !s->major && s->phrase->days <= 3 && !s->last && chance(s, 450) && s->ordered == BY_CHANCE) {
        got = submit(s, "spot-fix", s->at + between(s, 30, 240) * MINUTE);
        if (got == TOLD)
            got = pass(s, days_on(s, between(s, 1, 5), true));
        return got == TOLD ? look_back(s) : got;
    }
    if (got == TOLD)
        got = assign(s, days_on(s, between(s, 0, 3) ? 0 : 1, true));
    if (got == TOLD)
        got = handle(s);
    return got == TOLD ? after_closing(s) : got;
}

/* ---- who and what ---- */

static int person_of(const struct city *city, const char *role, int64_t area, size_t skip)
{
    size_t first = city->person_count;
    for (size_t i = 0; i < city->person_count; i++)
        if (city->people[i].role && city->people[i].area == area && strcmp(city->people[i].role, role) == 0) {
            if (skip-- == 0)
                return (int)i;
            first = first < i ? first : i;
        }
    return first < city->person_count ? (int)first : city->office;
}

static const struct city_object *some_object(const struct city *city, uint64_t *random)
{
    int64_t all = 0;
    for (size_t i = 0; i < city->object_count; i++)
        all += city->objects[i].weight + (city->objects[i].safety == CITY_NOBODY ? 0 : 40);
    int64_t at = (int64_t)(random_next(random) % (uint64_t)all);
    for (size_t i = 0; i < city->object_count; i++) {
        at -= city->objects[i].weight + (city->objects[i].safety == CITY_NOBODY ? 0 : 40);
        if (at < 0)
            return &city->objects[i];
    }
    return city->objects;
}

static bool is_of_industry(const char *trade)
{
    static const char *const trades[] = { "wood", "metal", "food", "textile", "material" };
    return name_listed(trades, COUNT(trades), trade);
}

/* How well a phrase fits an object: those of its own trade come first. */
static int fits(const struct phrase *p, const struct city_object *o, bool major)
{
    if ((p->clause != NULL) != major)
        return 0;
    if (strcmp(p->trade, o->trade) == 0)
        return 4;
    if (strcmp(p->trade, "INDUSTRY") == 0 && is_of_industry(o->trade))
        return 2;
    return !*p->trade && o->firm ? 1 : 0;
}

static const struct phrase *some_phrase(const struct city_object *o, bool major, uint64_t *random)
{
    int all = 0;
    for (size_t i = 0; i < phrase_count; i++)
        all += fits(&phrases[i], o, major);
    if (all == 0)
        return NULL;
    int at = (int)(random_next(random) % (uint64_t)all);
    for (size_t i = 0; i < phrase_count; i++) {
        at -= fits(&phrases[i], o, major);
        if (at < 0)
            return &phrases[i];
    }
    return NULL;
}

/* The n-th of the telling. What is thrown for it depends on the seed and n alone. */
static int tell_nth(const struct telling *t, struct change *c, int64_t n, struct error *err)
{
    struct city *city = t->city;
    struct story s = { .t = t, .c = c, .err = err };
    s.random = city->load->order->seed ^ (uint64_t)(t->done + n) * 0x9E3779B97F4A7C15u;
    random_next(&s.random);
    s.object = some_object(city, &s.random);
    s.major = chance(&s, 24);
    s.phrase = some_phrase(s.object, s.major, &s.random);
    if (!s.phrase) {
        s.major = false;
        s.phrase = some_phrase(s.object, false, &s.random);
    }
    s.found = t->from + (t->to - t->from) * n / t->count;
    if (chance(&s, 850)) /* fewer on days off, and never after the last day of the telling */
        s.found = working_day_until(c->calendar, s.found);
    s.at = day_end_ms(s.found - 1) + 17 * HOUR / 2 + between(&s, 0, 8 * 60) * MINUTE;
    if (s.at > city->load->order->now_ms)
        s.at = city->load->order->now_ms - between(&s, 5, 50) * MINUTE;
    int64_t county = region_at(s.object->region, REGION_COUNTY), town = region_at(s.object->region, REGION_TOWN);
    s.inspector = person_of(city, "inspector", county, random_next(&s.random) % 2);
    s.second = person_of(city, "inspector", county, 0);
    if (s.second == s.inspector)
        s.second = person_of(city, "inspector", county, 1);
    s.repairs = s.object->safety != CITY_NOBODY ? s.object->safety : person_of(city, "grid", town, 0);
    s.above = city->office;
    if (s.inspector == s.above || s.repairs == s.inspector)
        s.above = person_of(city, "leader", county, 0);
    s.finding = phrase_say(c->arena, s.phrase->finding, &s.random);
    /* Of those found about a week ago a few rest where others only pass. */
    static const char *const rests[] = { "object",   "extend-request", "suspend", "end",    "object",
                                         "classify", "assign",         "start",   "submit", "extend-request" };
    int64_t week = t->count * 2 / 3;
    if (t->done && n >= week && n < week + (int64_t)COUNT(rests))
        s.last = rests[n - week];
    /* And of the next ones an order each is left a draft, or is declared void. */
    static const enum paper_fate fates[] = { DRAFTED, VOIDED, DRAFTED, VOIDED };
    int64_t after = week + (int64_t)COUNT(rests);
    if (t->done && n >= after && n < after + (int64_t)COUNT(fates))
        s.ordered = fates[n - after];
    return tell_one(&s) < 0 ? -1 : 0;
}

struct chunk {
    const struct telling *t;
    int64_t next;
};

static int tell_chunk(struct change *c, void *args, struct error *err)
{
    const struct chunk *k = args;
    c->quiet = true;
    for (int64_t n = k->next; n < k->next + CHUNK && n < k->t->count; n++)
        if (tell_nth(k->t, c, n, err) < 0)
            return -1;
    return 0;
}

int story_tell(const struct telling *t, struct error *err)
{
    const struct load *load = t->city->load;
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = load->order->now_ms, .cause = "demo", .large = true };
    struct chunk k = { .t = t };
    for (; k.next < t->count; k.next += CHUNK) {
        load_tell(load, "隐患", t->done + k.next, t->all);
        if (change_run(load->house, &order, tell_chunk, &k, NULL, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the end of units ---- */

enum { CLOSING_MOST = 64 };

static int close_unit(struct change *c, int64_t id, int no, struct error *err)
{
    void *stored;
    int year, month, day;
    if (change_get(c, &enterprise_kind, id, 0, "approve", &stored, err) < 0)
        return -1;
    struct enterprise *e = change_copy(c, &enterprise_kind, stored);
    day_to_ymd(day_of_ms(c->now), &year, &month, &day);
    give(e, state_since, day_of_ms(c->now));
    give(e, state_document, arena_printf(c->arena, "澜政关停〔%d〕%d号", year, no));
    give(e, end_hazards, 1);
    return change_move(c, &enterprise_kind, move_find(&enterprise_kind, "close"), stored, e, NULL, err);
}

static int close_units(struct change *c, void *args, struct error *err)
{
    const struct city *city = args;
    struct rows rows;
    int64_t ids[CLOSING_MOST];
    int count = 0;
    c->actor = &city->people[city->office].actor;
    c->quiet = true;
    if (db_query(c->db, &rows,
                 "SELECT DISTINCT object FROM hazard WHERE state = 'suspended' AND reason = ? ORDER BY object LIMIT ?",
                 BIND(value_text(awaits_closure), value_int(CLOSING_MOST)), err) < 0)
        return -1;
    while (count < CLOSING_MOST && rows_next(&rows))
        ids[count++] = rows_int(&rows, 0);
    if (rows_done(&rows, err) < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (close_unit(c, ids[i], i + 1, err) < 0)
            return -1;
    return 0;
}

int story_close(struct city *city, struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = city->load->order->now_ms, .cause = "demo" };
    return change_run(city->load->house, &order, close_units, city, NULL, err);
}
