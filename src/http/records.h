/* Handlers every kind shares: list, read, create, change, bin, moves, history, files, export. */
#pragma once
#include "http/web.h"

int records_list(struct visit *v, struct error *err);
int records_read(struct visit *v, struct error *err);
int records_create(struct visit *v, struct error *err);
int records_change(struct visit *v, struct error *err);
int records_remove(struct visit *v, struct error *err);
int records_restore(struct visit *v, struct error *err);
int records_undo(struct visit *v, struct error *err);
int records_move(struct visit *v, struct error *err);
int records_history(struct visit *v, struct error *err);
int records_files(struct visit *v, struct error *err);
int records_file(struct visit *v, struct error *err);
int records_export(struct visit *v, struct error *err);
int records_unmask(struct visit *v, struct error *err);
/* Did the reader see the record while it was a draft? Of a kind without drafts: yes. */
bool records_knew_draft(const struct visit *v, const void *record);
int files_upload(struct visit *v, struct error *err);
