/* One's own notices: list, count, marking, and which of them come by e-mail too. */
#pragma once
#include "http/web.h"

int notices_list(struct visit *v, struct error *err);
int notices_unread(struct visit *v, struct error *err);
int notices_one_read(struct visit *v, struct error *err);
int notices_all_read(struct visit *v, struct error *err);
int notice_settings(struct visit *v, struct error *err);
int notice_settings_keep(struct visit *v, struct error *err);
