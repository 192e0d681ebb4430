# shellcheck shell=sh disable=SC2154 # set by the test
# SPDX-License-Identifier: GPL-2.0-or-later
# For stress/soak.test: what its daemons use over time, and the table at the end.

samples=${SOAK_LOG:-$TMP/samples}

# Growth from the first third after warm-up to the last one that is no leak: of medians
growth_kb=2048
growth_descriptors=4
growth_threads=2

# processes_of PID: the daemon and those that belong to it
processes_of()
{
    echo "$1"
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/ (.*) [^ ]* / /' |
        awk -v parent="$1" '$2 == parent { print $1 }'
}

# usage_of PID: RSS and what it has to itself of that in KiB, descriptors, threads, of all that belong
# to the daemon. Prints nothing when one of them has ended.
usage_of()
{
    for process in $(processes_of "$1"); do
        awk '$1 == "Rss:" || $1 == "Private_Dirty:" { printf "%d ", $2 }' "/proc/$process/smaps_rollup" &&
            set -- "/proc/$process"/fd/* && printf '%d ' $# &&
            awk '$1 == "Threads:" { print $2 }' "/proc/$process/status" || echo ended
    done 2>/dev/null | awk '
        NF != 4 { ended = 1 }
        { for (i = 1; i <= 4; i++) sum[i] += $i }
        END { if (!ended) print sum[1], sum[2], sum[3], sum[4] }'
}

# rest_if_asked LOAD
rest_if_asked()
{
    test -e "$TMP/rest" || return 0
    touch "$TMP/rests.$1"
    while [ -e "$TMP/rest" ]; do
        sleep 0.1
    done
}

all_rest()
{
    for load in $loads; do
        test -e "$TMP/rests.$load" || test -e "$TMP/failed.$load" || return 1
    done
}

# What is removed below stays in the kernel's cache until memory is short, and so the daemon has to
# know it. Without that, what grows is a leak.
forget_unused()
{
    for name in a b c; do
        (cd "$TMP/mnt.$name" && "$BUILD_DIR/tests/lib/race" forget </dev/null)
    done
}

# sample_at_rest SECONDS: what is kept, for under load most is in use for a moment only: of each mount,
# a line of SECONDS NAME USAGE
sample_at_rest()
{
    rm -f "$TMP"/rests.*
    touch "$TMP/rest"
    wait_until 60 all_rest || echo "failed: a load does not come to rest" >>"$TMP/growth"
    forget_unused
    # The daemon closes what it has not used for a while.
    sleep 3
    for name in $mounts; do
        echo "$1 $name $(usage_of "$(cat "$TMP/pid.$name")")" >>"$samples"
    done
    rm "$TMP/rest"
}

# median MOUNT COLUMN FIRST|LAST: in that third of the samples
median()
{
    awk -v name="$1" -v column="$2" '$2 == name { print $column }' "$samples" |
        case $3 in
        first) head -n $((n_samples / 3)) ;;
        last) tail -n $((n_samples / 3)) ;;
        esac | sort -n | awk '{ value[NR] = $1 } END { print NR ? value[int((NR + 1) / 2)] : "none" }'
}

# requests_of PATH: that this mount has answered
requests_of()
{
    "$REMAPFS" --status --json "$1" | jq '[.requests[].count] | add // 0'
}

# compare MOUNT WHAT COLUMN GROWTH: prints one line of the table
compare()
{
    first=$(median "$1" "$3" first)
    last=$(median "$1" "$3" last)
    printf '%-6s %-22s %10s %10s\n' "$1" "$2" "$first" "$last"
    case $first$last in
    *none*) echo "failed: no samples of $2 of mount $1" >>"$TMP/growth" ;;
    *)
        test "$last" -le $((first + $4)) ||
            echo "failed: $2 of mount $1 grew from $first to $last" >>"$TMP/growth"
        ;;
    esac
}

# compare_usage: the table of what was used. Leaves in $TMP/growth what has grown.
compare_usage()
{
    n_samples=$(awk '$2 == "a"' "$samples" | wc -l)
    printf '%-6s %-22s %10s %10s\n' mount 'third:' first last
    for name in $mounts; do
        compare "$name" 'resident KiB' 3 $growth_kb
        compare "$name" 'private dirty KiB' 4 $growth_kb
        compare "$name" descriptors 5 $growth_descriptors
        compare "$name" threads 6 $growth_threads
    done
}

# count_done WHAT [TIMES]
count_done()
{
    echo "${2-1}" >>"$TMP/done.$1"
}

# done_of WHAT: how often it was counted
done_of()
{
    touch "$TMP/done.$1"
    awk '{ n += $1 } END { print n + 0 }' "$TMP/done.$1"
}
