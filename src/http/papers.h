/* Papers as PDF, cards of hazards, many of them as a job, and whether a paper is genuine: docs/http.md "Papers". */
#pragma once
#include "http/web.h"

/* After a move of a paper stands: the original is printed if it is due. What fails is logged, and printed for the first who
** asks for it. */
void paper_moved(struct visit *v);
int paper_pdf(struct visit *v, struct error *err);
int paper_preview(struct visit *v, struct error *err);
int hazard_card(struct visit *v, struct error *err);
int print_start(struct visit *v, struct error *err);
int verify_read(struct visit *v, struct error *err);
