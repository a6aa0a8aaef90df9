/* Whom a field of a record may name: people in the order in which they are likely to be meant. */
#pragma once
#include "http/web.h"

int account_candidates(struct visit *v, struct error *err);
