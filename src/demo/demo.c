#include "demo/demo.h"

#include "access/session.h"
#include "base/clock.h"
#include "base/seal.h"
#include "demo/bulk.h"
#include "demo/firm.h"
#include "demo/city.h"
#include "demo/load.h"
#include "domain/files.h"
#include "domain/grid/boundary.h"
#include "domain/enforcement/paper.h"
#include "domain/grid/grid.h"
#include "domain/hazard/hazard.h"
#include "domain/object/enterprise.h"
#include "domain/object/facility.h"
#include "record/json.h"
#include "record/type.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- places ---- */

static const struct load_place places[] = {
    { 990000000000, "安海省" },   { 990100000000, "安澜市" },   { 990102000000, "澜北区" },
    { 990121000000, "青屿县" },   { 990102001000, "临河镇" },   { 990102002000, "望潮街道" },
    { 990121001000, "城关镇" },   { 990121002000, "石桥镇" },   { 990102001001, "临河社区" },
    { 990102001002, "柳湾村" },   { 990102002001, "观潮社区" }, { 990102002002, "渔港社区" },
    { 990121001001, "东门社区" }, { 990121001002, "北关社区" }, { 990121002001, "石桥村" },
    { 990121002002, "上塘村" },
};

/* ---- organisations, people, posts ---- */

enum organisation_index { OFFICE, FIRM_A, EMERGENCY, HOUSING, NORTH, TOWN_A, TOWN_B, ORGANISATIONS };

static const struct {
    const char *name, *short_name, *type;
    int64_t region;
    const char *word; /* its papers' numbers begin with it */
} organisations[ORGANISATIONS] = {
    [OFFICE] = { "安澜市安全生产委员会办公室", "市安委办", "committee", 990100000000, "安委办" },
    [FIRM_A] = { "澜北禾川精细化工有限公司", NULL, "enterprise", 990102001000, NULL },
    [EMERGENCY] = { "安澜市应急管理局", "市应急局", "department", 990100000000, "安应急" },
    [HOUSING] = { "安澜市住房和城乡建设局", "市住建局", "department", 990100000000, "安住建" },
    [NORTH] = { "澜北区应急管理局", "区应急局", "department", 990102000000, "澜安监" },
    [TOWN_A] = { "临河镇应急管理办公室", NULL, "town_office", 990102001000, NULL },
    [TOWN_B] = { "望潮街道应急管理办公室", NULL, "town_office", 990102002000, NULL },
};

enum who {
    XUJING,
    WUCHENGDONG,
    ZHOUMINGYUAN,
    HEZHICHENG,
    WANGHAITAO,
    ZHENGHAISHENG,
    GAOYUAN,
    LINXIAOWEN,
    TANGWEIGUO,
    FANGUOLIN,
    LUOXIAOFANG,
    SYSADMIN,
    SECADMIN,
    AUDITADMIN,
    SIGNING_IN, /* those above have a password; those below are named only */
    JIANGYUNFEI = SIGNING_IN,
    SUHANGYU,
    DINGLAN,
    MAOSHIJIE,
    PEOPLE,
};

static const struct {
    const char *name, *display_name, *post, *role;
    enum organisation_index organisation;
    const char *scope_zh;
} people[PEOPLE] = {
    [XUJING] = { "xujing", "许静", "安委办综合科科长", "office", OFFICE, "全市，全部业务" },
    [WUCHENGDONG] = { "wuchengdong", "吴成栋", "分管副市长", "leader", OFFICE, "全市，只看" },
    [ZHOUMINGYUAN] = { "zhoumingyuan", "周明远", "澜北区执法中队队长", "inspector", NORTH, "澜北区，检查、交办、复查" },
    [HEZHICHENG] = { "hezhicheng", "贺志成", "临河镇安全网格员", "grid", TOWN_A, "临河镇，登记、交办、复查" },
    [WANGHAITAO] = { "wanghaitao", "汪海涛", "望潮街道安全网格员", "grid", TOWN_B, "望潮街道，登记、交办、复查" },
    [ZHENGHAISHENG] = { "zhenghaisheng", "郑海生", "安全环保部主任", "safety", FIRM_A, "本企业，自查、整改" },
    [GAOYUAN] = { "gaoyuan", "高源", "危化监管科科长", "department", EMERGENCY, "全市，危化、烟花、矿山、工贸" },
    [LINXIAOWEN] = { "linxiaowen", "林晓雯", "质量安全科科长", "department", HOUSING, "全市，房屋市政、燃气" },
    [TANGWEIGUO] = { "tangweiguo", "唐卫国", "值班室值班员", "duty", OFFICE, "全市，值班查看" },
    [FANGUOLIN] = { "fanguolin", "范国林", "总经理", "head", FIRM_A, "本企业，自查、整改、维护资料" },
    [LUOXIAOFANG] = { "luoxiaofang", "罗晓芳", "合成车间操作工", "worker", FIRM_A, "本企业，报告隐患" },
    [SYSADMIN] = { "sysadmin", "系统管理员", NULL, "system_admin", OFFICE, "系统运行，不看业务" },
    [SECADMIN] = { "secadmin", "安全管理员", NULL, "security_admin", OFFICE, "人员和权限，不看业务" },
    [AUDITADMIN] = { "auditadmin", "审计管理员", NULL, "audit_admin", OFFICE, "审计记录，不看业务" },
    [JIANGYUNFEI] = { "jiangyunfei", "蒋云飞", "市长", NULL, OFFICE, NULL },
    [SUHANGYU] = { "suhangyu", "苏航宇", "澜北区区长", NULL, NORTH, NULL },
    [DINGLAN] = { "dinglan", "丁岚", "临河镇镇长", NULL, TOWN_A, NULL },
    [MAOSHIJIE] = { "maoshijie", "毛世杰", "临河社区主任", NULL, TOWN_A, NULL },
};

enum post_index { MAYOR, NORTH_HEAD, TOWN_A_HEAD, VILLAGE_HEAD, HAZCHEM_CHIEF, POSTS };

static const struct {
    const char *name;
    enum organisation_index organisation;
    int64_t region;
    const char *phone;
    enum who holder;
} posts[POSTS] = {
    [MAYOR] = { "安澜市市长", OFFICE, 990100000000, NULL, JIANGYUNFEI },
    [NORTH_HEAD] = { "澜北区区长", NORTH, 990102000000, NULL, SUHANGYU },
    [TOWN_A_HEAD] = { "临河镇镇长", TOWN_A, 990102001000, "13920260911", DINGLAN },
    [VILLAGE_HEAD] = { "临河社区主任", TOWN_A, 990102001001, "13920260912", MAOSHIJIE },
    [HAZCHEM_CHIEF] = { "危化监管科科长", EMERGENCY, 990100000000, "13920260913", GAOYUAN },
};

/* Who is responsible for what. A holder is its index + 1. */
static const struct {
    const char *role;
    int account, post, organisation;
    int64_t area;
    const char *sectors;
    bool firm; /* the first firm */
    const char *basis;
} duties[] = {
    { "office", .account = XUJING + 1 },
    { "leader", .account = WUCHENGDONG + 1 },
    { "inspector", .account = ZHOUMINGYUAN + 1, .area = 990102000000 },
    { "grid", .account = HEZHICHENG + 1, .area = 990102001000 },
    { "grid", .account = WANGHAITAO + 1, .area = 990102002000 },
    { "safety", .account = ZHENGHAISHENG + 1, .firm = true },
    { "department", .post = HAZCHEM_CHIEF + 1 },
    { "department", .account = LINXIAOWEN + 1 },
    { "duty", .account = TANGWEIGUO + 1 },
    { "head", .account = FANGUOLIN + 1, .firm = true },
    { "worker", .account = LUOXIAOFANG + 1, .firm = true },
    { "system_admin", .account = SYSADMIN + 1 },
    { "security_admin", .account = SECADMIN + 1 },
    { "audit_admin", .account = AUDITADMIN + 1 },
    { "first_responsible", .post = MAYOR + 1, .area = 990100000000, .basis = "安委〔2026〕1号" },
    { "first_responsible", .post = NORTH_HEAD + 1, .area = 990102000000, .basis = "安委〔2026〕1号" },
    { "first_responsible", .post = TOWN_A_HEAD + 1, .area = 990102001000, .basis = "安委〔2026〕1号" },
    { "first_responsible", .account = FANGUOLIN + 1, .firm = true, .basis = "安全生产法第五条" },
    { "committee_chair", .post = MAYOR + 1, .area = 990100000000, .basis = "安委〔2026〕1号" },
    { "committee_deputy", .account = WUCHENGDONG + 1, .area = 990100000000, .basis = "安委〔2026〕1号" },
    { "committee_member", .organisation = EMERGENCY + 1, .area = 990100000000, .basis = "安委〔2026〕1号" },
    { "committee_member", .organisation = HOUSING + 1, .area = 990100000000, .basis = "安委〔2026〕1号" },
    { "portfolio", .account = WUCHENGDONG + 1, .sectors = ",HAZCHEM,MINE,", .basis = "市政府领导分工" },
    { "area_contact", .account = WUCHENGDONG + 1, .area = 990102001000, .basis = "市政府领导分工" },
    { "grid_head", .post = NORTH_HEAD + 1, .area = 990102000000 },
    { "grid_head", .post = TOWN_A_HEAD + 1, .area = 990102001000 },
    { "grid_head", .post = VILLAGE_HEAD + 1, .area = 990102001001 },
    { "general", .organisation = EMERGENCY + 1, .sectors = ",HAZCHEM,MINE,TAILINGS,FIREWORK,INDUSTRY,",
      .basis = "安全生产法第十条第一款" },
    { "direct", .organisation = EMERGENCY + 1, .sectors = ",HAZCHEM,MINE,TAILINGS,FIREWORK,INDUSTRY,",
      .basis = "安全生产法第十条第二款" },
    { "direct", .organisation = HOUSING + 1, .sectors = ",BUILD,GAS,", .basis = "安全生产法第十条第二款" },
    { "direct", .organisation = NORTH + 1, .area = 990102000000, .sectors = ",INDUSTRY,",
      .basis = "安全生产法第十条第二款" },
    { "principal", .account = FANGUOLIN + 1, .firm = true, .basis = "重大危险源包保责任制" },
    { "operational", .account = ZHENGHAISHENG + 1, .firm = true, .basis = "重大危险源包保责任制" },
};

/* ---- firms ---- */

static const struct {
    const char *name, *sector, *industry, *type, *head, *address;
    int64_t region;
    int64_t staff;
} firms[] = {
    { "澜北禾川精细化工有限公司", "HAZCHEM", "C2614", "company", "陈国梁", "临河镇化工路 18 号", 990102001001, 186 },
    { "临河镇佳和木业加工厂", "INDUSTRY", "C2011", "sole_trader", "段玉梅", "柳湾村 6 组", 990102001002, 23 },
    { "澜北清源污水处理有限公司", "INDUSTRY", "D4620", "company", "田文斌", "临河镇滨河路 2 号", 990102001001, 41 },
    { "临河镇中心小学", "SCHOOL", "P8321", "school", "陆敏", "临河镇学府街 1 号", 990102001001, 96 },
    { "望潮锦悦商业管理有限公司", "FIRE", "L7221", "company", "汪立群", "望潮街道海潮路 88 号", 990102002001, 310 },
    { "望潮丰汇冷链物流有限公司", "INDUSTRY", "G5930", "company", "施丽华", "渔港路 3 号", 990102002002, 74 },
    { "澜北通达客运有限公司", "ROADTRANS", "G5421", "company", "白晓峰", "望潮街道车站路 9 号", 990102002001, 128 },
    { "青屿聚源金属制品有限公司", "INDUSTRY", "C3311", "company", "孟祥瑞", "城关镇工业园 5 号", 990121001001, 152 },
    { "青屿晨曦烟花爆竹批发有限公司", "FIREWORK", "F5179", "company", "邱国安", "石桥镇仓储区", 990121002001, 19 },
    { "石桥石鼓山矿业有限公司", "TAILINGS", "B0890", "company", "康建平", "石桥镇上塘村", 990121002002, 205 },
    { "青屿仁和医院", "HEALTH", "Q8411", "hospital", "沈雅琴", "城关镇人民路 21 号", 990121001002, 420 },
    { "青屿惠民燃气有限公司", "GAS", "D4511", "company", "尹红霞", "城关镇气站路 1 号", 990121001001, 63 },
};

static const struct {
    const char *name, *type, *sector, *address;
    int64_t region;
    const char *head;
} sites[] = {
    { "临河镇商贸城", "crowd", "FIRE", "临河镇中心街", 990102001001, "龚玉兰" },
    { "望潮新城三期工地", "works_site", "BUILD", "望潮街道新城路", 990102002001, "骆建军" },
    { "石鼓山尾矿库", "tailings", "TAILINGS", "石桥镇上塘村", 990121002002, "康志勇" },
};

/* ---- hazards: text, firm, days ago, how far along ---- */

enum reach { FOUND, CLASSIFIED, ASSIGNED, RECTIFYING, REPAIRED, RETURNED, CLOSED };

static const struct {
    const char *text, *category, *location, *clause;
    int firm;
    int days_ago;
    enum reach reach;
    int days_to_fix;
} findings[] = {
    { "2 号罐组液氨储罐未设紧急切断阀", "thing", "罐区", "HC-5", 0, 21, RECTIFYING, 30 },
    { "喷漆房可燃气体报警器停用，未与风机联锁", "thing", "涂装车间", "GM-7-7", 7, 19, RETURNED, 14 },
    { "粉尘除尘系统未装锁气卸灰装置", "thing", "打磨车间", "GM-11-6", 1, 17, ASSIGNED, 20 },
    { "安全出口被货架占用，净宽不足 1.1 米", "environment", "二层东侧", NULL, 4, 16, RECTIFYING, 10 },
    { "配电间电缆穿墙孔洞未封堵", "thing", "一层配电间", NULL, 5, 15, REPAIRED, 15 },
    { "氨制冷机房事故风机无法启动", "thing", "制冷机房", "GM-12-1", 5, 14, ASSIGNED, 7 },
    { "有限空间台账缺少 3 处污水井", "management", "厂区", NULL, 2, 13, RECTIFYING, 15 },
    { "烟花爆竹库房内存放其他危险物品", "management", "2 号库", "FW-19", 8, 12, REPAIRED, 5 },
    { "动火作业票未填写气体检测结果", "management", "检修现场", NULL, 0, 12, CLOSED, 5 },
    { "消火栓箱内无水带、水枪", "thing", "三层走廊", NULL, 3, 11, CLOSED, 10 },
    { "尾矿库干滩长度低于设计值 4 米", "environment", "滩面", "MT-4", 9, 10, RECTIFYING, 15 },
    { "燃气调压箱周边堆放可燃杂物", "environment", "气站路", NULL, 11, 9, REPAIRED, 7 },
    { "叉车未按期检验", "thing", "成品库", NULL, 5, 9, ASSIGNED, 20 },
    { "铸造车间冷却水无断水报警", "thing", "铸造车间", NULL, 7, 8, CLASSIFIED, 0 },
    { "客运车辆 3 名驾驶员未完成继续教育", "person", "调度室", NULL, 6, 8, CLOSED, 7 },
    { "员工宿舍违规使用大功率电器", "person", "宿舍楼", NULL, 7, 7, REPAIRED, 5 },
    { "防雷检测报告过期", "management", "办公楼", NULL, 2, 6, CLASSIFIED, 0 },
    { "氧气瓶与乙炔瓶间距不足 5 米", "thing", "维修间", NULL, 0, 5, RECTIFYING, 5 },
    { "疏散指示标志损坏 4 处", "thing", "门诊楼", NULL, 10, 4, CLASSIFIED, 0 },
    { "木屑未当日清理，地面积尘", "environment", "锯台旁", NULL, 1, 3, FOUND, 0 },
    { "临时用电未架空，电缆拖地", "thing", "卸货区", NULL, 5, 2, FOUND, 0 },
    { "压力表超期未检定", "thing", "空压机房", NULL, 0, 1, FOUND, 0 },
    { "应急照明灯断电后不亮", "thing", "地下车库", NULL, 4, 1, FOUND, 0 },
    { "危险废物暂存间未张贴标签", "management", "危废间", NULL, 0, 0, FOUND, 0 },
};

struct loader {
    struct load load;
    struct house *house;
    int64_t now;
    int64_t organisation[ORGANISATIONS];
    int64_t account[PEOPLE];
    int64_t post[POSTS];
    int64_t firm[COUNT(firms)], site[COUNT(sites)];
    char passwords[SIGNING_IN][TOKEN_TEXT];
    size_t step;      /* index a change function works on */
    int64_t made;     /* id it made */
    int64_t evidence; /* file shown as proof of a repair */
    int64_t ordered;  /* hazard of which a paper orders the repair */
    struct error *err;
};

/* One act: by whom, when. */
static int act(struct loader *l, const struct actor *actor, int64_t at, change_fn fn)
{
    struct change_order order = { .actor = actor, .now_ms = at, .cause = "demo" };
    struct change_result done;
    if (change_run(l->house, &order, fn, l, &done, l->err) < 0)
        return -1;
    l->made = done.id;
    return 0;
}

static int make_place(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct region *r = change_new(c, &region_kind);
    set(r, code, l->load.places[l->step].code);
    set(r, name, l->load.places[l->step].name);
    return change_create(c, &region_kind, r, err);
}

struct land load_land(const struct load *load, int64_t code)
{
    int64_t parent = region_parent(code);
    size_t before = 0, all = 0;
    if (!parent)
        return land_city;
    for (size_t i = 0; i < load->place_count; i++) {
        if (region_parent(load->places[i].code) != parent)
            continue;
        before += load->places[i].code < code;
        all++;
    }
    return land_part(load_land(load, parent), all, before);
}

struct place load_spot(const struct load *load, int64_t region, size_t n)
{
    struct lonlat p = land_point(load_land(load, region), (double)(n * 37 % 100) / 100, (double)(n * 61 % 100) / 100);
    return (struct place){ (int32_t)lround(p.lon * 1e7), (int32_t)lround(p.lat * 1e7) };
}

void load_tell(const struct load *load, const char *zh, int64_t done, int64_t all)
{
    if (load->order->tell)
        load->order->tell(zh, done, all);
}

static int make_outline(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct geo_shape shape = land_shape(load_land(&l->load, l->load.places[l->step].code), c->arena);
    struct area *area = NULL;
    if (area_make(&shape, DATUM_WGS84, &area, err) < 0)
        return -1;
    struct boundary_new b = { .area = area, .datum = DATUM_WGS84, .source = "演示数据", .from = BOUNDARY_ALWAYS };
    int got = boundary_put(c, l->load.places[l->step].code, &b, err);
    area_free(area);
    return got;
}

static int make_organisation(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct organisation *o = change_new(c, &organisation_kind);
    set(o, name, organisations[l->step].name);
    set(o, type, organisations[l->step].type);
    set(o, region, organisations[l->step].region);
    if (organisations[l->step].word)
        set(o, document_word, organisations[l->step].word);
    if (organisations[l->step].short_name)
        set(o, short_name, organisations[l->step].short_name);
    if (l->step >= TOWN_A)
        set(o, parent, l->organisation[NORTH]);
    return change_create(c, &organisation_kind, o, err);
}

static int make_person(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct account *a = change_new(c, &account_kind);
    set(a, name, people[l->step].name);
    set(a, display_name, people[l->step].display_name);
    if (people[l->step].post)
        set(a, post, people[l->step].post);
    const char *role = people[l->step].role;
    if (role && (strcmp(role, "inspector") == 0 || strcmp(role, "department") == 0))
        set(a, certificate, arena_printf(c->arena, "990102%05d", (int)(17 + 25 * l->step)));
    set(a, organisation, l->organisation[people[l->step].organisation]);
    set(a, phone, arena_printf(c->arena, "139%08d", (int)(20260700 + l->step)));
    set(a, active, 1);
    return change_create(c, &account_kind, a, err);
}

/* A post and who holds it. */
static int make_post(struct change *c, void *args, struct error *err)
{
    struct loader *l = args;
    struct post *p = change_new(c, &post_kind);
    set(p, name, posts[l->step].name);
    set(p, organisation, l->organisation[posts[l->step].organisation]);
    set(p, region, posts[l->step].region);
    if (posts[l->step].phone)
        set(p, phone, posts[l->step].phone);
    if (change_create(c, &post_kind, p, err) < 0)
        return -1;
    l->post[l->step] = p->is.id;
    struct assignment *a = change_new(c, &assignment_kind);
    set(a, role, "holds");
    set(a, holder_account, l->account[posts[l->step].holder]);
    set(a, post, p->is.id);
    set(a, valid_from, day_of_ms(c->now));
    return change_create(c, &assignment_kind, a, err);
}

static int make_duty(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    size_t i = l->step;
    struct assignment *a = change_new(c, &assignment_kind);
    set(a, role, duties[i].role);
    if (duties[i].account)
        set(a, holder_account, l->account[duties[i].account - 1]);
    if (duties[i].post)
        set(a, holder_post, l->post[duties[i].post - 1]);
    if (duties[i].organisation)
        set(a, holder_organisation, l->organisation[duties[i].organisation - 1]);
    if (duties[i].area)
        set(a, area, duties[i].area);
    if (duties[i].sectors)
        set(a, sectors, duties[i].sectors);
    if (duties[i].firm)
        give(a, object, l->firm[0]);
    if (duties[i].basis)
        set(a, basis, duties[i].basis);
    set(a, valid_from, day_of_ms(c->now));
    return change_create(c, &assignment_kind, a, err);
}

/* What nobody supervises yet: a new line of business. */
static int make_claim(struct change *c, void *args, struct error *err)
{
    (void)args;
    struct claim *m = change_new(c, &claim_kind);
    set(m, region, 990102000000);
    set(m, sector, "TOUR");
    set(m, matter, "辖区新开办多家密室、剧本娱乐经营场所，尚未明确由哪个部门监管。");
    return change_create(c, &claim_kind, m, err);
}

const char *load_credit_code(struct arena *arena, int64_t region, int n)
{
    char *code = arena_printf(arena, "91%06lldMA5%05d__", (long long)(region / 1000000), (n * 7919 + 12345) % 100000);
    credit_code_close(code);
    return code;
}

static int make_firm(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    size_t i = l->step;
    struct enterprise *e = change_new(c, &enterprise_kind);
    set(e, name, firms[i].name);
    set(e, credit_code, load_credit_code(c->arena, firms[i].region, (int)i + 1));
    set(e, unit_type, firms[i].type);
    set(e, sector, firms[i].sector);
    set(e, industry, firms[i].industry);
    set(e, region, firms[i].region);
    set(e, address, firms[i].address);
    set(e, place, load_spot(&l->load, firms[i].region, i + 1));
    set(e, head, firms[i].head);
    set(e, legal_representative, firms[i].head);
    set(e, staff, firms[i].staff);
    set(e, phone, arena_printf(c->arena, "139%08d", (int)(20260000 + i * 131)));
    return change_create(c, &enterprise_kind, e, err);
}

static int make_site(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct facility *f = change_new(c, &facility_kind);
    set(f, name, sites[l->step].name);
    set(f, type, sites[l->step].type);
    set(f, sector, sites[l->step].sector);
    set(f, region, sites[l->step].region);
    set(f, address, sites[l->step].address);
    set(f, place, load_spot(&l->load, sites[l->step].region, l->step + 31));
    return change_create(c, &facility_kind, f, err);
}

/* ---- the loop ---- */

static bool is_major(size_t i)
{
    return findings[i].clause != NULL;
}

static int report(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    size_t i = l->step;
    struct hazard *h = change_new(c, &hazard_kind);
    set(h, description, findings[i].text);
    set(h, object, l->firm[findings[i].firm]);
    set(h, found_on, day_of_ms(c->now));
    set(h, source, i % 3 ? "inspection" : "grid");
    set(h, category, findings[i].category);
    set(h, location, findings[i].location);
    return change_create(c, &hazard_kind, h, err);
}

/* Reads the hazard, lets `fill` write what the move takes, makes the move. */
static int move(struct change *c, const struct loader *l, const char *name,
                void (*fill)(struct change *c, const struct loader *l, struct hazard *h), struct error *err)
{
    const struct move *m = move_find(&hazard_kind, name);
    void *before;
    if (change_get_to_move(c, &hazard_kind, l->made, 0, m, &before, err) < 0)
        return -1;
    struct hazard *h = change_copy(c, &hazard_kind, before);
    if (fill)
        fill(c, l, h);
    return change_move(c, &hazard_kind, m, before, h, NULL, err);
}

static void fill_level(struct change *c, const struct loader *l, struct hazard *h)
{
    (void)c;
    set(h, level, is_major(l->step) ? "major" : "general");
    if (is_major(l->step))
        set(h, clause, findings[l->step].clause);
}

/* The firm of the safety officer reports here, the others on paper. */
static void fill_report(struct change *c, const struct loader *l, struct hazard *h)
{
    set(h, reported_to, l->organisation[EMERGENCY]);
    set(h, report_cause, arena_printf(c->arena, "现场检查发现：%s；企业日常检查不到位", findings[l->step].text));
    set(h, report_analysis, "一旦失效可能造成人员伤亡；须停用相关设备后整改，资金和人员已落实");
    if (findings[l->step].firm != 0)
        give(h, reported_on, day_of_ms(c->now));
}

static bool in_town_a(int64_t region)
{
    return region_at(region, REGION_TOWN) == 990102001000;
}

/* Who repairs it; for a unit without an account its grid member enters what is done. */
static size_t repairs(size_t finding)
{
    int firm = findings[finding].firm;
    return firm == 0 ? ZHENGHAISHENG : in_town_a(firms[firm].region) ? HEZHICHENG : WANGHAITAO;
}

static void fill_five(struct change *c, const struct loader *l, struct hazard *h)
{
    set(h, measures, arena_printf(c->arena, "按标准整改：%s；整改期间设警戒并派人值守", findings[l->step].text));
    if (findings[l->step].firm == 0)
        set(h, responsible, l->account[ZHENGHAISHENG]);
    else
        set(h, responsible_name, firms[findings[l->step].firm].head);
    set(h, funds, is_major(l->step) ? 4680000 : 0);
    set(h, due, h->found_on + findings[l->step].days_to_fix);
    set(h, contingency, "整改期间停用相关设备，现场处置方案已演练");
    if (is_major(l->step)) {
        set(h, plan_goal, "限期消除隐患，整改期间不发生险情");
        set(h, plan_signed_on, day_of_ms(c->now));
    }
}

static void fill_repair(struct change *c, const struct loader *l, struct hazard *h)
{
    give(h, rectification, "已按措施完成整改，并组织自检");
    if (is_major(l->step))
        give(h, assessment, "企业组织专家评估，结论为隐患已消除");
    give(h, evidence, arena_printf(c->arena, ",%lld,", (long long)l->evidence));
}

static void fill_return(struct change *c, const struct loader *l, struct hazard *h)
{
    (void)l;
    give(h, opinion, "报警器已恢复，但与风机的联锁仍未接通，退回整改");
    give(h, due, day_of_ms(c->now) + 7);
}

static void fill_pass(struct change *c, const struct loader *l, struct hazard *h)
{
    if (is_major(l->step))
        give(h, site_review_on, day_of_ms(c->now));
    give(h, opinion, "现场核实，已整改到位，同意销号");
}

/* A move made by one of the people. The demonstration fills in what took the city weeks: the person's name stands in
** the history, the rights are the program's. */
struct step {
    struct loader *l;
    const char *move;
    void (*fill)(struct change *c, const struct loader *l, struct hazard *h);
};

static int move_in_change(struct change *c, void *args, struct error *err)
{
    const struct step *s = args;
    return move(c, s->l, s->move, s->fill, err);
}

static struct actor as_person(const struct loader *l, size_t who)
{
    struct actor actor = actor_program();
    actor.id = l->account[who];
    actor.name = people[who].name;
    actor.display_name = people[who].display_name;
    return actor;
}

static int make_move(struct loader *l, size_t who, int64_t at, const char *name,
                     void (*fill)(struct change *c, const struct loader *l, struct hazard *h))
{
    struct actor actor = as_person(l, who);
    struct change_order order = { .actor = &actor, .now_ms = at, .cause = "demo" };
    struct step step = { l, name, fill };
    return change_run(l->house, &order, move_in_change, &step, NULL, l->err);
}

static int make_evidence(struct loader *l, size_t who, int64_t at)
{
    static const char note[] = "整改说明\n\n一、已按整改措施逐项落实。\n二、已组织自检，记录存档。\n三、请予复查。\n";
    unsigned char digest[32];
    char path[] = "/tmp/anlan-demo-XXXXXX";
    struct actor actor = as_person(l, who);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return fail(l->err, FAULT_INTERNAL, "demo.file", "临时文件无法创建", "Cannot create a temporary file");
    unlink(path);
    sha256(note, sizeof note - 1, digest);
    int got = write(fd, note, sizeof note - 1) == sizeof note - 1
                  ? file_keep(l->house, &actor, at, fd, "整改说明.txt", "text/plain; charset=utf-8", digest,
                              sizeof note - 1, &l->evidence, l->err)
                  : fail(l->err, FAULT_FULL, "demo.file", "磁盘已满", "The disk is full");
    close(fd);
    return got;
}

static int make_finding(struct loader *l, size_t i)
{
    const enum reach reach = findings[i].reach;
    int64_t region = firms[findings[i].firm].region;
    bool north = region_at(region, REGION_COUNTY) == 990102000000;
    size_t finder = in_town_a(region) ? HEZHICHENG : north ? WANGHAITAO : XUJING;
    size_t office = north ? ZHOUMINGYUAN : XUJING, repair = repairs(i);
    size_t judge = office;
    /* Found at half past nine of its day; what was found today, ten minutes ago. */
    int64_t hour = 3600 * 1000, day = day_of_ms(l->now) - findings[i].days_ago;
    int64_t found = findings[i].days_ago ? day_end_ms(day - 1) + 19 * hour / 2 : l->now - hour / 6;
    struct actor actor = as_person(l, finder);
    l->step = i;
    if (act(l, &actor, found, report) < 0)
        return -1;
    if (i == 0)
        l->ordered = l->made;
    if (reach == FOUND)
        return 0;
    if (make_move(l, office, found + hour / 2, "classify", fill_level) < 0)
        return -1;
    bool own = findings[i].firm == 0;
    if (is_major(i) &&
        make_move(l, own ? repair : office, found + hour * 3 / 4, own ? "report" : "report-received", fill_report) < 0)
        return -1;
    if (reach == CLASSIFIED)
        return 0;
    if (make_move(l, office, found + hour, "assign", fill_five) < 0)
        return -1;
    if (reach == ASSIGNED)
        return 0;
    if (make_move(l, repair, found + DAY_MS, "start", NULL) < 0)
        return -1;
    if (reach == RECTIFYING)
        return 0;
    if (make_evidence(l, repair, found + 3 * (int64_t)DAY_MS) < 0 ||
        make_move(l, repair, found + 3 * (int64_t)DAY_MS, "submit", fill_repair) < 0)
        return -1;
    if (reach == REPAIRED)
        return 0;
    return make_move(l, judge, found + 4 * (int64_t)DAY_MS, reach == CLOSED ? "recheck-pass" : "recheck-fail",
                     reach == CLOSED ? fill_pass : fill_return);
}

/* ---- papers ---- */

static int make_paper(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    struct paper_record *p = change_new(c, &paper_kind);
    struct lines *items = ARENA_NEW(c->arena, struct lines);
    struct paper_item_line *item = ARENA_NEW(c->arena, struct paper_item_line);
    set(item, hazard, l->ordered);
    *items = (struct lines){ 1, item };
    set(p, type, "instruction");
    set(p, items, items);
    set(p, organisation, l->organisation[NORTH]);
    set(p, officer, l->account[ZHOUMINGYUAN]);
    set(p, second_officer, l->account[GAOYUAN]);
    return change_create(c, &paper_kind, p, err);
}

static int issue_paper(struct change *c, void *args, struct error *err)
{
    const struct loader *l = args;
    void *before;
    if (change_get(c, &paper_kind, l->made, 0, "issue", &before, err) < 0)
        return -1;
    return change_move(c, &paper_kind, move_find(&paper_kind, "issue"), before, change_copy(c, &paper_kind, before),
                       NULL, err);
}

/* ---- all of it ---- */

static int make_places(struct loader *l, const struct actor *program)
{
    for (l->step = 0; l->step < l->load.place_count; l->step++) {
        load_tell(&l->load, "区划和边界", (int64_t)l->step, (int64_t)l->load.place_count);
        if (act(l, program, l->load.begin, make_place) < 0 || act(l, program, l->load.begin, make_outline) < 0)
            return -1;
    }
    return 0;
}

/* `count` acts of one function, each for the index in l->step; ids, where wanted, are kept. */
static int act_each(struct loader *l, const struct actor *program, size_t count, change_fn fn, int64_t *ids)
{
    for (l->step = 0; l->step < count; l->step++) {
        if (act(l, program, l->load.begin, fn) < 0)
            return -1;
        if (ids)
            ids[l->step] = l->made;
    }
    return 0;
}

static int make_core(struct loader *l, const struct actor *program)
{
    if (make_places(l, program) < 0 || act_each(l, program, ORGANISATIONS, make_organisation, l->organisation) < 0 ||
        act_each(l, program, PEOPLE, make_person, l->account) < 0 ||
        act_each(l, program, COUNT(firms), make_firm, l->firm) < 0 ||
        act_each(l, program, COUNT(sites), make_site, l->site) < 0 ||
        act_each(l, program, POSTS, make_post, NULL) < 0 || act_each(l, program, COUNT(duties), make_duty, NULL) < 0 ||
        act(l, program, l->load.begin, make_claim) < 0)
        return -1;
    for (size_t i = 0; i < SIGNING_IN; i++) {
        token_make(l->passwords[i]);
        l->passwords[i][16] = '\0'; /* 96 random bits, short enough to be typed */
        if (password_set(l->house->store, l->account[i], people[i].name, l->passwords[i], l->now, l->err) < 0)
            return -1;
    }
    return 0;
}

static int make_findings(struct loader *l)
{
    for (size_t i = 0; i < COUNT(findings); i++)
        if (make_finding(l, i) < 0)
            return -1;
    struct actor officer = as_person(l, ZHOUMINGYUAN);
    if (act(l, &officer, l->now, make_paper) < 0 || act(l, &officer, l->now, issue_paper) < 0)
        return -1;
    return demo_firms(l->house, l->now, l->err);
}

/* Whose phrases fit a firm of the core. */
static const char *trade_of(size_t firm)
{
    static const char *const industry[][2] = {
        { "木业", "wood" }, { "金属", "metal" }, { "冷链", "food" }, { "", "INDUSTRY" }
    };
    for (size_t i = 0; strcmp(firms[firm].sector, "INDUSTRY") == 0 && i < COUNT(industry); i++)
        if (strstr(firms[firm].name, industry[i][0]))
            return industry[i][1];
    return firms[firm].sector;
}

static void know_core(const struct loader *l, struct city *city)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        int64_t area = 0;
        for (size_t k = 0; k < COUNT(duties); k++)
            if (people[i].role && duties[k].account == (int)i + 1 && strcmp(duties[k].role, people[i].role) == 0)
                area = duties[k].area;
        city_add_person(city, l->account[i], people[i].name, people[i].display_name, people[i].role,
                        l->organisation[people[i].organisation], area);
    }
    for (size_t i = 0; i < COUNT(firms); i++) {
        struct city_object *o = city_add_object(city, l->firm[i], firms[i].region, trade_of(i), firms[i].name);
        o->head = firms[i].head;
        o->firm = true;
        o->place = load_spot(&l->load, firms[i].region, i + 1);
        o->safety = i == 0 ? ZHENGHAISHENG : CITY_NOBODY;
    }
    for (size_t i = 0; i < COUNT(sites); i++) {
        struct city_object *o =
            city_add_object(city, l->site[i], sites[i].region,
                            strcmp(sites[i].type, "crowd") == 0 ? "crowd" : sites[i].sector, sites[i].name);
        o->head = sites[i].head;
        o->place = load_spot(&l->load, sites[i].region, i + 31);
    }
    city->core_firms = COUNT(firms);
    city->core_places = COUNT(sites);
    city->office = XUJING;
    city->emergency = l->organisation[EMERGENCY];
    city->housing = l->organisation[HOUSING];
    city->north = l->organisation[NORTH];
}

/* Two years of hazards; the findings of the core are of the last three weeks and stand where their days are. */
static int make_city(struct loader *l)
{
    enum { YEARS_DAYS = 730, CORE_DAYS = 22 };
    struct arena *arena = l->load.arena;
    struct story_pictures *pictures;
    struct city city = { .load = &l->load,
                         .people = ARENA_ARRAY(arena, struct city_person, CITY_PEOPLE + PEOPLE),
                         .objects = ARENA_ARRAY(arena, struct city_object, CITY_FIRMS + CITY_PLACES) };
    int64_t today = day_of_ms(l->now), all = l->load.order->hazards;
    /* The last weeks have more than their share: the city looks harder than it used to. */
    int64_t recent = all * 9 / 100;
    know_core(l, &city);
    if (city_make(&city, l->err) < 0 || story_draw(&city, &pictures, l->err) < 0)
        return -1;
    struct telling past = { &city, pictures, today - YEARS_DAYS, today - CORE_DAYS, all - recent, 0, all };
    struct telling lately = { &city, pictures, today - CORE_DAYS, today + 1, recent, all - recent, all };
    if (story_tell(&past, l->err) < 0 || make_findings(l) < 0 || story_tell(&lately, l->err) < 0 ||
        story_close(&city, l->err) < 0)
        return -1;
    load_tell(&l->load, "隐患", all, all);
    return 0;
}

static int make_all(struct loader *l, const struct actor *program)
{
    const struct demo_order *order = l->load.order;
    l->load.begin = l->now - (order->hazards ? 760 : 60) * (int64_t)DAY_MS;
    l->load.places = places;
    l->load.place_count = COUNT(places);
    if (order->hazards) {
        struct load_place *list;
        l->load.place_count = city_places(places, COUNT(places), l->load.arena, &list);
        l->load.places = list;
    }
    if (make_core(l, program) < 0)
        return -1;
    return order->hazards ? make_city(l) : make_findings(l);
}

static int write_accounts(const struct loader *l)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    AUTO_TEXT out = TEXT_LIMIT(64 * 1024);
    struct json j = { .out = &out };
    json_open(&j, '[');
    for (size_t i = 0; i < SIGNING_IN; i++) {
        json_open(&j, '{');
        json_key_str(&j, "name", people[i].name);
        json_key_str(&j, "password", l->passwords[i]);
        json_key_str(&j, "display_name", people[i].display_name);
        json_key_str(&j, "role", people[i].role);
        json_key_str(&j, "scope", people[i].scope_zh);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    text_char(&out, '\n');
    text_printf(&path, "%s/demo-accounts.json", l->house->folder);
    int fd = open(text_get(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, out.at, out.used) != (ssize_t)out.used) {
        if (fd >= 0)
            close(fd);
        return fail(l->err, FAULT_FULL, "demo.accounts", "无法写入 %s", "Cannot write %s", text_get(&path));
    }
    close(fd);
    return 0;
}

static int house_mark_as_demo(struct house *house, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    text_printf(&path, "%s/demo", house->folder);
    int fd = open(text_get(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(err, FAULT_INTERNAL, "demo.mark", "无法写入 %s", "Cannot write %s", text_get(&path));
    close(fd);
    house->demo = true;
    return 0;
}

static int has_people(struct house *house, bool *out, struct error *err)
{
    struct db *db;
    int64_t one;
    if (store_reader(house->store, &db, err) < 0)
        return -1;
    int got = db_get_int(db, "SELECT account FROM credential LIMIT 1", NO_BINDS, &one, out, err);
    store_reader_back(house->store, db);
    return got;
}

int demo_load(struct house *house, const struct demo_order *order, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    struct loader *l = ARENA_NEW(&arena, struct loader);
    struct actor program = actor_program();
    bool filled;
    *l = (struct loader){
        .load = { .house = house, .order = order, .arena = &arena }, .house = house, .now = order->now_ms, .err = err
    };
    if (has_people(house, &filled, err) < 0)
        return -1;
    if (filled && !house->demo)
        return fail(err, FAULT_CONFLICT, "demo.filled", "这个数据目录里已有账号，演示数据只装入空目录",
                    "This data folder has accounts already; a demonstration goes into an empty one");
    if (!filled && (make_all(l, &program) < 0 || write_accounts(l) < 0 || house_mark_as_demo(house, err) < 0))
        return -1;
    return order->scale ? bulk_hazards(house, order, err) : 0;
}
