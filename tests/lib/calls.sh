# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests, after mount.sh: system calls by tests/lib/calls.c, with the results that they must have,
# and a kernel idmapped mount to compare with.

calls=${BUILD_DIR:?}/tests/lib/calls

# transcript WHAT [COMMAND...] <TRANSCRIPT: each line is a step of calls and its result, as calls
# prints it; the steps are taken in the current directory (by COMMAND, as by ns_run 0 0) and must
# have these results. A line "# TEXT" is for the reader.
transcript()
{
    transcript_what=$1
    shift
    grep -v '^#' >"$TMP/transcript.expected"
    set -- "$@" "$calls"
    while IFS= read -r line; do
        set -- "$@" "${line%%: *}"
    done <"$TMP/transcript.expected"
    "$@" >"$TMP/transcript.actual" 2>&1 || fail "$transcript_what: $(tail -n 1 "$TMP/transcript.actual")"
    diff -U 3 --label 'should be' --label 'is' "$TMP/transcript.expected" "$TMP/transcript.actual" ||
        fail "$transcript_what"
}

# reference_start: $REF_LOWER and $REF are to the kernel's idmapped mount what $LOWER and $MNT are
# to ours, with the map of the namespace that ns_start made.
reference_start()
{
    REF_LOWER=${REF_LOWER-$TMP/reference-lower}
    mkdir "$REF_LOWER"
    reference_mount
}

# reference_mount: the same for a directory $REF_LOWER that is there.
reference_mount()
{
    REF=$TMP/reference
    mkdir "$REF"
    reference_status=0
    reference_says=$("$BUILD_DIR/tests/lib/idmap_mount" "$REF_LOWER" "$REF" "${ns_pid:?}" 2>&1) ||
        reference_status=$?
    test $reference_status != 77 || skip "no idmapped mounts here: $reference_says"
    same $reference_status 0 "$reference_says: the exit status of idmap_mount"
}

reference_stop()
{
    unmount "$REF"
    rmdir "$REF"
}

# both WHAT [COMMAND...] <STEPS: takes the steps of calls, one a line, in $MNT and in $REF, and
# fails when a result differs.
both()
{
    both_what=$1
    shift
    grep -v '^#' >"$TMP/both.steps"
    set -- "$@" "$calls"
    while IFS= read -r line; do
        set -- "$@" "$line"
    done <"$TMP/both.steps"
    (cd "$REF" && "$@") >"$TMP/both.reference" 2>&1 ||
        fail "$both_what: $(tail -n 1 "$TMP/both.reference")"
    (cd "$MNT" && "$@") >"$TMP/both.mount" 2>&1 ||
        fail "$both_what: $(tail -n 1 "$TMP/both.mount")"
    diff -U 3 --label 'idmapped mount' --label 'remapfs' "$TMP/both.reference" "$TMP/both.mount" ||
        fail "$both_what: not as on an idmapped mount"
}

# tree DIRECTORY: prints what is below, and all of it but times and numbers of inodes.
tree()
{
    (
        cd "$1" || exit
        find . -printf '%p %y %m %U:%G %n %l\n' | sort
        find . -type f -exec sha256sum {} + | sort -k 2
        getfattr -R -P -d -m - -e hex . 2>/dev/null || true
    )
}

# both_same: what came of it on the lower sides is the same.
both_same()
{
    tree "$REF_LOWER" >"$TMP/both.reference"
    tree "$LOWER" >"$TMP/both.mount"
    diff -U 0 --label 'below the idmapped mount' --label 'below remapfs' "$TMP/both.reference" \
        "$TMP/both.mount" || fail "the lower directories differ"
}
