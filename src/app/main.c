/* anlan COMMAND …: one program for the server and everything around it. */
#include "app/commands.h"

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
    { "export", command_export, "export KIND [FILE.csv|FILE.xlsx]" },
    { "template", command_template, "template KIND FILE.xlsx: the empty ledger, with pick-lists" },
    { "recovery", command_recovery, "make a new recovery passphrase for backups, printed once" },
    { "backup", command_backup, "backup FILE.tar.gz: everything, while the server runs" },
    { "restore", command_restore, "restore FILE.tar.gz into an empty folder, on either database; proves itself" },
    { "check", command_check, "is everything whole; rows and digest of every table" },
    { "describe", command_describe, "print schema, interface and kinds from the declarations" },
    { "render", command_render, NULL },
    { "bench", command_bench, "bench list|write|export: what this machine does, as ratios" },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void usage(void)
{
    printf("anlan %s\n\n", ANLAN_VERSION);
    for (size_t i = 0; i < COMMANDS; i++)
        if (commands[i].about) /* the others are for the program itself */
            printf("  anlan %-10s %s\n", commands[i].name, commands[i].about);
    printf("\nOptions, each also an environment variable (--listen is ANLAN_LISTEN):\n");
    options_help();
}

int main(int argc, char **argv)
{
    struct options options;
    struct error err = { 0 };
    const char *language = getenv("LANG");
    bool english = !language || strncmp(language, "zh", 2) != 0;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help-config") == 0) {
            usage();
            return 0;
        }
    if (argc < 2) {
        usage();
        return 2;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        if (options_parse(argc - 2, argv + 2, &options, &err) == 0 && commands[i].run(&options, &err) == 0)
            return 0;
        fprintf(stderr, "anlan: %s\n", english ? err.en : err.zh);
        for (size_t k = 0; k < err.field_count && k < ERROR_FIELDS; k++)
            fprintf(stderr, "  %s: %s\n", err.fields[k].name, english ? err.fields[k].en : err.fields[k].zh);
        return err.fault == FAULT_MALFORMED ? 2 : 1;
    }
    fprintf(stderr, "anlan: there is no command %s\n", argv[1]);
    return 2;
}
