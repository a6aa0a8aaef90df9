/*
** Any bytes at all go through the workbook reader. A file that begins like a zip is read as it is; anything else stands as
** the sheet in a workbook put together here, so that the fuzzer reaches the XML without guessing checksums. Beyond not
** crashing: rows come in order, cells are valid text within their ceiling, a refusal names the file in both languages.
*/
#include "base/limits.h"
#include "base/utf8.h"
#include "exchange/sheet.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void put_part(struct archive *zip, const char *name, const void *bytes, size_t size)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    must(archive_write_header(zip, entry) == ARCHIVE_OK);
    must(archive_write_data(zip, bytes, size) == (la_ssize_t)size);
    archive_entry_free(entry);
}

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
static const char *const parts[][2] = {
    { "_rels/.rels", "<Relationships><Relationship Id=\"a\" Type=\"" REL "officeDocument\" Target=\"xl/workbook.xml\"/>"
                     "</Relationships>" },
    { "xl/workbook.xml", "<workbook><sheets><sheet name=\"台账\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels",
      "<Relationships><Relationship Id=\"a\" Type=\"" REL "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
      "<Relationship Id=\"b\" Type=\"" REL "sharedStrings\" Target=\"sharedStrings.xml\"/>"
      "<Relationship Id=\"c\" Type=\"" REL "styles\" Target=\"styles.xml\"/></Relationships>" },
    { "xl/sharedStrings.xml", "<sst><si><t>企业名称</t></si><si><r><t>甲</t></r><r><t>厂</t></r></si></sst>" },
    { "xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts><cellXfs>"
                       "<xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"9\"/><xf numFmtId=\"20\"/></cellXfs>"
                       "</styleSheet>" },
};

static void wrap(int fd, const uint8_t *bytes, size_t size)
{
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    must(archive_write_zip_set_compression_store(zip) == ARCHIVE_OK && archive_write_open_fd(zip, fd) == ARCHIVE_OK);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        put_part(zip, parts[i][0], parts[i][1], strlen(parts[i][1]));
    put_part(zip, "xl/worksheets/sheet1.xml", bytes, size);
    must(archive_write_close(zip) == ARCHIVE_OK);
    archive_write_free(zip);
}

static void expect_refusal(const struct error *err)
{
    must(err->fault != FAULT_NONE && err->zh[0] && err->en[0] && utf8_valid(err->zh, strlen(err->zh)));
}

static void read_sheet(int fd, size_t index)
{
    struct sheet *sheet;
    struct sheet_row row;
    struct error err = { 0 };
    int64_t number = 0;
    int got;
    if (sheet_open(fd, "x.xlsx", index, &sheet, &err) < 0) {
        expect_refusal(&err);
        return;
    }
    while ((got = sheet_next(sheet, &row, &err)) == 1) {
        must(row.number > number && row.number <= LIMIT_IMPORT_ROWS + 1 && row.count <= CSV_COLUMNS);
        number = row.number;
        for (size_t i = 0; i < row.count; i++)
            must(row.cells[i].size <= LIMIT_CELL_BYTES && row.cells[i].at[row.cells[i].size] == '\0' &&
                 utf8_valid(row.cells[i].at, row.cells[i].size));
    }
    if (got < 0)
        expect_refusal(&err);
    sheet_close(sheet);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    AUTO_ARENA arena = { 0 };
    struct sheet_info *sheets;
    struct error err = { 0 };
    size_t count = 0;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0);
    if (size >= 2 && memcmp(bytes, "PK", 2) == 0)
        must(write(fd, bytes, size) == (ssize_t)size);
    else
        wrap(fd, bytes, size);
    if (sheet_list(fd, "x.xlsx", &arena, &sheets, &count, &err) < 0)
        expect_refusal(&err);
    for (size_t i = 0; i < count && i < 3; i++)
        read_sheet(fd, i);
    close(fd);
    return 0;
}
