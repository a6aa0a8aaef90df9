/* backup, restore, check, recovery: what keeps an installation. */
#include "app/commands.h"
#include "app/house.h"
#include "base/clock.h"
#include "base/seal.h"
#include "keep/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int need_data(const struct options *o, struct error *err)
{
    return o->data ? 0
                   : fail(err, FAULT_MALFORMED, "options.data", "请用 --data 指明数据目录",
                          "Name the data folder with --data");
}

static struct backup_place place_of(const struct house *house)
{
    return (struct backup_place){ house->store, house_schema(), house->folder };
}

int command_recovery(const struct options *o, struct error *err)
{
    char passphrase[RECOVERY_TEXT];
    AUTO_TEXT keys = TEXT_LIMIT(4096);
    if (need_data(o, err) < 0)
        return -1;
    text_printf(&keys, "%s/keys", o->data);
    if (access(text_get(&keys), F_OK) < 0)
        return fail(err, FAULT_MISSING, "house.none", "%s 不是安澜的数据目录", "%s is no data folder of Anlan",
                    o->data);
    if (recovery_make(text_get(&keys), passphrase, err) < 0)
        return -1;
    printf("恢复口令 %s\n口令只显示这一次。没有它，以后的备份谁也打不开：请抄下，与备份分开保管。\n", passphrase);
    return 0;
}

/* ---- backup ---- */

static const char dated[] = "anlan-00000000-000000.tar.gz"; /* anlan-20260317-013000.tar.gz: UTC */

static int to_write(const char *path, struct error *err)
{
    return fail(err, FAULT_INTERNAL, "backup.open", "无法写入 %s：%s", "Cannot write %s: %s", path, strerror(errno));
}

/* Written beside its place and moved there: a backup that broke off does not stand where a whole one did. */
static int backup_to(const struct options *o, const char *file, struct error *err)
{
    struct house house;
    struct backup_sum sum;
    AUTO_TEXT draft = TEXT_LIMIT(4096);
    if (house_open(&(struct house_options){ o->data, o->db, 1, HOUSE_BESIDE }, &house, err) < 0)
        return -1;
    text_printf(&draft, "%s.part", file);
    int fd = open(text_get(&draft), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct backup_place place = place_of(&house);
    int got =
        fd < 0 ? to_write(text_get(&draft), err) : backup_write(&place, ANLAN_VERSION, clock_now_ms(), fd, &sum, err);
    if (fd >= 0)
        close(fd);
    if (got == 0 && rename(text_get(&draft), file) < 0)
        got = to_write(file, err);
    if (got < 0 && fd >= 0)
        unlink(text_get(&draft));
    house_close(&house);
    if (got == 0)
        printf("file=%s tables=%" PRId64 " rows=%" PRId64 " files=%" PRId64 " bytes=%" PRId64 "\n", file, sum.tables,
               sum.rows, sum.files, sum.bytes);
    return got;
}

/* Whether a name is one that backup_dir's files are given; nothing else there is touched. */
static int is_dated(const struct dirent *entry)
{
    const char *name = entry->d_name;
    for (size_t i = 0; i < sizeof dated; i++)
        if (dated[i] == '0' ? name[i] < '0' || name[i] > '9' : name[i] != dated[i])
            return 0;
    return 1;
}

static void drop_older(const char *folder, int64_t keep)
{
    struct dirent **all;
    int count = scandir(folder, &all, is_dated, alphasort);
    for (int i = 0; i < count; i++) {
        AUTO_TEXT path = TEXT_LIMIT(4096);
        text_printf(&path, "%s/%s", folder, all[i]->d_name);
        if (keep && i < count - keep)
            unlink(text_get(&path));
        free(all[i]);
    }
    if (count >= 0)
        free(all);
}

int command_backup(const struct options *o, struct error *err)
{
    AUTO_TEXT path = TEXT_LIMIT(4096);
    char now[INSTANT_TEXT];
    if (need_data(o, err) < 0)
        return -1;
    if (o->word_count > 1 || (o->word_count == 0 && !o->backup_dir))
        return fail(err, FAULT_MALFORMED, "backup.usage",
                    "用法：anlan backup FILE.tar.gz --data DIR，或不写文件名、设置 backup-dir",
                    "Usage: anlan backup FILE.tar.gz --data DIR, or without a file where backup-dir is set");
    if (o->word_count == 1)
        return backup_to(o, o->words[0], err);
    instant_print(clock_now_ms(), now);
    text_printf(&path, "%s/anlan-%.4s%.2s%.2s-%.2s%.2s%.2s.tar.gz", o->backup_dir, now, now + 5, now + 8, now + 11,
                now + 14, now + 17);
    if (backup_to(o, text_get(&path), err) < 0)
        return -1;
    drop_older(o->backup_dir, o->backup_keep);
    return 0;
}

/* ---- restore ---- */

/* From the environment (unattended), else asked for on the terminal without showing it. */
static int ask_passphrase(char *out, size_t room, struct error *err)
{
    struct termios shown, hidden;
    const char *given = getenv("ANLAN_RECOVERY");
    if (given && strlen(given) < room) {
        memcpy(out, given, strlen(given) + 1);
        return 0;
    }
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
        fputs("恢复口令 / recovery passphrase: ", stderr);
    }
    bool got = fgets(out, (int)room, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSANOW, &shown);
        fputc('\n', stderr);
    }
    return got ? 0
               : fail(err, FAULT_MALFORMED, "recovery.none_given", "请输入恢复口令，或写在环境变量 ANLAN_RECOVERY 里",
                      "Type the recovery passphrase, or set ANLAN_RECOVERY");
}

static int restore_into(const struct options *o, int fd, struct error *err)
{
    struct house house;
    struct backup_sum sum;
    char passphrase[256];
    if (house_make_folder(o->data, err) < 0 || ask_passphrase(passphrase, sizeof passphrase, err) < 0 ||
        backup_restore_keys(fd, o->data, passphrase, err) < 0 ||
        house_open(&(struct house_options){ o->data, o->db, 2, HOUSE_EMPTY }, &house, err) < 0)
        return -1;
    struct backup_place place = place_of(&house);
    int got = backup_restore(&place, fd, &sum, err);
    house_close(&house);
    if (got == 0)
        printf("tables=%" PRId64 " rows=%" PRId64 " files=%" PRId64 " bytes=%" PRId64 "\n", sum.tables, sum.rows,
               sum.files, sum.bytes);
    return got;
}

int command_restore(const struct options *o, struct error *err)
{
    if (need_data(o, err) < 0)
        return -1;
    if (o->word_count != 1)
        return fail(err, FAULT_MALFORMED, "restore.usage", "用法：anlan restore FILE.tar.gz --data DIR [--db URL]",
                    "Usage: anlan restore FILE.tar.gz --data DIR [--db URL]");
    int fd = open(o->words[0], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, FAULT_MISSING, "restore.open", "无法打开 %s：%s", "Cannot open %s: %s", o->words[0],
                    strerror(errno));
    int got = restore_into(o, fd, err);
    close(fd);
    return got;
}

int command_check(const struct options *o, struct error *err)
{
    struct house house;
    int64_t faults = 0;
    if (need_data(o, err) < 0 ||
        house_open(&(struct house_options){ o->data, o->db, 1, HOUSE_BESIDE }, &house, err) < 0)
        return -1;
    struct backup_place place = place_of(&house);
    int got = check_all(&place, all_kinds, true, stdout, &faults, err);
    house_close(&house);
    if (got == 0 && faults)
        got = fail(err, FAULT_CONFLICT, "check.faults", "查出 %" PRId64 " 处问题，见上",
                   "%" PRId64 " faults, see above", faults);
    return got;
}
