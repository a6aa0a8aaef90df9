#include "access/roles.h"

#include <string.h>

#define ITEM(c, zh_, en_)                     \
    {                                         \
        .code = (c), .label = {(zh_), (en_) } \
    }
/* 安全生产法 (2021) art 3, 5, 9, 10; 地方党政领导干部安全生产责任制规定 art 4 to 9; responsibility reference. */
static const struct choice duty_role_items[] = {
    ITEM("leader", "领导", "Leader"),
    ITEM("office", "安委办", "Safety committee office"),
    ITEM("department", "行业部门", "Department"),
    ITEM("inspector", "执法检查人员", "Inspector"),
    ITEM("grid", "网格员", "Grid member"),
    ITEM("duty", "值班员", "Duty officer"),
    ITEM("head", "企业主要负责人", "Head of enterprise"),
    ITEM("safety", "企业安全员", "Safety officer"),
    ITEM("worker", "从业人员", "Worker"),
    ITEM("system_admin", "系统管理员", "System administrator"),
    ITEM("security_admin", "安全管理员", "Security administrator"),
    ITEM("audit_admin", "审计管理员", "Audit administrator"),
    ITEM("holds", "任职", "Holds the post"),
    ITEM("first_responsible", "第一责任人", "First responsible person"),
    ITEM("committee_chair", "安委会主任", "Chair of the safety committee"),
    ITEM("committee_deputy", "安委会副主任", "Deputy chair of the safety committee"),
    ITEM("committee_member", "安委会成员", "Member of the safety committee"),
    ITEM("portfolio", "分管领导", "Leader of the portfolio"),
    ITEM("area_contact", "分包领导", "Leader in charge of the area"),
    ITEM("guarantor", "包保责任人", "Guarantor"),
    ITEM("grid_head", "网格长", "Head of the grid"),
    ITEM("industry", "行业主管", "Leads the industry"),
    ITEM("direct", "直接监管", "Supervises directly"),
    ITEM("general", "综合监管", "Supervises in general"),
    ITEM("principal", "包保主要负责人", "Guarantor: principal"),
    ITEM("technical", "包保技术负责人", "Guarantor: technical"),
    ITEM("operational", "包保操作负责人", "Guarantor: operations"),
};
const struct choices duty_roles = {
    .name = "duty_role", .label = { "责任角色", "Role" }, .items = duty_role_items, .count = COUNT(duty_role_items)
};

static const struct choice standing_items[] = {
    ITEM("unit", "本单位", "The unit"),   ITEM("unit_head", "本单位主要负责人", "Head of the unit"),
    ITEM("town", "乡镇（街道）", "Town"), ITEM("town_office", "乡镇（街道）安委办", "Office of the town"),
    ITEM("county", "县（区）", "County"), ITEM("county_office", "县（区）安委办", "Office of the county"),
    ITEM("city", "市", "City"),           ITEM("city_office", "市安委办", "Office of the city"),
    ITEM("province", "省", "Province"),   ITEM("province_office", "省安委办", "Office of the province"),
};
const struct choices standings = {
    .name = "standing", .label = { "层级", "Level" }, .items = standing_items, .count = COUNT(standing_items)
};

int standing_at(enum standing_level level, const char *role)
{
    const struct role *r = role_find(role);
    return 2 * (int)level + (r && r->heads);
}

int standing_find(const char *code)
{
    for (size_t i = 0; code && i < standings.count; i++)
        if (strcmp(standings.items[i].code, code) == 0)
            return (int)i;
    return -1;
}

int standing_reach(int standing)
{
    return standing < 0 ? 0 : standing + standing % 2;
}

/* What says who stands where: written by others than those who work with the rows. */
#define STAFF_KINDS ",region,organisation,account,post,assignment,clause,holiday,"
/* What a firm keeps of itself. */
#define FIRM_PAPERS ",licence,person,certificate,major_hazard_source,standardization,safety_promise,"
#define INSPECT     "read,create,change,remove,import,export,unmask,classify,assign,recheck,approve,transfer,verify,issue"
#define PATROL      "read,create,change,import,export,classify,assign,recheck,verify"
#define EVERYTHING                                                                                                \
    "read,create,change,remove,import,export,unmask,classify,assign,rectify,recheck,approve,transfer,claim,rule," \
    "verify,issue"

const struct right look_up = { .kinds = ",region,organisation,account,post,clause,holiday,",
                               .verbs = "read",
                               .everywhere = true };

static const struct right leader_rights[] = { { .verbs = "read,export" } };

static const struct right office_rights[] = {
    { .but = ",account,", .verbs = EVERYTHING },
    { .kinds = ",account,", .verbs = "read,export,unmask" },
};

static const struct right department_rights[] = {
    { .but = STAFF_KINDS,
      .verbs = "read,create,change,import,export,unmask,classify,assign,recheck,claim,verify,issue" },
    { .kinds = ",assignment,", .verbs = "read" },
};

static const struct right inspector_rights[] = {
    { .but = STAFF_KINDS, .verbs = INSPECT },
    { .kinds = ",assignment,", .verbs = "read" },
};

/* Who patrols reads what was issued and what a firm is graded as; drafting, issuing and grading take an officer. */
static const struct right grid_rights[] = {
    { .but = STAFF_KINDS "paper,enterprise,", .verbs = PATROL },
    { .kinds = ",enterprise,", .verbs = "read,create,change,import,export,assign,recheck,verify" },
    { .kinds = ",assignment,paper,", .verbs = "read" },
};

static const struct right duty_rights[] = { { .but = ",region,organisation,account,post,clause,holiday,",
                                              .verbs = "read" } };

static const struct right head_rights[] = {
    { .kinds = ",hazard,", .verbs = "read,create,rectify" },
    { .kinds = ",paper,", .verbs = "read,export" },
    { .kinds = ",enterprise,", .verbs = "read,change" },
    { .kinds = FIRM_PAPERS, .verbs = "read,create,change,remove,import,export,unmask" },
    { .kinds = ",assignment,", .verbs = "read" },
};

static const struct right safety_rights[] = {
    { .kinds = ",hazard,", .verbs = "read,create,rectify" },
    { .kinds = ",paper,", .verbs = "read,export" },
    { .kinds = ",enterprise,", .verbs = "read" },
    { .kinds = FIRM_PAPERS, .verbs = "read,create,change,import,export" },
    { .kinds = ",assignment,", .verbs = "read" },
};

static const struct right worker_rights[] = {
    { .kinds = ",hazard,", .verbs = "create" },
    { .kinds = ",hazard,", .verbs = "read", .named = true },
    { .kinds = ",enterprise,", .verbs = "read" },
};

/* 三员分立: each administrator runs one part of the house and sees none of its business. */
static const struct right system_admin_rights[] = { { .kinds = ",", .verbs = "operate", .everywhere = true } };
static const struct right audit_admin_rights[] = { { .kinds = ",", .verbs = "audit", .everywhere = true } };
static const struct right security_admin_rights[] = {
    { .kinds = ",", .verbs = "manage", .everywhere = true },
    { .kinds = ",organisation,account,post,assignment,",
      .verbs = "read,create,change,remove,export",
      .everywhere = true },
};

enum {
    PERSON = HOLDER_ACCOUNT | HOLDER_POST,
    ANYONE = PERSON | HOLDER_ORGANISATION,
    LAND = TARGET_AREA | TARGET_SECTORS,
};

const struct role role_table[] = {
    { .code = "leader",
      .words = { "查看、导出辖区内的全部记录", "Reads and exports everything in the area" },
      .holders = PERSON,
      .may = LAND,
      .rights = LISTED(leader_rights) },
    { .code = "office",
      .words = { "办理辖区内的全部业务，登记责任关系和岗位",
                 "Does all the work of the area; keeps who is responsible" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .heads = true,
      .rights = LISTED(office_rights) },
    { .code = "department",
      .words = { "监管本行业、本部门负责的对象",
                 "Supervises its own sectors and what its organisation is responsible for" },
      .holders = PERSON,
      .may = LAND,
      .rights = LISTED(department_rights) },
    { .code = "inspector",
      .words = { "在辖区内检查、定级、交办、复查", "Inspects, classifies, assigns and re-checks in the area" },
      .holders = PERSON,
      .may = LAND,
      .rights = LISTED(inspector_rights) },
    { .code = "grid",
      .words = { "巡查网格，登记、交办、复查隐患", "Patrols the grid; reports, assigns and re-checks hazards" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .must = TARGET_AREA,
      .rights = LISTED(grid_rights) },
    { .code = "duty",
      .words = { "值班，查看辖区内的记录", "On duty; reads what lies in the area" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .rights = LISTED(duty_rights) },
    { .code = "head",
      .words = { "自查、整改本单位隐患，维护本单位资料", "Checks and repairs the own firm and keeps its data" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT,
      .heads = true,
      .rights = LISTED(head_rights) },
    { .code = "safety",
      .words = { "自查、整改本单位隐患", "Checks and repairs the own firm" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT,
      .rights = LISTED(safety_rights) },
    { .code = "worker",
      .words = { "报告本单位隐患，查看写明由本人办理的隐患",
                 "Reports hazards of the firm and sees those naming the person" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT,
      .rights = LISTED(worker_rights) },
    { .code = "system_admin",
      .words = { "管理系统运行，不看业务数据", "Runs the system; sees no business" },
      .holders = PERSON,
      .alone = true,
      .rights = LISTED(system_admin_rights) },
    { .code = "security_admin",
      .words = { "管理人员、岗位和权限，不看业务数据", "Keeps people, posts and rights; sees no business" },
      .holders = PERSON,
      .alone = true,
      .rights = LISTED(security_admin_rights) },
    { .code = "audit_admin",
      .words = { "查看审计记录，不看业务数据", "Reads the audit trail; sees no business" },
      .holders = PERSON,
      .alone = true,
      .rights = LISTED(audit_admin_rights) },
    { .code = "holds",
      .words = { "担任岗位", "Holds a post" },
      .holders = HOLDER_ACCOUNT,
      .may = TARGET_POST,
      .must = TARGET_POST },
    { .code = "first_responsible",
      .words = { "对辖区或单位的安全生产工作全面负责", "Answers for all of the area or firm" },
      .holders = PERSON,
      .may = TARGET_AREA | TARGET_OBJECT,
      .must = TARGET_AREA | TARGET_OBJECT },
    { .code = "committee_chair",
      .words = { "主持安委会", "Chairs the committee" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .must = TARGET_AREA },
    { .code = "committee_deputy",
      .words = { "协助主持安委会", "Deputy in the committee" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .must = TARGET_AREA },
    { .code = "committee_member",
      .words = { "安委会成员", "Sits in the committee" },
      .holders = ANYONE,
      .may = TARGET_AREA,
      .must = TARGET_AREA },
    { .code = "portfolio",
      .words = { "分管行业领域", "Leads the work in some sectors" },
      .holders = PERSON,
      .may = LAND,
      .must = TARGET_SECTORS },
    { .code = "area_contact",
      .words = { "分包乡镇、街道", "Is in charge of an area" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .must = TARGET_AREA },
    { .code = "guarantor",
      .words = { "包保重点单位", "Vouches for an object" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT },
    { .code = "grid_head",
      .words = { "负责网格", "Leads the grid" },
      .holders = PERSON,
      .may = TARGET_AREA,
      .must = TARGET_AREA },
    { .code = "industry",
      .words = { "管行业必须管安全", "Leads the industry and its safety" },
      .holders = HOLDER_ORGANISATION,
      .may = LAND,
      .must = TARGET_SECTORS,
      .supervises = true },
    { .code = "direct",
      .words = { "直接监管", "Supervises directly" },
      .holders = HOLDER_ORGANISATION,
      .may = LAND | TARGET_OBJECT,
      .must = LAND | TARGET_OBJECT,
      .supervises = true },
    { .code = "general",
      .words = { "综合监管", "Supervises in general" },
      .holders = HOLDER_ORGANISATION,
      .may = LAND,
      .must = LAND,
      .supervises = true },
    { .code = "principal",
      .words = { "包保主要负责人", "Vouches as the principal" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT },
    { .code = "technical",
      .words = { "包保技术负责人", "Vouches for the technology" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT },
    { .code = "operational",
      .words = { "包保操作负责人", "Vouches for the operation" },
      .holders = PERSON,
      .may = TARGET_OBJECT,
      .must = TARGET_OBJECT },
};
const size_t role_count = COUNT(role_table);

const struct role *role_find(const char *code)
{
    for (size_t i = 0; code && i < role_count; i++)
        if (strcmp(role_table[i].code, code) == 0)
            return &role_table[i];
    return NULL;
}

struct label role_label(const char *code)
{
    const struct choice *c = code ? choice_find(&duty_roles, code, 0) : NULL;
    return c ? c->label : (struct label){ NULL, NULL };
}
