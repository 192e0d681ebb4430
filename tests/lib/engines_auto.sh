# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with engine=auto, after engines.sh: lower directories on file systems of all kinds.

# auto_lowers COMMAND...: runs it for each of them, with $LOWER, filled by engines_fill, and $is_kernel,
# which is yes where the kernel can idmap the file system.
auto_lowers()
{
    for LOWER_FS in ext4 xfs btrfs tmpfs overlay bindfs; do
        # shellcheck source=tests/lib/lower.sh
        . "${srcdir:?}/tests/lib/lower.sh"
        LOWER=$lower_parent/lower
        mkdir -p "$LOWER"
        engines_fill "$LOWER"
        case $LOWER_FS in
        overlay | bindfs) is_kernel=no ;;
        *) is_kernel=yes ;;
        esac
        "$@"
        unmount "$lower_parent"
        rm -rf "$lower_parent" "$TMP/lower.image" "$TMP/layers" "$TMP/below-bindfs"
    done
}

# auto_is MOUNTPOINT: the mount there is of the right kind, and says why.
auto_is()
{
    status=$(remapfs --status --json "$1" | jq -r '"\(.engine) \(.engine_reason)"')
    case $is_kernel in
    yes)
        matches ",$(findmnt -n -o VFS-OPTIONS "$1")," '*,idmapped,*' "the mount of $LOWER_FS"
        same "$status" 'kernel null' "the status of $LOWER_FS"
        ;;
    no)
        same "$(findmnt -n -o FSTYPE "$1")" fuse.remapfs "the mount of $LOWER_FS"
        same "$status" "fuse $LOWER is on $(findmnt -n -o FSTYPE -T "$LOWER"), which this kernel cannot idmap" \
            "the status of $LOWER_FS"
        ;;
    esac
}

# auto_owns COMMAND...: COMMAND... is all of the call that runs something in a container as user 1000,
# with $LOWER at /data: it has what is its own on disk, and what it makes gets its ID on disk.
auto_owns()
{
    same "$("$@" sh -c 'cat /data/app && echo by >/data/by-app && stat -c %u:%g /data/root /data/by-app')" \
        'app
0:0
1000:1000' "user 1000 of the container on $LOWER_FS"
    same "$(lower_owner by-app)" 1000:1000 "the owner on disk of a new file on $LOWER_FS"
}
