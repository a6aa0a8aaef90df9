/* Workbooks made by the tests themselves: a zip of the parts given, whatever they hold. */
#pragma once
#include "../table.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

struct made_part {
    const char *name, *text;
    size_t size; /* 0: up to the NUL */
};

static inline int made_file(void)
{
    char path[] = "/tmp/anlan-sheet-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

static inline int made_zip(const struct made_part *parts, size_t count)
{
    int fd = made_file();
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    assert_int_equal(archive_write_open_fd(zip, fd), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *entry = archive_entry_new();
        size_t size = parts[i].size ? parts[i].size : strlen(parts[i].text);
        archive_entry_set_pathname(entry, parts[i].name);
        archive_entry_set_size(entry, (la_int64_t)size);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(zip, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(zip, parts[i].text, size), size);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(zip), ARCHIVE_OK);
    archive_write_free(zip);
    return fd;
}

#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define TOP_RELS                                                                                           \
    "<Relationships><Relationship Id=\"rId1\" Type=\"" REL "officeDocument\" Target=\"xl/workbook.xml\"/>" \
    "</Relationships>"
#define BOOK_RELS                                                                                           \
    "<Relationships><Relationship Id=\"rId1\" Type=\"" REL "worksheet\" Target=\"worksheets/sheet1.xml\"/>" \
    "<Relationship Id=\"rId2\" Type=\"" REL "sharedStrings\" Target=\"sharedStrings.xml\"/>"                \
    "<Relationship Id=\"rId3\" Type=\"" REL "styles\" Target=\"styles.xml\"/></Relationships>"
#define BOOK        "<workbook " MAIN "><sheets><sheet name=\"台账\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
#define SHEET(rows) "<worksheet " MAIN "><sheetData>" rows "</sheetData></worksheet>"
#define ROW1(cells) SHEET("<row r=\"1\">" cells "</row>")

/* The usual parts in an order no spreadsheet promises: the shared strings behind the sheet. NULL leaves one out. */
static inline int made_workbook(const char *book, const char *sheet, const char *strings, const char *styles)
{
    struct made_part parts[6] = { { "xl/worksheets/sheet1.xml", sheet, 0 } };
    size_t count = 1;
    if (strings)
        parts[count++] = (struct made_part){ "xl/sharedStrings.xml", strings, 0 };
    if (styles)
        parts[count++] = (struct made_part){ "xl/styles.xml", styles, 0 };
    parts[count++] = (struct made_part){ "xl/workbook.xml", book ? book : BOOK, 0 };
    parts[count++] = (struct made_part){ "xl/_rels/workbook.xml.rels", BOOK_RELS, 0 };
    parts[count++] = (struct made_part){ "_rels/.rels", TOP_RELS, 0 };
    return made_zip(parts, count);
}
