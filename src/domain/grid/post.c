#include "domain/grid/grid.h"

#include "base/clock.h"
#include "domain/change.h"
#include "record/type.h"

/* What still gives somebody rights or duties does not go to the bin. */
static int post_kept(struct change *c, struct error *err)
{
    const struct post *p = c->after;
    int64_t one;
    bool found = false;
    if (p->is.removed_at &&
        db_get_int(c->db,
                   "SELECT id FROM assignment WHERE (holder_post = ? OR post = ?) AND removed_at IS NULL AND "
                   "(valid_to IS NULL OR valid_to >= ?) LIMIT 1",
                   BIND(value_int(p->is.id), value_int(p->is.id), value_int(day_of_ms(c->now))), &one, &found, err) < 0)
        return -1;
    if (found)
        return refuse(err, "post.held", "这个岗位还有责任关系或任职人员，请先写明截止日期",
                      "The post still has duties or somebody holds it; end those first");
    return 0;
}

static const struct field post_fields[] = {
    { TEXT(struct post, name), .label = { "岗位名称", "Post" }, .max = 60, .flags = REQUIRED | TITLE | SEARCH | LIST },
    { REFERENCE(struct post, organisation), .label = { "所属单位", "Organisation" }, .ref = "organisation",
      .flags = LIST },
    { REGION(struct post, region), .label = { "属地", "Area" }, .flags = LIST },
    { PHONE(struct post, phone), .label = { "值班电话", "Duty phone" }, .flags = LIST },
};

const struct kind post_kind = {
    .name = "post",
    .plural = "posts",
    .label = { "岗位", "Post" },
    .menu = "duty",
    .size = sizeof(struct post),
    .fields = LISTED(post_fields),
    .scope = SCOPE_REGION,
    .scope_field = "region",
    .sorts = { "name", "id" },
    .verbs = CAN_CREATE | CAN_CHANGE | CAN_REMOVE | CAN_EXPORT,
    .open_label = true,
    .kept = post_kept,
};
