# shellcheck shell=sh disable=SC2034 # used in tests
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests, after mount.sh: a file system of their own below the mount, in an image.

DISK=$TMP/disk
disk_options=loop

# disk_start TYPE [SIZE [MKFS-OPTION...]]: $LOWER and, for reference_start, $REF_LOWER are
# directories of a new file system of that type, mounted on $DISK with $disk_options. Fails with the
# reason in $disk_says where there is no such thing on this machine.
disk_start()
{
    disk_type=$1
    disk_size=${2-512M}
    shift $(($# < 2 ? $# : 2))
    mkdir "$DISK"
    case $disk_type in
    tmpfs)
        mount -t tmpfs -o "size=$disk_size" tmpfs "$DISK"
        ;;
    *)
        command -v "mkfs.$disk_type" >/dev/null || {
            disk_lacks "there is no mkfs.$disk_type"
            return 1
        }
        truncate -s "$disk_size" "$TMP/image"
        "mkfs.$disk_type" -q "$@" "$TMP/image" >"$TMP/disk.says" 2>&1 ||
            fail "mkfs.$disk_type: $(cat "$TMP/disk.says")"
        mount -t "$disk_type" -o "$disk_options" "$TMP/image" "$DISK" 2>"$TMP/disk.says" || {
            disk_lacks "no $disk_type can be mounted: $(head -n 1 "$TMP/disk.says")"
            return 1
        }
        ;;
    esac
    LOWER=$DISK/lower
    REF_LOWER=$DISK/reference
    mkdir "$LOWER"
}

disk_lacks()
{
    disk_says=$1
    rm -f "$TMP/image"
    rmdir "$DISK"
}

disk_stop()
{
    unmount "$DISK"
    rm -f "$TMP/image"
    rmdir "$DISK"
}
