/* A QR code as an SVG picture: for pages and printed documents. */
#pragma once
#include "base/error.h"
#include "base/text.h"

/* Appends <svg …>: black on white with the quiet zone the standard asks for, one unit per module, no size of its own.
** Error correction M. label is the picture's name for those who cannot see it. FAULT_TOO_LARGE beyond 2 KB. */
int qr_svg(const char *words, const char *label, struct text *out, struct error *err);
