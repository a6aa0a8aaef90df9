/*
** What the authority thinks of a firm: 监管等级, 风险等级 (红橙黄蓝) and 信用等级 (enterprise reference §5). Each is a fact that
** somebody entitled sets, with its day, who says so, the document and the reason; no number is worked out. What was
** said before stays in the history of the record.
*/
#pragma once
#include "base/error.h"
#include "record/kind.h"

/* `what`: the choice; its day, organisation, document and reason begin with `word`. */
#define GRADE_MOVE(name_, zh, en, what, word)                                                                         \
    .name = (name_), .label = { (zh), (en) },                                                                         \
    .from = { OPERATING, OPERATING_TRIAL, OPERATING_BUILT, OPERATING_STOPPED, OPERATING_SUSPENDED }, .from_count = 5, \
    .to = MOVE_STAYS, .needs = "classify",                                                                            \
    .accepts = { (what), word "_on", word "_by", word "_document", word "_reason" },                                  \
    .must = { (what), word "_on", word "_reason" },                                                                   \
    .fresh = { (what), word "_on", word "_by", word "_document", word "_reason" }, .check = firm_graded

/* The day is not in the future nor before that of the grade it takes the place of; who says so is the organisation of
** whoever makes the move, where nobody else is named. */
int firm_graded(struct change *c, struct error *err);
