/* anlan COMMAND …: one program for the server and everything around it. */
#include "app/commands.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct options *o, struct error *err);
    const char *about;
} commands[] = {
    { "serve", command_serve, "start the server" },
    { "init", command_init, "make the first account of an empty data folder" },
    { "demo", command_demo, "load the fictional demonstration" },
    { "key", command_key, "key new|list --user NAME, key end ID --user NAME: API keys; a new one is printed once" },
    { "audit", command_audit, "audit forget --before DAY: drop old rows of the trail; recorded" },
    { "import", command_import, "import KIND FILE.csv|FILE.xlsx" },
    { "export", command_export, "export KIND [FILE.csv|FILE.xlsx|FILE.pdf]: the ledger" },
    { "report", command_report,
      "report ledger|card|paper [KIND] [ID] -o FILE.pdf|FILE.xlsx: a ledger of a period, a card, an issued paper" },
    { "template", command_template, "template KIND FILE.xlsx: the empty ledger, with pick-lists" },
    { "recovery", command_recovery, "make a new recovery passphrase for backups, printed once" },
    { "backup", command_backup,
      "backup [FILE.tar.gz]: everything, while the server runs; without FILE into backup-dir" },
    { "restore", command_restore, "restore FILE.tar.gz into an empty folder, on either database; proves itself" },
    { "check", command_check, "is everything whole; rows and digest of every table" },
    { "describe", command_describe, "print schema, interface and kinds from the declarations" },
    { "render", command_render, NULL },
    { "bench", command_bench, "bench start|list|serve|todo|write|export|import: what this machine does, as ratios" },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void usage(bool english)
{
    printf("anlan %s\n\n", ANLAN_VERSION);
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].about) /* the others are for the program itself */
            printf("  anlan %-10s %s\n", commands[i].name, commands[i].about);
    printf(english
               ? "\nOptions, each also an environment variable (--listen is ANLAN_LISTEN); those that are settings may "
                 "stand in a file: anlan serve --help-config\n"
               : "\n选项，也都可以用环境变量（--listen 即 ANLAN_LISTEN）；属于设置的可写进配置文件：anlan serve "
                 "--help-config\n");
    options_help(english);
}

static enum log_level level_of(const char *word)
{
    return word[0] == 'd' ? LOG_DEBUG : word[0] == 'i' ? LOG_INFO : word[0] == 'w' ? LOG_WARN : LOG_ERROR;
}

static int run(int at, int argc, char **argv, bool english)
{
    struct options options;
    struct error err = { 0 };
    int got = options_read(argc, argv, &options, &err);
    if (got == 0) {
        log_threshold(level_of(options.log_level));
        got = commands[at].run(&options, &err);
    }
    options_done(&options);
    if (got == 0)
        return 0;
    fprintf(stderr, "anlan: %s\n", english ? err.en : err.zh);
    for (size_t k = 0; k < err.field_count && k < ERROR_FIELDS; k++)
        fprintf(stderr, "  %s: %s\n", err.fields[k].name, english ? err.fields[k].en : err.fields[k].zh);
    return err.fault == FAULT_MALFORMED ? 2 : 1;
}

int main(int argc, char **argv)
{
    const char *language = getenv("LANG");
    bool english = !language || strncmp(language, "zh", 2) != 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help-config") == 0) {
            options_help_config(english);
            return 0;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            usage(english);
            return 0;
        }
    }
    if (argc < 2) {
        usage(english);
        return 2;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return run((int)i, argc - 2, argv + 2, english);
    fprintf(stderr, english ? "anlan: there is no command %s\n" : "anlan：没有 %s 这个命令\n", argv[1]);
    return 2;
}
