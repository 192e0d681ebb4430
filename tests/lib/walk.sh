# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of tests/diff, after mount.sh and calls.sh: random walks by tests/diff/walk.c, on a mount
# and on a kernel idmapped mount.

walk=${BUILD_DIR:?}/tests/diff/walk

# walk_start OPTION...: mounts both, with these options for ours.
walk_start()
{
    ns_start '0 100000 65536'
    reference_start
    reference_must_be_idmapped
    mnt_start map=0:100000:65536 hostroot=deny suid dev "$@"
}

# walk_start_shared OPTION...: the same with the idmapped mount on the same lower directory.
walk_start_shared()
{
    ns_start '0 100000 65536'
    REF_LOWER=$LOWER
    reference_mount
    reference_must_be_idmapped
    mnt_start map=0:100000:65536 hostroot=deny suid dev "$@"
}

# walk_start_engines OPTION...: the same with the idmapped mount made by remapfs, engine=kernel.
walk_start_engines()
{
    ns_start '0 100000 65536'
    REF_LOWER=${lower_parent:?}/reference-lower
    REF=$TMP/reference
    mkdir -p "$REF_LOWER" "$REF"
    "$REMAPFS" -o map=0:100000:65536,engine=kernel,suid,dev "$REF_LOWER" "$REF" 2>"$TMP/said" ||
        fail "engine=kernel: $(cat "$TMP/said")"
    mnt_start map=0:100000:65536 hostroot=deny suid dev "$@"
}

# walk_stop: so that walk_start can be called again.
walk_stop()
{
    mnt_stop
    umount "$REF" || fail "cannot unmount the idmapped mount"
    kill "${ns_pid:?}"
    # Nothing is left that cannot be removed: immutable files are not part of the walk.
    rm -rf "$LOWER" "$REF_LOWER"
    rmdir "$REF"
    mkdir "$LOWER"
}

# walk_in SUBDIRECTORY ARGUMENT...: a walk below it; "." for all. With $WALK_ARGUMENTS, a list of
# words, for those who try by hand.
walk_in()
{
    walk_below=$1
    shift
    # shellcheck disable=SC2086 # a list of words
    "$walk" "$@" ${WALK_ARGUMENTS-} "${ns_pid:?}" "$MNT/$walk_below" "$LOWER/$walk_below" \
        "$REF/$walk_below" "$REF_LOWER/$walk_below"
}
