#include "app/post.h"

#include "base/clock.h"

int post_read(const struct options *o, struct house *house, struct post *post, struct error *err)
{
    *post = (struct post){ .wanted = o->smtp_url != NULL };
    if (!post->wanted)
        return 0;
    post->options = (struct mail_options){ .house = house,
                                           .server = { .url = o->smtp_url, .from = o->smtp_from, .user = o->smtp_user },
                                           .site = house->public_url,
                                           .gather_ms = o->mail_gather * 60000,
                                           .pause_ms = MAIL_PAUSE_MS,
                                           .now = clock_now_ms };
    const char **password = &post->options.server.password;
    if (o->smtp_password_file &&
        options_secret("smtp-password-file", o->smtp_password_file, &post->arena, password, err) < 0)
        return -1;
    return smtp_check(&post->options.server, err);
}

int post_start(const struct post *post, struct mail **out, struct error *err)
{
    *out = NULL;
    return post->wanted ? mail_start(&post->options, out, err) : 0;
}

void post_done(struct post *post)
{
    arena_done(&post->arena);
}
