# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For checks of what lists the options: those that there are.

# table_options [GROUP...]: those after -o, as NAME, "NAME=" or "x-*", of these groups or of all.
table_options()
{
    # shellcheck disable=SC2048,SC2086 # words
    table_groups=$(printf '%s|' ${*:-'[A-Z]*'})
    sed -nE 's/^    \{"([^"]*)",.* GROUP_('"${table_groups%|}"'),.*/\1/p' "${srcdir:?}/src/daemon/option_table.c"
}

# help_switches HELP: options of the command line itself, as -o or --json, in what --help printed to
# the file HELP.
help_switches()
{
    sed -n 's/^  \(-[^ ,]*\), \(-[^ ]*\) .*/\1\n\2/p; t; s/^  \(-[^ ]*\) .*/\1/p' "$1"
}
