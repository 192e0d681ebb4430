# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with the volume driver, after engines.sh.

test -x "$BUILD_DIR/remapfs-volume-driver" || skip 'built without remapfs-volume-driver'
install -m 755 "$BUILD_DIR/remapfs-volume-driver" "$TMP/bin"
engines_need perl pgrep
driver_socket=/run/docker/plugins/remapfs.sock
driver_mounts=$TMP/driver/mnt

driver_listens()
{
    perl -MIO::Socket::UNIX -e 'exit !IO::Socket::UNIX->new(Peer => $ARGV[0])' "$driver_socket"
}

driver_listens_or_dead()
{
    driver_listens || ! kill -0 "$driver_pid" 2>/dev/null
}

# driver_start_by COMMAND...: COMMAND runs it. What it says goes to $driver_log.
driver_start_by()
{
    driver_log=$TMP/log.driver
    mkdir -p "${driver_socket%/*}"
    "$@" remapfs-volume-driver --socket "$driver_socket" --mounts "$driver_mounts" \
        --state "${driver_mounts%/*}/volumes.json" >>"$driver_log" 2>&1 &
    driver_pid=$!
    wait_until 20 driver_listens_or_dead || fail 'the driver does not listen after 20 seconds'
    kill -0 "$driver_pid" 2>/dev/null || fail "the driver: $(cat "$driver_log")"
}

driver_start()
{
    driver_start_by env
}

# driver_end SIGNAL: by TERM, with status 0, or KILL
driver_end()
{
    # There may be others in between, which do not pass it on.
    kill "-$1" "$(pgrep -x remapfs-volume-)"
    driver_status=0
    wait "$driver_pid" 2>/dev/null || driver_status=$?
    case $1 in
    TERM) same $driver_status 0 "the driver's exit status" ;;
    esac
}

# volume_counts ENGINE NAME COUNT WHEN: as the driver says, by that many mount IDs; and mounted if
# there are any.
volume_counts()
{
    same "$($1 volume inspect -f '{{len .Status.mounts}}' "$2")" "$3" "the number of mount IDs $4"
    case $3 in
    0) same "$(findmnt -n -o FSTYPE "$driver_mounts/$2")" '' "the mount $4" ;;
    *) same "$(findmnt -n -o FSTYPE "$driver_mounts/$2")" fuse.remapfs "the mount $4" ;;
    esac
}
