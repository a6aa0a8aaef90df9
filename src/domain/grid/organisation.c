#include "domain/grid/grid.h"

#include "domain/change.h"
#include "domain/lists.h"
#include "record/type.h"

enum { LEVELS_MAX = 20 };

/* Nobody stands above itself, however long the way. */
static int organisation_check(struct change *c, struct error *err)
{
    const struct organisation *o = c->after;
    int64_t above = has(o, parent) ? o->parent : 0;
    for (int i = 0; above; i++) {
        bool found;
        if (above == o->is.id || i == LEVELS_MAX)
            return fail_field(err, "parent", "上级单位不能是本单位或本单位的下级，请重新选择",
                              "It cannot stand above itself; choose another");
        if (db_get_int(c->db, "SELECT parent FROM organisation WHERE id = ? AND parent IS NOT NULL",
                       BIND(value_int(above)), &above, &found, err) < 0)
            return -1;
        if (!found)
            break;
    }
    return 0;
}

static const struct field organisation_fields[] = {
    { TEXT(struct organisation, name), .label = { "名称", "Name" }, .max = 100,
      .flags = REQUIRED | TITLE | SEARCH | LIST | UNIQUE },
    { TEXT(struct organisation, short_name), .label = { "简称", "Short name" }, .max = 30, .flags = SEARCH | LIST },
    { TEXT(struct organisation, document_word), .label = { "发文代字", "Word in its numbers" }, .max = 20,
      .flags = UNIQUE,
      .hint = { "文号最前面的字，例：澜安监；不填用简称",
                "What the numbers of its papers begin with; the short name when left empty" } },
    { CHOICE(struct organisation, type), .label = { "类型", "Type" }, .choices = &organisation_types, .flags = LIST },
    { REFERENCE(struct organisation, parent), .label = { "上级单位", "Belongs to" }, .ref = "organisation" },
    { REGION(struct organisation, region), .label = { "属地", "Area" }, .flags = LIST },
    { PHONE(struct organisation, phone), .label = { "值班电话", "Duty phone" }, .flags = LIST },
};

const struct kind organisation_kind = {
    .name = "organisation",
    .plural = "organisations",
    .label = { "组织", "Organisation" },
    .menu = "system",
    .size = sizeof(struct organisation),
    .fields = LISTED(organisation_fields),
    .scope = SCOPE_OPEN,
    .sorts = { "name" },
    .identity = "name",
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
    .check = organisation_check,
};
