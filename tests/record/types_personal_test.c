#include "types_sample.h"

static const struct type_row id_numbers[] = {
    { "a number", "id_number", .json = "\"370211198511304525\"", .gives = "\"370211198511304525\"" },
    { "a small x becomes X", "id_number", .json = "\"11010519491231002x\"", .gives = "\"11010519491231002X\"" },
    { "full-width digits and spaces", "id_number", .text = "３７０２１１ 19851130 4525",
      .gives = "\"370211198511304525\"" },
    { "a JSON number is refused", "id_number", .json = "370211198511304525", .refusal = "写成文字" },
    { "seventeen digits are refused", "id_number", .json = "\"37021119851130452\"",
      .refusal = "应是 18 位，现在是 17 位" },
    { "nineteen digits are refused", "id_number", .text = "3702111985113045250", .refusal = "现在是 19 位" },
    { "the old fifteen digits are refused", "id_number", .text = "370211851130452", .refusal = "现在是 15 位" },
    { "letters inside are refused", "id_number", .text = "37021119851130452A", .refusal = "最后一位可以是 X" },
    { "a wrong check digit is refused", "id_number", .text = "370211198511304526", .refusal = "校验位不对" },
    { "two digits swapped are found", "id_number", .text = "370211198511305425", .refusal = "校验位不对" },
    { "an impossible birthday is refused", "id_number", .text = "370211198513304525", .refusal = "出生日期" },
    { "a spreadsheet's short form is refused with the remedy", "id_number", .text = "3.70211E+17",
      .refusal = "科学记数" },
    { "words are refused", "id_number", .text = "无", .refusal = "18 位" },
    { "an empty string is refused", "id_number", .json = "\"\"", .refusal = "18 位" },
    { "a half masked number is refused", "id_number", .json = "\"3702**1985****4525\"", .refusal = "星号" },
    { "stars alone are refused", "id_number", .text = "******", .refusal = "星号" },
};

static const struct type_row phones[] = {
    { "a mobile number", "phone", .json = "\"13812345678\"", .gives = "\"13812345678\"" },
    { "with spaces and dashes", "phone", .text = "138-1234 5678", .gives = "\"13812345678\"" },
    { "full-width", "phone", .text = "１３８１２３４５６７８", .gives = "\"13812345678\"" },
    { "with +86", "phone", .text = "+86 138 1234 5678", .gives = "\"13812345678\"" },
    { "with 0086", "phone", .text = "0086-13812345678", .gives = "\"13812345678\"" },
    { "with 86", "phone", .text = "8613812345678", .gives = "\"13812345678\"" },
    { "the newest prefixes", "phone", .text = "19912345678", .gives = "\"19912345678\"" },
    { "ten digits are refused", "phone", .text = "1381234567", .refusal = "应是 11 位，现在是 10 位" },
    { "twelve digits are refused", "phone", .text = "138123456789", .refusal = "现在是 12 位" },
    { "12 is no mobile prefix", "phone", .text = "12812345678", .refusal = "不是电话号码" },
    { "a landline", "phone", .text = "0532-88881234", .gives = "\"053288881234\"" },
    { "a landline with seven digits", "phone", .text = "(0539) 8881234", .gives = "\"05398881234\"" },
    { "a landline of a city with three digits", "phone", .text = "010-88881234", .gives = "\"01088881234\"" },
    { "021 too", "phone", .text = "（021）8888-1234", .gives = "\"02188881234\"" },
    { "seven digits behind 010 are refused", "phone", .text = "010-8888123", .refusal = "不是电话号码" },
    { "a landline with +86 gets its 0 back", "phone", .text = "+86 532 8888 1234", .gives = "\"053288881234\"" },
    { "Beijing with +86", "phone", .text = "+86-10-88881234", .gives = "\"01088881234\"" },
    { "an extension behind a dash", "phone", .text = "0532-88881234-801", .gives = "\"053288881234-801\"" },
    { "an extension of one digit", "phone", .text = "010-88881234-8", .gives = "\"01088881234-8\"" },
    { "an extension that could be a digit of the number", "phone", .text = "0539-8881234-5",
      .gives = "\"05398881234-5\"" },
    { "a dash inside the number is no extension", "phone", .text = "0532-8888-1234", .gives = "\"053288881234\"" },
    { "an extension behind 转", "phone", .text = "053288881234转801", .gives = "\"053288881234-801\"" },
    { "an extension behind ext.", "phone", .text = "0532-88881234 ext. 801", .gives = "\"053288881234-801\"" },
    { "an extension of a mobile number is refused", "phone", .text = "13812345678转1", .refusal = "不是电话号码" },
    { "an extension of seven digits is refused", "phone", .text = "0532-88881234转1234567", .refusal = "不是电话号码" },
    { "a landline without an area code is refused", "phone", .text = "66667777", .refusal = "加区号" },
    { "400", "phone", .text = "400-812-3456", .gives = "\"4008123456\"" },
    { "800", "phone", .text = "8008123456", .gives = "\"8008123456\"" },
    { "95588", "phone", .text = "95588", .gives = "\"95588\"" },
    { "another country is refused", "phone", .text = "+1 415 555 0100", .refusal = "国内号码" },
    { "two numbers in a cell are refused", "phone", .text = "13812345678 13912345678", .refusal = "只填一个号码" },
    { "two numbers with a mark are refused", "phone", .text = "13812345678、0532-88881234", .refusal = "只填一个号码" },
    { "a very long number is refused", "phone", .text = "11111111111111111111111111111111111111111111111111111111",
      .refusal = "只填一个号码" },
    { "many dashes are refused", "phone", .text = "0-5-3-2-8-8-8-8-1-2-3-4", .refusal = "不是电话号码" },
    { "a dash first is refused", "phone", .text = "-13812345678", .refusal = "不是电话号码" },
    { "+86 alone is refused", "phone", .text = "+86", .refusal = "不是电话号码" },
    { "words are refused", "phone", .text = "无", .refusal = "不是电话号码" },
    { "a number is refused in JSON", "phone", .json = "13812345678", .refusal = "写成文字" },
    { "an empty string is refused", "phone", .json = "\"\"", .refusal = "不是电话号码" },
    { "a star between is refused", "phone", .json = "\"138*123*5678\"", .refusal = "星号" },
};

struct mask_row {
    const char *says, *field, *number, *masked;
};

static const struct mask_row masks[] = {
    { "an identity number shows place and the last four", "id_number", "370211198511304525", "370211********4525" },
    { "X stays visible", "id_number", "11010519491231002X", "110105********002X" },
    { "a mobile number shows three and four", "phone", "13812345678", "138****5678" },
    { "a landline shows three and two", "phone", "0532-88881234", "053*******34" },
    { "an extension is not shown", "phone", "010-88881234-801", "010******34" },
    { "400 shows three and two", "phone", "400-812-3456", "400*****56" },
    { "a short number hides something too", "phone", "95588", "95**8" },
};

/* What JSON and cells show, and that both read back as "leave it as it is" without touching the member. */
static void check_mask(void **state)
{
    const struct mask_row *row = *state;
    AUTO_ARENA arena = { 0 };
    AUTO_TEXT json = TEXT_LIMIT(1000);
    AUTO_TEXT cell = TEXT_LIMIT(1000);
    const struct field *f = sample_field(row->field);
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name };
    struct error err = { 0 };
    const char *member = NULL, *before = "before", *kept = before;
    assert_int_equal(sample_read(f, &ctx, NULL, row->number, &member, &err), 0);
    f->type->to_json(f, &ctx, &member, true, &json);
    f->type->to_text(f, &ctx, &member, false, &cell);
    assert_string_equal(text_get(&cell), row->masked);
    assert_int_equal(json.used, cell.used + 2);
    assert_memory_equal(json.at + 1, cell.at, cell.used);
    assert_int_equal(sample_read(f, &ctx, text_get(&json), NULL, &kept, &err), 1);
    assert_int_equal(sample_read(f, &ctx, NULL, text_get(&cell), &kept, &err), 1);
    assert_ptr_equal(kept, before);
    assert_int_equal(err.fault, FAULT_NONE);
}

static void the_store_gets_sealed_bytes_and_hashes_only(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("phone");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "phone" };
    const char *member = "053288881234-801", *back = NULL;
    struct value first[3], second[3];
    unsigned char hash[SEAL_HASH], tail[SEAL_HASH];
    f->type->to_values(f, &ctx, &member, first);
    f->type->to_values(f, &ctx, &member, second);
    assert_int_equal(f->type->column_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(first[i].is, VALUE_BYTES);
        assert_null(memmem(first[i].at, first[i].size, "1234", 4));
    }
    assert_false(value_same(&first[0], &second[0]));
    assert_true(value_same(&first[1], &second[1]));
    assert_true(value_same(&first[2], &second[2]));
    personal_hash(&sample_kind, f, member, hash);
    personal_tail(&sample_kind, f, "1234", tail);
    assert_memory_equal(first[1].at, hash, SEAL_HASH);
    assert_memory_equal(first[2].at, tail, SEAL_HASH);
    assert_true(f->type->from_values(f, &ctx, second, &back));
    assert_string_equal(back, member);
}

static void a_sealed_value_moved_to_another_column_or_kind_does_not_open(void **state)
{
    (void)state;
    AUTO_ARENA arena = { 0 };
    const struct field *f = sample_field("phone"), *other = sample_field("id_number");
    struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = "phone" };
    struct type_context child = { .arena = &arena, .kind = &person_kind, .name = "phone" };
    const char *member = "13812345678", *back = NULL;
    struct value stored[3], elsewhere[3];
    f->type->to_values(f, &ctx, &member, stored);
    f->type->to_values(f, &child, &member, elsewhere);
    assert_false(other->type->from_values(other, &ctx, stored, &back));
    assert_false(f->type->from_values(f, &child, stored, &back));
    assert_null(back);
    assert_false(value_same(&stored[1], &elsewhere[1]));
    assert_false(value_same(&stored[2], &elsewhere[2]));
    ((char *)(uintptr_t)stored[0].at)[stored[0].size - 1] ^= 1;
    assert_false(f->type->from_values(f, &ctx, stored, &back));
}

static void no_refusal_repeats_the_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(phones) + COUNT(id_numbers); i++) {
        const struct type_row *row = i < COUNT(phones) ? &phones[i] : &id_numbers[i - COUNT(phones)];
        AUTO_ARENA arena = { 0 };
        const struct field *f = sample_field(row->field);
        struct type_context ctx = { .arena = &arena, .kind = &sample_kind, .name = f->name };
        struct error err = { 0 };
        const char *member = NULL, *given = row->text ? row->text : row->json;
        if (!row->refusal || strspn(given, "0123456789\"") < strlen(given) || strlen(given) < 6)
            continue;
        assert_int_equal(sample_read(f, &ctx, row->json, row->text, &member, &err), -1);
        assert_null(strstr(err.fields[0].zh, given));
        assert_null(strstr(err.fields[0].en, given));
    }
}

int main(void)
{
    const struct CMUnitTest sealed[] = {
        cmocka_unit_test(the_store_gets_sealed_bytes_and_hashes_only),
        cmocka_unit_test(a_sealed_value_moved_to_another_column_or_kind_does_not_open),
        cmocka_unit_test(no_refusal_repeats_the_number),
    };
    sample_keys();
    return RUN_TABLE(id_numbers, check_type_row) + RUN_TABLE(phones, check_type_row) + RUN_TABLE(masks, check_mask) +
           cmocka_run_group_tests(sealed, NULL, NULL);
}
