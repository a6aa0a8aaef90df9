/* Judgement standards, asked while a hazard is classified. */
#pragma once
#include "http/web.h"

int clauses_suggest(struct visit *v, struct error *err);
