#include "types_sample.h"

static const struct type_row references[] = {
    { "an id", "owner", .json = "12", .gives = "12" },
    { "an object with the id and what was read with it", "owner", .json = "{\"id\":12,\"name\":\"张三\"}",
      .gives = "12" },
    { "the object type too", "object", .json = "{\"id\":7,\"name\":null,\"kind\":\"enterprise\"}", .gives = "7" },
    { "a large id", "object", .json = "9223372036854775807", .gives = "9223372036854775807" },
    { "zero is no id", "owner", .json = "0", .refusal = "大于 0" },
    { "a negative is no id", "owner", .json = "-1", .refusal = "大于 0" },
    { "a real is no id", "owner", .json = "1.0", .refusal = "大于 0" },
    { "a string is no id in JSON", "owner", .json = "\"12\"", .refusal = "大于 0" },
    { "an object without an id is refused", "owner", .json = "{\"name\":\"张三\"}", .refusal = "大于 0" },
    { "digits in a cell", "owner", .text = " 12 ", .gives = "12" },
    { "full-width digits in a cell", "object", .text = "１２", .gives = "12" },
    { "a name nobody resolved is refused", "owner", .text = "张三", .refusal = "找不到这个名称" },
    { "zero in a cell is refused", "owner", .text = "0", .refusal = "找不到" },
    { "twenty digits in a cell are refused", "owner", .text = "12345678901234567890", .refusal = "找不到" },
};

static const struct type_row regions[] = {
    { "twelve digits", "region", .json = "\"370211005000\"", .gives = "\"370211005000\"" },
    { "the object that is read", "region", .json = "{\"code\":\"370211005012\",\"name\":\"x\"}",
      .gives = "\"370211005012\"" },
    { "two digits are a province", "region", .text = "37", .gives = "\"370000000000\"" },
    { "four digits are a city", "region", .text = "3702", .gives = "\"370200000000\"" },
    { "six digits are a county", "region", .json = "\"370211\"", .gives = "\"370211000000\"" },
    { "nine digits are a town", "region", .text = "３７０２１１００５", .gives = "\"370211005000\"" },
    { "a number is refused in JSON", "region", .json = "370211005000", .refusal = "代码文字" },
    { "an object without a code is refused", "region", .json = "{\"name\":\"x\"}", .refusal = "代码文字" },
    { "five digits are refused", "region", .text = "37021", .refusal = "2、4、6、9 或 12 位" },
    { "thirteen digits are refused", "region", .json = "\"3702110050120\"", .refusal = "2、4、6、9 或 12 位" },
    { "letters are refused", "region", .text = "37O211", .refusal = "2、4、6、9 或 12 位" },
    { "zeros are refused", "region", .json = "\"000000000000\"", .refusal = "2、4、6、9 或 12 位" },
    { "a province below 11 is refused", "region", .json = "\"070211\"", .refusal = "2、4、6、9 或 12 位" },
    { "a name nobody resolved is refused", "region", .text = "澜北区", .refusal = "区划代码" },
};

static const struct type_row places[] = {
    { "strings are exact to seven digits", "place", .json = "{\"lon\":\"120.3512345\",\"lat\":\"36.1\"}",
      .gives = "{\"lon\":\"120.3512345\",\"lat\":\"36.1000000\"}" },
    { "numbers are accepted", "place", .json = "{\"lon\":120.3512345,\"lat\":36}",
      .gives = "{\"lon\":\"120.3512345\",\"lat\":\"36.0000000\"}" },
    { "zero and zero is a place", "place", .json = "{\"lon\":0,\"lat\":\"0\"}",
      .gives = "{\"lon\":\"0.0000000\",\"lat\":\"0.0000000\"}" },
    { "the corners", "place", .json = "{\"lon\":\"-180\",\"lat\":\"90\"}",
      .gives = "{\"lon\":\"-180.0000000\",\"lat\":\"90.0000000\"}" },
    { "below zero by a little", "place", .json = "{\"lon\":-0.0000001,\"lat\":\"-0.0000001\"}",
      .gives = "{\"lon\":\"-0.0000001\",\"lat\":\"-0.0000001\"}" },
    { "an eighth digit is rounded", "place", .json = "{\"lon\":\"120.00000015\",\"lat\":\"-36.00000014999\"}",
      .gives = "{\"lon\":\"120.0000002\",\"lat\":\"-36.0000001\"}" },
    { "longitude a little too far is refused", "place", .json = "{\"lon\":\"180.0000001\",\"lat\":\"36\"}",
      .refusal = "经度应在 -180 到 180" },
    { "latitude a little too far is refused", "place", .json = "{\"lon\":\"120\",\"lat\":\"90.0000001\"}",
      .refusal = "纬度应在 -90 到 90" },
    { "swapped ones are suspected", "place", .json = "{\"lon\":\"36.1\",\"lat\":\"120.35\"}", .refusal = "写反" },
    { "an absurd number is refused", "place", .json = "{\"lon\":1e300,\"lat\":36}", .refusal = "经度应在" },
    { "an absurdly long string is refused", "place", .json = "{\"lon\":\"99999999999999999999\",\"lat\":\"36\"}",
      .refusal = "经度应在" },
    { "a missing latitude is refused", "place", .json = "{\"lon\":\"120\"}", .refusal = "位置请写成" },
    { "a null longitude is refused", "place", .json = "{\"lon\":null,\"lat\":\"36\"}", .refusal = "位置请写成" },
    { "another name for longitude is refused", "place", .json = "{\"lng\":\"120\",\"lat\":\"36\"}",
      .refusal = "位置请写成" },
    { "a third member is refused", "place", .json = "{\"lon\":\"120\",\"lat\":\"36\",\"alt\":5}",
      .refusal = "位置请写成" },
    { "an array is refused", "place", .json = "[120,36]", .refusal = "位置请写成" },
    { "a cell", "place", .text = "120.35,36.1", .gives = "{\"lon\":\"120.3500000\",\"lat\":\"36.1000000\"}" },
    { "a full-width comma", "place", .text = "１２０.35，36.1",
      .gives = "{\"lon\":\"120.3500000\",\"lat\":\"36.1000000\"}" },
    { "a space", "place", .text = "120.35  36.1", .gives = "{\"lon\":\"120.3500000\",\"lat\":\"36.1000000\"}" },
    { "more digits than are kept in a cell are rounded", "place", .text = "120.123456789,36.987654321",
      .gives = "{\"lon\":\"120.1234568\",\"lat\":\"36.9876543\"}" },
    { "one number is refused", "place", .text = "120.35", .refusal = "经度,纬度" },
    { "three numbers are refused", "place", .text = "120.35,36.1,5", .refusal = "经度,纬度" },
    { "degrees and minutes are refused", "place", .text = "120°21′,36°6′", .refusal = "不用度分秒" },
};

static const struct type_row files[] = {
    { "one file", "photos", .json = "[12]", .gives = "[12]" },
    { "ids and objects, in the order given", "photos", .json = "[15,{\"id\":12,\"name\":\"a.jpg\"}]",
      .gives = "[15,12]" },
    { "a file named twice is kept once", "photos", .json = "[12,15,12]", .gives = "[12,15]" },
    { "as many as fit", "photos", .json = "[1,2,3,3]", .gives = "[1,2,3]" },
    { "one too many is refused", "photos", .json = "[1,2,3,4]", .refusal = "最多 3 个文件" },
    { "none is refused", "photos", .json = "[]", .refusal = "没有文件" },
    { "zero is no id", "photos", .json = "[12,0]", .refusal = "第 2 个不是文件编号" },
    { "a string is no id", "photos", .json = "[\"12\"]", .refusal = "第 1 个不是文件编号" },
    { "a number is no array", "photos", .json = "12", .refusal = "数组" },
    { "ids in a cell", "photos", .text = "12、15", .gives = "[12,15]" },
    { "full-width digits in a cell", "photos", .text = "１２；15", .gives = "[12,15]" },
    { "a name in a cell is refused", "photos", .text = "照片.jpg", .refusal = "文件编号" },
    { "too many in a cell are refused", "photos", .text = "1 2 3 4", .refusal = "最多 3 个文件" },
};

static void a_filter_finds_one_file_between_commas(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("photos");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "photos" };
    struct error err = { 0 };
    struct value stored;
    int64_t member = 0;
    assert_int_equal(sample_read(f, &ctx, NULL, "15", &member, &err), 0);
    f->type->to_values(f, &ctx, &member, &stored);
    assert_string_equal(stored.at, ",15,");
}

static void stored_bytes_of_another_form_are_not_read(void **state)
{
    (void)state;
    static const struct {
        const char *field, *text;
    } rows[] = {
        { "photos", "12,15" },      { "photos", "," },   { "photos", ",,1," }, { "photos", ",a," },
        { "flags", "HOT" },         { "flags", "," },    { "owner", "12" },    { "region", "37" },
        { "staff", "1" },           { "insured", "1" },  { "found_on", "1" },  { "seen_at", "1" },
        { "funds", "1" },           { "area", "1" },     { "place", "1" },     { "level", "" },
        { "phone", "13812345678" }, { "id_number", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO_ARENA arena = { 0 };
        const struct field *f = sample_field(rows[i].field);
        struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name };
        struct value stored[TYPE_COLUMNS] = { value_text(rows[i].text), value_text(rows[i].text), value_null() };
        int64_t member = 0;
        if (f->type->from_values(f, &ctx, stored, &member))
            fail_msg("%s was read from \"%s\"", rows[i].field, rows[i].text);
        assert_int_equal(member, 0);
    }
}

int main(void)
{
    const struct CMUnitTest stored[] = {
        cmocka_unit_test(a_filter_finds_one_file_between_commas),
        cmocka_unit_test(stored_bytes_of_another_form_are_not_read),
    };
    sample_keys();
    return RUN_TABLE(references, check_type_row) + RUN_TABLE(regions, check_type_row) +
           RUN_TABLE(places, check_type_row) + RUN_TABLE(files, check_type_row) +
           cmocka_run_group_tests(stored, NULL, NULL);
}
