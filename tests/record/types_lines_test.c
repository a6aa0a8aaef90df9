#include "types_sample.h"

#define ROW_JSON(name, rest) "{\"name\":\"" name "\"" rest "}"
#define ROW_GIVES(name, post, phone, remark, since) \
    "{\"name\":\"" name "\",\"post\":" post ",\"phone\":" phone ",\"remark\":" remark ",\"since\":" since "}"

static const struct type_row rows[] = {
    { "a row with what it must have", "people", .json = "[" ROW_JSON("张三", "") "]",
      .gives = "[" ROW_GIVES("张三", "null", "null", "null", "null") "]" },
    { "rows keep their order and fields their types", "people",
      .json = "[" ROW_JSON("张三", ",\"since\":\"2024-03-05\"") "," ROW_JSON(
          "李四", ",\"post\":\"安全员\",\"phone\":\"0532-88881234\"") "]",
      .gives = "[" ROW_GIVES("张三", "null", "null", "null", "\"2024-03-05\"") "," ROW_GIVES(
          "李四", "\"安全员\"", "\"053288881234\"", "null", "null") "]" },
    { "null and blank are unknown", "people", .json = "[" ROW_JSON("张三", ",\"post\":\" \",\"phone\":null") "]",
      .gives = "[" ROW_GIVES("张三", "null", "null", "null", "null") "]" },
    { "no rows are refused", "people", .json = "[]", .refusal = "一行也没有" },
    { "one row too many is refused", "people", .json = "[{},{},{},{},{}]", .refusal = "最多 4 行，现在有 5 行" },
    { "an object is no array", "people", .json = "{}", .refusal = "行的数组" },
    { "a row that is no object is refused", "people", .json = "[" ROW_JSON("张三", "") ",7]",
      .refusal = "第 2 行应是一个 JSON 对象", .at = "people.2" },
    { "an empty row is refused", "people", .json = "[{}]", .refusal = "第 1 行是空的", .at = "people.1" },
    { "a row of nulls is empty", "people", .json = "[{\"name\":null}]", .refusal = "第 1 行是空的", .at = "people.1" },
    { "a missing field that is required is named", "people", .json = "[" ROW_JSON("张三", "") ",{\"post\":\"x\"}]",
      .refusal = "请填写姓名", .at = "people.2.name" },
    { "a child's refusal names row and field", "people",
      .json = "[" ROW_JSON("张三", "") "," ROW_JSON("李四", ",\"post\":\"一二三四五六七八九十一\"") "]",
      .refusal = "最多 10 个字", .at = "people.2.post" },
    { "an unknown key is refused", "people", .json = "[" ROW_JSON("张三", ",\"nmae\":\"x\"") "]",
      .refusal = "第 1 行里没有“nmae”这一项", .at = "people.1" },
    { "a very long unknown key is not repeated", "people",
      .json = "[" ROW_JSON("张三", ",\"一二三四五六七八九十一二三四五六七八九十\":1") "]", .refusal = "没有“…”这一项",
      .at = "people.1" },
    { "a masked number without rows before is refused", "people",
      .json = "[" ROW_JSON("张三", ",\"phone\":\"138****5678\"") "]", .refusal = "写完整号码", .at = "people.1.phone" },
    { "a cell with bars", "people", .text = "张三 | 安全员 | 13812345678 | 备注 | 2024.3.5\n\n李四||||",
      .gives = "[" ROW_GIVES("张三", "\"安全员\"", "\"13812345678\"", "\"备注\"",
                             "\"2024-03-05\"") "," ROW_GIVES("李四", "null", "null", "null", "null") "]" },
    { "bars, backslashes and line breaks inside a field are escaped", "people", .text = "a\\|b | | | x\\\\y\\nz | ",
      .gives = "[" ROW_GIVES("a|b", "null", "null", "\"x\\\\y\\nz\"", "null") "]" },
    { "a cell with too few bars is refused", "people", .text = "张三 | 安全员",
      .refusal = "第 1 行应有 5 项，用 | 分开，现在有 2 项", .at = "people.1" },
    { "a cell with too many bars is refused", "people", .text = "张三|||||", .refusal = "现在有 6 项",
      .at = "people.1" },
    { "a cell with a wrong field names it", "people", .text = "张三||||\n李四|||| 昨天", .refusal = "看不出是哪一天",
      .at = "people.2.since" },
    { "a cell with an empty row is refused", "people", .text = "| | | |", .refusal = "第 1 行是空的",
      .at = "people.1" },
    { "a cell with five rows is refused", "people", .text = "a||||\nb||||\nc||||\nd||||\ne||||",
      .refusal = "最多 4 行" },
};

static void every_wrong_field_is_reported_at_once(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("people");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "people" };
    struct error err = { 0 };
    struct lines *member = NULL;
    assert_int_equal(sample_read(f, &ctx, "[{\"name\":1,\"phone\":\"x\"},{\"post\":\"y\"}]", NULL, &member, &err), -1);
    assert_null(member);
    assert_int_equal(err.field_count, 3);
    assert_string_equal(err.fields[0].name, "people.1.name");
    assert_string_equal(err.fields[1].name, "people.1.phone");
    assert_string_equal(err.fields[2].name, "people.2.name");
}

static void presence_bits_follow_what_was_given(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("people");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "people" };
    struct error err = { 0 };
    struct lines *member = NULL;
    assert_int_equal(
        sample_read(f, &ctx, "[{\"name\":\"张三\",\"post\":null,\"since\":\"1970-01-01\"}]", NULL, &member, &err), 0);
    const struct person *p = member->rows;
    assert_int_equal(member->count, 1);
    assert_true(has(p, name) && given(p, name));
    assert_true(!has(p, post) && given(p, post));
    assert_true(has(p, since) && p->since == 0);
    assert_true(!has(p, phone) && !given(p, phone));
}

struct old_row {
    const char *says;
    const char *before[3]; /* phones of the rows before, whose names are 甲, 乙 and 丙 */
    const char *name;      /* written with the masked form */
    const char *masked;
    const char *keeps; /* NULL: refused */
    bool cell;
};

static const struct old_row olds[] = {
    { "the old number behind the mask is kept", { "13812345678" }, "丁", "138****5678", "13812345678", false },
    { "in whichever row it stood", { "13911112222", "13812345678" }, "丁", "138****5678", "13812345678", false },
    { "the same number twice is one number",
      { "13812345678", "13812345678" },
      "丁",
      "138****5678",
      "13812345678",
      false },
    { "two numbers behind one mask are a reason to ask",
      { "13812345678", "13899995678" },
      "丁",
      "138****5678",
      NULL,
      false },
    { "unless the first field tells them apart",
      { "13812345678", "13899995678" },
      "乙",
      "138****5678",
      "13899995678",
      false },
    { "in a cell too", { "13812345678", "13899995678" }, "甲", "138****5678", "13812345678", true },
    { "no number behind the mask is refused", { "13812345678" }, "甲", "139****5678", NULL, false },
    { "no number behind the mask is refused in a cell", { "13812345678" }, "甲", "139****5678", NULL, true },
    { "a landline", { "053288881234" }, "丁", "053*******34", "053288881234", false },
};

static void check_old(void **state)
{
    static const char *const names[] = { "甲", "乙", "丙" };
    const struct old_row *row = *state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("people");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "people" };
    struct error err = { 0 };
    struct person before[3] = { 0 };
    struct lines old = { 0, before };
    struct lines *member = &old;
    for (; old.count < 3 && row->before[old.count]; old.count++) {
        set(&before[old.count], name, names[old.count]);
        set(&before[old.count], phone, row->before[old.count]);
    }
    const char *json = arena_printf(&arena, "[{\"phone\":\"%s\",\"name\":\"%s\"}]", row->masked, row->name);
    const char *cell = arena_printf(&arena, "%s | | %s | | ", row->name, row->masked);
    int got = sample_read(f, &ctx, json, row->cell ? cell : NULL, &member, &err);
    if (!row->keeps) {
        assert_int_equal(got, -1);
        assert_ptr_equal(member, &old);
        assert_string_equal(err.fields[0].name, "people.1.phone");
        return;
    }
    assert_int_equal(got, 0);
    const struct person *p = member->rows;
    assert_true(has(p, phone));
    assert_string_equal(p->phone, row->keeps);
}

static void numbers_in_rows_are_masked_unless_asked(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT out = TEXT_LIMIT(1000);
    const struct field *f = sample_field("people");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "people" };
    struct error err = { 0 };
    struct lines *member = NULL;
    assert_int_equal(sample_read(f, &ctx, "[{\"name\":\"张三\",\"phone\":\"13812345678\"}]", NULL, &member, &err), 0);
    f->type->to_json(f, &ctx, &member, true, &out);
    assert_string_equal(text_get(&out), "[" ROW_GIVES("张三", "null", "\"138****5678\"", "null", "null") "]");
    text_clear(&out);
    f->type->to_text(f, &ctx, &member, false, &out);
    assert_string_equal(text_get(&out), "张三 |  | 138****5678 |  | ");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(every_wrong_field_is_reported_at_once),
        cmocka_unit_test(presence_bits_follow_what_was_given),
        cmocka_unit_test(numbers_in_rows_are_masked_unless_asked),
    };
    sample_keys();
    return RUN_TABLE(rows, check_type_row) + RUN_TABLE(olds, check_old) + cmocka_run_group_tests(others, NULL, NULL);
}
