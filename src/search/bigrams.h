/*
** Text to bigrams and words to a match expression: functions of bytes, no database.
**
** Folding. Full-width forms become ASCII, A–Z become a–z, invisible characters go, and whatever is neither letter nor
** digit becomes one blank between runs; '\n' stays as the border between fields. Broken bytes count as blanks.
**
**   "青岛（化工）2号\n8342"   ->   "青岛 化工 2号\n8342"
**
** Grams. Every character of a run gives one gram: itself and its neighbour, the last one of a run itself alone. So the
** grams of a text stand at consecutive places, a word is a substring of the folded text exactly when its grams stand
** side by side, and a single character is found as the beginning of a gram wherever it stands. The lone last character
** also proves that a run ends, which makes words with punctuation inside ("2026-03") exact. Between two fields one
** place is left out, so no phrase crosses it.
**
**   "青岛 化工\n2号"   ->   1 青岛  2 岛  3 化工  4 工  5 (border)  6 2号  7 号
**
** A change of these rules needs search_rebuild on every database, because old grams are recomputed to delete them.
*/
#pragma once
#include "base/text.h"
#include "store/store.h"

enum {
    BIGRAMS_TEXT = 4000,     /* characters of a record's text that are kept and found; see search.h */
    BIGRAMS_WORDS = 256,     /* characters of a query that are looked at */
    BIGRAMS_INDEX = 1 << 18, /* bytes the index form of one record may have */
};

/* Bytes of the first BIGRAMS_TEXT characters; all of them when there are fewer. */
size_t bigrams_cut(const char *text);

void bigrams_fold(struct text *out, const char *text, size_t size);

/* One scope token in the form both engines keep: a–z, 0–9, '_' and bytes above ASCII. */
void bigrams_token(struct text *out, const char *token, size_t size);

/* Scope. A county ("c…") and a sector ("s…") of one record are also one token together ("c…_s…"), and a grant that asks for
** both asks for that: what a department sees is a short list of the index, not what two long ones have in common. */

/* SQLite: tokens, and grams, each separated by blanks, for the columns scope and grams of an FTS5 table with
** tokenize = "ascii tokenchars '_'". A border between fields is the gram "_". */
void bigrams_fts_scope(struct text *out, const char *kind, const char *tokens);
void bigrams_fts_grams(struct text *out, const char *text);

/* PostgreSQL: the input form of a tsvector, '运输':1 for grams and '=t370211005000' without place for scope tokens. */
void bigrams_tsvector(struct text *out, const char *kind, const char *tokens, const char *text);

/* The next word of a query, folded and perhaps empty; false at the end. *left counts down the characters looked at. */
bool bigrams_word(const char **at, const char *end, int *left, struct text *word);

/* The contract is search_expression's in search.h. */
bool bigrams_expression(struct text *out, enum store_engine engine, const char *kind, const char *const *scope_tokens,
                        size_t scope_count, const char *words);
