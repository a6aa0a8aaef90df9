#include "report/qr.h"

#include <qrencode.h>

enum { QUIET = 4 };

static void put_escaped(struct text *out, const char *words)
{
    for (; *words; words++)
        switch (*words) {
        case '&': text_str(out, "&amp;"); break;
        case '<': text_str(out, "&lt;"); break;
        case '>': text_str(out, "&gt;"); break;
        case '"': text_str(out, "&quot;"); break;
        default: text_char(out, *words);
        }
}

int qr_svg(const char *words, const char *label, struct text *out, struct error *err)
{
    QRcode *code = QRcode_encodeString8bit(words, 0, QR_ECLEVEL_M);
    if (!code)
        return fail(err, FAULT_TOO_LARGE, "qr.size", "内容太长，放不进二维码", "This is too long for a QR code");
    int side = code->width + 2 * QUIET;
    text_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", side,
                side);
    put_escaped(out, label);
    text_printf(out, "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side,
                side);
    for (int y = 0; y < code->width; y++)
        for (int x = 0, run; x < code->width; x += run) {
            const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
            for (run = 1; x + run < code->width && ((row[x] ^ row[x + run]) & 1) == 0; run++)
                ;
            if (row[x] & 1)
                text_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
        }
    text_str(out, "\"/></svg>");
    QRcode_free(code);
    return 0;
}
