/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, from argv to Options. */
#include "daemon/options.h"

#include "daemon/option_table.h"

#include <string.h>

G_DEFINE_QUARK(remapfs - options - error, options_error)

/* What is left to read. */
typedef struct {
    Options *options;
    char **next;
    GPtrArray *operands; /* of char *, not owned */
    GError **error;
} Reader;

static bool fail_unknown(Reader *reader, const char *text)
{
    g_set_error(reader->error, OPTIONS_ERROR, OPTIONS_ERROR_UNKNOWN,
                "%s: unknown option\n  'remapfs --help' lists them all", text);
    return false;
}

/* The argument that belongs to the option NAME. */
static char *take_argument(Reader *reader, const char *name)
{
    if (*reader->next != NULL)
        return *reader->next++;
    g_set_error(reader->error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG, "%s: needs a value", name);
    return NULL;
}

/* -o: a list at commas, where \\, is a comma of the value; split by libfuse, as mount.fuse3 does.
 */

static int take_list_item(void *data, const char *arg, int key, struct fuse_args *outargs)
{
    Reader *reader = data;
    g_autoptr(GError) error = NULL;

    (void)outargs;
    if (key != FUSE_OPT_KEY_OPT || arg[0] == '\0')
        return 0;
    if (option_table_take(reader->options, arg, &error))
        return 0;
    if (reader->options->sloppy && g_error_matches(error, OPTIONS_ERROR, OPTIONS_ERROR_UNKNOWN)) {
        g_ptr_array_add(reader->options->dropped_options, g_strdup(arg));
        return 0;
    }
    g_propagate_error(reader->error, g_steal_pointer(&error));
    return -1;
}

static bool take_list(Reader *reader, char *list)
{
    static const struct fuse_opt none[] = {FUSE_OPT_END};
    char *argv[] = {(char *)"remapfs", (char *)"-o", list, NULL};
    struct fuse_args args = FUSE_ARGS_INIT(3, argv);
    int r;

    if (list == NULL)
        return false;
    r = fuse_opt_parse(&args, reader, none, take_list_item);
    fuse_opt_free_args(&args);
    return r == 0;
}

static bool take_letter(Reader *reader, char letter)
{
    Options *options = reader->options;
    char text[] = {'-', letter, '\0'};

    switch (letter) {
    case 'f':
        options->foreground = true;
        return true;
    case 'd':
        options->foreground = options->debug = true;
        g_ptr_array_add(options->daemon_options, g_strdup(text));
        return true;
    case 's':
        options->single_thread = true;
        g_ptr_array_add(options->daemon_options, g_strdup(text));
        return true;
    case 'h':
        options->action = ACTION_HELP;
        return true;
    case 'V':
        options->action = ACTION_VERSION;
        return true;
    default:
        return fail_unknown(reader, text);
    }
}

/* -fs, -o LIST, -oLIST */
static bool take_letters(Reader *reader, char *letters)
{
    for (; *letters != '\0'; letters++) {
        if (*letters == 'o')
            return take_list(reader,
                             letters[1] != '\0' ? letters + 1 : take_argument(reader, "-o"));
        if (!take_letter(reader, *letters))
            return false;
    }
    return true;
}

/* --NAME, --NAME=VALUE, --NAME VALUE */
static bool take_long(Reader *reader, const char *text)
{
    const char *name = text + 2;
    bool needs_value;

    if (strcmp(name, "help") == 0)
        return take_letter(reader, 'h');
    if (strcmp(name, "version") == 0)
        return take_letter(reader, 'V');
    if (strcmp(name, "print-map") == 0) {
        reader->options->action = ACTION_PRINT_MAP;
        return true;
    }
    if (strcmp(name, "check") == 0) {
        reader->options->action = ACTION_CHECK;
        return true;
    }
    if (strcmp(name, "status") == 0) {
        reader->options->action = ACTION_STATUS;
        return true;
    }
    if (strcmp(name, "json") == 0) {
        reader->options->json = true;
        return true;
    }
    if (strcmp(name, "sloppy") == 0) {
        reader->options->sloppy = true;
        return true;
    }
    if (!option_table_is_ours(name, &needs_value))
        return fail_unknown(reader, text);
    if (!needs_value)
        return option_table_take(reader->options, name, reader->error);
    const char *value = take_argument(reader, text);
    if (value == NULL)
        return false;
    g_autofree char *joined = g_strconcat(name, "=", value, NULL);
    return option_table_take(reader->options, joined, reader->error);
}

static bool take_arguments(Reader *reader)
{
    bool options_ended = false;

    while (*reader->next != NULL) {
        char *text = *reader->next++;
        if (options_ended || text[0] != '-' || text[1] == '\0') {
            g_ptr_array_add(reader->operands, text);
        } else if (strcmp(text, "--") == 0) {
            options_ended = true;
        } else if (text[1] == '-' ? !take_long(reader, text) : !take_letters(reader, text + 1)) {
            return false;
        }
    }
    return true;
}

/* What each action takes besides options. */
static const struct {
    guint least;
    guint most;
    bool json; /* with --json, too */
    const char *usage;
} actions[] = {
    [ACTION_MOUNT] = {2, 2,         false, "[-f] [-d] [-s] [-o OPTIONS] LOWER MOUNTPOINT"    },
    [ACTION_PRINT_MAP] = {0, 1,         true,  "--print-map [--json] -o OPTIONS [LOWER]"         },
    [ACTION_CHECK] = {0, 2,         true,  "--check [--json] -o OPTIONS [LOWER [MOUNTPOINT]]"},
    [ACTION_STATUS] = {1, 1,         true,  "--status [--json] MOUNTPOINT"                    },
    [ACTION_HELP] = {0, G_MAXUINT, true,  NULL                                              },
    [ACTION_VERSION] = {0, G_MAXUINT, true,  NULL                                              },
};

/* What the action asks for must be there, and no more than that. */
static bool take_operands(Options *options, const GPtrArray *operands, GError **error)
{
    const Action action = options->action;

    if (options->json && !actions[action].json) {
        g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG,
                    "--json: goes with --print-map, --check and --status");
        return false;
    }
    if (operands->len > actions[action].most || operands->len < actions[action].least) {
        g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG, "%s\n  usage: remapfs %s",
                    operands->len > actions[action].most ? "too many arguments"
                    : action == ACTION_STATUS            ? "MOUNTPOINT is missing"
                                                         : "LOWER or MOUNTPOINT is missing",
                    actions[action].usage);
        return false;
    }
    if (action == ACTION_STATUS)
        options->mountpoint = g_strdup(operands->pdata[0]);
    else if (operands->len > 0)
        options->lower = g_strdup(operands->pdata[0]);
    if (operands->len > 1)
        options->mountpoint = g_strdup(operands->pdata[1]);
    return true;
}

/* Who writes has an open file that the daemon knows. */
static bool take_combination(const Options *options, GError **error)
{
    if (!options->filesystem.kernel_cache || options->filesystem.ro)
        return true;
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG,
                "kernel_cache: only of a read-only mount\n  write -o ro,kernel_cache");
    return false;
}

/* Whichever engine it will be: with those two words, what root of the host may do must not depend
 * on the lower file system. */
static void choose_host_root(Options *options)
{
    if (options->engine != ENGINE_FUSE && options->maps.hostroot == NULL)
        map_request_set(&options->maps, "hostroot", "deny");
}

bool options_parse(Options *options, int argc, char **argv, GError **error)
{
    g_autoptr(GPtrArray) operands = g_ptr_array_new();
    Reader reader = {options, argv + (argc > 0 ? 1 : 0), operands, error};

    *options = (Options){
        .filesystem.validity = {VALIDITY_UNSET, VALIDITY_UNSET, VALIDITY_UNSET},
    };
    options->mount_options = g_ptr_array_new_with_free_func(g_free);
    options->flag_options = g_ptr_array_new_with_free_func(g_free);
    options->daemon_options = g_ptr_array_new_with_free_func(g_free);
    options->dropped_options = g_ptr_array_new_with_free_func(g_free);
    map_request_init(&options->maps);
    if (!take_arguments(&reader) || !take_operands(options, operands, error) ||
        !take_combination(options, error))
        return false;
    choose_host_root(options);
    return true;
}

void options_clear(Options *options)
{
    map_request_clear(&options->maps);
    g_ptr_array_unref(options->mount_options);
    g_ptr_array_unref(options->flag_options);
    g_ptr_array_unref(options->daemon_options);
    g_ptr_array_unref(options->dropped_options);
    g_free(options->lower);
    g_free(options->mountpoint);
}

void options_print_help(FILE *stream)
{
    fputs("usage: remapfs [-f] [-d] [-s] [-o OPTION[,OPTION...]] LOWER MOUNTPOINT\n"
          "       remapfs --print-map [--json] -o MAP-OPTIONS [LOWER]\n"
          "       remapfs --check [--json] -o MAP-OPTIONS [LOWER [MOUNTPOINT]]\n"
          "       remapfs --status [--json] MOUNTPOINT\n"
          "       remapfs --help | --version\n"
          "\n"
          "Shows the directory LOWER at MOUNTPOINT, with every owner translated by a map.\n"
          "\n"
          "  -f                     stay in the foreground, messages to standard error\n"
          "  -d                     the same, and print every request\n"
          "  -s                     one thread only\n"
          "  -o OPTION[,OPTION...]  see below\n"
          "  --sloppy               leave out, with a warning, unknown options of later -o\n"
          "  --print-map            print the map that the options make, and mount nothing\n"
          "  --check                look for what keeps a mount from working; mount nothing\n"
          "  --status               print what a mount says of itself\n"
          "  --json                 with these three: as JSON\n"
          "  -h, --help             print this text\n"
          "  -V, --version          print the versions of remapfs and libfuse\n",
          stream);
    option_table_print(stream);
    fputs("\n"
          "SOURCE is one of\n"
          "  LOWER:SHOWN[:COUNT][:LOWER:SHOWN:COUNT...]\n"
          "                             the IDs themselves\n"
          "  subid:USER[:GROUP]         ranges in /etc/subuid and /etc/subgid\n"
          "  /PATH/subuid:USER[:GROUP]  the same, from that file\n"
          "  /PATH                      a file like /proc/PID/uid_map\n"
          "  pid:PID                    the user namespace of that process\n"
          "  userns:PATH                that user namespace\n"
          "  docker                     userns-remap of Docker's daemon.json\n"
          "  offset:N                   every ID shifted by N\n"
          "  owner:UID[:GID]            LOWER's owner is shown as UID and GID\n"
          "See remapfs-map(5) for all of them, remapfs(8) for the rest.\n",
          stream);
}
