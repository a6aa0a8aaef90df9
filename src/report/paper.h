/*
** The papers a hazard produces, from plain words to A4: nothing here reads a record or a database.
**
** 责令限期整改指令书, 整改复查意见书: enforcement papers, body 14 pt on 25.5 pt, margins 27/26/14/28 mm; the seal area of
** 42 mm over agency and date never stands alone on a page; foot with QR, check code, copies, form, page of pages, printer
** and time. Wording and number: inspection reference §6; Administrative Review Law (2023) art 20, Administrative
** Litigation Law art 46 for the remedy.
** 隐患登记卡: one hazard with its facts and its whole course. 隐患台账: A4 across, 9 pt, head on every page, no row cut,
** the filter as a sentence and the time of the data under the title.
**
** Text fields are plain UTF-8; NULL prints as nothing.
*/
#pragma once
#include "report/print.h"

#include <stddef.h>

enum { PAPER_BATCH = 200, PAPER_ITEMS = 60, LEDGER_ROWS = 20000 };

struct paper_item {
    const char *text;
    const char *stress; /* in bold behind it: "（重大事故隐患，…第七条）" */
};

struct paper_signer {
    const char *label; /* before the line to sign on */
    const char *note;  /* behind it: "证号 99010300017" */
};

struct paper {
    const char *agency, *title, *number;
    const char *recipient; /* the unit spoken to */
    const char *opening;   /* before the items */
    const struct paper_item *items;
    size_t item_count;
    const char *const *paragraphs; /* after the items; NULL at the end; U+0002 and U+0003 begin and end bold */
    const struct paper_signer *signers;
    size_t signer_count;
    const char *day;             /* under the agency's name: 2026年2月27日 */
    const char *check_code, *qr; /* 7K3M-9Q2F; what the code holds */
    const char *copies, *form;   /* 本文书一式两份…; 文书格式 ZF-05 */
    const char *printed;         /* 打印 周明远 2026-02-27 09:12 */
    bool draft;                  /* 草稿 across every page */
};

/* One or many, each beginning on a page of its own and counting its own pages. */
int paper_print(const struct paper *papers, size_t count, const struct print_fonts *fonts, int64_t at_ms,
                struct text *out, int *pages, struct error *err);

struct paper_fact {
    const char *label, *value;
};

struct paper_event {
    const char *when, *what, *who, *text;
};

struct paper_card {
    const char *agency, *title, *number, *state;
    const struct paper_fact *facts;
    size_t fact_count;
    const struct paper_event *events; /* oldest first */
    size_t event_count;
    const char *qr, *printed;
};

int paper_print_card(const struct paper_card *cards, size_t count, const struct print_fonts *fonts, int64_t at_ms,
                     struct text *out, int *pages, struct error *err);

struct paper_ledger {
    const char *title, *filter, *as_of; /* the filter as a sentence; the time of the data */
    const struct print_column *columns;
    size_t column_count;
    const char *const *const *rows; /* row_count rows of column_count cells, markup escaped */
    size_t row_count;
    const char *printed;
};

int paper_print_ledger(const struct paper_ledger *ledger, const struct print_fonts *fonts, int64_t at_ms,
                       struct text *out, int *pages, struct error *err);
