#include "domain/number.h"

static const struct column number_columns[] = {
    { "organisation", COLUMN_INT, COLUMN_NOT_NULL },
    { "word", COLUMN_TEXT, COLUMN_NOT_NULL },
    { "year", COLUMN_INT, COLUMN_NOT_NULL },
    { "last", COLUMN_INT, COLUMN_NOT_NULL },
};
const struct table number_table = { .name = "number_series",
                                    LISTED(number_columns),
                                    .primary_key = ((const char *const[]){ "organisation", "word", "year", NULL }) };

int number_draw(struct change *c, int64_t organisation, const char *word, int year, int64_t *out, struct error *err)
{
    bool found;
    return db_get_int(c->db,
                      "INSERT INTO number_series (organisation, word, year, last) VALUES (?, ?, ?, 1) "
                      "ON CONFLICT (organisation, word, year) DO UPDATE SET last = number_series.last + 1 "
                      "RETURNING last",
                      BIND(value_int(organisation), value_text(word), value_int(year)), out, &found, err);
}
