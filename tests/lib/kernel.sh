# shellcheck shell=sh disable=SC2034 # used in tests
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests, after mount.sh: mounts by the kernel alone, engine=kernel.

# kernel_can: whether the lower file system can be idmapped, by a program that is not under test. Else
# $kernel_says is what it said.
kernel_can()
{
    mkdir -p "$TMP/kernel-try"
    ns_start '0 100000 65536'
    kernel_status=0
    kernel_says=$("${BUILD_DIR:?}/tests/lib/idmap_mount" "$LOWER" "$TMP/kernel-try" "$ns_pid" 2>&1) ||
        kernel_status=$?
    kill "$ns_pid"
    ns_pid=
    test $kernel_status != 0 || unmount "$TMP/kernel-try"
    rmdir "$TMP/kernel-try"
    case $kernel_status in
    0) return 0 ;;
    77) return 1 ;;
    *) fail "idmap_mount: $kernel_says" ;;
    esac
}

# The processes of remapfs that this test has started.
remapfs_processes()
{
    grep -lzxs "REMAPFS_TEST=${REMAPFS_TEST:?}" /proc/[0-9]*/environ | cut -d / -f 3 | while read -r pid; do
        test "$(readlink "/proc/$pid/exe")" != "$(realpath "$REMAPFS")" || echo "$pid"
    done
}

# engine_start OPTION...: mounts $LOWER on $MNT, in the background if there is a daemon. What it said
# is in $TMP/said.
engine_start()
{
    remapfs_options "$@"
    mnt_status=0
    # shellcheck disable=SC2086,SC2154 # a list of words, of remapfs_options
    timeout 20 "$REMAPFS" $mnt_arguments "$LOWER" "$MNT" >"$TMP/said" 2>&1 || mnt_status=$?
    same "$mnt_status" 0 "the exit status of a mount with $*: $(cat "$TMP/said")"
    is_mounted "$MNT" || fail "no mount with $*"
}

# kernel_start OPTION...: the same by the kernel, which leaves no process.
kernel_start()
{
    engine_start engine=kernel "$@"
    same "$(cat "$TMP/said")" '' "what a mount with $* says"
    same "$(remapfs_processes)" '' "processes after a mount with $*"
    matches "$(mount_options "$MNT")" '*,idmapped,*' "the options of a mount with $*"
}

# mount_options MOUNTPOINT: with a comma at either end.
mount_options()
{
    awk -v at="$1" '$5 == at { last = "," $6 "," } END { print last }' /proc/self/mountinfo
}

# has OPTION...; lacks OPTION...: the mount at $MNT
has()
{
    for having; do
        matches "$(mount_options "$MNT")" "*,$having,*" 'the options of the mount'
    done
}

lacks()
{
    for lacking; do
        case $(mount_options "$MNT") in
        *,"$lacking",*) fail "the mount should not have $lacking: $(mount_options "$MNT")" ;;
        esac
    done
}
