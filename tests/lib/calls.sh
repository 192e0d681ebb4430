# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests, after mount.sh: system calls by tests/lib/calls.c, with the results that they must have,
# and a kernel idmapped mount to compare with.

calls=${BUILD_DIR:?}/tests/lib/calls

# What the lower file system can do is tried on itself. Sets lower_abilities, those of
#
#   unnamed   O_TMPFILE
#   exchange  renameat2 with RENAME_EXCHANGE and RENAME_NOREPLACE
#   whiteout  renameat2 with RENAME_WHITEOUT
#   allocate  fallocate, and punching holes
#   omit      setting one of the times, not the other
#   high      owners from 2^31 up
#   links     hard links are one inode to the kernel, which has their attributes once
#   setid     new files with setuid and setgid
#   removed   what is open is removed as it should: without a link, under no other name
#
# and what it may do in either way: directory_links, of an empty directory, and not_empty, the error
# of a rename to a directory with something in it.
lower_probe()
{
    probe=$LOWER/probe
    mkdir "$probe"
    (
        cd "$probe" || exit
        "$calls" 'open unnamed . TMPFILE|RDWR 0600' 'open s s CREAT|WRONLY 06700' 'fstat s' \
            'mknod file a 0600' 'mknod file b 0600' \
            'rename a b EXCHANGE' 'rename a w WHITEOUT' 'open f b RDWR' \
            'fallocate f ALLOCATE 0 4096' 'fallocate f PUNCH 0 4096' 'chown b 4294967294 -1' \
            'utimes b 1 1' 'utimes b omit 2' 'times b' 'mkdir d 0700' 'mkdir d/e 0700' 'mkdir c 0700' \
            'rename c d' 'stat c' 'unlink b' 'fstat f' 'mknod file l 0600' \
            'link l m' 'stat m' 'chmod l 0644' 'stat m'
    ) >"$TMP/probe"
    rm -r "$probe"
    lower_abilities=$(awk '
        / TMPFILE.*: ok/ { print "unnamed" }
        /^fstat s: file 6700 / { print "setid" }
        / EXCHANGE: ok/ { print "exchange" }
        / WHITEOUT: ok/ { print "whiteout" }
        / PUNCH.*: ok/ { print "allocate" }
        / 4294967294 .*: ok/ { print "high" }
        /^stat m: file 0644 / { print "links" }
        /^fstat f: .* links 0 / { print "removed" }
        /^times .* mtime 2[.]/ { print "omit" }' "$TMP/probe" | paste -sd ' ')
    directory_links=$(sed -n 's/^stat c: .* links //p' "$TMP/probe")
    not_empty=$(sed -n 's/^rename c d: //p' "$TMP/probe")
}

lower_probe

# lower_can ABILITY
lower_can()
{
    case " $lower_abilities " in
    *" $1 "*) ;;
    *) return 1 ;;
    esac
}

# steps_here: of stdin, those that can be taken here. A line "# TEXT" is for the reader; lines from
# "#if ABILITY" to "#end" are for lower file systems with it, from "#else" on for others.
steps_here()
{
    awk -v can=" $lower_abilities " '
        /^#if / { off = index(can, " " $2 " ") == 0 }
        /^#else/ { off = !off }
        /^#end/ { off = 0 }
        !/^#/ && !off'
}

# transcript WHAT [COMMAND...] <TRANSCRIPT: each line is a step of calls and its result, as calls
# prints it; the steps are taken in the current directory (by COMMAND, as by ns_run 0 0) and must
# have these results. For comments see steps_here.
transcript()
{
    transcript_what=$1
    shift
    steps_here | sed -e "s/^\\(f*stat .*: directory .* links\\) 2\$/\\1 ${directory_links:?}/" \
        -e "s/^\\(rename .*\\): ENOTEMPTY\$/\\1: ${not_empty:?}/" >"$TMP/transcript.expected"
    set -- "$@" "$calls"
    while IFS= read -r line; do
        set -- "$@" "${line%%: *}"
    done <"$TMP/transcript.expected"
    "$@" >"$TMP/transcript.actual" 2>&1 || fail "$transcript_what: $(tail -n 1 "$TMP/transcript.actual")"
    diff -U 3 --label 'should be' --label 'is' "$TMP/transcript.expected" "$TMP/transcript.actual" ||
        fail "$transcript_what"
}

# reference_is_lower: $REF is $REF_LOWER itself, seen from another namespace, in which each lower ID
# is itself, as in ours through the mount.
reference_is_lower()
{
    REF=$REF_LOWER
    reference_twin=$ns_pid
    ns_start '0 0 65536'
    reference_ns=$ns_pid
    ns_pid=$reference_twin
}

# reference_start: $REF_LOWER and $REF are to the kernel's idmapped mount what $LOWER and $MNT are
# to ours, with the map of the namespace that ns_start made. Where the lower file system cannot be
# idmapped (overlayfs, FUSE), $REF is as of reference_is_lower.
reference_start()
{
    REF_LOWER=${REF_LOWER-${lower_parent:?}/reference-lower}
    mkdir -p "$REF_LOWER"
    reference_mount
}

# reference_mount: the same for a directory $REF_LOWER that is there.
reference_mount()
{
    REF=$TMP/reference
    mkdir -p "$REF"
    reference_twin=
    reference_status=0
    reference_says=$("$BUILD_DIR/tests/lib/idmap_mount" "$REF_LOWER" "$REF" "${ns_pid:?}" 2>&1) ||
        reference_status=$?
    if [ $reference_status = 77 ]; then
        reference_is_lower
        return
    fi
    same $reference_status 0 "$reference_says: the exit status of idmap_mount"
}

reference_stop()
{
    if reference_is_idmapped; then
        unmount "$REF"
        rmdir "$REF"
    else
        kill "$reference_ns"
    fi
}

# Whether $REF is an idmapped mount, to be used by users of the host and of any namespace.
reference_is_idmapped()
{
    test -z "$reference_twin"
}

# For tests that use $REF themselves.
reference_must_be_idmapped()
{
    reference_is_idmapped || skip "no idmapped mounts here: $reference_says"
}

# both WHAT [COMMAND...] <STEPS: takes the steps of calls, one a line, in $MNT and in $REF, and
# fails when a result differs. For comments see steps_here. Where $REF is no idmapped mount, nothing
# is compared but what is done by ns_run in the namespace of reference_start.
both()
{
    both_what=$1
    shift
    steps_here >"$TMP/both.steps"
    if ! reference_is_idmapped && [ "${1-}:$ns_pid" != "ns_run:$reference_twin" ]; then
        return 0
    fi
    set -- "$@" "$calls"
    while IFS= read -r line; do
        set -- "$@" "$line"
    done <"$TMP/both.steps"
    both_ns=$ns_pid
    reference_is_idmapped || ns_pid=$reference_ns
    both_status=0
    (cd "$REF" && "$@") >"$TMP/both.reference" 2>&1 || both_status=$?
    ns_pid=$both_ns
    test $both_status = 0 || fail "$both_what: $(tail -n 1 "$TMP/both.reference")"
    (cd "$MNT" && "$@") >"$TMP/both.mount" 2>&1 ||
        fail "$both_what: $(tail -n 1 "$TMP/both.mount")"
    diff -U 3 --label 'reference' --label 'remapfs' "$TMP/both.reference" "$TMP/both.mount" ||
        fail "$both_what: not as on the reference"
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
    lower_settle
    tree "$REF_LOWER" >"$TMP/both.reference"
    tree "$LOWER" >"$TMP/both.mount"
    diff -U 0 --label 'below the reference' --label 'below remapfs' "$TMP/both.reference" \
        "$TMP/both.mount" || fail "the lower directories differ"
}

# events_start DIRECTORY PATH...: watches these, relative to DIRECTORY, with inotify(7). Sets
# events_pid.
events_start()
{
    events_directory=$1
    shift
    : >"$TMP/events.new"
    (cd "$events_directory" && exec "$BUILD_DIR/tests/lib/events" "$@") >"$TMP/events.new" 2>&1 &
    events_pid=$!
    wait_until 10 grep -qx watching "$TMP/events.new" || fail "no watch: $(cat "$TMP/events.new")"
    mv "$TMP/events.new" "$TMP/events.$events_pid"
}

# events_stop EVENTS-PID: ends that watch. What has happened is in $TMP/events; see tests/lib/events.c.
events_stop()
{
    kill "$1"
    wait "$1" || fail "a watch ends with $?"
    sed 1d "$TMP/events.$1" >"$TMP/events"
}
