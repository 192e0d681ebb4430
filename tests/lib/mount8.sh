# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of mount.remapfs under mount(8), in a mount namespace of their own, which they begin with
#
#   if [ -z "${own_namespace-}" ]; then
#       own_namespace=yes exec unshare --mount --propagation slave "$0"
#   fi
#   . "${srcdir:?}/tests/lib/mount.sh"
#   . "$srcdir/tests/lib/mount8.sh"

HELPER=$BUILD_DIR/mount.remapfs

# Puts the helper where mount(8) looks for it, and the program where the helper looks for it.
mount8_install()
{
    test -x "$HELPER" || skip 'built without mount.remapfs'
    program=$("$HELPER" -V | sed -n 's/^runs //p')
    place=$(dirname "$program")
    test -d "$place" || skip "there is no $place to put remapfs in, for the time of the test"
    sbin=$(readlink -f /sbin)
    mkdir "$TMP/bin" "$TMP/sbin" "$TMP/real-sbin"
    ln -s "$REMAPFS" "$TMP/bin/remapfs"
    mount --bind "$sbin" "$TMP/real-sbin"
    ln -s "$TMP"/real-sbin/* "$TMP/sbin"
    # Also where there is one installed already.
    ln -sf "$HELPER" "$TMP/sbin/mount.remapfs"
    ln -sf mount.remapfs "$TMP/sbin/mount.fuse.remapfs"
    mount --bind "$TMP/sbin" "$sbin"
    mount --bind "$TMP/bin" "$place"
    # What mount(8) notes there outlives a test that fails.
    test ! -d /run/mount || mount -t tmpfs none /run/mount
    trap 'umount -a -l -t fuse.remapfs 2>"$TMP/umount" || true' EXIT
}

# The options of the mount at $MNT, with a comma at either end.
mount8_options()
{
    awk -v at="$MNT" '$2 == at { last = "," $4 "," } END { print last }' /proc/self/mounts
}

# mount8_has OPTION...; mount8_lacks OPTION...
mount8_has()
{
    for having; do
        matches "$(mount8_options)" "*,$having,*" 'the options of the mount'
    done
}

mount8_lacks()
{
    for lacking; do
        case $(mount8_options) in
        *,"$lacking",*) fail "the mount should not have $lacking: $(mount8_options)" ;;
        esac
    done
}

# mount8_refused STATUS TEXT ARGUMENT...: mount with these arguments ends with this status and this
# text, and the mounts below $TMP stay what they are.
mount8_refused()
{
    refused_status=$1
    refused_text=$2
    shift 2
    grep " $TMP/" /proc/self/mounts >"$TMP/mounts-before" || true
    status=0
    mount "$@" >"$TMP/said" 2>&1 || status=$?
    same "$status" "$refused_status" "the exit status of mount $* ($(cat "$TMP/said"))"
    test -z "$refused_text" || grep -qF -e "$refused_text" "$TMP/said" ||
        fail "mount $*: says '$(cat "$TMP/said")', should say '$refused_text'"
    grep " $TMP/" /proc/self/mounts >"$TMP/mounts-after" || true
    cmp -s "$TMP/mounts-before" "$TMP/mounts-after" ||
        fail "mount $* changes mounts: $(diff "$TMP/mounts-before" "$TMP/mounts-after")"
}
