/* Importing a ledger: upload, correct, run, take back; saved mappings. docs/http.md, "Import". */
#pragma once
#include "http/web.h"

int imports_begin(struct visit *v, struct error *err);
int imports_list(struct visit *v, struct error *err);
int imports_read(struct visit *v, struct error *err);
int imports_correct(struct visit *v, struct error *err);
int imports_rows(struct visit *v, struct error *err);
int imports_run(struct visit *v, struct error *err);
int imports_undo(struct visit *v, struct error *err);
int imports_discard(struct visit *v, struct error *err);
int imports_rejected(struct visit *v, struct error *err);
int mappings_list(struct visit *v, struct error *err);
int mappings_make(struct visit *v, struct error *err);
int mappings_end(struct visit *v, struct error *err);
