#include "demo/city.h"

#include "base/clock.h"
#include "demo/grading.h"
#include "demo/phrases.h"
#include "domain/grid/grid.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "record/type.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTIES = 6, TOWNS = 40, VILLAGES_OF_TOWN = 10, CHUNK = 100 };

static const struct {
    int64_t code;
    const char *name, *brand; /* brand: how its firms begin */
    int towns;
    bool urban;
} counties[COUNTIES] = {
    { 990102000000, "澜北区", "澜北", 8, true },  { 990103000000, "澜南区", "澜南", 7, true },
    { 990121000000, "青屿县", "青屿", 7, false }, { 990122000000, "望川县", "望川", 6, false },
    { 990123000000, "鹿岭县", "鹿岭", 6, false }, { 990124000000, "碧湾县", "碧湾", 6, false },
};

static const char *const town_names[] = {
    "枕河", "望岚", "清渡", "白鹭洲", "丰禾", "南浦", "石矶", "双桥", "平野", "永丰", "新渡", "东埠", "鹤汀",
    "梅岭", "泉庄", "杏林", "古渡",   "沙湾", "金穗", "蒲塘", "岩头", "高坪", "竹溪", "龙潭", "鹿鸣", "牧云",
    "栗园", "银滩", "海螺", "帆影",   "碧波", "渔歌", "潮生", "月湾", "珊瑚", "灯塔", "北礁", "云溪",
};
static const char *const village_heads[] = { "柳", "石", "杨", "东", "西", "南", "上", "下", "前", "后", "大", "小",
                                             "新", "古", "青", "白", "红", "长", "沙", "竹", "松", "梅", "桃", "荷" };
static const char *const village_tails[] = { "湾", "塘", "岗", "坪", "桥", "庄", "店", "集", "沟", "岭", "园", "埠" };

/* ---- places ---- */

static int by_code(const void *a, const void *b)
{
    const struct load_place *x = a, *y = b;
    return (x->code > y->code) - (x->code < y->code);
}

static bool is_listed(const struct load_place *list, size_t count, int64_t code)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].code == code)
            return true;
    return false;
}

size_t city_places(const struct load_place *core, size_t core_count, struct arena *arena, struct load_place **out)
{
    size_t n = core_count, town_name = 0;
    struct load_place *list =
        ARENA_ARRAY(arena, struct load_place, core_count + COUNTIES + TOWNS * (1 + VILLAGES_OF_TOWN));
    memcpy(list, core, core_count * sizeof *list);
    for (int c = 0; c < COUNTIES; c++) {
        if (!is_listed(core, core_count, counties[c].code))
            list[n++] = (struct load_place){ counties[c].code, counties[c].name };
        for (int t = 1; t <= counties[c].towns; t++) {
            int64_t town = counties[c].code + t * 1000;
            if (!is_listed(core, core_count, town)) {
                const char *tail = counties[c].urban && t % 2 ? "街道" : t % 5 == 4 ? "乡" : "镇";
                list[n++] =
                    (struct load_place){ town, arena_printf(arena, "%s%s", town_names[town_name++ % COUNT(town_names)],
                                                            tail) };
            }
            for (int v = 1; v <= VILLAGES_OF_TOWN; v++)
                if (!is_listed(core, core_count, town + v))
                    list[n++] = (struct load_place){
                        town + v,
                        arena_printf(arena, "%s%s%s",
                                     village_heads[(size_t)(c * 7 + t * 5 + v * 3) % COUNT(village_heads)],
                                     village_tails[(size_t)(t + v) % COUNT(village_tails)], v <= 3 ? "社区" : "村")
                    };
        }
    }
    qsort(list, n, sizeof *list, by_code);
    *out = list;
    return n;
}

/* ---- what is made of it: a list of records of one kind, written a chunk at a time ---- */

struct batch {
    struct city *city;
    size_t next, until;
    int (*make)(struct city *city, struct change *c, size_t i, struct error *err);
};

static int make_chunk(struct change *c, void *args, struct error *err)
{
    const struct batch *b = args;
    c->quiet = true;
    for (size_t i = b->next; i < b->next + CHUNK && i < b->until; i++)
        if (b->make(b->city, c, i, err) < 0)
            return -1;
    return 0;
}

static int make_many(struct city *city, const char *zh, size_t count,
                     int (*make)(struct city *city, struct change *c, size_t i, struct error *err), struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = city->load->begin, .cause = "demo", .large = true };
    struct batch b = { .city = city, .until = count, .make = make };
    for (; b.next < b.until; b.next += CHUNK) {
        load_tell(city->load, zh, (int64_t)b.next, (int64_t)count);
        if (change_run(city->load->house, &order, make_chunk, &b, NULL, err) < 0)
            return -1;
    }
    load_tell(city->load, zh, (int64_t)count, (int64_t)count);
    return 0;
}

/* The same for a thing whenever and however often it is asked (a change may run more than once). */
static uint64_t random_of(const struct city *city, uint64_t what, uint64_t i)
{
    uint64_t random = city->load->order->seed ^ what << 48 ^ i;
    random_next(&random);
    return random;
}

static size_t pick(uint64_t *random, size_t count)
{
    return (size_t)(random_next(random) % count);
}

/* ---- organisations ---- */

static const struct office {
    const char *county, *city; /* how it is called in a county and in the city; NULL = only the other has one */
    const char *sectors;       /* supervised directly */
    const char *type;
} offices[] = {
    { "应急管理局", NULL, ",HAZCHEM,MINE,TAILINGS,FIREWORK,INDUSTRY,", "department" },
    { "住房和城乡建设局", NULL, ",BUILD,GAS,", "department" },
    { "交通运输局", "交通运输局", ",ROADTRANS,", "department" },
    { "消防救援大队", "消防救援支队", ",FIRE,", "department" },
    { "教育体育局", "教育局", ",SCHOOL,", "department" },
    { "卫生健康局", "卫生健康委员会", ",HEALTH,", "department" },
    { "民政局", "民政局", ",ELDER,", "department" },
    { "文化和旅游局", "文化和旅游局", ",TOUR,", "department" },
    { "市场监督管理局", "市场监督管理局", ",SPECEQ,", "department" },
};
enum { OFFICES = COUNT(offices), EMERGENCY_OFFICE = 0, CIVIL_OFFICE = 6, TOUR_OFFICE = 7, EXTRAS = 2 };

/* Two who claim the same, each with a reason: the cases an office has to rule on. */
static const struct {
    int county;
    const char *name, *sectors, *basis;
} extras[EXTRAS] = {
    { 5, "农业农村局", ",TOUR,", "乡村民宿管理办法" },
    { 3, "工业和信息化局", ",INDUSTRY,", "工业企业安全管理职责分工" },
};

struct organisations {
    int64_t county[COUNTIES][OFFICES], city[OFFICES], extra[EXTRAS], town[TOWNS];
    int64_t town_code[TOWNS];
    size_t towns;
};
enum { KNOWN_TOWNS = 2 }; /* the first ones, of the first county: the core has their offices */

/* ---- people ---- */

static const struct {
    const char *zh, *latin;
} surnames[] = { { "陈", "chen" },  { "林", "lin" },   { "赵", "zhao" },  { "孙", "sun" },  { "马", "ma" },
                 { "朱", "zhu" },   { "胡", "hu" },    { "郭", "guo" },   { "何", "he" },   { "罗", "luo" },
                 { "梁", "liang" }, { "宋", "song" },  { "郑", "zheng" }, { "谢", "xie" },  { "韩", "han" },
                 { "唐", "tang" },  { "冯", "feng" },  { "董", "dong" },  { "萧", "xiao" }, { "程", "cheng" },
                 { "曹", "cao" },   { "袁", "yuan" },  { "邓", "deng" },  { "许", "xu" },   { "傅", "fu" },
                 { "沈", "shen" },  { "曾", "zeng" },  { "彭", "peng" },  { "吕", "lv" },   { "苏", "su" },
                 { "卢", "lu" },    { "蒋", "jiang" }, { "蔡", "cai" },   { "贾", "jia" },  { "魏", "wei" },
                 { "薛", "xue" } },
  given_names[] = { { "建平", "jianping" }, { "晓东", "xiaodong" }, { "雅琴", "yaqin" },   { "国强", "guoqiang" },
                    { "海燕", "haiyan" },   { "志刚", "zhigang" },  { "文静", "wenjing" }, { "永胜", "yongsheng" },
                    { "秀兰", "xiulan" },   { "立新", "lixin" },    { "春梅", "chunmei" }, { "卫东", "weidong" },
                    { "少华", "shaohua" },  { "思远", "siyuan" },   { "丽萍", "liping" },  { "世民", "shimin" },
                    { "凤霞", "fengxia" },  { "俊杰", "junjie" },   { "玉珍", "yuzhen" },  { "长江", "changjiang" },
                    { "慧敏", "huimin" },   { "振华", "zhenhua" },  { "爱国", "aiguo" },   { "丹丹", "dandan" },
                    { "德明", "deming" },   { "锦程", "jincheng" }, { "淑芳", "shufang" }, { "宏伟", "hongwei" },
                    { "子涵", "zihan" },    { "兆丰", "zhaofeng" }, { "月娥", "yuee" },    { "学军", "xuejun" } };

static const char *name_of(struct arena *arena, uint64_t *random)
{
    size_t s = pick(random, COUNT(surnames));
    return arena_printf(arena, "%s%s", surnames[s].zh, given_names[pick(random, COUNT(given_names))].zh);
}

/* A name and a sign-in name nobody has yet. */
static void name_person(const struct city *city, uint64_t *random, struct arena *arena, const char **name,
                        const char **display_name)
{
    for (bool taken = true; taken;) {
        size_t s = pick(random, COUNT(surnames)), g = pick(random, COUNT(given_names));
        *name = arena_printf(arena, "%s%s", surnames[s].latin, given_names[g].latin);
        *display_name = arena_printf(arena, "%s%s", surnames[s].zh, given_names[g].zh);
        taken = false;
        for (size_t i = 0; i < city->person_count; i++)
            taken |= strcmp(city->people[i].actor.name, *name) == 0;
    }
}

/* The person's name stands in the history, the rights are the program's. */
void city_add_person(struct city *city, int64_t id, const char *name, const char *display_name, const char *role,
                     int64_t organisation, int64_t area)
{
    struct actor actor = actor_program();
    actor.id = id;
    actor.name = name;
    actor.display_name = display_name;
    actor.organisation = organisation;
    city->people[city->person_count++] = (struct city_person){ role, area, actor };
}

static int make_assignment(struct change *c, const struct assignment *like, struct error *err)
{
    struct assignment *a = change_new(c, &assignment_kind);
    set(a, role, like->role);
    if (like->holder_account)
        set(a, holder_account, like->holder_account);
    if (like->holder_post)
        set(a, holder_post, like->holder_post);
    if (like->holder_organisation)
        set(a, holder_organisation, like->holder_organisation);
    if (like->area)
        set(a, area, like->area);
    if (like->sectors)
        set(a, sectors, like->sectors);
    if (like->object)
        give(a, object, like->object);
    if (like->post)
        set(a, post, like->post);
    if (like->basis)
        set(a, basis, like->basis);
    set(a, valid_from, day_of_ms(c->now));
    return change_create(c, &assignment_kind, a, err);
}

/* word: its papers' numbers begin with it; NULL: it issues none. */
static int make_issuer(struct change *c, const char *name, const char *type, int64_t region, const char *word,
                       int64_t *id, struct error *err)
{
    struct organisation *o = change_new(c, &organisation_kind);
    set(o, name, name);
    set(o, type, type);
    set(o, region, region);
    if (word)
        set(o, document_word, word);
    if (change_create(c, &organisation_kind, o, err) < 0)
        return -1;
    *id = o->is.id;
    return 0;
}

static int make_organisation(struct change *c, const char *name, const char *type, int64_t region, int64_t *id,
                             struct error *err)
{
    return make_issuer(c, name, type, region, NULL, id, err);
}

static int supervise(struct change *c, int64_t organisation, int64_t area, const char *sectors, const char *role,
                     const char *basis, struct error *err)
{
    return make_assignment(
        c,
        &(struct assignment){
            .role = role, .holder_organisation = organisation, .area = area, .sectors = sectors, .basis = basis },
        err);
}

/* Homes for the elderly of two counties have nobody who supervises them directly. */
static bool is_gap(int county, int office)
{
    return office == CIVIL_OFFICE && county >= 4;
}

struct offices_made {
    struct city *city;
    struct organisations *o;
};

static int make_offices(struct change *c, void *args, struct error *err)
{
    static const char law[] = "安全生产法第十条第二款";
    const struct offices_made *m = args;
    struct organisations *o = m->o;
    c->quiet = true;
    o->towns = 0;
    for (int k = 0; k < OFFICES; k++) {
        if (offices[k].city && (make_organisation(c, arena_printf(c->arena, "安澜市%s", offices[k].city),
                                                  offices[k].type, 990100000000, &o->city[k], err) < 0 ||
                                supervise(c, o->city[k], 0, offices[k].sectors, "industry", law, err) < 0))
            return -1;
        for (int i = 0; i < COUNTIES; i++) {
            bool known = i == 0 && k == EMERGENCY_OFFICE;
            o->county[i][k] = m->city->north;
            const char *word = k == EMERGENCY_OFFICE ? arena_printf(c->arena, "%.6s应急", counties[i].name) : NULL;
            if (!known && make_issuer(c, arena_printf(c->arena, "%s%s", counties[i].name, offices[k].county),
                                      offices[k].type, counties[i].code, word, &o->county[i][k], err) < 0)
                return -1;
            if (!is_gap(i, k) &&
                supervise(c, o->county[i][k], counties[i].code, offices[k].sectors, "direct", law, err) < 0)
                return -1;
        }
    }
    for (int i = 0; i < EXTRAS; i++)
        if (make_organisation(c, arena_printf(c->arena, "%s%s", counties[extras[i].county].name, extras[i].name),
                              "department", counties[extras[i].county].code, &o->extra[i], err) < 0 ||
            supervise(c, o->extra[i], counties[extras[i].county].code, extras[i].sectors, "direct", extras[i].basis,
                      err) < 0)
            return -1;
    for (size_t i = 0; i < m->city->load->place_count; i++) {
        const struct load_place *p = &m->city->load->places[i];
        if (p->code % 1000 || p->code % 1000000 == 0 || p->code < counties[0].code)
            continue;
        o->town_code[o->towns] = p->code;
        o->town[o->towns] = 0;
        bool known = o->towns < KNOWN_TOWNS;
        if (!known && make_organisation(c, arena_printf(c->arena, "%s应急管理办公室", p->name), "town_office", p->code,
                                        &o->town[o->towns], err) < 0)
            return -1;
        o->towns++;
    }
    return 0;
}

/* One person with an account, a post, and what follows from it. */
struct hire {
    const char *role; /* carries rights; NULL: a post without any */
    const char *post;
    int64_t organisation, area;
    const char *sectors;
    int64_t object;
    bool first; /* first responsible of the area, and head of its grid */
};

struct hiring {
    struct city *city;
    struct hire *list;
    size_t count;
};

static int hire_one(struct city *city, struct change *c, const struct hire *h, struct error *err)
{
    uint64_t random = random_of(city, 1, city->person_count);
    const char *name, *display_name;
    name_person(city, &random, city->load->arena, &name, &display_name);
    struct account *a = change_new(c, &account_kind);
    set(a, name, name);
    set(a, display_name, display_name);
    set(a, post, h->post);
    set(a, organisation, h->organisation);
    set(a, phone, arena_printf(c->arena, "1390001%04d", (int)city->person_count));
    set(a, active, 1);
    if (h->role && strcmp(h->role, "inspector") == 0)
        set(a, certificate, arena_printf(c->arena, "%06d%04d", (int)(h->area / 1000000), (int)city->person_count));
    if (change_create(c, &account_kind, a, err) < 0)
        return -1;
    city_add_person(city, a->is.id, name, display_name, h->role, h->organisation, h->area);
    struct assignment duty = { .role = h->role, .area = h->area, .sectors = h->sectors, .object = h->object };
    duty.holder_account = a->is.id;
    if (h->object)
        duty.area = 0;
    if (h->object)
        return make_assignment(c, &duty, err);
    struct post *p = change_new(c, &post_kind);
    set(p, name, h->post);
    set(p, organisation, h->organisation);
    set(p, region, h->area ? h->area : 990100000000);
    set(p, phone, arena_printf(c->arena, "1390002%04d", (int)city->person_count));
    if (change_create(c, &post_kind, p, err) < 0 ||
        make_assignment(c, &(struct assignment){ .role = "holds", .holder_account = a->is.id, .post = p->is.id }, err) <
            0)
        return -1;
    duty.holder_account = 0;
    duty.holder_post = p->is.id;
    if (h->role && make_assignment(c, &duty, err) < 0)
        return -1;
    if (!h->first)
        return 0;
    struct assignment first = {
        .role = "first_responsible", .holder_post = p->is.id, .area = h->area, .basis = "安委〔2024〕1号"
    };
    struct assignment head = { .role = "grid_head", .holder_post = p->is.id, .area = h->area };
    return make_assignment(c, &first, err) < 0 ? -1 : make_assignment(c, &head, err);
}

static int hire_all(struct change *c, void *args, struct error *err)
{
    const struct hiring *h = args;
    size_t before = h->city->person_count;
    c->quiet = true;
    for (size_t i = 0; i < h->count; i++)
        if (hire_one(h->city, c, &h->list[i], err) < 0) {
            h->city->person_count = before; /* it may run again */
            return -1;
        }
    return 0;
}

static bool is_of_core(const struct city *city, const char *role, int64_t area)
{
    for (size_t i = 0; i < city->person_count; i++)
        if (city->people[i].role && strcmp(city->people[i].role, role) == 0 && city->people[i].area == area)
            return true;
    return false;
}

static const char *place_name(const struct city *city, int64_t code)
{
    for (size_t i = 0; i < city->load->place_count; i++)
        if (city->load->places[i].code == code)
            return city->load->places[i].name;
    return "";
}

/* The officials: heads, deputies, inspectors and two departments of each county, chiefs of the city's departments, a grid
** member in every town, and a head in half of the towns: the other posts are vacant. */
static size_t list_officials(struct city *city, const struct organisations *o, struct hire *list)
{
    struct arena *arena = city->load->arena;
    size_t n = 0;
    for (int k = 0; k < OFFICES; k++)
        if (offices[k].city)
            list[n++] = (struct hire){ .role = "department",
                                       .post = arena_printf(arena, "市%s安全科科长", offices[k].city),
                                       .organisation = o->city[k],
                                       .sectors = offices[k].sectors };
    for (int i = 0; i < COUNTIES; i++) {
        const char *county = counties[i].name;
        const char *rank = counties[i].urban ? "区长" : "县长";
        int64_t office = o->county[i][EMERGENCY_OFFICE], area = counties[i].code;
        if (i > 0)
            list[n++] = (struct hire){
                .post = arena_printf(arena, "%s%s", county, rank), .organisation = office, .area = area, .first = true
            };
        list[n++] = (struct hire){ .role = "leader",
                                   .post = arena_printf(arena, "%s分管副%s", county, rank),
                                   .organisation = office,
                                   .area = area };
        for (int k = 1; k <= (i ? 2 : 1); k++)
            list[n++] = (struct hire){ .role = "inspector",
                                       .post = arena_printf(arena, "%s执法%s中队队长", county, k == 1 ? "一" : "二"),
                                       .organisation = office,
                                       .area = area };
        for (int k = 0; k < 2; k++)
            list[n++] = (struct hire){ .role = "department",
                                       .post = arena_printf(arena, "%s%s安全股股长", county, offices[k].county),
                                       .organisation = o->county[i][k],
                                       .area = area,
                                       .sectors = offices[k].sectors };
    }
    for (size_t t = 0; t < o->towns; t++) {
        int64_t area = o->town_code[t];
        const char *town = place_name(city, area);
        if (!o->town[t])
            continue;
        if (!is_of_core(city, "grid", area))
            list[n++] = (struct hire){ .role = "grid",
                                       .post = arena_printf(arena, "%s安全网格员", town),
                                       .organisation = o->town[t],
                                       .area = area };
        if (t % 2)
            list[n++] = (struct hire){ .post = arena_printf(arena, "%s%s", town, strstr(town, "街道") ? "主任" : "长"),
                                       .organisation = o->town[t],
                                       .area = area,
                                       .first = true };
    }
    return n;
}

/* ---- firms ---- */

static const struct trade {
    const char *trade, *sector, *words, *industry, *type; /* words: what its firms do, one of them */
    int share;                                            /* of 1000 firms */
    int staff;                                            /* usual number */
    int weight;
    const char *flags;
} trades[] = {
    { "HAZCHEM", "HAZCHEM", "{精细化工|化工|新材料|涂料|气体}", "C2614", "company", 52, 130, 8, ",HZ_PROD,KEY2_1," },
    { "fuel", "HAZCHEM", "{石油销售|燃料油|加油站管理}", "F5162", "company", 38, 25, 4, ",HZ_OPER," },
    { "MINE", "MINE", "{矿业|石材|建筑石料}", "B1011", "company", 26, 90, 7, NULL },
    { "TAILINGS", "TAILINGS", "{选矿|矿业}", "B0890", "company", 7, 140, 6, ",TAILINGS," },
    { "FIREWORK", "FIREWORK", "{烟花爆竹|烟花}批发", "F5179", "company", 9, 18, 5, ",FW_WHOLE," },
    { "wood", "INDUSTRY", "{木业|家具|板材}", "C2110", "company", 72, 45, 4, ",DUST," },
    { "metal", "INDUSTRY", "{金属制品|机械|铸造|五金|汽车配件}", "C3311", "company", 130, 85, 4, ",METAL," },
    { "food", "INDUSTRY", "{食品|水产|冷链|面粉}", "C1369", "company", 70, 95, 4, ",NH3," },
    { "textile", "INDUSTRY", "{纺织|印染|服装}", "C1713", "company", 58, 110, 3, NULL },
    { "material", "INDUSTRY", "{水泥制品|建材|陶瓷}", "C3021", "company", 52, 70, 4, NULL },
    { "INDUSTRY", "INDUSTRY", "{塑料制品|包装|电子|环保科技}", "C2929", "company", 106, 60, 3, ",CONF," },
    { "BUILD", "BUILD", "{建筑工程|市政工程|装饰工程}", "E4710", "company", 74, 120, 5, ",BUILD," },
    { "GAS", "GAS", "{燃气|液化气}", "D4511", "company", 17, 55, 6, ",GAS," },
    { "ROADTRANS", "ROADTRANS", "{客运|物流|运输|公共交通}", "G5431", "company", 66, 80, 5, NULL },
    { "FIRE", "FIRE", "{商贸|百货|酒店|餐饮|文化娱乐|超市}", "F5211", "company", 118, 65, 4, ",CROWD," },
    { "SCHOOL", "SCHOOL", "{中心小学|实验小学|第二中学|中心幼儿园|职业学校}", "P8321", "school", 42, 75, 3, ",CROWD," },
    { "HEALTH", "HEALTH", "{医院|中医院|卫生院|妇幼保健院}", "Q8411", "hospital", 22, 160, 3, ",CROWD," },
    { "ELDER", "ELDER", "{颐养中心|敬老院|护理院}", "Q8514", "social", 15, 30, 4, ",CROWD," },
    { "TOUR", "TOUR", "{文旅发展|生态旅游|景区管理}", "N7861", "company", 14, 40, 4, NULL },
    { "SPECEQ", "SPECEQ", "{电梯服务|物业服务|游乐|起重设备}", "K7020", "property", 12, 60, 3, ",SPECEQ," },
};
static const char *const brands[] = { "恒润",   "宏达", "瑞丰", "金禾", "鑫源",   "天和", "华盛", "远航", "众诚",
                                      "嘉泰",   "博远", "德润", "永固", "兴业",   "明辉", "卓越", "蓝湾", "同创",
                                      "汇丰源", "新联", "昌隆", "建安", "利民",   "惠泽", "海润", "安顺", "大成",
                                      "福瑞",   "星河", "和谐", "盛世", "正大源", "三江", "四海", "万通", "百川",
                                      "启明",   "向阳", "腾跃", "光华", "顺达",   "科信", "海纳", "广源", "东晟",
                                      "西陵",   "南山", "北辰", "中鼎", "上善" };

static const struct trade *trade_of(size_t i)
{
    /* Spread evenly, so that the first hundred are like the last. */
    size_t at = i * 617 % 1000, k = 0;
    for (; k + 1 < COUNT(trades) && at >= (size_t)trades[k].share; k++)
        at -= (size_t)trades[k].share;
    return &trades[k];
}

/* A village: those of towns with a lower number have more firms. */
static int64_t some_village(const struct city *city, uint64_t *random)
{
    for (;;) {
        const struct load_place *p = &city->load->places[pick(random, city->load->place_count)];
        int64_t town = p->code / 1000 % 1000;
        if (p->code % 1000 && random_next(random) % 10 < (uint64_t)(11 - town))
            return p->code;
    }
}

static const char *county_brand(int64_t region)
{
    for (int i = 0; i < COUNTIES; i++)
        if (region_at(region, REGION_COUNTY) == counties[i].code)
            return counties[i].brand;
    return "安澜";
}

/* Never two of the same name: the number of the round is in the brand. */
static const char *firm_name(struct city *city, struct arena *arena, const struct trade *t, size_t i, int64_t region,
                             uint64_t *random)
{
    const char *what = phrase_say(arena, t->words, random), *brand = brands[(i * 7 + i / 50) % COUNT(brands)];
    const char *town = place_name(city, region_at(region, REGION_TOWN));
    if (strcmp(t->type, "school") == 0 || strcmp(t->type, "hospital") == 0 || strcmp(t->type, "social") == 0)
        return arena_printf(arena, "%s%s%s%s", county_brand(region), town, brand, what);
    return arena_printf(arena, "%s%s%s有限%s公司", county_brand(region), brand, what, i % 9 == 4 ? "责任" : "");
}

static bool is_named(const struct city *city, const char *name)
{
    for (size_t i = 0; i < city->object_count; i++)
        if (city->objects[i].name && strcmp(city->objects[i].name, name) == 0)
            return true;
    return false;
}

struct city_object *city_add_object(struct city *city, int64_t id, int64_t region, const char *trade, const char *name)
{
    struct city_object *o = &city->objects[city->object_count++];
    *o = (struct city_object){ .id = id, .region = region, .trade = trade, .name = name, .safety = CITY_NOBODY };
    o->weight = 4;
    return o;
}

/* How many stand there already when a chunk begins: a chunk that runs again begins there again. */
static void rewind_to(struct city *city, size_t count)
{
    if (city->object_count > count)
        city->object_count = count;
}

static int make_firm(struct city *city, struct change *c, size_t i, struct error *err)
{
    const struct trade *t = trade_of(i);
    uint64_t random = random_of(city, 2, i);
    rewind_to(city, city->core_firms + city->core_places + i);
    struct arena *arena = city->load->arena;
    int64_t region = some_village(city, &random);
    const char *name = firm_name(city, arena, t, i, region, &random);
    for (size_t more = 1; is_named(city, name); more++)
        name = firm_name(city, arena, t, i + more * 13, region, &random);
    struct enterprise *e = change_new(c, &enterprise_kind);
    int64_t staff = t->staff / 4 + (int64_t)(random_next(&random) % (uint64_t)(t->staff * 2));
    const char *head = name_of(arena, &random);
    set(e, name, name);
    /* One in forty has none yet, as in every ledger. */
    if (i % 40 == 17)
        set(e, no_code_reason, "new");
    else
        set(e, credit_code, load_credit_code(c->arena, region, 100 + (int)i));
    set(e, unit_type, t->type);
    set(e, sector, t->sector);
    if (t->flags && (i % 3 || t->weight > 6))
        set(e, flags, t->flags);
    set(e, industry, t->industry);
    set(e, size, staff > 300 ? "large" : staff > 120 ? "medium" : staff > 20 ? "small" : "micro");
    set(e, region, region);
    set(e, address,
        arena_printf(
            c->arena, "%s%s%d 号", place_name(city, region_at(region, REGION_TOWN)),
            (const char *const[]){ "工业路", "振兴路", "滨河路", "迎宾路", "创业街", "园区一路" }[pick(&random, 6)],
            1 + (int)pick(&random, 198)));
    set(e, place, load_spot(city->load, region, 100 + i));
    set(e, head, head);
    set(e, legal_representative, random_next(&random) % 4 ? head : name_of(c->arena, &random));
    set(e, staff, staff);
    set(e, phone, arena_printf(c->arena, "1390003%04d", (int)i));
    set(e, founded_on, day_of_ms(c->now) - 365 * (1 + (int64_t)pick(&random, 24)) - (int64_t)pick(&random, 300));
    grading_begin(c, e, i);
    if (change_create(c, &enterprise_kind, e, err) < 0)
        return -1;
    struct city_object *o = city_add_object(city, e->is.id, region, t->trade, name);
    o->head = head;
    o->firm = true;
    o->weight = t->weight;
    o->place = e->place;
    return 0;
}

/* ---- places that are no firms ---- */

static const struct place_kind {
    const char *trade, *type, *sector, *name; /* of 100 places */
    int share, weight;
} sites[] = {
    { "TAILINGS", "tailings", "TAILINGS", "{一|二|三}号尾矿库", 6, 5 },
    { "closed_mine", "closed_mine", "MINE", "{废弃石料矿|关闭矿井|停用采石场}", 12, 3 },
    { "mall", "mall", "FIRE", "{商业广场|购物中心|生活广场}", 9, 8 },
    { "high_rise", "high_rise", "FIRE", "{花园|新城|雅苑|名邸} {1|2|3|5|6} 号楼", 20, 4 },
    { "BUILD", "works_site", "BUILD", "{安置房|学校扩建|产业园|污水厂|道路改造}{一|二|三}期工地", 22, 8 },
    { "pipe", "pipe", "GAS", "{燃气中压|供水|成品油}管道{东|西|南|北}段", 9, 3 },
    { "fireworks", "fireworks", "FIREWORK", "烟花爆竹零售点", 10, 4 },
    { "crowd", "crowd", "FIRE", "{农贸市场|商贸城|集市}", 6, 5 },
    { "old_estate", "old_estate", "FIRE", "{纺织厂|供销社|水利局}家属院", 6, 4 },
};

static const struct place_kind *site_of(size_t i)
{
    size_t at = i * 37 % 100, k = 0;
    for (; k + 1 < COUNT(sites) && at >= (size_t)sites[k].share; k++)
        at -= (size_t)sites[k].share;
    return &sites[k];
}

static int make_site(struct city *city, struct change *c, size_t i, struct error *err)
{
    const struct place_kind *s = site_of(i);
    uint64_t random = random_of(city, 3, i);
    rewind_to(city, CITY_FIRMS + city->core_places + i);
    int64_t region;
    /* Tall buildings and malls stand in towns. */
    bool urban = strcmp(s->sector, "FIRE") == 0;
    const char *name, *village, *town;
    do {
        region = some_village(city, &random);
        village = place_name(city, region);
        town = place_name(city, region_at(region, REGION_TOWN));
        name =
            arena_printf(city->load->arena, "%s%s%s", town, village, phrase_say(city->load->arena, s->name, &random));
    } while (is_named(city, name) || (urban && !strstr(village, "社区")));
    struct facility *f = change_new(c, &facility_kind);
    set(f, name, name);
    set(f, type, s->type);
    set(f, sector, s->sector);
    set(f, region, region);
    set(f, address, arena_printf(c->arena, "%s%s", town, village));
    set(f, place, load_spot(city->load, region, 5000 + i));
    set(f, built_on, day_of_ms(c->now) - 200 - (int64_t)pick(&random, 7000));
    if (change_create(c, &facility_kind, f, err) < 0)
        return -1;
    struct city_object *o = city_add_object(city, f->is.id, region, s->trade, name);
    o->head = name_of(city->load->arena, &random);
    o->weight = s->weight;
    o->place = f->place;
    return 0;
}

/* ---- all of it ---- */

/* What is left of the people: safety officers of the firms where most is found. */
static size_t list_safety(struct city *city, struct hire *list, size_t *objects, size_t most)
{
    size_t n = 0;
    for (int weight = 8; weight >= 4; weight -= 2)
        for (size_t i = city->core_firms + city->core_places; n < most && i < city->object_count; i++) {
            const struct city_object *o = &city->objects[i];
            if (!o->firm || o->weight != weight || i % 3)
                continue;
            objects[n] = i;
            list[n++] = (struct hire){ .role = "safety", .post = "安全环保部主任", .object = o->id };
        }
    return n;
}

static int run(struct city *city, change_fn fn, void *args, struct error *err)
{
    struct actor program = actor_program();
    struct change_order order = { .actor = &program, .now_ms = city->load->begin, .cause = "demo", .large = true };
    return change_run(city->load->house, &order, fn, args, NULL, err);
}

/* The firm itself is the organisation of its safety officer. */
static int make_own(struct change *c, void *args, struct error *err)
{
    const struct hiring *h = args;
    c->quiet = true;
    for (size_t i = 0; i < h->count; i++)
        for (size_t k = 0; k < h->city->object_count; k++)
            if (h->city->objects[k].id == h->list[i].object &&
                make_organisation(c, h->city->objects[k].name, "enterprise", h->city->objects[k].region,
                                  &h->list[i].organisation, err) < 0)
                return -1;
    return 0;
}

int city_make(struct city *city, struct error *err)
{
    struct organisations *o = ARENA_NEW(city->load->arena, struct organisations);
    struct hire *list = ARENA_ARRAY(city->load->arena, struct hire, 2 * CITY_PEOPLE);
    size_t objects[CITY_PEOPLE];
    if (run(city, make_offices, &(struct offices_made){ city, o }, err) < 0)
        return -1;
    struct hiring h = { city, list, list_officials(city, o, list) };
    if (run(city, hire_all, &h, err) < 0 ||
        make_many(city, "企业", CITY_FIRMS - city->core_firms, make_firm, err) < 0 ||
        make_many(city, "设施场所", CITY_PLACES - city->core_places, make_site, err) < 0)
        return -1;
    size_t first = city->person_count;
    h.count = list_safety(city, list, objects, CITY_PEOPLE - first);
    if (run(city, make_own, &h, err) < 0 || run(city, hire_all, &h, err) < 0)
        return -1;
    for (size_t i = 0; i < h.count; i++)
        city->objects[objects[i]].safety = (int)(first + i);
    return 0;
}
