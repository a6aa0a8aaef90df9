/*
** 文书: 责令限期整改指令书 and 整改复查意见书, of one or more hazards of one object. 安全生产法 (2021) art 65; two officers:
** 行政处罚法 (2021) art 42; ways of service: 行政处罚法 art 61 with 民事诉讼法; inspection reference §6.
**
** A draft is its office's own: whom it speaks to, and other offices, see it from its issue on (decision 35).
** A draft may be changed; issuing it draws its number (number.h), freezes what it says and binds the hazards to its
** deadlines. From then on only its service and its being void are added. What was printed is kept as a file, once; a void
** paper keeps its number and its file.
*/
#pragma once
#include "record/kind.h"

extern const struct kind paper_kind, paper_item_kind;

enum { PAPER_ITEMS_MAX = 60, PAPER_CODE_TEXT = 10 };

/* Of the kind "paper"; licences and certificates are papers of another sort (object/paper.h). */
enum document_state { DOCUMENT_DRAFT, DOCUMENT_ISSUED, DOCUMENT_SERVED, DOCUMENT_VOID };

struct paper_item_line {
    struct record is;
    int64_t hazard;
    const char *text;
    const char *basis;
    int64_t major;
    int64_t due;
    const char *result; /* re-check opinion */
};

struct paper_record {
    struct record is;
    int64_t state;
    const char *title;
    const char *type;
    const char *doc_number;
    int64_t object;
    const char *recipient;
    struct lines *items;
    int64_t due;         /* of items without one of their own; the whole day belongs to the period */
    int64_t instruction; /* re-check opinion: what it answers */
    const char *opinion;
    int64_t organisation;
    const char *issuer; /* its name when the paper was issued */
    const char *remedy; /* where to apply for review */
    int64_t officer, second_officer;
    const char *officer_certificate, *second_certificate;
    int64_t issued_at, issued_by;
    const char *issued_name;
    const char *check_code; /* 7K3M-9Q2F */
    const char *digest;     /* SHA-256 of the document, hexadecimal */
    const char *document;
    int64_t served_on;
    const char *service_mode;
    const char *receiver;
    const char *service_note;
    const char *receipt;
    const char *void_reason;
    int64_t voided_at;
};

bool paper_is_instruction(const struct paper_record *p);
/* Letters and digits of a check code as somebody typed them, into the form that is kept. False: it is none. */
bool paper_code_read(const char *typed, char out[PAPER_CODE_TEXT]);
