# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of a mount, which tests/run starts in a directory of their own: a lower directory, a
# mount of it, a user namespace to see it from, and what is needed to say how it went. A test is
#
#   #!/bin/sh
#   . "${srcdir:?}/tests/lib/mount.sh"
#   touch "$LOWER/file"
#   mnt_start map=0:100000:65536
#   same "$(shown_owner file)" 100000:100000 'the owner of the file'
#   mnt_stop
#
# and prints nothing unless it fails.
set -eu

: "${REMAPFS:?run the tests with tests/run}" "${TMP:?run the tests with tests/run}"

fail()
{
    printf 'failed: %s\n' "$*"
    exit 1
}

skip()
{
    printf '%s\n' "$*"
    exit 77
}

# needs_watch: for a test of what is mounted
needs_watch()
{
    ! "$REMAPFS" --status "$MNT" | grep -q '^ *watch *libfuse is older' ||
        skip 'this libfuse is too old for a watch'
}

# shellcheck source=tests/lib/lower.sh
. "${srcdir:?}/tests/lib/lower.sh"
LOWER=$lower_parent/lower
MNT=$TMP/mnt
mkdir -p "$LOWER" "$MNT"
mnt_pid=
mnt_log=
ns_pid=

# same ACTUAL EXPECTED WHAT
same()
{
    test "$1" = "$2" || fail "$3: is '$1', should be '$2'"
}

# matches ACTUAL PATTERN WHAT: a pattern as of sh.
matches()
{
    # shellcheck disable=SC2254 # a pattern
    case $1 in
    $2) ;;
    *) fail "$3: is '$1', should match '$2'" ;;
    esac
}

# fails_with TEXT COMMAND...: the command must fail, and TEXT must be in what it prints.
fails_with()
{
    text=$1
    shift
    if "$@" >"$TMP/fails_with" 2>&1; then
        fail "should fail with '$text', but works: $*"
    fi
    grep -qF -e "$text" "$TMP/fails_with" ||
        fail "should fail with '$text', but says '$(cat "$TMP/fails_with")': $*"
}

# wait_until SECONDS COMMAND...: until the command succeeds.
wait_until()
{
    wait_tries=$(($1 * 50))
    shift
    until "$@"; do
        wait_tries=$((wait_tries - 1))
        test $wait_tries -gt 0 || return 1
        sleep 0.02
    done
}

# Mounting

# The tests' own names have no blanks, so mountinfo needs no decoding.
is_mounted()
{
    awk -v at="$1" '$5 == at { found = 1 } END { exit !found }' /proc/self/mountinfo
}

mounted_or_dead()
{
    is_mounted "$MNT" || ! kill -0 "$mnt_pid" 2>/dev/null
}

# remapfs_options OPTION...: sets the arguments of a call of $REMAPFS, in $mnt_arguments, a list of
# words. A word that begins with - stays as it is, any other is for -o. With $MNT_OPTIONS, a list of
# words, for those who try by hand.
remapfs_options()
{
    mnt_arguments=
    # shellcheck disable=SC2086 # a list of words
    set -- "$@" ${MNT_OPTIONS-}
    for option; do
        case $option in
        *[[:space:]]*) fail "no blanks in options of tests: '$option'" ;;
        -*) mnt_arguments="$mnt_arguments $option" ;;
        *) mnt_arguments="$mnt_arguments -o $option" ;;
        esac
    done
}

# mnt_start OPTION...: mounts $LOWER on $MNT, with options as for -o (or such as -s or -d), and
# returns when it is there. Sets mnt_pid, and mnt_log to the name of the daemon's log.
mnt_start()
{
    remapfs_options "$@"
    mnt_log=$(mktemp "$TMP/log.XXXXXX")
    # The shell lets background processes ignore SIGINT.
    # shellcheck disable=SC2086 # a list of words
    env --default-signal=INT,QUIT "$REMAPFS" -f $mnt_arguments "$LOWER" "$MNT" >>"$mnt_log" 2>&1 &
    mnt_pid=$!
    wait_until 20 mounted_or_dead || fail "no mount after 20 seconds"
    is_mounted "$MNT" || fail "cannot mount with $*: $(cat "$mnt_log")"
}

umount_or_say()
{
    umount "$1" 2>"$TMP/umount.says"
}

# unmount PATH: when nobody uses it any more. A file that was used by asynchronous I/O is let go of
# by a worker of the kernel, which takes its time on a busy machine.
unmount()
{
    wait_until 10 umount_or_say "$1" || fail "cannot unmount: $(cat "$TMP/umount.says")"
}

# Unmounts $MNT. The daemon must end by itself, with status 0.
mnt_stop()
{
    unmount "$MNT"
    mnt_ended
}

# The daemon ends now, with status 0.
mnt_ended()
{
    mnt_status=0
    wait "$mnt_pid" || mnt_status=$?
    same "$mnt_status" 0 "the daemon's exit status"
    if is_mounted "$MNT"; then
        fail "the daemon ended, but the mount is still there"
    fi
    mnt_pid=
}

# Prints the process of a daemon in the background. The process outside of its sandbox runs the same
# program under another name.
daemon_pid()
{
    grep -lzx "TMP=$TMP" /proc/[0-9]*/environ 2>/dev/null | while read -r environment; do
        process=${environment%/environ}
        if [ "$(cat "$process/comm" 2>/dev/null)" = "$(basename "$REMAPFS")" ]; then
            echo "${process#/proc/}"
        fi
    done
}

# mnt_forget: the kernel drops what it has cached of the mount and nobody uses, and tells the daemon.
# Other file systems keep theirs, and so other tests, with /proc/sys/vm/drop_caches they would not.
mnt_forget()
{
    (cd "$MNT" && "${BUILD_DIR:?}/tests/lib/race" forget </dev/null)
}

# mnt_refused STATUS TEXT OPTION...: mounting ends with this exit status and with TEXT in its
# message, and nothing is mounted.
mnt_refused()
{
    refused_status=$1
    refused_text=$2
    shift 2
    remapfs_options "$@"
    mnt_status=0
    # shellcheck disable=SC2086 # a list of words
    timeout 20 "$REMAPFS" $mnt_arguments "$LOWER" "$MNT" >"$TMP/refused" 2>&1 || mnt_status=$?
    same "$mnt_status" "$refused_status" "the exit status of a mount with $*"
    grep -qF -e "$refused_text" "$TMP/refused" ||
        fail "the message of a mount with $*: is '$(cat "$TMP/refused")', should have '$refused_text'"
    if is_mounted "$MNT"; then
        fail "a mount in spite of the failure with $*"
    fi
}

# Owners, as UID:GID; FILE is a path below the lower directory or the mount.

lower_owner()
{
    stat -c %u:%g "$LOWER/$1"
}

shown_owner()
{
    stat -c %u:%g "$MNT/$1"
}

# Other users

# as UID GID COMMAND...: with these IDs, no capabilities and no other groups, in the tests' own
# namespaces.
as()
{
    as_uid=$1
    as_gid=$2
    shift 2
    setpriv --reuid "$as_uid" --regid "$as_gid" --clear-groups -- "$@"
}

in_new_userns()
{
    userns=$(readlink "/proc/$ns_pid/ns/user") || return 1
    test "$userns" != "$(readlink /proc/self/ns/user)"
}

# ns_start UID-MAP [GID-MAP]: makes a user namespace with these maps, as in /proc/PID/uid_map (lines
# of "inside outside count"); the gid map is the same if none is given. Sets ns_pid.
ns_start()
{
    unshare --user sleep infinity &
    ns_pid=$!
    wait_until 10 in_new_userns || skip "no user namespace can be made here"
    printf '%s\n' "$1" >"/proc/$ns_pid/uid_map"
    printf '%s\n' "${2-$1}" >"/proc/$ns_pid/gid_map"
}

# ns_run UID GID COMMAND...: in that namespace, with these IDs of it and no other groups. As
# UID 0 it has all capabilities over the namespace.
ns_run()
{
    ns_uid=$1
    ns_gid=$2
    shift 2
    nsenter --target "$ns_pid" --user --setuid "$ns_uid" --setgid "$ns_gid" -- "$@"
}

# Owner of a file of the mount, as seen in the namespace.
ns_owner()
{
    ns_run 0 0 stat -c %u:%g "$MNT/$1"
}
