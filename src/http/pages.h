/*
** The web pages: from an archive linked into the program (release), or read from a folder (development). The archive is
** made by tools/web-archive: file names hashed by the bundler, each kept plain, gzip and brotli.
** Unknown addresses without a dot answer index.html: the pages' own router takes over.
*/
#pragma once
#include "base/error.h"
#include "http/server.h"

struct pages;

/* folder: read from there; NULL: the linked archive, web/dist in a development build, or none. */
int pages_open(const char *folder, struct pages **out, struct error *err);
void pages_close(struct pages *pages);

/* False when the request is for no page. */
bool pages_reply(const struct pages *pages, const struct request *rq, struct response *rs);
