# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of what an ordinary user gets, in a mount namespace of their own, which they begin with
#
#   if [ -z "${own_namespace-}" ]; then
#       own_namespace=yes exec unshare --mount --propagation slave "$0"
#   fi
#   . "${srcdir:?}/tests/lib/mount.sh"
#   . "$srcdir/tests/lib/users.sh"
#
# From there on /etc is a copy, with the user bob, 1000:1000, who has the subordinate IDs 100000 to
# 165535, and with an empty fuse.conf; bob can open /dev/fuse, and owns $LOWER and $MNT.

test -u "$(command -v fusermount3)" || skip 'fusermount3 is not there, or not setuid'
mknod -m 666 "$TMP/fuse" c 10 229
mount --bind "$TMP/fuse" /dev/fuse
cp -a /etc "$TMP/etc"
mount --bind "$TMP/etc" /etc
sed -i '/^bob:/d; /^[^:]*:[^:]*:1000:/d' /etc/passwd /etc/group
echo 'bob:x:1000:1000::/nonexistent:/bin/sh' >>/etc/passwd
echo 'bob:x:1000:' >>/etc/group
echo 'bob:100000:65536' >/etc/subuid
cp /etc/subuid /etc/subgid
: >/etc/fuse.conf
chown 1000:1000 "$LOWER" "$MNT"
mnt_log=$TMP/log.user
: >"$mnt_log"
chmod 666 "$mnt_log"
# The program under test may be where other users cannot get.
cp -L "$REMAPFS" "$TMP/remapfs"
user_program=$TMP/remapfs

# as_bob COMMAND...
as_bob()
{
    as 1000 1000 "$@"
}

# user_starts OPTIONS [LOWER]: bob mounts.
user_starts()
{
    setpriv --reuid 1000 --regid 1000 --clear-groups -- \
        "$user_program" -f -o "$1" "${2:-$LOWER}" "$MNT" 2>"$mnt_log" &
    mnt_pid=$!
    wait_until 20 mounted_or_dead
    is_mounted "$MNT" || fail "bob cannot mount with $1: $(cat "$mnt_log")"
}

user_stops()
{
    as_bob fusermount3 -u "$MNT" || fail 'bob cannot unmount'
    wait "$mnt_pid" || fail "the daemon ends with $?"
    mnt_pid=
}

# user_refused TEXT OPTIONS [LOWER [MOUNTPOINT]]: nothing is mounted, and TEXT is in what is said.
user_refused()
{
    mount | sort >"$TMP/mounts-before"
    if timeout 20 setpriv --reuid 1000 --regid 1000 --clear-groups -- \
        "$user_program" -o "$2" -- "${3:-$LOWER}" "${4:-$MNT}" >"$TMP/refused" 2>&1; then
        fail "bob can mount with $2 ${3-} ${4-}"
    fi
    grep -qF -e "$1" "$TMP/refused" ||
        fail "the message for $2 ${3-} ${4-}: is '$(cat "$TMP/refused")', should have '$1'"
    mount | sort | diff "$TMP/mounts-before" - || fail "a mount in spite of the failure with $2"
}

# feature NAME: why it is not in use on bob's mount; nothing when it is.
feature()
{
    as_bob "$user_program" --status "$MNT" | sed -n "s/^  $1  *//p"
}
