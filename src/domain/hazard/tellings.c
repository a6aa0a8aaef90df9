/* Which move of a hazard tells whom. Whoever makes the move is never told. */
#include "domain/hazard/hazard.h"
#include "domain/notice.h"

#define TELLS(move_, cause_, ...)                                             \
    {                                                                         \
        .kind = &hazard_kind, .move = (move_), .cause = (cause_), __VA_ARGS__ \
    }
#define REPAIRS .fields = { "responsible", "rectifier" }
#define ASKED   .fields = { "extension_by", "responsible" }
/* Who decides stands above who assigned it and who asks (hazard reference §4). */
#define DECIDES .roles = { "inspector", "office" }
#define JUDGES  .fields = { "assigner" }, .roles = { "inspector", "department", "office" }

const struct telling tellings[] = {
    TELLS("classify", "report_wanted", .roles = { "safety", "head" }, .watch = "report", .running = true),
    TELLS("classify", "major_found", .roles = { "department", "office" }, .watch = "report", .running = true),
    TELLS("report", "major_reported", .fields = { "assigner" }, .roles = { "department", "inspector", "office" }),
    TELLS("assign", "assigned", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("complete", "assigned", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("transfer", "assigned", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("submit", "recheck_wanted", JUDGES, .but = { "responsible", "rectifier" }, .watch = "recheck"),
    TELLS("spot-fix", "recheck_wanted", JUDGES, .but = { "responsible", "rectifier" }, .watch = "recheck"),
    TELLS("recheck-pass", "closed", REPAIRS),
    TELLS("recheck-fail", "returned", REPAIRS, .watch = "rectify"),
    TELLS("recheck-expired", "returned", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("reopen", "reopened", REPAIRS, .watch = "rectify"),
    TELLS("object", "objected", DECIDES, .decides = "objection-accept", .but = { "assigner" }, .watch = "rectify"),
    TELLS("objection-accept", "objection_accepted", .fields = { "responsible" }),
    TELLS("objection-refuse", "objection_refused", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("extend-request", "extension_asked", DECIDES, .decides = "extend-approve",
          .but = { "assigner", "extension_by" }, .watch = "rectify"),
    TELLS("extend-approve", "extension_granted", ASKED, .watch = "rectify"),
    TELLS("extend-refuse", "extension_refused", ASKED, .watch = "rectify"),
    TELLS("suspend", "suspended", .fields = { "responsible" }),
    TELLS("resume", "resumed", .fields = { "responsible" }, .watch = "rectify"),
    TELLS("list", "listed", .fields = { "responsible" }, .watch = "rectify"),
};
const size_t telling_count = sizeof tellings / sizeof tellings[0];
