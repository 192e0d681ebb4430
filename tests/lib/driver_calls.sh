# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests of the volume driver, after tests/lib/mount.sh: one driver with a directory, state and
# socket of its own, and calls as engines make them.

DRIVER=$BUILD_DIR/remapfs-volume-driver
SOCKET=$TMP/socket
STATE=$TMP/state/volumes.json
VOLUMES=$TMP/volumes
driver_pid=
driver_log=
driver_arguments=

test -x "$DRIVER" || skip 'built without the volume driver'
command -v curl >/dev/null || skip 'curl is not installed'

driver_serves_or_died()
{
    test -S "$SOCKET" || ! kill -0 "$driver_pid" 2>/dev/null
}

# Starts it with $driver_arguments, a list of words. Sets driver_pid and driver_log. Returns when
# somebody listens at the socket.
driver_start()
{
    rm -f "$SOCKET"
    driver_log=$(mktemp "$TMP/log.XXXXXX")
    # shellcheck disable=SC2086 # a list of words
    env --default-signal=INT,QUIT "$DRIVER" --socket "$SOCKET" --state "$STATE" --mounts "$VOLUMES" \
        --remapfs "$REMAPFS" $driver_arguments >>"$driver_log" 2>&1 &
    driver_pid=$!
    wait_until 20 driver_serves_or_died || fail 'no driver after 20 seconds'
    test -S "$SOCKET" || fail "no driver: $(cat "$driver_log")"
}

# driver_end SIGNAL
driver_end()
{
    kill "-$1" "$driver_pid"
    driver_status=0
    wait "$driver_pid" || driver_status=$?
}

# It ends by itself.
driver_stop()
{
    driver_end TERM
    same "$driver_status" 0 "the driver's exit status"
}

# call NAME BODY [ARGUMENT-OF-CURL...]: prints the answer, then " STATUS".
call()
{
    call_name=$1
    call_body=$2
    shift 2
    case $call_name in
    Activate) call_path=/Plugin.Activate ;;
    *) call_path=/VolumeDriver.$call_name ;;
    esac
    curl -s -m 60 -w ' %{http_code}' --unix-socket "$SOCKET" "$@" --data-raw "$call_body" \
        "http://plugin$call_path"
}

# answers EXPECTED NAME BODY
answers()
{
    same "$(call "$2" "$3")" "$1" "the answer to $2 $3"
}

# call_done NAME BODY
call_done()
{
    answers '{"Err":""} 200' "$1" "$2"
}

# call_fails TEXT NAME BODY: with status 500 and TEXT in its message.
call_fails()
{
    said=$(call "$2" "$3")
    case $said in
    '{"Err":"'*"$1"*'"} 500') ;;
    *) fail "$2 $3 should fail with '$1', but answers '$said'" ;;
    esac
}

# volume_create NAME ["OPTION":"VALUE",...]: shows $LOWER.
volume_create()
{
    call_done Create "{\"Name\":\"$1\",\"Opts\":{\"source\":\"$LOWER\"${2:+,$2}}}"
}

# volume_mount NAME ID; volume_unmount NAME ID
volume_mount()
{
    answers "{\"Mountpoint\":\"$VOLUMES/$1\",\"Err\":\"\"} 200" Mount "{\"Name\":\"$1\",\"ID\":\"$2\"}"
}

volume_unmount()
{
    call_done Unmount "{\"Name\":\"$1\",\"ID\":\"$2\"}"
}

# The IDs by which a volume is mounted, with blanks between them.
volume_ids()
{
    call Get "{\"Name\":\"$1\"}" | sed 's/.*"mounts":\[\([^]]*\)\].*/\1/; s/"//g; s/,/ /g'
}

volume_owner()
{
    stat -c %u:%g "$VOLUMES/$1"
}

# The daemons of a volume's mount, or of all volumes of a pattern as of awk(1). Each leads a session;
# others of its processes do not.
volume_daemons()
{
    ps -ww -eo pid=,sid=,args= | awk -v end=" $VOLUMES/$1\$" '$0 ~ end && $1 == $2 { print $1 }'
}

# Mounts below the driver's directory, and what is left in it.
mounts_of_volumes()
{
    awk -v below="$VOLUMES/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo
}

# A daemon ends some time after the unmount.
no_daemons()
{
    test -z "$(volume_daemons "$1")"
}

# Nothing is mounted any more, and nothing is left of it.
nothing_left()
{
    same "$(mounts_of_volumes)" '' 'mounts that are left'
    same "$(ls -A "$VOLUMES")" '' 'mount points that are left'
}
