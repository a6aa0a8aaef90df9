#include "domain/object/certificate.h"

#include "access/query.h"
#include "base/clock.h"
#include "calendar/calendar.h"
#include "domain/change.h"
#include "domain/ladder.h"
#include "domain/lists.h"
#include "domain/object/decision.h"
#include "domain/object/person.h"
#include "domain/object/tenure.h"
#include "record/type.h"

#include <string.h>

enum { ID_DIGITS = 18 };

struct credential_life certificate_credential(const struct certificate *t)
{
    return (struct credential_life){ .until = has(t, valid_until) ? t->valid_until : 0,
                                     .state = (enum credential_state)t->state,
                                     .decided_on = has(t, decided_on) ? t->decided_on : 0,
                                     .review_by = has(t, review_by) ? t->review_by : 0,
                                     .reviewed_on = has(t, reviewed_on) ? t->reviewed_on : 0 };
}

static const struct credential_rule *rule_of(const struct certificate *t)
{
    return has(t, type) && has(t, issued_on) ? credential_rule_on(t->type, t->issued_on) : NULL;
}

/* "T370211199001011234" -> the identity number inside goes where it is sealed, the number keeps a mask of it. */
static void seal_number(struct change *c, struct certificate *t)
{
    const char *no = has(t, certificate_no) ? t->certificate_no : "";
    for (size_t n = strlen(no); n >= ID_DIGITS; n--, no++) {
        char *digits = arena_strn(c->arena, no, ID_DIGITS);
        if (digits[ID_DIGITS - 1] == 'x')
            digits[ID_DIGITS - 1] = 'X';
        if (!id_number_valid(digits))
            continue;
        if (!has(t, holder_id_number))
            set(t, holder_id_number, digits);
        set(t, certificate_no,
            arena_printf(c->arena, "%.*s%.6s********%s", (int)(no - t->certificate_no), t->certificate_no, digits,
                         no + 14));
        return;
    }
}

static int holder_of(struct change *c, const struct certificate *t, struct person **out, struct error *err)
{
    struct scope scope;
    void *record;
    scope_compile(c->actor, &person_kind, verb_bit("read"), &scope);
    if (record_read(c->db, &scope, t->holder, false, false, c->arena, &record, err) < 0)
        return -1;
    *out = record;
    return 0;
}

/* A ledger names the holder by identity number: who works for that unit under it. */
static int64_t find_holder(struct change *c, const struct certificate *t)
{
    unsigned char hash[32];
    struct error none = { 0 };
    int64_t id = 0;
    bool found = false, live = false;
    personal_hash(&person_kind, field_find(&person_kind, "id_number"), t->holder_id_number, hash);
    if (db_get_int(c->db,
                   "SELECT id FROM person WHERE id_number_hash = ? AND own_object = ? AND removed_at IS NULL LIMIT 1",
                   BIND(value_bytes(hash, sizeof hash), value_int(t->object)), &id, &found, &none) < 0 ||
        !found || record_is_live(c->db, c->actor, &person_kind, id, &live, &none) < 0)
        return 0;
    return live ? id : 0;
}

static void put_days(struct certificate *t)
{
    const struct credential_rule *rule = rule_of(t);
    if (!has(t, valid_until) && credential_last_day(rule, has(t, issued_on) ? t->issued_on : 0))
        set(t, valid_until, day_add_months(t->issued_on, rule->months));
    if (rule && rule->review_months && !(has(t, long_review) && t->long_review))
        set(t, review_by, day_add_months(t->issued_on, rule->review_months));
    else
        unset(t, review_by);
}

static void certificate_tidy(struct change *c, void *record)
{
    struct certificate *t = record;
    struct person *holder = NULL;
    struct error none = { 0 };
    const struct choice *type = has(t, type) ? choice_find(&certificate_types, t->type, 0) : NULL;
    const struct choice *category = has(t, category) ? choice_find(&special_operations, t->category, 0) : NULL;
    seal_number(c, t);
    if (!has(t, holder) && has(t, holder_id_number) && has(t, object)) {
        int64_t found = find_holder(c, t);
        if (found)
            set(t, holder, found);
    }
    if (has(t, holder) && holder_of(c, t, &holder, &none) == 0) {
        set(t, holder_name, holder->name);
        if (!has(t, object))
            give(t, object, holder->object);
    }
    put_days(t);
    set(t, title,
        arena_printf(c->arena, "%s%s%s%s%s", has(t, holder_name) ? t->holder_name : "", has(t, holder_name) ? " " : "",
                     type ? type->label.zh : "证书", category ? "·" : "", category ? category->label.zh : ""));
}

static int certificate_check(struct change *c, struct error *err)
{
    struct certificate *t = c->after;
    struct person *holder;
    int64_t today = day_of_ms(c->now);
    if (!has(t, holder) && !has(t, holder_name))
        return fail_field(err, "holder", "请选择持证人；不在人员名单里的写姓名",
                          "Choose the holder, or write the name of somebody who is not in the list");
    if (has(t, holder)) {
        if (holder_of(c, t, &holder, err) < 0)
            return -1;
        if (holder->object != t->object)
            return fail_field(err, "holder", "持证人不在这个单位，请核对单位和人员",
                              "The holder works for another unit; check both");
    }
    if (has(t, issued_on) && t->issued_on > today)
        fail_field(err, "issued_on", "初领日期不能晚于今天", "It cannot have been issued after today");
    if (has(t, reviewed_on) && has(t, issued_on) && t->reviewed_on <= t->issued_on)
        fail_field(err, "reviewed_on", "复审日期应晚于初领日期，请核对证书",
                   "A review comes after the issue; see the paper");
    if (has(t, reviewed_on) && t->reviewed_on > today)
        fail_field(err, "reviewed_on", "复审日期不能晚于今天", "It cannot have been reviewed after today");
    if (has(t, issued_on) && has(t, valid_until) && t->valid_until < t->issued_on)
        fail_field(err, "valid_until", "到期日早于初领日期，请核对证书", "It ends before it was issued; see the paper");
    return err->fault ? -1 : 0;
}

/* Who has been examined stops the clock of the appointment. */
static int certificate_kept(struct change *c, struct error *err)
{
    const struct certificate *t = c->after, *was = c->before;
    return tenure_counts(t->type, true) || (was && tenure_counts(was->type, true)) ? tenure_follow(c, t->object, err)
                                                                                   : 0;
}

static const struct move certificate_moves[] = { DECISION_MOVES(
    "以不正当手段取得等情形撤销。", "It was obtained by improper means.", "逾期未复审、持证人身故等情形注销。",
    "Review missed, or the holder has died.") };

static const struct group certificate_groups[] = { { "who", { "持证人", "Holder" } },
                                                   { "paper", { "证书信息", "Certificate" } },
                                                   DECISION_GROUP };

static const struct field certificate_fields[] = {
    { TEXT(struct certificate, title), .label = { "证书", "Certificate" }, .max = 200,
      .flags = REQUIRED | TITLE | DERIVED | SEARCH | LIST, .group = "who" },
    { STATE(struct certificate, state), .label = { "状态", "State" }, .flags = LIST | INDEXED, .group = "paper" },
    { OBJECT(struct certificate, object), .label = { "所在单位", "Unit" }, .flags = REQUIRED | FIXED | LIST,
      .group = "who" },
    { REFERENCE(struct certificate, holder), .label = { "持证人", "Holder" }, .ref = "person",
      .companion = "holder_name", .group = "who" },
    { TEXT(struct certificate, holder_name), .label = { "持证人姓名", "Name of the holder" }, .max = 40, .group = "who",
      .hint = { "持证人不在人员名单里时填写", "Of a holder who is not in the list" } },
    { ID_NUMBER(struct certificate, holder_id_number), .label = { "持证人证件号", "Holder's ID number" },
      .group = "who" },
    { CHOICE(struct certificate, type), .label = { "证书类型", "Type" }, .choices = &certificate_types,
      .flags = REQUIRED | INDEXED, .group = "paper" },
    { CHOICE(struct certificate, category), .label = { "作业类别", "Operation" }, .choices = &special_operations,
      .group = "paper", WHEN("type", ",special_operation,") },
    { TEXT(struct certificate, item), .label = { "准操项目", "Item" }, .max = 80, .flags = LIST, .group = "paper",
      WHEN("type", ",special_operation,building_operation,equipment_operation,") },
    { TEXT(struct certificate, certificate_no), .label = { "证书编号", "Number" }, .max = 80, .group = "paper",
      .hint = { "含证件号的编号，中间数字自动隐去", "An ID number inside it is masked" } },
    { TEXT(struct certificate, issuer), .label = { "发证机关", "Issued by" }, .max = 80, .group = "paper" },
    { DATE(struct certificate, issued_on), .label = { "初领日期", "Issued on" }, .flags = LIST, .group = "paper" },
    { DATE(struct certificate, valid_until), .label = { "有效期止", "Valid until" }, .flags = LIST | INDEXED,
      .group = "paper", .hint = { "不填按该类证书的有效期推算", "Worked out by the rule of the type, when empty" } },
    { DATE(struct certificate, review_by), .label = { "应复审日期", "Review by" }, .flags = DERIVED | LIST,
      .group = "paper" },
    { DATE(struct certificate, reviewed_on), .label = { "复审日期", "Reviewed on" }, .group = "paper",
      WHEN("type", ",special_operation,") },
    { YES_NO(struct certificate, long_review), .label = { "同意 6 年复审", "Reviewed after 6 years" }, .group = "paper",
      .hint = { "连续从事本工种满 10 年、无违章记录", "Ten years in the trade without a violation" },
      WHEN("type", ",special_operation,") },
    { FILES(struct certificate, papers), .label = { "证书扫描件", "Scans" }, .max = 10, .flags = WIDE,
      .group = "paper" },
    { LONG_TEXT(struct certificate, remark), .label = { "备注", "Remark" }, .max = 1000, .flags = WIDE,
      .group = "paper" },
    DECISION_FIELDS(struct certificate),
};

const struct kind certificate_kind = {
    .name = "certificate",
    .plural = "certificates",
    .label = { "资格证书", "Certificate" },
    .menu = "objects",
    .size = sizeof(struct certificate),
    .fields = LISTED(certificate_fields),
    .groups = LISTED(certificate_groups),
    .states = credential_states,
    .state_count = CREDENTIAL_STATES,
    .moves = LISTED(certificate_moves),
    .scope = SCOPE_OBJECT,
    .scope_field = "object",
    .sorts = { "valid_until", "id" },
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_IMPORT | CAN_EXPORT | CAN_VERIFY,
    .tidy = certificate_tidy,
    .check = certificate_check,
    .kept = certificate_kept,
};

static bool ends(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct certificate *t = record;
    (void)calendar;
    if (t->state != CREDENTIAL_IN_FORCE || !has(t, valid_until))
        return false;
    *due = t->valid_until;
    return true;
}

static bool awaits_review(const struct calendar *calendar, const void *record, int64_t *due)
{
    const struct certificate *t = record;
    (void)calendar;
    if (t->state != CREDENTIAL_IN_FORCE || !has(t, review_by) || has(t, reviewed_on))
        return false;
    *due = t->review_by;
    return true;
}

const struct watch certificate_ends = {
    .name = "ends",
    .label = { "证书有效期", "Certificate ends" },
    .kind = &certificate_kind,
    .ladder = &ladder_certificate,
    .runs = ends,
};
const struct watch certificate_review = {
    .name = "review",
    .label = { "复审期限", "Review deadline" },
    .kind = &certificate_kind,
    .ladder = &ladder_certificate,
    .runs = awaits_review,
};
