/*
** Passwords everybody tries first. A password of ten characters is weak when it is one of the usual words with figures
** and signs around it, or when most of its characters could be foretold from those before: runs on the keyboard,
** runs of the alphabet, repetitions.
*/
#include "access/password.h"

#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

enum { SURPRISES = 6, LETTERS = LIMIT_PASSWORD };

/* What is left of a weak password once figures and signs around it are gone and 0 @ $ read as letters. The usual words,
** the habits of Chinese offices (pinyin, department, product), and this product's own name. */
static const char *const words[] = {
    "a",
    "aa",
    "aaa",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "access",
    "account",
    "admin",
    "administrator",
    "aini",
    "ainima",
    "anjian",
    "anlan",
    "anquan",
    "anquanju",
    "aq",
    "asd",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "baidu",
    "bangong",
    "bangongshi",
    "baobei",
    "beijing",
    "changeit",
    "changeme",
    "china",
    "company",
    "daohang",
    "default",
    "dell",
    "demo",
    "dragon",
    "foobar",
    "football",
    "guanli",
    "guanliyuan",
    "guest",
    "haha",
    "hello",
    "huawei",
    "iloveyou",
    "iloveu",
    "init",
    "jiancha",
    "jianguan",
    "jinan",
    "ju",
    "kaifa",
    "laopo",
    "letmein",
    "li",
    "liu",
    "loveyou",
    "manager",
    "master",
    "mima",
    "mimamima",
    "monkey",
    "mypassword",
    "mysql",
    "nihao",
    "oracle",
    "p",
    "pa",
    "pass",
    "passw",
    "passwd",
    "password",
    "passwort",
    "postgres",
    "princess",
    "pw",
    "q",
    "qazwsx",
    "qq",
    "qwe",
    "qweasd",
    "qweasdzxc",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyuiop",
    "root",
    "sa",
    "secret",
    "service",
    "shanghai",
    "shenji",
    "super",
    "superman",
    "support",
    "sysadmin",
    "system",
    "taobao",
    "temp",
    "test",
    "tester",
    "testtest",
    "user",
    "username",
    "wang",
    "welcome",
    "woaini",
    "woainima",
    "wodemima",
    "wo",
    "wojia",
    "x",
    "xiaoming",
    "xitong",
    "xx",
    "yingji",
    "yingjiju",
    "z",
    "zaq",
    "zhang",
    "zhangsan",
    "zhongguo",
    "zxc",
    "zxcv",
    "zxcvbn",
    "zxcvbnm",
    "lisi",
    "wangwu",
    "caonima",
    "qingdao",
    "hangzhou",
    "guangzhou",
    "shenzhen",
};

/* Orders in which fingers run. Each is walked both ways. */
static const char *const runs[] = {
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp",
    "147258369",
    "147896325",
    "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<(ol>)p:?",
};

static char plain_letter(int c)
{
    switch (c) {
    case '@':
    case '4': return 'a';
    case '0': return 'o';
    case '$':
    case '5': return 's';
    case '3': return 'e';
    case '1':
    case '!': return 'i';
    default: return (char)tolower(c);
    }
}

/* "P@ssw0rd!2026" reads "password": from its first letter to its last, disguises taken off. */
static bool is_usual_word(const char *password)
{
    char core[LETTERS + 1];
    size_t n = strlen(password), first = 0, last = n;
    while (first < n && !isalpha((unsigned char)password[first]) && (unsigned char)password[first] < 0x80)
        first++;
    while (last > first && !isalpha((unsigned char)password[last - 1]) && (unsigned char)password[last - 1] < 0x80)
        last--;
    if (first == last)
        return true; /* figures and signs alone: dates, telephone and identity numbers */
    for (size_t i = first; i < last; i++)
        core[i - first] = plain_letter((unsigned char)password[i]);
    core[last - first] = '\0';
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i], core) == 0)
            return true;
    return false;
}

static bool next_in_run(int32_t before, int32_t now)
{
    if (before > 0x7F || now > 0x7F)
        return before == now;
    int a = tolower((int)before), b = tolower((int)now);
    if (a == b)
        return true;
    for (size_t i = 0; i < COUNT(runs); i++)
        for (const char *at = runs[i]; at[0] && at[1]; at++)
            if ((at[0] == a && at[1] == b) || (at[0] == b && at[1] == a))
                return true;
    return false;
}

/* Characters that neither continue a run nor repeat what stood one to half the length before. */
static size_t surprises(const char *password)
{
    int32_t codes[LETTERS];
    size_t n = 0, least;
    const char *at = password, *end = password + strlen(password);
    for (int32_t code; n < LETTERS && (code = utf8_next(&at, end)) >= 0;)
        codes[n++] = code;
    least = n;
    for (size_t period = 1; period <= n / 2; period++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += !(i > 0 && next_in_run(codes[i - 1], codes[i])) && !(i >= period && codes[i] == codes[i - period]);
        least = count < least ? count : least;
    }
    return least;
}

bool password_is_weak(const char *password)
{
    return is_usual_word(password) || surprises(password) < SURPRISES;
}
