# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with real containers, which they begin with
#
#   . "${srcdir:?}/tests/lib/engines.sh"
#
# From there on the test is process 1 of a PID namespace, with a mount namespace in which /etc,
# /run, /srv, /home, /mnt and /dev/fuse are its own, / is shared, as systemd makes it, and remapfs is
# installed. So it can have a Docker daemon, users and subordinate IDs as it likes, in their usual
# places, and nothing of it outlives it. Here are the users and what they run; docker.sh, podman.sh
# and volume_driver.sh have the rest.

# engines_remove_cgroups: what the engines leave below the parent that they were given, here, and in
# tests that were killed.
engines_remove_cgroups()
{
    for directory in /sys/fs/cgroup/remapfs-tests-* /sys/fs/cgroup/*/remapfs-tests-*; do
        owner=${directory##*-}
        test -d "$directory" || continue
        if [ "$owner" = $$ ] || [ ! -d "/proc/$owner" ]; then
            find "$directory" -depth -type d -exec rmdir {} +
        fi
    done
}

if [ -z "${engines_cgroup-}" ]; then
    engines_cgroup=/remapfs-tests-$$
    # Until the test has ended, too.
    trap : TERM INT HUP
    status=0
    engines_cgroup=$engines_cgroup unshare --mount --pid --fork --kill-child --mount-proc \
        --propagation slave "$0" || status=$?
    engines_remove_cgroups
    exit $status
fi
# As process 1 it gets no signal that it does not ask for.
trap 'exit 1' TERM INT HUP

# shellcheck source=tests/lib/mount.sh
. "${srcdir:?}/tests/lib/mount.sh"
# shellcheck source=tests/lib/mount8.sh
. "$srcdir/tests/lib/mount8.sh"

# engines_need COMMAND...
engines_need()
{
    for needed; do
        command -v "$needed" >"$TMP/found" || skip "there is no $needed"
    done
}

# works COMMAND...: or the test fails, with what it says.
works()
{
    "$@" >"$TMP/works" 2>&1 || fail "$*: $(cat "$TMP/works")"
}

# The users: bob has two ranges of subordinate IDs, late two in descending order, podu one; testuser
# is for Docker, and containers, who is no user, for --userns=auto.
engines_users()
{
    sed -i '/^\(bob\|late\|podu\|testuser\|containers\|dockremap\):/d' /etc/passwd /etc/group \
        /etc/shadow /etc/gshadow
    cat >>/etc/passwd <<'END'
bob:x:1500:1600::/home/bob:/bin/sh
late:x:1501:1601::/home/late:/bin/sh
podu:x:1503:1603::/home/podu:/bin/sh
testuser:x:1502:1502::/nonexistent:/usr/sbin/nologin
END
    cat >>/etc/group <<'END'
bob:x:1600:
late:x:1601:
podu:x:1603:
testuser:x:1502:
END
    cat >/etc/subuid <<'END'
bob:10000:65536
bob:220000:6000
late:700000:1000
late:600000:65536
podu:400000:65536
testuser:231072:65536
containers:2000000:1000000
END
    cp /etc/subuid /etc/subgid
    for user in bob late podu; do
        install -d -o $user -g $user -m 700 "/home/$user" "/run/user/$(id -u $user)"
    done
}

# as_user NAME COMMAND...: as if NAME had logged in.
as_user()
{
    as_name=$1
    shift
    setpriv --reuid "$as_name" --regid "$as_name" --init-groups env -i --chdir="/home/$as_name" \
        HOME="/home/$as_name" USER="$as_name" LOGNAME="$as_name" PATH="$PATH" LC_ALL=C \
        XDG_RUNTIME_DIR="/run/user/$(id -u "$as_name")" PODMAN_IGNORE_CGROUPSV1_WARNING=yes "$@"
}

# engines_image: makes $image, the archive of an image with busybox, users root and app (1000), and
# /full, a directory of app that a volume can be filled from.
engines_image()
{
    image=$TMP/image.tar
    tree=$TMP/image
    mkdir -p "$tree/bin" "$tree/etc" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/run" \
        "$tree/full/directory" "$tree/empty" "$tree/data"
    cp "$(command -v busybox)" "$tree/bin/busybox"
    chroot "$tree" /bin/busybox --install -s /bin
    # su asks for no password where there is none.
    printf 'root::0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' >"$tree/etc/passwd"
    printf 'root:x:0:\napp:x:1000:\n' >"$tree/etc/group"
    install -d -m 1777 "$tree/tmp"
    engines_fill "$tree/full"
    # Podman gives the top of a new volume the owner of what it covers.
    chown 1000:1000 "$tree/empty" "$tree/data"
    tar -C "$tree" --xattrs --xattrs-include='*' -cf "$image" .
}

# engines_fill DIRECTORY: one of app with a file of root and one of app, each only theirs, and all
# that copying has to keep: a setuid program, hard and symbolic links, attributes, capabilities.
engines_fill()
{
    echo root >"$1/root"
    echo app >"$1/app"
    chmod 600 "$1/root" "$1/app"
    install -m 4755 "$(command -v busybox)" "$1/su"
    install -m 755 "$(command -v busybox)" "$1/grep"
    setcap cap_net_raw+ep "$1/grep"
    setfattr -n user.note -v kept "$1/app"
    ln "$1/app" "$1/hard"
    ln -s app "$1/soft"
    mkfifo "$1/fifo"
    mkdir -p "$1/directory"
    chmod 2750 "$1/directory"
    echo deep >"$1/directory/file"
    chown -h 1000:1000 "$1" "$1/app" "$1/soft" "$1/directory" "$1/directory/file"
    touch -h -d '2001-02-03 04:05:06' "$1"/* "$1/directory/file"
}

# engines_tree DIRECTORY: what engines_fill made there, and all of it but times of directories, which
# Docker does not copy.
engines_tree()
{
    (
        cd "$1" || exit
        find . -type d -printf '%p %m %U:%G\n'
        find . ! -type d -printf '%p %y %m %U:%G %n %T@ %l\n' | sort
        find . -type f -exec sha256sum {} + | sort -k 2
        getfattr -R -P -d -m - -e hex .
    )
}

# filled_from_image DIRECTORY: it has what the image has in /full, with all that copying has to keep.
filled_from_image()
{
    engines_tree "$TMP/image/full" >"$TMP/tree-expected"
    engines_tree "$1" | diff -U 9 "$TMP/tree-expected" - || fail "$1 is not as in the image"
}

# container_owns COMMAND...: COMMAND... is the call that runs a container, up to the image, with what
# engines_fill made in $LOWER at /data: each user of the container has what is theirs on disk, and
# what they make gets their ID on disk.
container_owns()
{
    same "$("$@" busybox sh -c 'exec 2>&1; cd /data && stat -c "%n %u:%g" . root app directory
        cat root && echo more >>root && touch by-root && mkdir given && chown app:app given' 2>&1)" \
        '. 1000:1000
root 0:0
app 1000:1000
directory 1000:1000
root' "root of the container: $*"
    same "$("$@" --user 1000:1000 busybox sh -c 'exec 2>&1; cd /data && cat app && echo more >>app &&
        echo by >given/by-app && ln app given/link && cat root' 2>&1)" \
        "app
cat: can't open 'root': Permission denied" "user 1000 of the container: $*"
    same "$(cd "$LOWER" && stat -c '%n %u:%g %h' root by-root given given/by-app app)" \
        'root 0:0 1
by-root 0:0 1
given 1000:1000 2
given/by-app 1000:1000 1
app 1000:1000 3' "on disk after: $*"
    same "$(cat "$LOWER/root" "$LOWER/app")" 'root
more
app
more' "the content after: $*"
    rm -r "$LOWER/given" "$LOWER/by-root"
    echo root >"$LOWER/root"
    echo app >"$LOWER/app"
}

engines_machine()
{
    # Copies of other tests' mounts would keep these from ending.
    umount -a -l -t fuse,fuse.remapfs,fuse.bindfs
    mount -t tmpfs -o mode=755 none /run
    mkdir -p "$TMP/machine/srv" "$TMP/machine/home" "$TMP/machine/mnt"
    cp -a /etc "$TMP/machine"
    for place in /etc /srv /home /mnt; do
        mount --bind "$TMP/machine$place" "$place"
    done
    # As udev makes it.
    mknod -m 666 "$TMP/machine/fuse" c 10 229
    mount --bind "$TMP/machine/fuse" /dev/fuse
    # crun takes a version 2 beside version 1 for more than it is.
    if [ -d /sys/fs/cgroup/unified ]; then
        umount /sys/fs/cgroup/unified
    fi
    mkdir -p /etc/docker /etc/containers /srv/data /mnt/data
    export HOME="$TMP/machine/root"
    mkdir "$HOME"
    engines_users
    mount8_install
    # The program under test may be where other users cannot get.
    cp --remove-destination -L "$REMAPFS" "$TMP/bin/remapfs"
    cp --remove-destination -L "$HELPER" "$TMP/sbin/mount.remapfs"
    mount --make-rshared /
}

engines_need busybox setcap setfattr
engines_machine
LOWER=/srv/data
MNT=/mnt/data
engines_fill "$LOWER"
engines_image

# map_of DIRECTORY: the map of the uid_map and gid_map there, as in /proc/PID, with a line for each
# range: uid|gid INSIDE OUTSIDE COUNT.
map_of()
{
    for kind in uid gid; do
        awk -v kind=$kind '{ print kind, $1, $2, $3 }' "$1/${kind}_map"
    done | sort
}

# map_is DIRECTORY OPTION...: remapfs makes the map there, as of map_of, of these options.
map_is()
{
    map_directory=$1
    shift
    remapfs_options "$@"
    # shellcheck disable=SC2086 # a list of words
    remapfs --print-map --json $mnt_arguments >"$TMP/print-map" 2>"$TMP/print-map-says" ||
        fail "--print-map with $*: $(cat "$TMP/print-map-says")"
    jq -r 'to_entries[] | select(.key == "uid" or .key == "gid") | .key as $kind | .value[] |
        "\($kind) \(.lower) \(.shown) \(.count)"' "$TMP/print-map" | sort >"$TMP/map-made"
    map_of "$map_directory" | diff --label "$map_directory" --label "by $*" -U 9 - "$TMP/map-made" ||
        fail "the map of $* is not that of the engine"
}
