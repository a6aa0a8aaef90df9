#include "report/render.h"

#include "base/arena.h"
#include "base/clock.h"
#include "report/paper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

enum { CPU_SECONDS = RENDER_LEDGER_MS / 1000, FILES = 256, PIECE = 64 * 1024 };

static struct {
    const char *program;
    struct print_fonts fonts;
} settings;

void render_settings(const char *program, const char *title_font, const char *body_font, const char *note_font)
{
    settings.program = program;
    settings.fonts = (struct print_fonts){ title_font, body_font, note_font };
}

/* ---- this side: starting, feeding, reading, ending ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_cond_t came_free;
static int running;

static void prepare(void)
{
    pthread_condattr_t how;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&came_free, &how);
    pthread_condattr_destroy(&how);
}

static int take_place(struct error *err)
{
    int64_t end_us = clock_ticks_us() + (int64_t)RENDER_WAIT_MS * 1000;
    struct timespec until = { .tv_sec = end_us / 1000000, .tv_nsec = end_us % 1000000 * 1000 };
    int got = 0;
    pthread_once(&once, prepare);
    pthread_mutex_lock(&lock);
    while (running >= RENDER_AT_ONCE && got == 0)
        got = pthread_cond_timedwait(&came_free, &lock, &until);
    bool free = running < RENDER_AT_ONCE;
    if (free)
        running++;
    pthread_mutex_unlock(&lock);
    if (free)
        return 0;
    err->retry_after_s = 5;
    return fail(err, FAULT_UNAVAILABLE, "render.busy", "正在打印的人太多，请稍后再试",
                "Too many are printing just now; try again shortly");
}

static void leave_place(void)
{
    pthread_mutex_lock(&lock);
    running--;
    pthread_cond_signal(&came_free);
    pthread_mutex_unlock(&lock);
}

/* The document in memory of its own, so that neither side waits for the other while it is handed over. */
static int document_file(const json_t *document, int *fd, struct error *err)
{
    json_t *whole = json_copy((json_t *)(uintptr_t)document);
    const struct print_fonts *f = &settings.fonts;
    json_object_set_new(whole, "fonts",
                        json_pack("{s:s*, s:s*, s:s*}", "title", f->title, "body", f->body, "note", f->note));
    char *text = json_dumps(whole, JSON_COMPACT);
    json_decref(whole);
    size_t size = text ? strlen(text) : 0;
    if (!text || size > RENDER_INPUT) {
        free(text);
        return fail(err, FAULT_TOO_LARGE, "render.input", "打印的内容太多，请缩小范围",
                    "There is too much to print; narrow it down");
    }
    int file = memfd_create("anlan-document", MFD_CLOEXEC);
    size_t done = 0;
    while (file >= 0 && done < size) {
        ssize_t n = write(file, text + done, size - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    free(text);
    if (done < size || lseek(file, 0, SEEK_SET) < 0) {
        if (file >= 0)
            close(file);
        return fail(err, FAULT_INTERNAL, "render.input", "打印内容无法写入：%s", "The document cannot be written: %s",
                    strerror(errno));
    }
    *fd = file;
    return 0;
}

/* What fonts need, and nothing that could hold a secret. */
static void keep_environment(char *out[16])
{
    static const char *const kept[] = { "HOME=",           "LANG=",     "LC_ALL=",       "FONTCONFIG_",
                                        "XDG_CACHE_HOME=", "XDG_DATA_", "ASAN_OPTIONS=", "UBSAN_OPTIONS=" };
    size_t n = 0;
    for (char **e = environ; *e && n < 15; e++)
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (strncmp(*e, kept[i], strlen(kept[i])) == 0) {
                out[n++] = *e;
                break;
            }
    out[n] = NULL;
}

static int start(int in, pid_t *pid, int *out, struct error *err)
{
    const char *program = settings.program ? settings.program : "/proc/self/exe";
    char *const words[] = { (char *)"anlan", (char *)"render", NULL };
    char *environment[16];
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail(err, FAULT_UNAVAILABLE, "render.start", "打印进程无法启动：%s", "The printer cannot be started: %s",
                    strerror(errno));
    keep_environment(environment);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    int why = posix_spawn(pid, program, &actions, NULL, words, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (why) {
        close(ends[0]);
        return fail(err, FAULT_INTERNAL, "render.start", "打印进程无法启动：%s", "The printer cannot be started: %s",
                    strerror(why));
    }
    *out = ends[0];
    return 0;
}

/* False: it took too long or wrote too much. */
static bool read_all(int fd, int limit_ms, struct text *out)
{
    int64_t until = clock_ticks_us() + (int64_t)limit_ms * 1000;
    static _Thread_local char piece[PIECE];
    for (;;) {
        int64_t left = (until - clock_ticks_us()) / 1000;
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int got = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        ssize_t n = read(fd, piece, sizeof piece);
        if (n <= 0)
            return n == 0;
        text_add(out, piece, (size_t)n);
        if (!text_ok(out))
            return false;
    }
}

/* The process refuses in words of its own: {"fault":…,"code":…,"zh":…,"en":…}. */
static int refused(const struct text *said, struct error *err)
{
    json_t *why = said->used ? json_loadb(said->at, said->used, 0, NULL) : NULL;
    json_int_t fault;
    const char *code, *zh, *en;
    int got = json_unpack(why, "{s:I, s:s, s:s, s:s}", "fault", &fault, "code", &code, "zh", &zh, "en", &en);
    if (got == 0)
        fail(err, (enum fault)fault, code, "%s%.0s", "%.0s%s", zh, en);
    else
        fail(err, FAULT_INTERNAL, "render.failed", "打印没有完成，请重试；再不成功请联系管理员",
             "It was not printed; try again, or tell the administrator");
    json_decref(why);
    return -1;
}

static bool begins(const struct text *out, const char *with)
{
    return out->used > strlen(with) && memcmp(out->at, with, strlen(with)) == 0;
}

static int run(int in, int limit_ms, const char *begin, struct text *out, struct error *err)
{
    pid_t pid = 0;
    int fd = -1, status = 0;
    if (start(in, &pid, &fd, err) < 0)
        return -1;
    bool whole = read_all(fd, limit_ms, out);
    close(fd);
    if (!whole)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (!whole)
        return fail(err, FAULT_UNAVAILABLE, "render.slow", "打印用时太长，已停止；请缩小范围再试",
                    "Printing took too long and was stopped; narrow it down");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && begins(out, begin))
        return 0;
    return refused(out, err);
}

static int render(const json_t *document, int limit_ms, const char *begin, struct text *out, struct error *err)
{
    int in = -1;
    if (document_file(document, &in, err) < 0)
        return -1;
    int got = take_place(err);
    if (got == 0) {
        got = run(in, limit_ms, begin, out, err);
        leave_place();
    }
    close(in);
    return got;
}

int render_pdf(const json_t *document, int limit_ms, struct text *out, struct error *err)
{
    return render(document, limit_ms, "%PDF-", out, err);
}

int render_pictures(const json_t *document, int limit_ms, struct text *out, struct error *err)
{
    json_t *whole = json_copy((json_t *)(uintptr_t)document);
    json_object_set_new(whole, "pictures", json_pack("{s:i, s:i}", "dpi", RENDER_DPI, "most", RENDER_PICTURES));
    int got = render(whole, limit_ms, "{\"pages\":", out, err);
    json_decref(whole);
    return got;
}

/* ---- the other side: giving up rights ---- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* No socket, no other program: the calls fail as if they were not permitted. */
static void refuse_calls(void)
{
#ifdef ARCHITECTURE
#define REFUSE(call)                                        \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##call, 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE(socket),
        REFUSE(socketpair),
        REFUSE(connect),
        REFUSE(execve),
        REFUSE(execveat),
        REFUSE(ptrace),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = { .len = sizeof rules / sizeof *rules, .filter = rules };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
#endif
}

static void give_up_rights(void)
{
    static const struct {
        int what;
        rlim_t most;
    } limits[] = { { RLIMIT_CPU, CPU_SECONDS }, { RLIMIT_NOFILE, FILES }, { RLIMIT_CORE, 0 } };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        setrlimit(limits[i].what, &(struct rlimit){ limits[i].most, limits[i].most });
    if (!SANITIZED) /* its shadow memory alone is larger */
        setrlimit(RLIMIT_AS, &(struct rlimit){ RENDER_MEMORY, RENDER_MEMORY });
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    refuse_calls();
}

/* ---- reading the document ---- */

static const char *word(const json_t *of, const char *name)
{
    return json_string_value(json_object_get(of, name));
}

static const char *const *words_of(const json_t *list, struct arena *arena)
{
    size_t n = json_array_size(list);
    const char **out = ARENA_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *w = json_string_value(json_array_get(list, i));
        out[i] = w ? w : "";
    }
    return out;
}

static struct paper paper_of(const json_t *j, struct arena *arena)
{
    const json_t *items = json_object_get(j, "items"), *signers = json_object_get(j, "signers");
    size_t count = json_array_size(items), hands = json_array_size(signers);
    struct paper_item *list = ARENA_ARRAY(arena, struct paper_item, count + 1);
    struct paper_signer *hand = ARENA_ARRAY(arena, struct paper_signer, hands + 1);
    for (size_t i = 0; i < count; i++)
        list[i] =
            (struct paper_item){ word(json_array_get(items, i), "text"), word(json_array_get(items, i), "stress") };
    for (size_t i = 0; i < hands; i++)
        hand[i] = (struct paper_signer){ word(json_array_get(signers, i), "label"),
                                         word(json_array_get(signers, i), "note") };
    return (struct paper){ .agency = word(j, "agency"),
                           .title = word(j, "title"),
                           .number = word(j, "number"),
                           .recipient = word(j, "recipient"),
                           .opening = word(j, "opening"),
                           .items = list,
                           .item_count = count,
                           .paragraphs = words_of(json_object_get(j, "paragraphs"), arena),
                           .signers = hand,
                           .signer_count = hands,
                           .day = word(j, "day"),
                           .check_code = word(j, "check_code"),
                           .qr = word(j, "qr"),
                           .copies = word(j, "copies"),
                           .form = word(j, "form"),
                           .printed = word(j, "printed"),
                           .draft = json_is_true(json_object_get(j, "draft")) };
}

static struct paper_card card_of(const json_t *j, struct arena *arena)
{
    const json_t *facts = json_object_get(j, "facts"), *events = json_object_get(j, "events");
    size_t fact_count = json_array_size(facts), event_count = json_array_size(events);
    struct paper_fact *fact = ARENA_ARRAY(arena, struct paper_fact, fact_count + 1);
    struct paper_event *event = ARENA_ARRAY(arena, struct paper_event, event_count + 1);
    for (size_t i = 0; i < fact_count; i++)
        fact[i] =
            (struct paper_fact){ word(json_array_get(facts, i), "label"), word(json_array_get(facts, i), "value") };
    for (size_t i = 0; i < event_count; i++) {
        const json_t *e = json_array_get(events, i);
        event[i] = (struct paper_event){ word(e, "when"), word(e, "what"), word(e, "who"), word(e, "text") };
    }
    return (struct paper_card){ .agency = word(j, "agency"),
                                .title = word(j, "title"),
                                .number = word(j, "number"),
                                .state = word(j, "state"),
                                .facts = fact,
                                .fact_count = fact_count,
                                .events = event,
                                .event_count = event_count,
                                .qr = word(j, "qr"),
                                .printed = word(j, "printed") };
}

static int print_papers(const json_t *items, const struct print_fonts *fonts, int64_t at_ms, struct arena *arena,
                        struct text *out, struct error *err)
{
    int pages;
    size_t count = json_array_size(items);
    struct paper *papers = ARENA_ARRAY(arena, struct paper, count + 1);
    for (size_t i = 0; i < count; i++)
        papers[i] = paper_of(json_array_get(items, i), arena);
    return paper_print(papers, count, fonts, at_ms, out, &pages, err);
}

static int print_cards(const json_t *items, const struct print_fonts *fonts, int64_t at_ms, struct arena *arena,
                       struct text *out, struct error *err)
{
    int pages;
    size_t count = json_array_size(items);
    struct paper_card *cards = ARENA_ARRAY(arena, struct paper_card, count + 1);
    for (size_t i = 0; i < count; i++)
        cards[i] = card_of(json_array_get(items, i), arena);
    return paper_print_card(cards, count, fonts, at_ms, out, &pages, err);
}

static int print_ledger(const json_t *doc, const struct print_fonts *fonts, int64_t at_ms, struct arena *arena,
                        struct text *out, struct error *err)
{
    int pages;
    const json_t *columns = json_object_get(doc, "columns"), *items = json_object_get(doc, "items");
    size_t count = json_array_size(columns), row_count = json_array_size(items);
    struct print_column *column = ARENA_ARRAY(arena, struct print_column, count + 1);
    const char *const **rows = ARENA_ARRAY(arena, const char *const *, row_count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *c = json_array_get(columns, i);
        column[i] =
            (struct print_column){ print_escape(arena, word(c, "head")), json_number_value(json_object_get(c, "share")),
                                   json_is_true(json_object_get(c, "right")) ? PRINT_RIGHT : PRINT_LEFT };
    }
    for (size_t i = 0; i < row_count; i++) {
        const json_t *cells = json_array_get(items, i);
        const char **row = ARENA_ARRAY(arena, const char *, count + 1);
        for (size_t k = 0; k < count; k++)
            row[k] = print_escape(arena, json_string_value(json_array_get(cells, k)));
        rows[i] = row;
    }
    struct paper_ledger ledger = { .title = word(doc, "title"),
                                   .filter = word(doc, "filter"),
                                   .as_of = word(doc, "as_of"),
                                   .columns = column,
                                   .column_count = count,
                                   .rows = rows,
                                   .row_count = row_count,
                                   .printed = word(doc, "printed") };
    return paper_print_ledger(&ledger, fonts, at_ms, out, &pages, err);
}

static int print_document_of(const json_t *doc, struct text *out, struct error *err)
{
    AUTO_ARENA arena = { 0 };
    const char *what = word(doc, "what");
    const json_t *names = json_object_get(doc, "fonts"), *items = json_object_get(doc, "items");
    struct print_fonts fonts = { word(names, "title"), word(names, "body"), word(names, "note") };
    int64_t at_ms = json_integer_value(json_object_get(doc, "at_ms"));
    const json_t *seen = json_object_get(doc, "pictures");
    print_pictures((int)json_integer_value(json_object_get(seen, "dpi")),
                   (int)json_integer_value(json_object_get(seen, "most")));
    if (what && strcmp(what, "papers") == 0)
        return print_papers(items, &fonts, at_ms, &arena, out, err);
    if (what && strcmp(what, "cards") == 0)
        return print_cards(items, &fonts, at_ms, &arena, out, err);
    if (what && strcmp(what, "ledger") == 0)
        return print_ledger(doc, &fonts, at_ms, &arena, out, err);
    return fail(err, FAULT_MALFORMED, "render.document", "要打印的不是 papers、cards 或 ledger",
                "The document is neither papers, cards nor a ledger");
}

static int read_document(int in, json_t **doc, struct error *err)
{
    struct text text = TEXT_LIMIT(RENDER_INPUT);
    char piece[PIECE];
    for (ssize_t n; (n = read(in, piece, sizeof piece)) > 0;)
        text_add(&text, piece, (size_t)n);
    json_error_t why = { .line = 0 };
    *doc = text_ok(&text) && text.used ? json_loadb(text.at, text.used, 0, &why) : NULL;
    text_done(&text);
    return *doc ? 0
                : fail(err, FAULT_MALFORMED, "render.json", "标准输入应是一份 JSON（第 %d 行）",
                       "Standard input must be one JSON document (line %d)", why.line);
}

static bool write_all(int out, const char *at, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(out, at + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

void render_serve(int in, int out)
{
    json_t *doc;
    struct error err = { 0 };
    struct text pdf = TEXT_LIMIT(PRINT_BYTES);
    give_up_rights();
    int got = read_document(in, &doc, &err);
    if (got == 0)
        got = print_document_of(doc, &pdf, &err);
    if (got == 0)
        _exit(write_all(out, pdf.at, pdf.used) ? 0 : 1); /* what the fonts' libraries keep goes with the process */
    json_t *why =
        json_pack("{s:i, s:s, s:s, s:s}", "fault", (int)err.fault, "code", err.code, "zh", err.zh, "en", err.en);
    char *said = why ? json_dumps(why, JSON_COMPACT) : NULL;
    if (said)
        write_all(out, said, strlen(said));
    _exit(1);
}
