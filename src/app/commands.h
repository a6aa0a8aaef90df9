/* The commands of `anlan`; each returns the exit status. */
#pragma once
#include "app/options.h"

int command_serve(const struct options *o, struct error *err);
int command_init(const struct options *o, struct error *err);
int command_demo(const struct options *o, struct error *err);
int command_audit(const struct options *o, struct error *err);
int command_key(const struct options *o, struct error *err);
int command_import(const struct options *o, struct error *err);
int command_export(const struct options *o, struct error *err);
int command_report(const struct options *o, struct error *err);
int command_template(const struct options *o, struct error *err);
int command_describe(const struct options *o, struct error *err);
int command_render(const struct options *o, struct error *err);
int command_bench(const struct options *o, struct error *err);
int command_recovery(const struct options *o, struct error *err);
int command_backup(const struct options *o, struct error *err);
int command_restore(const struct options *o, struct error *err);
int command_check(const struct options *o, struct error *err);
