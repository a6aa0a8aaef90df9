/* Whether and how notices are sent by e-mail: read from the options, before anything listens. */
#pragma once
#include "app/options.h"
#include "notify/mail.h"

struct post {
    bool wanted; /* --smtp-url is set */
    struct mail_options options;
    struct arena arena; /* holds the password */
};

/* FAULT_MALFORMED naming the option. post stays where it is until post_done. */
int post_read(const struct options *o, struct house *house, struct post *post, struct error *err);
int post_start(const struct post *post, struct mail **out, struct error *err); /* *out NULL where none is wanted */
void post_done(struct post *post);
