/*
** One JSON line per event on stderr, written only at the edge (server, worker, main). Event names are fixed words
** ("request.slow"), fields are name/value pairs. Never pass a secret or a personal value.
**   log_event(LOG_WARN, "change.slow", "kind", "hazard", "ms", "31", NULL);
** Safe from any thread; a line is written whole. Fields that would make it longer than 4 KiB are left out ("cut").
*/
#pragma once

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_threshold(enum log_level least);
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
