# shellcheck shell=sh disable=SC2154 # set by the test
# SPDX-License-Identifier: GPL-2.0-or-later
# For stress/soak.test: the loads, each a function that runs in a shell of its own and does one round.

# use MOUNT: for the functions of mount.sh
use()
{
    MNT=$TMP/mnt.$1
    LOWER=$(cat "$TMP/lower.$1")
    ns_pid=$(cat "$TMP/ns.$1")
    mnt_pid=$(cat "$TMP/pid.$1")
}

same_on_both_sides()
{
    (cd "$LOWER/$1" && find . -printf '%p %y %m %s %n\n' | sort) >"$TMP/list.lower"
    (cd "$MNT/$1" && find . -printf '%p %y %m %s %n\n' | sort) >"$TMP/list.shown"
    cmp -s "$TMP/list.lower" "$TMP/list.shown"
}

# Clients of five users in the same directories, each with account of its files
clients_round()
{
    use a
    directory=clients.$round
    mkdir "$LOWER/$directory"
    chmod 777 "$LOWER/$directory"
    "$BUILD_DIR/tests/lib/stress" "$MNT/$directory" 4 $((seed + round)) "$ns_pid" ns:1000:1000 \
        ns:1000:1000 ns:1001:1001 ns:33:34 ns:0:0 host:0:0:100000:100000 || fail 'the clients'
    found=$(find "$LOWER/$directory" -mindepth 1 -printf '%U:%G\n' | sort -u |
        grep -vxE '1000:1000|1001:1001|33:34|0:0' || true)
    same "$found" '' "owners in $directory that are no client's"
    wait_until 5 same_on_both_sides "$directory" ||
        fail "what clients left: $(diff "$TMP/list.lower" "$TMP/list.shown")"
    ns_run 0 0 rm -rf "$MNT/$directory"
}

# make_image DIRECTORY BASE: what an image of a container has where a volume is mounted. Its root is
# BASE, as in the layers of an engine whose containers have their own user namespaces.
make_image()
{
    mkdir -p "$1/etc/a/b/c" "$1/bin" "$1/spool"
    for n in 1 2 3 4 5 6 7 8; do
        yes "line $n" | head -n $((n * n * 300)) >"$1/etc/a/file.$n"
        ln "$1/etc/a/file.$n" "$1/etc/a/b/link.$n"
        ln -s "../file.$n" "$1/etc/a/b/symlink.$n"
    done
    cp /bin/true "$1/bin/ping"
    cp "$1/bin/ping" "$1/bin/su"
    mkfifo "$1/spool/fifo"
    chown -hR "$2:$2" "$1"
    chown -hR $(($2 + 1000)):$(($2 + 1001)) "$1/etc/a/b"
    chown $(($2 + 33)):$(($2 + 34)) "$1/spool"
    chmod 2775 "$1/spool"
    chmod 4755 "$1/bin/su"
    setfattr -n user.word -v value "$1/etc/a/file.1"
    setfacl -m "u:$(($2 + 7)):rw,g:$(($2 + 8)):r" "$1/etc/a/file.2"
    setfacl -d -m "u:$(($2 + 7)):rwx" "$1/spool"
    case $2 in
    0) setcap cap_net_raw+ep "$1/bin/ping" ;;
    *) setcap -n "$2" cap_net_raw+ep "$1/bin/ping" ;;
    esac
}

# manifest DIRECTORY [COMMAND...]: all that a copy should have, as COMMAND sees it
manifest()
{
    (
        cd "$1" || exit
        shift
        "$@" find . ! -type d -printf '%P %y %m %U:%G %s %n %l %T@\n' -o -printf '%P %y %m %U:%G\n'
        "$@" getfacl -nRsp .
        "$@" getfattr -hRd -m '^user\.' .
        "$@" getcap -r .
        "$@" find . -type f -exec cksum {} +
    ) | sort
}

# copy_as HOW FROM TO: the ways in which engines fill a volume, as root of the host
copy_as()
{
    mkdir "$3"
    case $1 in
    cp) cp -a "$2/." "$3" ;;
    tar)
        tar -C "$2" --numeric-owner --acls --xattrs --xattrs-include='*' -cf - . |
            tar -C "$3" --numeric-owner --acls --xattrs --xattrs-include='*' -xpf -
        ;;
    esac
}

copy_up_round()
{
    use b
    volume=volume.$round
    case $((round % 2)) in
    0) how='cp' ;;
    1) how=tar ;;
    esac
    copy_as "$how" "$TMP/image" "$MNT/$volume" 2>"$TMP/copying" || fail "$how: $(cat "$TMP/copying")"
    manifest "$LOWER/$volume" >"$TMP/manifest.lower"
    diff "$TMP/manifest.plain" "$TMP/manifest.lower" || fail "$how: what the lower directory has"
    manifest "$MNT/$volume" ns_run 0 0 >"$TMP/manifest.shown"
    diff "$TMP/manifest.plain" "$TMP/manifest.shown" || fail "$how: what the container sees"
    # As Podman's :U does
    chown -hR 201000:201001 "$MNT/$volume"
    found=$(find "$LOWER/$volume" \( ! -uid 1000 -o ! -gid 1001 -o -perm -4000 \) -printf '%p %m %U:%G\n')
    same "$found" '' 'not given to the user of the volume'
    ns_run 0 0 rm -rf "$MNT/$volume"
}

# A large file and a deep tree, written through one mount, read through the other and below
large_round()
{
    use a
    mkdir "$LOWER/large.$round"
    chown 1000:1000 "$LOWER/large.$round"
    file=large.$round/file
    # shellcheck disable=SC2016 # for the shell inside
    ns_run 1000 1000 sh -c 'yes "$1" | head -c 8000000 >"$2"' sh "line $round" "$MNT/$file"
    expected=$(yes "line $round" | head -c 8000000 | cksum)
    for directory in "$LOWER" "$MNT" "$TMP/mnt.b"; do
        same "$(cksum <"$directory/$file")" "$expected" "$directory/$file"
    done
    deep=$(seq -s / 1 60)
    ns_run 1000 1000 mkdir -p "$MNT/large.$round/$deep"
    ns_run 1000 1000 mv "$MNT/large.$round/1/2" "$MNT/large.$round/moved"
    ns_run 1000 1000 mv "$MNT/$file" "$MNT/large.$round/moved/${deep#1/2/}/file"
    same "$(cksum <"$LOWER/large.$round/moved/${deep#1/2/}/file")" "$expected" 'the file that was moved'
    found=$(find "$LOWER/large.$round" \( ! -uid 1000 -o ! -gid 1000 \) -printf '%p %U:%G\n')
    same "$found" '' 'owners of a deep tree'
    ns_run 1000 1000 rm -rf "$MNT/large.$round/1" "$MNT/large.$round/moved"
    rmdir "$LOWER/large.$round"
}

# has_become FILE: what the last change on the host made of it, through both mounts
has_become()
{
    test "$(stat -c %u:%g:%s:%a "$TMP/mnt.a/$1" 2>&1)" = "$((100000 + id)):$((100000 + id)):$size:$mode" &&
        test "$(stat -c %u:%g:%s:%a "$TMP/mnt.b/$1" 2>&1)" = "$((200000 + id)):$((200000 + id)):$size:$mode"
}

is_gone()
{
    test ! -e "$TMP/mnt.a/$1" && test ! -e "$TMP/mnt.b/$1"
}

# What others do in the lower directory
host_round()
{
    use a
    id=$((round % 5000))
    size=$((round % 4000))
    mode=640
    head -c $size /dev/zero >"$LOWER/host.new"
    chmod $mode "$LOWER/host.new"
    chown $id:$id "$LOWER/host.new"
    mv "$LOWER/host.new" "$LOWER/host"
    wait_until 5 has_become host || fail 'a file that was replaced below'
    mode=600
    chmod $mode "$LOWER/host"
    id=$((id + 1))
    chown $id:$id "$LOWER/host"
    wait_until 5 has_become host || fail 'a file whose owner was changed below'
    size=$((size + 10))
    printf 0123456789 >>"$LOWER/host"
    wait_until 5 has_become host || fail 'a file that became longer below'
    rm "$LOWER/host"
    wait_until 5 is_gone host || fail 'a file that was removed below'
}

# The same file by two mounts and on the host
locks_round()
{
    use a
    : >"$LOWER/lock.$round"
    "$BUILD_DIR/tests/lib/lock_stress" 2 $((seed + round)) 2 "$LOWER/lock.$round" "$MNT/lock.$round" \
        "$TMP/mnt.b/lock.$round" >>"$TMP/locks" || fail 'locks'
    rm "$LOWER/lock.$round"
}

# New maps under load, an even number, so that the first is in force then
maps_round()
{
    use c
    "$BUILD_DIR/tests/lib/map_flips" "$MNT" "$TMP/uid_map" "$mnt_pid" 10 || fail 'changes of the map'
    count_done sighups 10
    # shellcheck disable=SC2016 # for the shell inside
    ns_run 1000 1000 sh -c 'echo text >"$1"' sh "$MNT/new"
    same "$(lower_owner new)" 1000:1000 'the owner of a new file after changes of the map'
    ns_run 1000 1000 rm "$MNT/new"
}

# A daemon that ends under its writers, and is started again
kills_round()
{
    use d
    writers=
    start_writer 1000 ns_run 1000 1000
    start_writer 1001 ns_run 1001 1001
    perl -e 'select(undef, undef, undef, 0.5 + rand(3))'
    requests_of "$MNT" >>"$TMP/requests.d"
    case $((round % 3)) in
    0) end=TERM ;;
    *) end=KILL ;;
    esac
    end_by $end
    count_done $end
    for pid in $writers; do
        wait "$pid" || fail "a writer"
    done
    check_writer 1000
    check_writer 1001
    find "$LOWER" -mindepth 1 -delete
    rm -f "$TMP"/journal.* "$mnt_log"
    start_mount d "$mount_d"
    count_done remounts
}
