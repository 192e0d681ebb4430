# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bash tests/lib/complete.bash FILE: reads lines, and prints for each what the completion in FILE
# offers at its end, one offer a line, and a line that ends in a dot behind the last.
set -u

. /usr/share/bash-completion/bash_completion
# shellcheck source=contrib/completion/bash/remapfs
. "$1"
compopt() { :; } # works only while readline completes

while IFS= read -r COMP_LINE; do
    # What readline makes of it: words that end at blanks, and also before and after = and :.
    mapfile -t COMP_WORDS < <(sed 's/[=:]\+/ & /g; s/^ *//; s/  */\n/g' <<<"$COMP_LINE")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    previous=
    test $COMP_CWORD -lt 1 || previous=${COMP_WORDS[COMP_CWORD - 1]}
    _remapfs remapfs "${COMP_WORDS[COMP_CWORD]}" "$previous"
    printf '%s\n' "${COMPREPLY[@]}" .
done
