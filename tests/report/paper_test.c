/* Papers as PDF: what is on them is read back with pdftotext, so that a font or a break that loses words is noticed. */
#include "table.h"

#include "report/paper.h"
#include "report/qr.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WHEN = 1772154720 }; /* 2026-02-27 09:12 in China, seconds */

static const struct paper_item three[] = {
    { "调漆间使用溶剂型涂料，未设置固定式可燃气体浓度监测报警装置，排风机未与报警联锁。",
      "（重大事故隐患，《工贸企业重大事故隐患判定标准》第七条第七项）" },
    { "调漆间现场存放稀释剂约 60 升 <桶> & 罐，未使用防爆柜。", NULL },
    { "调漆间配电箱未采用防爆型。", NULL },
};
static const char *const ends[] = {
    "现责令你单位对上述问题于2026年3月20日前整改完毕，达到有关法律法规规章和标准规定的要求。由此造成事故的，依法追究有"
    "关人员的责任。",
    "整改期间，你单位应当采取措施，确保安全生产。逾期不整改或者整改不合格的，将依法予以行政处罚。",
    "如不服本指令，可以自收到之日起六十日内向东埠区人民政府申请行政复议，或者六个月内向有管辖权的人民法院提起行政诉讼"
    "。",
    NULL
};
static const struct paper_signer signers[] = { { "执法人员（签名）", "证号 99010300017" },
                                               { "执法人员（签名）", "证号 99010300042" },
                                               { "被检查单位负责人（签名）", NULL } };

static struct paper order_of(const struct paper_item *items, size_t count)
{
    return (struct paper){ .agency = "东埠区应急管理局",
                           .title = "责令限期整改指令书",
                           .number = "（东埠）应急责改〔2026〕12号",
                           .recipient = "东埠宏岳机械制造有限公司",
                           .opening = "经查，你单位存在下列问题：",
                           .items = items,
                           .item_count = count,
                           .paragraphs = ends,
                           .signers = signers,
                           .signer_count = 3,
                           .day = "2026年2月27日",
                           .check_code = "7K3M-9Q2F",
                           .qr = "ANLAN1:7K3M9Q2F:0123456789abcdef",
                           .copies = "本文书一式两份，一份交被检查单位，一份存档。",
                           .form = "文书格式 ZF-05（2026 版）",
                           .printed = "打印 周明远 2026-02-27 09:12" };
}

/* The words of a PDF without white space, which the layout may put anywhere. Page ends become '|'. */
static char *words_of(const struct text *pdf)
{
    static char words[1 << 20];
    char path[] = "/tmp/anlan-paper-XXXXXX", command[128];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf->at, pdf->used), pdf->used);
    close(fd);
    snprintf(command, sizeof command, "pdftotext -layout %s -", path);
    FILE *in = popen(command, "r");
    size_t n = 0;
    for (int c; (c = fgetc(in)) != EOF && n < sizeof words - 1;)
        if (c == '\f')
            words[n++] = '|';
        else if (c > ' ')
            words[n++] = (char)c;
    words[n] = '\0';
    assert_int_equal(pclose(in), 0);
    unlink(path);
    return words;
}

static void print(const struct paper *papers, size_t count, struct text *out, int *pages)
{
    struct error err = { 0 };
    assert_int_equal(paper_print(papers, count, NULL, WHEN * INT64_C(1000), out, pages, &err), 0);
    assert_memory_equal(out->at, "%PDF-", 5);
}

static void everything_that_was_said_is_on_the_paper(void **state)
{
    (void)state;
    static const char *const said[] = { "东埠区应急管理局",
                                        "责令限期整改指令书",
                                        "（东埠）应急责改〔2026〕12号",
                                        "东埠宏岳机械制造有限公司：",
                                        "60升<桶>&罐",
                                        "防爆型。（以下空白）",
                                        "2026年2月27日",
                                        "核验码7K3M-9Q2F",
                                        "第1页，共1页",
                                        "周明远2026-02-2709:12",
                                        "证号99010300042",
                                        "被检查单位负责人（签名）" };
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    int pages;
    struct paper order = order_of(three, 3);
    print(&order, 1, &pdf, &pages);
    assert_int_equal(pages, 1);
    const char *words = words_of(&pdf);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!strstr(words, said[i]))
            fail_msg("not on the paper: %s\n%s", said[i], words);
}

static void the_same_paper_gives_the_same_bytes(void **state)
{
    (void)state;
    AUTO_TEXT one = TEXT_LIMIT(PRINT_BYTES);
    AUTO_TEXT two = TEXT_LIMIT(PRINT_BYTES);
    int pages;
    struct paper order = order_of(three, 3);
    print(&order, 1, &one, &pages);
    print(&order, 1, &two, &pages);
    assert_int_equal(one.used, two.used);
    assert_memory_equal(one.at, two.at, one.used);
}

/* However the text falls, the page with the seal has the last words of the text on it too. */
static void the_seal_never_stands_alone_on_a_page(void **state)
{
    (void)state;
    struct paper_item items[PAPER_ITEMS];
    for (size_t count = 1; count <= PAPER_ITEMS; count += 3) {
        AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
        int pages;
        for (size_t i = 0; i < count; i++)
            items[i] = three[i % 3];
        struct paper order = order_of(items, count);
        print(&order, 1, &pdf, &pages);
        char *last = words_of(&pdf);
        last[strlen(last) - 1] = '\0'; /* the end of the last page */
        char *begin = strrchr(last, '|');
        begin = begin ? begin + 1 : last;
        if (!strstr(begin, "行政诉讼"))
            fail_msg("%zu items: the last page says only %s", count, begin);
    }
}

static void a_batch_begins_each_paper_on_a_page_of_its_own_and_counts_its_own_pages(void **state)
{
    (void)state;
    struct paper_item items[30];
    for (size_t i = 0; i < 30; i++)
        items[i] = three[i % 3];
    struct paper papers[] = { order_of(three, 3), order_of(items, 30), order_of(three, 2) };
    papers[1].number = "（东埠）应急责改〔2026〕13号";
    papers[2].number = "（东埠）应急责改〔2026〕14号";
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    int pages;
    print(papers, 3, &pdf, &pages);
    const char *words = words_of(&pdf);
    assert_true(pages >= 4);
    assert_non_null(strstr(words, "第1页，共1页"));
    char want[64];
    snprintf(want, sizeof want, "第%d页，共%d页", pages - 2, pages - 2);
    assert_non_null(strstr(words, want));
    const char *third = strstr(words, "〔2026〕14号");
    assert_non_null(third);
    assert_non_null(strstr(third, "第1页，共1页"));
}

static void a_batch_has_a_ceiling(void **state)
{
    (void)state;
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    struct error err = { 0 };
    int pages;
    struct paper order = order_of(three, 3);
    assert_int_equal(paper_print(&order, PAPER_BATCH + 1, NULL, 0, &pdf, &pages, &err), -1);
    assert_string_equal(err.code, "paper.batch");
}

static void a_card_tells_the_facts_and_the_whole_course(void **state)
{
    (void)state;
    struct paper_fact facts[] = { { "隐患内容", "氨罐区压力表失效" }, { "整改期限", "2026-03-20" } };
    struct paper_event events[120];
    for (size_t i = 0; i < 120; i++)
        events[i] = (struct paper_event){ "2026-02-27 09:12", "提交整改", "郑海生 安全环保部主任", "已更换并校验" };
    events[119].what = "复查通过";
    struct paper_card card = { .agency = "安澜市安委办",
                               .title = "事故隐患登记卡",
                               .number = "2026-000123",
                               .state = "已销号",
                               .facts = facts,
                               .fact_count = 2,
                               .events = events,
                               .event_count = 120,
                               .qr = "http://localhost/hazards/123",
                               .printed = "打印 许静" };
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    struct error err = { 0 };
    int pages;
    assert_int_equal(paper_print_card(&card, 1, NULL, 0, &pdf, &pages, &err), 0);
    assert_true(pages > 2);
    const char *words = words_of(&pdf);
    assert_non_null(strstr(words, "氨罐区压力表失效"));
    assert_non_null(strstr(words, "复查通过"));
    size_t heads = 0;
    for (const char *at = words; (at = strstr(at, "时间办理人员说明")) != NULL; at++)
        heads++;
    assert_int_equal(heads, pages); /* the head of the course stands on every page */
}

static void a_ledger_repeats_its_head_and_cuts_no_row(void **state)
{
    (void)state;
    enum { ROWS = 150 };
    static const struct print_column columns[] = { { "序号", 10, PRINT_RIGHT },
                                                   { "隐患内容", 60, PRINT_LEFT },
                                                   { "责任单位", 40, PRINT_LEFT } };
    const char *cells[ROWS][3];
    const char *const *rows[ROWS];
    char numbers[ROWS][8];
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%zu", i + 1);
        cells[i][0] = numbers[i];
        cells[i][1] = i % 7 ? "压力表失效"
                            : "二层氨压缩机房固定式可燃有毒气体报警器故障未接入联锁，事故风机无法自动启动，现场无值守";
        cells[i][2] = "澜北禾川精细化工有限公司";
        rows[i] = cells[i];
    }
    struct paper_ledger ledger = { .title = "事故隐患台账",
                                   .filter = "条件：状态为整改中",
                                   .as_of = "2026-02-27 09:12",
                                   .columns = columns,
                                   .column_count = 3,
                                   .rows = rows,
                                   .row_count = ROWS,
                                   .printed = "打印 许静" };
    AUTO_TEXT pdf = TEXT_LIMIT(PRINT_BYTES);
    struct error err = { 0 };
    int pages;
    assert_int_equal(paper_print_ledger(&ledger, NULL, 0, &pdf, &pages, &err), 0);
    char *words = words_of(&pdf);
    size_t heads = 0;
    for (const char *at = words; (at = strstr(at, "序号隐患内容责任单位")) != NULL; at++)
        heads++;
    assert_int_equal(heads, pages);
    assert_non_null(strstr(words, "条件：状态为整改中数据截至2026-02-2709:12，共150条"));
    assert_non_null(strstr(words, "150压力表失效澜北禾川精细化工有限公司"));
}

static void a_code_is_drawn_black_on_white_with_its_quiet_zone(void **state)
{
    (void)state;
    AUTO_TEXT svg = TEXT_LIMIT(1 << 20);
    struct error err = { 0 };
    assert_int_equal(qr_svg("otpauth://totp/a&b", "二维码 <1>", &svg, &err), 0);
    assert_non_null(strstr(text_get(&svg), "viewBox=\"0 0 33 33\""));
    assert_non_null(strstr(text_get(&svg), "二维码 &lt;1&gt;"));
    char long_words[4000];
    memset(long_words, 'x', sizeof long_words - 1);
    long_words[sizeof long_words - 1] = '\0';
    assert_int_equal(qr_svg(long_words, "", &svg, &err), -1);
    assert_int_equal(err.fault, FAULT_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_was_said_is_on_the_paper),
        cmocka_unit_test(the_same_paper_gives_the_same_bytes),
        cmocka_unit_test(the_seal_never_stands_alone_on_a_page),
        cmocka_unit_test(a_batch_begins_each_paper_on_a_page_of_its_own_and_counts_its_own_pages),
        cmocka_unit_test(a_batch_has_a_ceiling),
        cmocka_unit_test(a_card_tells_the_facts_and_the_whole_course),
        cmocka_unit_test(a_ledger_repeats_its_head_and_cuts_no_row),
        cmocka_unit_test(a_code_is_drawn_black_on_white_with_its_quiet_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
