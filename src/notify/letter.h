/*
** What a letter says: what happened and by when, with the record's number and a link. Neither titles nor names nor any
** other value of a record: a mail box is no part of the house. RFC 5322, UTF-8 in base64.
*/
#pragma once
#include "domain/notice.h"

enum { LETTER_LINES = 50 /* of one letter; the rest is counted */ };

struct letter {
    const char *from, *to, *message_id; /* the id without <> */
    const char *site;                   /* https://anlan.example.cn; NULL: no links */
    bool english;
    int64_t now;
    struct letter_line {
        const struct notice *notice;
        const char *number; /* of the record; NULL */
        struct gathered gathered[GATHERED_KINDS];
        size_t gathered_count;
    } lines[LETTER_LINES];
    size_t count;
    size_t more; /* notices beyond */
};

void letter_write(const struct letter *letter, struct text *out);
