#include "exchange/package.h"

#include "base/memory.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024, CARRY = 128 };

struct part {
    struct archive *archive;
    const struct package *package;
    int64_t at; /* in the file */
    int64_t inflated;
    char name[PACKAGE_NAME];
    char block[BLOCK];
    char ahead[CARRY + BLOCK]; /* where an element to be skipped is looked for */
    size_t carried;
};

int package_broken(struct error *err, const char *where)
{
    return fail(err, FAULT_INVALID, "xlsx.broken",
                "这个 .xlsx 文件不完整或已损坏（%s）。请用 Excel 或 WPS 打开，重新另存为 .xlsx 后再导入",
                "This .xlsx file is incomplete or damaged (%s). Open it in Excel or WPS, save it as .xlsx again and "
                "import that file",
                where);
}

int package_open(int fd, struct package *package, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return fail(err, FAULT_INTERNAL, "xlsx.unreadable", "文件读不出来，请重新上传后再试",
                    "The file cannot be read; upload it again");
    *package = (struct package){ .fd = fd, .size = st.st_size };
    return 0;
}

void package_resolve(const char *base, const char *target, char out[PACKAGE_NAME])
{
    char whole[2 * PACKAGE_NAME];
    size_t used = 0;
    snprintf(whole, sizeof whole, "%s%s", *target == '/' ? "" : base, target);
    out[0] = '\0';
    for (const char *at = whole; *at;) {
        size_t size = strcspn(at, "/\\");
        if (size == 2 && at[0] == '.' && at[1] == '.') {
            while (used > 0 && out[--used] != '/')
                ;
            out[used] = '\0';
        } else if (size > 0 && !(size == 1 && *at == '.') && used + size + 2 < PACKAGE_NAME) {
            if (used)
                out[used++] = '/';
            memcpy(out + used, at, size);
            out[used += size] = '\0';
        }
        at += size;
        at += *at != '\0';
    }
}

/* ---- parts ---- */

static la_ssize_t read_block(struct archive *archive, void *arg, const void **out)
{
    struct part *part = arg;
    ssize_t got = pread(part->package->fd, part->block, sizeof part->block, part->at);
    if (got < 0) {
        archive_set_error(archive, errno, "read");
        return -1;
    }
    part->at += got;
    *out = part->block;
    return got;
}

static la_int64_t seek_to(struct archive *archive, void *arg, la_int64_t offset, int whence)
{
    struct part *part = arg;
    (void)archive;
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? part->at : part->package->size;
    if (offset < -from || offset > part->package->size - from)
        return ARCHIVE_FATAL;
    return part->at = from + offset;
}

static la_int64_t skip_over(struct archive *archive, void *arg, la_int64_t count)
{
    struct part *part = arg;
    (void)archive;
    int64_t left = part->package->size - part->at;
    int64_t step = count < 0 ? 0 : count < left ? count : left;
    part->at += step;
    return step;
}

static bool is_called(struct archive_entry *entry, const char *name)
{
    char own[PACKAGE_NAME];
    const char *path = archive_entry_pathname(entry);
    if (!path)
        path = archive_entry_pathname_utf8(entry);
    if (!path || strlen(path) >= sizeof own)
        return false;
    package_resolve("", path, own);
    return strcasecmp(own, name) == 0;
}

static int find_part(struct part *part, const char *name, struct error *err)
{
    struct archive_entry *entry;
    for (int i = 0; i < PACKAGE_ENTRIES; i++) {
        int got = archive_read_next_header(part->archive, &entry);
        if (got == ARCHIVE_EOF)
            return 0;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
            return package_broken(err, "zip");
        if (!is_called(entry, name))
            continue;
        if (archive_entry_is_encrypted(entry))
            return fail(err, FAULT_INVALID, "xlsx.encrypted",
                        "这个文件有密码。请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx 再导入",
                        "This file has a password. Open it in Excel or WPS, take the password off, save it as .xlsx "
                        "and import that file");
        return 1;
    }
    return fail(err, FAULT_INVALID, "xlsx.bomb", "这个压缩包里的文件超过 %d 个，不是正常的 .xlsx。请用 Excel 重新另存",
                "The archive holds more than %d files and is no ordinary .xlsx; save it again with Excel",
                PACKAGE_ENTRIES);
}

int part_open(const struct package *package, const char *name, struct part **out, struct error *err)
{
    struct part *part = memory_new(sizeof *part);
    part->package = package;
    snprintf(part->name, sizeof part->name, "%s", name);
    part->archive = archive_read_new();
    int got = -1;
    if (!part->archive || archive_read_support_format_zip_seekable(part->archive) != ARCHIVE_OK ||
        archive_read_set_read_callback(part->archive, read_block) != ARCHIVE_OK ||
        archive_read_set_seek_callback(part->archive, seek_to) != ARCHIVE_OK ||
        archive_read_set_skip_callback(part->archive, skip_over) != ARCHIVE_OK ||
        archive_read_set_callback_data(part->archive, part) != ARCHIVE_OK ||
        archive_read_open1(part->archive) != ARCHIVE_OK)
        package_broken(err, "zip");
    else
        got = find_part(part, name, err);
    if (got == 1)
        *out = part;
    else
        part_close(part);
    return got;
}

void part_close(struct part *part)
{
    if (!part)
        return;
    if (part->archive)
        archive_read_free(part->archive);
    memory_free(part);
}

int64_t part_read(struct part *part, void *bytes, size_t room, struct error *err)
{
    la_ssize_t got = archive_read_data(part->archive, bytes, room);
    if (got < 0)
        return package_broken(err, part->name);
    part->inflated += got;
    if (part->inflated > PACKAGE_PART ||
        (part->inflated > PACKAGE_FREE && part->inflated / PACKAGE_RATIO > part->package->size))
        return fail(err, FAULT_INVALID, "xlsx.bomb",
                    "这个 .xlsx 文件解开后大得不正常（%s 超过 %d MB）。请删去多余的空行和工作表，另存后再导入",
                    "This .xlsx file unpacks to an abnormal size (%s is over %d MB). Remove needless blank rows and "
                    "sheets, save it and import that file",
                    part->name, (int)(part->inflated >> 20));
    return got;
}

/* ---- XML ---- */

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct xml *xml = arg;
    if (++xml->depth > XML_DEPTH) {
        package_broken(&xml->failure, xml->name);
        xml_stop(xml);
        return;
    }
    if (!xml->failure.fault)
        xml->start(xml, local(name), attributes);
}

static void on_end(void *arg, const char *name)
{
    struct xml *xml = arg;
    if (!xml->failure.fault && xml->end)
        xml->end(xml, local(name));
    xml->depth--;
}

static void on_text(void *arg, const char *at, int size)
{
    struct xml *xml = arg;
    if (!xml->failure.fault)
        xml->text(xml, at, (size_t)size);
}

static void on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
    struct xml *xml = arg;
    (void)name, (void)system, (void)public, (void)internal;
    fail(&xml->failure, FAULT_INVALID, "xlsx.doctype",
         "这个 .xlsx 文件里有不允许的声明（DOCTYPE）。请用 Excel 或 WPS 打开，重新另存为 .xlsx 后再导入",
         "This .xlsx file holds a declaration that is not allowed (DOCTYPE). Open it in Excel or WPS, save it as .xlsx "
         "again and import that file");
    xml_stop(xml);
}

int xml_open(struct xml *xml, const struct package *package, const char *name, bool *found, struct error *err)
{
    int got = part_open(package, name, &xml->part, err);
    *found = got == 1;
    if (got != 1)
        return got;
    snprintf(xml->name, sizeof xml->name, "%s", name);
    xml->parser = XML_ParserCreate(NULL);
    if (!xml->parser)
        return fail(err, FAULT_INTERNAL, "xlsx.memory", "内存不足，请稍后再试", "Out of memory; try again later");
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    if (xml->text)
        XML_SetCharacterDataHandler(xml->parser, on_text);
    XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
    return 0;
}

void xml_close(struct xml *xml)
{
    if (xml->parser)
        XML_ParserFree(xml->parser);
    xml->parser = NULL;
    part_close(xml->part);
    xml->part = NULL;
}

void xml_stop(struct xml *xml)
{
    XML_StopParser(xml->parser, XML_FALSE);
}

void xml_pause(struct xml *xml)
{
    XML_StopParser(xml->parser, XML_TRUE);
}

/* Where a tag of that element begins: "<skip" or "</skip", with any prefix. NULL when none does before end. */
static char *find_tag(char *at, char *end, const char *name, bool closing)
{
    size_t size = strlen(name);
    for (char *found; (found = memmem(at, (size_t)(end - at), name, size)); at = found + size) {
        char *begin = found;
        if (begin > at && begin[-1] == ':')
            while (begin > at && begin[-1] != '<' && begin[-1] != '/' && begin[-1] != '>' && found - begin < CARRY / 2)
                begin--;
        if (found + size == end || !strchr(" \t\r\n>", found[size]))
            continue;
        if (closing && begin - at >= 2 && begin[-1] == '/' && begin[-2] == '<')
            return begin - 2;
        if (!closing && begin > at && begin[-1] == '<')
            return begin - 1;
    }
    return NULL;
}

static enum XML_Status feed(struct xml *xml, const char *at, const char *end, bool last)
{
    xml->fed += end - at;
    return XML_Parse(xml->parser, at, (int)(end - at), last);
}

/* Feeds the part without what stands inside xml->skip. That is found in the bytes, many times faster than by parsing
** them; where it is not found so (the tag lies across two blocks, or the part is in UTF-16), nothing is skipped. A part
** that hides such a tag in a comment is refused as broken, because what is left does not fit together. */
static enum XML_Status step_over(struct xml *xml, bool *failed, struct error *err)
{
    struct part *part = xml->part;
    char *from = part->ahead, *to = part->ahead + part->carried;
    int64_t got = part_read(part, to, BLOCK, err);
    *failed = got < 0;
    if (got < 0)
        return XML_STATUS_ERROR;
    char *end = to + got;
    part->carried = 0;
    if (!xml->skipping && !xml->skipped) {
        char *tag = find_tag(from, end, xml->skip, false);
        char *close = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;
        if (close && close[-1] != '/') {
            enum XML_Status status = feed(xml, from, close + 1, false);
            if (status != XML_STATUS_OK)
                return status;
            from = close + 1;
            xml->skipping = true;
        }
    }
    if (xml->skipping) {
        char *tag = find_tag(from, end, xml->skip, true);
        if (!tag && got > 0) {
            part->carried = (size_t)(end - from) < CARRY ? (size_t)(end - from) : CARRY;
            memmove(part->ahead, end - part->carried, part->carried);
            return XML_STATUS_OK;
        }
        from = tag ? tag : end;
        xml->skipping = false;
        xml->skipped = true;
    }
    return feed(xml, from, end, got == 0);
}

int xml_step(struct xml *xml, struct error *err)
{
    enum XML_Status status;
    bool failed = false;
    if (xml->ended)
        return 0;
    if (xml->suspended) {
        status = XML_ResumeParser(xml->parser);
    } else if (xml->skip) {
        status = step_over(xml, &failed, err);
        if (failed)
            return -1;
    } else {
        void *room = XML_GetBuffer(xml->parser, BLOCK);
        int64_t got = room ? part_read(xml->part, room, BLOCK, err) : package_broken(err, xml->name);
        if (got < 0)
            return -1;
        xml->fed += got;
        status = XML_ParseBuffer(xml->parser, (int)got, got == 0);
    }
    xml->suspended = status == XML_STATUS_SUSPENDED;
    if (xml->failure.fault) {
        *err = xml->failure;
        return -1;
    }
    if (status == XML_STATUS_ERROR)
        return package_broken(err, xml->name);
    if (xml->suspended)
        return 1;
    XML_ParsingStatus where;
    XML_GetParsingStatus(xml->parser, &where);
    xml->ended = where.parsing == XML_FINISHED;
    int64_t at = XML_GetCurrentByteIndex(xml->parser);
    if (!xml->ended && at >= 0 && xml->fed - at > XML_TAG)
        return package_broken(err, xml->name);
    return xml->ended ? 0 : 1;
}

int xml_run(struct xml *xml, const struct package *package, const char *name, bool must, struct error *err)
{
    bool found;
    int got = xml_open(xml, package, name, &found, err);
    if (got == 0 && found)
        while ((got = xml_step(xml, err)) > 0)
            ;
    else if (got == 0 && must)
        got = package_broken(err, name);
    xml_close(xml);
    return got;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}
