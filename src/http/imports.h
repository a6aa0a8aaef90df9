/* Import of a CSV file: pre-flight and the act itself. */
#pragma once
#include "http/web.h"

int records_import(struct visit *v, struct error *err);
