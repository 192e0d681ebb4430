# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For mount.sh: where the lower directory is. By LOWER_FS, which tests/run sets, on a new file system
# of this kind, of which a test is the only user; without it, on the one that TMP is on.
#
# Sets lower_parent, where lower directories are to be made.

# lower_mount ARGUMENT...: of mount(8), but for the mount point
lower_mount()
{
    mount "$@" "$lower_parent" 2>"$TMP/says" || skip "no $LOWER_FS here: $(cat "$TMP/says")"
}

# lower_settle: until what was done to one name of a file is seen by its other names, too. FUSE keeps
# attributes by name when its daemon does, for a second.
lower_settle()
{
    test "${LOWER_FS-}" != bindfs || sleep 1.1
}

# lower_has_handles: so that the daemon remembers inodes there without a descriptor for each.
lower_has_handles()
{
    case $(stat -f -c %T "$LOWER") in
    overlayfs | fuse*) return 1 ;;
    esac
}

lower_parent=$TMP/lower-fs
case ${LOWER_FS-} in
'')
    lower_parent=$TMP
    ;;
ext4 | xfs | btrfs)
    command -v "mkfs.$LOWER_FS" >/dev/null || skip "there is no mkfs.$LOWER_FS"
    mkdir "$lower_parent"
    truncate -s 1G "$TMP/lower.image"
    "mkfs.$LOWER_FS" -q "$TMP/lower.image" >"$TMP/says" 2>&1 ||
        fail "mkfs.$LOWER_FS: $(cat "$TMP/says")"
    lower_mount -o loop "$TMP/lower.image"
    ;;
tmpfs)
    mkdir "$lower_parent"
    lower_mount -t tmpfs tmpfs
    ;;
overlay)
    # Lower directories are of the lowest layer, what is made in them of the upper one.
    mkdir -p "$lower_parent" "$TMP/layers/below/lower" "$TMP/layers/below/reference-lower" \
        "$TMP/layers/upper" "$TMP/layers/work"
    lower_mount -t overlay overlay \
        -o "lowerdir=$TMP/layers/below,upperdir=$TMP/layers/upper,workdir=$TMP/layers/work"
    ;;
bindfs)
    command -v bindfs >/dev/null || skip 'there is no bindfs'
    mkdir "$lower_parent" "$TMP/below-bindfs"
    bindfs "$TMP/below-bindfs" "$lower_parent" 2>"$TMP/says" ||
        fail "bindfs: $(cat "$TMP/says")"
    ;;
*) fail "LOWER_FS=$LOWER_FS is none of ext4, xfs, btrfs, tmpfs, overlay and bindfs" ;;
esac
