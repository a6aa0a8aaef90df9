/* Every address of the interface, one row each. docs/http.md says the same in words. */
#include "http/bulk.h"
#include "http/clauses.h"
#include "http/desk.h"
#include "http/coverage.h"
#include "http/duty.h"
#include "http/exports.h"
#include "http/firm.h"
#include "http/grid.h"
#include "http/imports.h"
#include "http/jobs.h"
#include "http/ladder.h"
#include "http/mails.h"
#include "http/marks.h"
#include "http/notices.h"
#include "http/papers.h"
#include "http/people.h"
#include "http/records.h"
#include "http/search.h"
#include "http/setup.h"
#include "http/sight.h"
#include "http/signin.h"
#include "http/spread.h"
#include "http/todo.h"
#include "http/trail.h"
#include "http/web.h"
#include "http/whom.h"

static int meta_read(struct visit *v, struct error *err)
{
    (void)err;
    meta_write(&v->json);
    return 0;
}

static int openapi_read(struct visit *v, struct error *err)
{
    (void)err;
    openapi_write(&v->json);
    return 0;
}

#define V1 "/api/v1"
const struct route routes[] = {
    { HTTP_POST, V1 "/session", session_create, .flags = ROUTE_OPEN | ROUTE_JSON, .about = "Sign in" },
    { HTTP_DELETE, V1 "/session", session_delete, .flags = ROUTE_FIRST | ROUTE_OUT, .about = "Sign out" },
    { HTTP_GET, V1 "/demo-accounts", demo_accounts, .flags = ROUTE_OPEN, .about = "Accounts of a demonstration" },
    { HTTP_POST, V1 "/demo-session", demo_session, .flags = ROUTE_OPEN | ROUTE_JSON,
      .about = "Sign in to a demonstration with one click" },
    { HTTP_POST, V1 "/demo/next-day", demo_next_day, .flags = ROUTE_JSON | ROUTE_SELF,
      .about = "Move a demonstration on by a day" },
    { HTTP_GET, V1 "/me", me_read, .flags = ROUTE_FIRST | ROUTE_AS, .about = "Who is signed in" },
    /* Signing in: one's own password, second factor, sessions and keys, those of others, the trail, the first start. */
    { HTTP_POST, V1 "/me/password", my_password, .flags = ROUTE_JSON | ROUTE_FIRST | ROUTE_SELF,
      .about = "Change one's password; ends one's other sessions" },
    { HTTP_GET, V1 "/me/sessions", my_sessions, .about = "One's sessions" },
    { HTTP_DELETE, V1 "/me/sessions/{id}", my_session_end, .flags = ROUTE_SELF, .about = "End one of one's sessions" },
    { HTTP_POST, V1 "/me/totp", my_totp_begin, .flags = ROUTE_JSON | ROUTE_FIRST | ROUTE_SELF,
      .about = "Begin to enrol a second factor" },
    { HTTP_POST, V1 "/me/totp/confirm", my_totp_confirm, .flags = ROUTE_JSON | ROUTE_FIRST | ROUTE_SELF,
      .about = "Enrol it with a first code; gives the recovery codes" },
    { HTTP_DELETE, V1 "/me/totp", my_totp_end, .flags = ROUTE_JSON | ROUTE_SELF, .about = "Remove the second factor" },
    { HTTP_GET, V1 "/me/keys", my_keys, .about = "One's API keys" },
    { HTTP_POST, V1 "/me/keys", my_key_make, .flags = ROUTE_JSON | ROUTE_SELF, .about = "Make an API key, shown once" },
    { HTTP_DELETE, V1 "/me/keys/{id}", my_key_end, .flags = ROUTE_SELF, .about = "End an API key" },
    /* What one was told. */
    { HTTP_GET, V1 "/me/notices", notices_list, .about = "One's notices, newest first" },
    { HTTP_GET, V1 "/me/notices/unread", notices_unread, .flags = ROUTE_QUIET, .about = "How many are unread" },
    { HTTP_POST, V1 "/me/notices/read", notices_all_read, .flags = ROUTE_JSON, .about = "All up to one were read" },
    { HTTP_POST, V1 "/me/notices/{id}/read", notices_one_read, .flags = ROUTE_JSON, .about = "One was read" },
    { HTTP_GET, V1 "/me/notice-settings", notice_settings, .about = "Which notices come by e-mail too" },
    { HTTP_PUT, V1 "/me/notice-settings", notice_settings_keep, .flags = ROUTE_JSON | ROUTE_SELF,
      .about = "Settle which notices come by e-mail too" },
    { HTTP_GET, V1 "/mails", mails_list, .about = "Notices by e-mail: what waits and what is dead (operate)" },
    { HTTP_POST, V1 "/mails/{id}/again", mails_again, .flags = ROUTE_JSON,
      .about = "Send a dead letter again (operate)" },
    { HTTP_GET, V1 "/accounts/{id}/sessions", account_sessions, .about = "Sessions of an account (manage)" },
    { HTTP_DELETE, V1 "/accounts/{id}/sessions", account_sessions_end,
      .about = "End all sessions of an account (manage)" },
    { HTTP_POST, V1 "/accounts/{id}/password", account_password, .flags = ROUTE_JSON,
      .about = "Give a one-time password (manage)" },
    { HTTP_POST, V1 "/accounts/{id}/unlock", account_unlocked, .flags = ROUTE_JSON,
      .about = "Lift the lock after wrong tries (manage)" },
    { HTTP_DELETE, V1 "/accounts/{id}/totp", account_totp_end, .about = "Remove an account's second factor (manage)" },
    { HTTP_GET, V1 "/accounts/{id}/keys", account_keys, .about = "API keys of an account (manage)" },
    { HTTP_DELETE, V1 "/accounts/{id}/keys/{key}", account_key_end, .about = "End an account's API key (manage)" },
    { HTTP_GET, V1 "/audit", audit_list, .about = "The audit trail (audit)" },
    { HTTP_GET, V1 "/audit/export", audit_sheet, .about = "The audit trail as CSV (audit)" },
    { HTTP_GET, V1 "/setup", setup_read, .flags = ROUTE_OPEN, .about = "Is this the first start" },
    { HTTP_POST, V1 "/setup", setup_run, .flags = ROUTE_OPEN | ROUTE_JSON,
      .about = "Make the three administrators, with the code from the console" },
    { HTTP_GET, V1 "/meta", meta_read, .flags = ROUTE_FIRST | ROUTE_AS,
      .about = "The declarations the pages are made from" },
    { HTTP_GET, V1 "/events", events_open, .flags = ROUTE_QUIET | ROUTE_AS, .about = "Server-sent events" },
    { HTTP_GET, V1 "/todo", todo_list, .about = "What waits for the reader: the moves expected of them, derived" },
    { HTTP_GET, V1 "/search", search_everything, .flags = ROUTE_AS, .about = "Search all kinds" },
    { HTTP_GET, V1 "/clauses/suggest", clauses_suggest, .flags = ROUTE_AS,
      .about = "Candidates among the judgement standards" },
    { HTTP_POST, V1 "/files", files_upload, .flags = ROUTE_UPLOAD, .about = "Upload a file" },
    { HTTP_GET, V1 "/jobs", jobs_list, .about = "One's jobs of the last seven days" },
    { HTTP_GET, V1 "/jobs/{id}", job_read, .about = "How far a job is" },
    { HTTP_POST, V1 "/jobs/{id}/cancel", job_cancel, .flags = ROUTE_JSON, .about = "Ask a job to stop" },
    { HTTP_GET, V1 "/jobs/{id}/file", job_download, .about = "The file a job made, kept for a day" },
    { HTTP_POST, V1 "/{kind}/bulk", bulk_run, .verb = "read", .flags = ROUTE_JSON,
      .about = "One act over many records: preview, then do" },
    { HTTP_POST, V1 "/{kind}/export", export_start, .verb = "export", .flags = ROUTE_JSON,
      .about = "Export as CSV or workbook, as a job" },
    { HTTP_GET, V1 "/{kind}/template.xlsx", template_read, .verb = "import",
      .about = "The empty ledger, with pick-lists" },
    { HTTP_GET, V1 "/me/columns/{kind-name}", my_columns, .verb = "read", .about = "The columns one wants of a kind" },
    { HTTP_PUT, V1 "/me/columns/{kind-name}", my_columns_keep, .verb = "read", .flags = ROUTE_JSON,
      .about = "Keep the columns one wants of a kind" },
    { HTTP_GET, V1 "/views", views_list, .about = "Saved views of a list, one's own and the shared ones" },
    { HTTP_POST, V1 "/views", views_make, .flags = ROUTE_JSON, .about = "Save a view of a list" },
    { HTTP_PATCH, V1 "/views/{id}", views_change, .flags = ROUTE_JSON,
      .about = "Change a saved view; where it stands and whether it comes first" },
    { HTTP_DELETE, V1 "/views/{id}", views_end, .about = "Remove one of one's saved views" },
    /* The page asks for these by itself: none of them says that somebody is still there. */
    { HTTP_GET, V1 "/me/drafts", draft_read, .flags = ROUTE_QUIET,
      .about = "What was typed into a form and not saved" },
    { HTTP_PUT, V1 "/me/drafts", draft_write, .flags = ROUTE_JSON | ROUTE_QUIET,
      .about = "Keep what is typed into a form" },
    { HTTP_DELETE, V1 "/me/drafts", draft_end, .flags = ROUTE_QUIET, .about = "Forget what was typed into a form" },
    /* The grid and its boundaries. */
    { HTTP_GET, V1 "/grid/at", grid_place, .flags = ROUTE_AS, .about = "Which area holds a place" },
    { HTTP_GET, V1 "/grid/boundaries", grid_draw, .flags = ROUTE_AS,
      .about = "Outlines of the areas below one, simplified for drawing" },
    { HTTP_POST, V1 "/grid/boundaries", grid_take, .flags = ROUTE_UPLOAD,
      .about = "Store the boundaries of a GeoJSON collection" },
    { HTTP_GET, V1 "/grid/coverage", grid_coverage, .flags = ROUTE_AS, .about = "Areas without the people they need" },
    { HTTP_GET, V1 "/grid/tree", grid_tree, .flags = ROUTE_AS, .about = "The areas below one with their people" },
    { HTTP_GET, V1 "/grid/check", grid_fit, .flags = ROUTE_AS,
      .about = "Holes and overlaps among the areas below one" },
    { HTTP_GET, V1 "/regions/{id}/boundary", outline_read, .flags = ROUTE_AS, .about = "A boundary as GeoJSON" },
    { HTTP_PUT, V1 "/regions/{id}/boundary", outline_put, .flags = ROUTE_UPLOAD | ROUTE_VERSION,
      .about = "Draw a boundary from a day on" },
    { HTTP_DELETE, V1 "/regions/{id}/boundary", outline_remove, .flags = ROUTE_VERSION,
      .about = "Withdraw a boundary from a day on" },
    { HTTP_GET, "/api/openapi.json", openapi_read, .flags = ROUTE_OPEN, .about = "This description" },
    { HTTP_GET, V1 "/responsible", responsible_answer, .flags = ROUTE_AS,
      .about = "Who answers for an object or an area on a day" },
    { HTTP_GET, V1 "/owners/none", owners_none, .flags = ROUTE_AS, .about = "Objects nobody supervises directly" },
    { HTTP_GET, V1 "/owners/many", owners_many, .flags = ROUTE_AS, .about = "Objects several supervise directly" },
    { HTTP_GET, V1 "/{kind}/{id}/transfer", transfer_preview, .verb = "transfer", .flags = ROUTE_OBJECT | ROUTE_AS,
      .about = "What follows when an object goes to another area" },
    { HTTP_POST, V1 "/{kind}/{id}/transfer", transfer_run, .verb = "transfer",
      .flags = ROUTE_OBJECT | ROUTE_JSON | ROUTE_VERSION | ROUTE_ONCE, .about = "Let an object go to another area" },
    { HTTP_GET, V1 "/{kind}/export", records_export, .verb = "export", .flags = ROUTE_AS, .about = "Export as CSV" },
    /* Importing. */
    { HTTP_POST, V1 "/{kind}/import", imports_begin, .verb = "import", .flags = ROUTE_UPLOAD,
      .about = "Upload a ledger (csv, xlsx) and have it checked" },
    { HTTP_GET, V1 "/imports", imports_list, .about = "Imports, newest first" },
    { HTTP_GET, V1 "/imports/{id}", imports_read,
      .about = "An import: what the check found, how far it is, the receipt" },
    { HTTP_PATCH, V1 "/imports/{id}", imports_correct, .flags = ROUTE_JSON,
      .about = "Correct columns, words and cells; checked anew" },
    { HTTP_DELETE, V1 "/imports/{id}", imports_discard, .about = "Discard an import that was not run" },
    { HTTP_GET, V1 "/imports/{id}/rows", imports_rows, .about = "Its rows and what becomes of them" },
    { HTTP_POST, V1 "/imports/{id}/run", imports_run, .flags = ROUTE_JSON | ROUTE_ONCE,
      .about = "Import the good rows" },
    { HTTP_POST, V1 "/imports/{id}/undo", imports_undo, .flags = ROUTE_JSON | ROUTE_ONCE,
      .about = "Take the import back" },
    { HTTP_GET, V1 "/imports/{id}/rejected", imports_rejected, .about = "The rejected rows and why, as CSV" },
    { HTTP_GET, V1 "/import-mappings", mappings_list, .about = "Saved mappings of columns" },
    { HTTP_POST, V1 "/import-mappings", mappings_make, .flags = ROUTE_JSON, .about = "Save the mapping of an import" },
    { HTTP_DELETE, V1 "/import-mappings/{id}", mappings_end, .about = "Remove a saved mapping" },
    /* Papers. */
    { HTTP_GET, V1 "/verify/{code}", verify_read, .flags = ROUTE_OPEN,
      .about = "Is a paper genuine, by its check code" },
    { HTTP_GET, V1 "/papers/{id}/pdf", paper_pdf, .flags = ROUTE_AS,
      .about = "The original of a paper; a draft as it would look" },
    { HTTP_POST, V1 "/papers/preview", paper_preview, .flags = ROUTE_JSON,
      .about = "The pages of a draft before it is made, as pictures; nothing is kept" },
    { HTTP_GET, V1 "/hazards/{id}/card.pdf", hazard_card, .flags = ROUTE_AS, .about = "The card of a hazard" },
    { HTTP_POST, V1 "/{kind}/print", print_start, .verb = "export", .flags = ROUTE_JSON,
      .about = "Papers or cards as one PDF, as a job" },
    { HTTP_GET, V1 "/{kind}", records_list, .verb = "read", .flags = ROUTE_AS, .about = "List" },
    { HTTP_POST, V1 "/{kind}", records_create, .verb = "create", .flags = ROUTE_JSON | ROUTE_ONCE, .about = "Create" },
    { HTTP_GET, V1 "/{kind}/{id}", records_read, .verb = "read", .flags = ROUTE_AS, .about = "Read" },
    { HTTP_PATCH, V1 "/{kind}/{id}", records_change, .verb = "change", .flags = ROUTE_JSON | ROUTE_VERSION,
      .about = "Change" },
    { HTTP_DELETE, V1 "/{kind}/{id}", records_remove, .verb = "remove", .flags = ROUTE_VERSION,
      .about = "Move to the bin" },
    { HTTP_POST, V1 "/{kind}/{id}/restore", records_restore, .verb = "remove", .flags = ROUTE_JSON | ROUTE_ONCE,
      .about = "Restore from the bin" },
    { HTTP_POST, V1 "/{kind}/{id}/undo", records_undo, .verb = "change", .flags = ROUTE_JSON | ROUTE_ONCE,
      .about = "Take back the last edit or removal" },
    { HTTP_POST, V1 "/{kind}/{id}/moves/{move}", records_move, .flags = ROUTE_JSON | ROUTE_VERSION | ROUTE_ONCE,
      .about = "Move to another state" },
    { HTTP_GET, V1 "/{kind}/{id}/history", records_history, .verb = "read", .flags = ROUTE_AS, .about = "History" },
    { HTTP_GET, V1 "/{kind}/{id}/files", records_files, .verb = "read", .flags = ROUTE_AS, .about = "Files" },
    { HTTP_GET, V1 "/{kind}/{id}/files/{file}", records_file, .verb = "read", .flags = ROUTE_AS,
      .about = "A file's bytes" },
    { HTTP_GET, V1 "/me/marks", my_marks, .about = "Records one follows and records one opened last" },
    { HTTP_POST, V1 "/{kind}/{id}/opened", mark_opening, .verb = "read", .flags = ROUTE_JSON,
      .about = "It was opened: the last ones are kept at hand" },
    { HTTP_PUT, V1 "/me/follows/{kind}/{id}", follow_put, .verb = "read", .flags = ROUTE_JSON,
      .about = "Follow a record, or no more" },
    { HTTP_GET, V1 "/{kind}/{id}/ladder", ladder_read, .verb = "read", .flags = ROUTE_AS,
      .about = "Whom its running deadlines have told and will tell, and when" },
    { HTTP_GET, V1 "/{kind}/{id}/why", why_seen, .verb = "read", .flags = ROUTE_AS,
      .about = "Which assignments let the reader see it" },
    { HTTP_GET, V1 "/{kind}/spread", spread_read, .verb = "read", .flags = ROUTE_AS,
      .about = "How many rows of a list lie in each of the areas below one" },
    { HTTP_GET, V1 "/{kind}/{id}/counts", counts_read, .verb = "read", .flags = ROUTE_AS,
      .about = "How many rows of other kinds name it" },
    { HTTP_GET, V1 "/{kind}/{id}/standing", standing_answer, .verb = "read", .flags = ROUTE_AS,
      .about = "Where it stands on a day: status, lamps, what is missing" },
    { HTTP_GET, V1 "/{kind}/{id}/sources", sources_answer, .verb = "read", .flags = ROUTE_AS,
      .about = "Who supplied each field, and who verified it" },
    { HTTP_POST, V1 "/{kind}/{id}/verify", verify_run, .verb = "verify",
      .flags = ROUTE_JSON | ROUTE_VERSION | ROUTE_ONCE, .about = "Mark fields as verified" },
    { HTTP_GET, V1 "/account-candidates", account_candidates, .flags = ROUTE_AS,
      .about = "Whom a field may name: the people of an object first" },
    { HTTP_GET, V1 "/as-candidates", as_candidates, .about = "Whom one may look through" },
    { HTTP_POST, V1 "/{kind}/{id}/unmask", records_unmask, .verb = "unmask", .flags = ROUTE_JSON,
      .about = "Show a personal value; recorded" },
};
const size_t route_count = COUNT(routes);
