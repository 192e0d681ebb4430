# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Running tests, for tests/run and, in a lane of its own, tests/lib/run_one.
#
# A test is a program. It gets
#   TMP        its own directory, empty, current, and TMPDIR, too; other users can go through it
#   REMAPFS    the program to test, BUILD the variant that it was built in, BUILD_DIR that directory
#   LOWER_FS   the file system for the lower directory, see lower.sh, or nothing
#   FUSE_URING Y if the kernel offers FUSE over io_uring, else N
#   srcdir     the source tree
# and says how it went by its exit status: 0 passed, 77 skipped (the last line of its output is the
# reason), anything else failed. A line "# time limit: SECONDS" in it changes the limit, and TIME_LIMIT
# in the environment of tests/run that of all.
#
# Whatever it leaves behind is taken away: processes (found by a variable in their environment),
# mounts below TMP, TMP. A test fails also when a daemon outlives the unmounting, and when anything
# written below TMP to a file log* has a report of a sanitizer or a warning of GLib.

# What is of the whole run is in $RUNNER, what is of one test in $runner: the same directory, but in a lane.

default_time_limit=60
uring_switch=/sys/module/fuse/parameters/enable_uring

# Whether it is on ext4 without a journal. There it takes the longer to create a file, the more were
# removed in the last minutes: find_inode_bit() in fs/ext4/ialloc.c passes over all of these.
lacks_journal()
{
    device=$(findmnt -n -o SOURCE -T "$1")
    grep -qx '<none>' "/sys/fs/ext4/$(basename "$(readlink -f "$device")")/journal_task" 2>/dev/null
}

# Mounts an ext4 with a journal on $runner. Without it all works, too, but some minutes longer.
mount_image()
{
    truncate -s 24G "$runner.image"
    if ! mkfs.ext4 -q -m 0 "$runner.image" 2>"$runner/says" ||
        ! mount -o loop "$runner.image" "$runner" 2>"$runner/says"; then
        rm "$runner.image"
    fi
}

# runner_start SOURCE-TREE VERBOSE
runner_start()
{
    srcdir=$1
    verbose=$2
    # Not on a tmpfs, which lacks some of what a lower directory is tested with.
    runner=$(mktemp -d "${TMPDIR:-/var/tmp}/remapfs-tests.XXXXXX")
    trap 'exit 1' INT TERM HUP
    trap 'runner_abandon' EXIT
    if lacks_journal "$runner"; then
        mount_image
    fi
    chmod 755 "$runner"
    RUNNER=$runner
    : >"$RUNNER/failures"
    : >"$RUNNER/results"
    uring_before=$(cat $uring_switch 2>/dev/null || true)
    umask 022
    LC_ALL=C
    export LC_ALL RUNNER srcdir verbose
}

# lane_start: in a process that runs one of several tests at a time. LANE, from xargs, is no other's.
lane_start()
{
    runner=$RUNNER/lane$LANE
    mkdir -p "$runner"
}

# run_lanes N LIST: the tests of that file, N at a time, each in a mount namespace of its own, which goes
# with it: who looks at all mounts keeps them busy for that moment.
run_lanes()
{
    # Who waits is told of signals at once; but sh lets what it does not wait for ignore them.
    env --default-signal=INT,QUIT xargs -r -a "$2" -L 1 -P "$1" --process-slot-var=LANE \
        unshare --mount "$srcdir/tests/lib/run_one" &
    lanes_pid=$!
    wait $lanes_pid || {
        echo FAIL >>"$RUNNER/results"
        echo "---- tests/lib/run_one ended early, in $2" >>"$RUNNER/failures"
    }
    lanes_pid=
}

runner_abandon()
{
    if [ -n "${lanes_pid-}" ]; then
        pkill -P "$lanes_pid" -f tests/lib/run_one || true
        kill "$lanes_pid" 2>/dev/null || true
    fi
    for runner in "$RUNNER" "$RUNNER"/lane*; do
        if [ -d "$runner/tmp" ]; then
            clean_up || true
        fi
    done
    runner=$RUNNER
    if [ -e "$runner.image" ]; then
        umount "$runner" || umount -l "$runner"
        rm "$runner.image"
    fi
    rm -rf --one-file-system "$runner"
    set_uring "$uring_before"
}

# set_uring Y|N: whether new mounts get FUSE over io_uring, where the kernel has that.
set_uring()
{
    FUSE_URING=$1
    export FUSE_URING
    if [ -e $uring_switch ] && [ "$(cat $uring_switch)" != "$1" ]; then
        echo "$1" >$uring_switch
    fi
}

# Prints the summary and exits.
runner_end()
{
    cat "$RUNNER/failures"
    awk '{ n[$1]++ }
        END {
            print n["ok"] + 0 " passed, " n["FAIL"] + 0 " failed, " n["skip"] + 0 " skipped"
            exit n["FAIL"] > 0
        }' "$RUNNER/results"
    exit
}

# now: in milliseconds.
now()
{
    echo $(($(date +%s%N) / 1000000))
}

# count RESULT NAME MILLISECONDS OUTPUT [REASON]: prints the line of one test.
count()
{
    {
        flock 9
        echo "$1" >>"$RUNNER/results"
        if [ "$1" = FAIL ]; then
            echo "---- $2 failed:"
            tail -n 200 "$4"
        fi >>"$RUNNER/failures"
        printf '%-4s %4d.%01d s  %s\n' "$1" $(($3 / 1000)) $(($3 / 100 % 10)) "$2${5:+ ($5)}"
        if [ "$verbose" = yes ]; then
            sed 's/^/    /' "$4"
        fi
    } 9>"$RUNNER/lock"
}

# run_plain NAME FUNCTION...: a step of the runner's own, counted as a test.
run_plain()
{
    step_name=$1
    shift
    start=$(now)
    if ("$@") >"$runner/output" 2>&1 </dev/null; then
        count ok "$step_name" $(($(now) - start)) "$runner/output"
    else
        count FAIL "$step_name" $(($(now) - start)) "$runner/output"
        return 1
    fi
}

# Prints the processes that the running test started, found by their mark.
processes()
{
    grep -lzx "REMAPFS_TEST=$runner" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3
}

# Those that do not serve a mount, and so end with it: neither the program under test nor what may be
# mounted below it.
other_processes()
{
    for pid in $(processes); do
        case $(readlink "/proc/$pid/exe") in
        */remapfs | */bindfs) ;;
        *) echo "$pid" ;;
        esac
    done
}

# wait_gone SECONDS: until the running test has no processes.
wait_gone()
{
    tries=$(($1 * 20))
    while [ -n "$(processes)" ]; do
        tries=$((tries - 1))
        test $tries -gt 0 || return 1
        sleep 0.05
    done
}

unmount_all()
{
    awk -v below="$runner/tmp/" 'index($5, below) == 1 { print $3, $5 }' /proc/self/mountinfo |
        tac | while read -r device path; do
        # A daemon that does not answer must not hold up the rest.
        timeout 10 umount "$path" 2>/dev/null || {
            echo 1 2>/dev/null >"/sys/fs/fuse/connections/${device#0:}/abort" || true
            umount -l "$path" || true
        }
    done
}

# Ends what the test left running, in the order that lets a daemon end by itself, and removes TMP.
# Fails when a daemon had to be killed.
clean_up()
{
    killed=
    for pid in $(other_processes); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    unmount_all
    if ! wait_gone 10; then
        killed=$(processes)
        for pid in $killed; do
            kill -KILL "$pid" 2>/dev/null || true
        done
        unmount_all
        wait_gone 5 || true
    fi
    find "$runner/tmp" -maxdepth 1 -name 'log*' -exec cp {} "$runner/logs/" \;
    rm -rf --one-file-system "$runner/tmp"
    test -z "$killed"
}

# Prints what the daemon's logs have that they should not.
suspicious()
{
    grep -rhE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' \
        "$runner/logs" "$runner/output" || true
    grep -rhE -e '-(CRITICAL|WARNING|ERROR) \*\*:' "$runner/logs" || true
}

# run_test NAME FILE [ARGUMENT]: FILE is a script.
run_test()
{
    test_name=$1
    shift
    limit=${TIME_LIMIT:-$(sed -n 's/^# time limit: *//p' "$1")}
    rm -rf "$runner/logs"
    mkdir "$runner/tmp" "$runner/logs"
    reports=log_path=$runner/tmp/log.sanitizer
    start=$(now)
    status=0
    (
        cd "$runner/tmp"
        REMAPFS_TEST=$runner TMP=$runner/tmp TMPDIR=$runner/tmp \
            ASAN_OPTIONS=$reports:detect_stack_use_after_return=1:strict_string_checks=1 \
            UBSAN_OPTIONS=$reports:print_stacktrace=1 \
            TSAN_OPTIONS=$reports:second_deadlock_stack=1 \
            exec timeout -k 10 "${limit:-$default_time_limit}" "$@"
    ) >"$runner/output" 2>&1 </dev/null || status=$?
    if [ $status = 124 ]; then
        echo "stopped after ${limit:-$default_time_limit} seconds" >>"$runner/output"
    fi
    if ! clean_up; then
        echo "a daemon or another process did not end and was killed: $killed" >>"$runner/output"
        status=1
    fi
    found=$(suspicious)
    if [ -n "$found" ]; then
        status=1
    fi
    elapsed=$(($(now) - start))
    case $status in
    0) count ok "$test_name" $elapsed "$runner/output" ;;
    77) count skip "$test_name" $elapsed "$runner/output" "$(tail -n 1 "$runner/output")" ;;
    *)
        # Its own words last, as only the end is printed.
        {
            for log in "$runner"/logs/*; do
                if [ -s "$log" ]; then
                    echo "-- ${log##*/}:"
                    tail -n 100 "$log"
                    echo '--'
                fi
            done
            cat "$runner/output"
            echo "exit status $status"
        } >"$runner/report"
        count FAIL "$test_name" $elapsed "$runner/report"
        ;;
    esac
}
