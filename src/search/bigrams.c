#include "search/bigrams.h"

#include "base/utf8.h"

#include <string.h>

/* ---- characters ---- */

struct range {
    int32_t from, to;
};

static bool within(const struct range *ranges, size_t count, int32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].from && code <= ranges[i].to)
            return true;
    return false;
}

/* Characters nobody sees; copied from web pages they would otherwise cut words in two. */
static const struct range invisible[] = {
    { 0xAD, 0xAD },     { 0x200B, 0x200F }, { 0x202A, 0x202E },   { 0x2060, 0x2064 },
    { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xE0000, 0xE0FFF },
};

/* What is no part of a word above ASCII: punctuation, signs, arrows, frames, emoji. Everything else is a letter. */
static const struct range between[] = {
    { 0x80, 0xA9 },     { 0xAB, 0xB1 },     { 0xB4, 0xB4 },       { 0xB6, 0xB8 },     { 0xBB, 0xBF },
    { 0xD7, 0xD7 },     { 0xF7, 0xF7 },     { 0x2000, 0x206F },   { 0x20A0, 0x20CF }, { 0x2190, 0x245F },
    { 0x2500, 0x2BFF }, { 0x2E00, 0x2E7F }, { 0x2FF0, 0x3004 },   { 0x3008, 0x3020 }, { 0x302A, 0x3030 },
    { 0x3036, 0x3037 }, { 0x303D, 0x303F }, { 0x30FB, 0x30FB },   { 0xFDD0, 0xFDEF }, { 0xFE10, 0xFE6F },
    { 0xFF5F, 0xFF65 }, { 0xFFE0, 0xFFFF }, { 0x1F000, 0x1FAFF },
};

static bool is_letter(int32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z');
    if (code >= 0x4E00 && code <= 0x9FFF)
        return true;
    return !within(between, sizeof between / sizeof *between, code);
}

static int32_t fold(int32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        code -= 0xFEE0;
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

/* The next code point; a broken byte counts as one blank. */
static int32_t next_code(const char **at, const char *end)
{
    int32_t code = utf8_next(at, end);
    if (code >= 0)
        return code;
    ++*at;
    return ' ';
}

size_t bigrams_cut(const char *text)
{
    const char *at = text, *end = text + strlen(text);
    for (int i = 0; i < BIGRAMS_TEXT && at < end; i++)
        next_code(&at, end);
    return (size_t)(at - text);
}

void bigrams_fold(struct text *out, const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    char gap = '\0';
    bool started = false;
    while (at < end) {
        int32_t code = fold(next_code(&at, end));
        if (code >= 0x80 && within(invisible, sizeof invisible / sizeof *invisible, code))
            continue;
        if (!is_letter(code)) {
            gap = code == '\n' || gap == '\n' ? '\n' : ' ';
            continue;
        }
        if (started && gap)
            text_char(out, gap);
        gap = '\0';
        started = true;
        utf8_put(out, code);
    }
}

/* ---- grams ---- */

struct gram {
    const char *at; /* in the folded text; two characters, one, or the border '\n' */
    size_t size;
    bool lone, border;
};

static size_t char_size(const char *at, const char *end)
{
    const char *next = at + 1;
    while (next < end && ((unsigned char)*next & 0xC0) == 0x80)
        next++;
    return (size_t)(next - at);
}

/* Steps through folded text. */
static bool next_gram(const char **at, const char *end, struct gram *gram)
{
    if (*at < end && **at == ' ')
        ++*at;
    if (*at == end)
        return false;
    *gram = (struct gram){ .at = *at, .size = char_size(*at, end), .border = **at == '\n' };
    *at += gram->size;
    if (gram->border)
        return true;
    gram->lone = *at == end || **at == ' ' || **at == '\n';
    if (!gram->lone)
        gram->size += char_size(*at, end);
    return true;
}

void bigrams_token(struct text *out, const char *token, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)token[i];
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        bool keep = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        text_char(out, keep ? (char)c : '_');
    }
}

/* The next token of a text separated by blanks. */
static bool next_token(const char **at, const char **token, size_t *size)
{
    *at += strspn(*at, " ");
    *token = *at;
    *size = strcspn(*at, " ");
    *at += *size;
    return *size > 0;
}

/* The county and the sector among some tokens, if both are there. */
struct place {
    const char *county, *sector;
    size_t county_size, sector_size;
};

static bool find_place(const char *tokens, struct place *out)
{
    const char *token;
    size_t size;
    *out = (struct place){ 0 };
    while (next_token(&tokens, &token, &size)) {
        if (*token == 'c') {
            out->county = token;
            out->county_size = size;
        } else if (*token == 's') {
            out->sector = token;
            out->sector_size = size;
        }
    }
    return out->county && out->sector;
}

static void add_place(struct text *out, const struct place *p)
{
    bigrams_token(out, p->county, p->county_size);
    text_char(out, '_');
    bigrams_token(out, p->sector, p->sector_size);
}

void bigrams_fts_scope(struct text *out, const char *kind, const char *tokens)
{
    struct place place;
    const char *token;
    size_t size;
    bool placed = find_place(tokens, &place);
    text_char(out, 'k');
    bigrams_token(out, kind, strlen(kind));
    while (next_token(&tokens, &token, &size)) {
        text_char(out, ' ');
        bigrams_token(out, token, size);
    }
    if (placed) {
        text_char(out, ' ');
        add_place(out, &place);
    }
}

void bigrams_fts_grams(struct text *out, const char *text)
{
    AUTO_TEXT folded = TEXT_LIMIT(BIGRAMS_INDEX);
    struct gram gram;
    bigrams_fold(&folded, text, bigrams_cut(text));
    const char *at = text_get(&folded), *end = at + folded.used;
    while (next_gram(&at, end, &gram)) {
        if (gram.border)
            text_char(out, '_');
        else
            text_add(out, gram.at, gram.size);
        text_char(out, ' ');
    }
}

void bigrams_tsvector(struct text *out, const char *kind, const char *tokens, const char *text)
{
    AUTO_TEXT folded = TEXT_LIMIT(BIGRAMS_INDEX);
    struct gram gram;
    struct place where;
    const char *token;
    size_t size;
    bool placed = find_place(tokens, &where);
    text_str(out, "'=k");
    bigrams_token(out, kind, strlen(kind));
    text_char(out, '\'');
    while (next_token(&tokens, &token, &size)) {
        text_str(out, " '=");
        bigrams_token(out, token, size);
        text_char(out, '\'');
    }
    if (placed) {
        text_str(out, " '=");
        add_place(out, &where);
        text_char(out, '\'');
    }
    bigrams_fold(&folded, text, bigrams_cut(text));
    const char *at = text_get(&folded), *end = at + folded.used;
    for (int place = 1; next_gram(&at, end, &gram); place++)
        if (!gram.border) {
            text_str(out, " '");
            text_add(out, gram.at, gram.size);
            text_str(out, "':");
            text_int(out, place);
        }
}

/* ---- queries ----
** Both engines get the same tree in their own spelling. Nothing of the user's words reaches the expression but letters
** and digits, so there is nothing to escape.
*/

struct spelling {
    const char *and, * or ;
    const char *scope_open, *scope_close;                     /* around one scope token */
    const char *phrase_open, *beside, *phrase_close, *prefix; /* grams of a word; prefix instead of close */
};

static const struct spelling fts = {
    .and = " AND ",
    .or = " OR ",
    .scope_open = "{scope} : \"",
    .scope_close = "\"",
    .phrase_open = "{grams} : \"",
    .beside = " ",
    .phrase_close = "\"",
    .prefix = "\" *",
};

static const struct spelling tsquery = {
    .and = " & ",
    .or = " | ",
    .scope_open = "'=",
    .scope_close = "'",
    .phrase_open = "('",
    .beside = "' <-> '",
    .phrase_close = "')",
    .prefix = "':*)",
};

/* The grams of one folded word. The word may go on in the text, so the lone gram at its very end is left out, or, when
** it is all there is to the last run, becomes a prefix. */
static void add_phrase(struct text *out, const struct spelling *spelling, const struct text *word)
{
    const char *at = word->at, *end = at + word->used;
    struct gram gram;
    bool first = true, run_begins = true, prefix = false;
    text_str(out, spelling->phrase_open);
    while (next_gram(&at, end, &gram)) {
        bool last = at == end;
        if (last && !run_begins)
            break;
        if (!first)
            text_str(out, spelling->beside);
        text_add(out, gram.at, gram.size);
        prefix = last;
        first = false;
        run_begins = gram.lone;
    }
    text_str(out, prefix ? spelling->prefix : spelling->phrase_close);
}

static void add_scope(struct text *out, const struct spelling *spelling, const char *const *scope_tokens, size_t count)
{
    const char *token;
    size_t size;
    for (size_t i = 0; i < count; i++) {
        const char *at = scope_tokens[i];
        if (!next_token(&at, &token, &size))
            return; /* a grant without conditions reaches everywhere, and so does the union */
    }
    for (size_t i = 0; i < count; i++) {
        const char *at = scope_tokens[i];
        struct place place;
        bool placed = find_place(at, &place), first = true;
        text_str(out, i == 0 ? "((" : "(");
        while (next_token(&at, &token, &size)) {
            if (placed && token == place.sector)
                continue;
            if (!first)
                text_str(out, spelling->and);
            text_str(out, spelling->scope_open);
            if (placed && token == place.county)
                add_place(out, &place);
            else
                bigrams_token(out, token, size);
            text_str(out, spelling->scope_close);
            first = false;
        }
        text_str(out, ")");
        text_str(out, i + 1 < count ? spelling->or : ")");
    }
    if (count)
        text_str(out, spelling->and);
}

static bool is_white(int32_t code)
{
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xA0 || code == 0x3000;
}

bool bigrams_word(const char **at, const char *end, int *left, struct text *word)
{
    const char *from = *at, *to = *at;
    bool begun = false;
    while (*at<end && * left> 0) {
        const char *was = *at;
        int32_t code = next_code(at, end);
        --*left;
        if (is_white(code)) {
            if (begun)
                break;
            continue;
        }
        if (!begun)
            from = was;
        begun = true;
        to = *at;
    }
    text_clear(word);
    bigrams_fold(word, from, begun ? (size_t)(to - from) : 0);
    return begun;
}

bool bigrams_expression(struct text *out, enum store_engine engine, const char *kind, const char *const *scope_tokens,
                        size_t scope_count, const char *words)
{
    const struct spelling *spelling = engine == STORE_SQLITE ? &fts : &tsquery;
    AUTO_TEXT word = TEXT_LIMIT(BIGRAMS_INDEX);
    AUTO_TEXT phrases = TEXT_LIMIT(BIGRAMS_INDEX);
    const char *at = words, *end = at + strlen(words);
    int left = BIGRAMS_WORDS;
    while (bigrams_word(&at, end, &left, &word)) {
        if (!word.used)
            continue;
        if (phrases.used)
            text_str(&phrases, spelling->and);
        add_phrase(&phrases, spelling, &word);
    }
    if (!phrases.used)
        return false;
    if (kind) {
        text_str(out, spelling->scope_open);
        text_char(out, 'k');
        bigrams_token(out, kind, strlen(kind));
        text_str(out, spelling->scope_close);
        text_str(out, spelling->and);
    }
    add_scope(out, spelling, scope_tokens, scope_count);
    text_add(out, phrases.at, phrases.used);
    return true;
}
