# shellcheck shell=sh disable=SC2154 # set by the test
# SPDX-License-Identifier: GPL-2.0-or-later
# For stress/soak.test: what its daemons use over time, and the table at the end.

samples=${SOAK_LOG:-$TMP/samples}

# Growth from the first to the last third after warm-up that is no leak: of medians, and of the lower
# quartile of descriptors, many of which are open for a moment only.
growth_kb=1024
growth_descriptors=24
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

# What is removed below stays in the kernel's cache until memory is short, and so the daemon has to
# know it. Without that, what grows is a leak.
forget_unused()
{
    for name in a b c; do
        (cd "$TMP/mnt.$name" && "$BUILD_DIR/tests/lib/race" forget </dev/null)
    done
}

# take_sample SECONDS: of each mount, a line of SECONDS NAME USAGE
take_sample()
{
    for name in $mounts; do
        usage=$(usage_of "$(cat "$TMP/pid.$name")")
        test -z "$usage" || echo "$1 $name $usage" >>"$samples"
    done
}

# quartile MOUNT COLUMN FROM TO N: the Nth, in the samples of that time; the second is the median
quartile()
{
    awk -v name="$1" -v column="$2" -v from="$3" -v to="$4" \
        '$2 == name && $1 >= from && $1 <= to { print $column }' "$samples" | sort -n |
        awk -v n="$5" '{ value[NR] = $1 } END { print (NR ? value[int((NR * n + 3) / 4)] : "none") }'
}

# requests_of PATH: that this mount has answered
requests_of()
{
    "$REMAPFS" --status --json "$1" | jq '[.requests[].count] | add // 0'
}

# compare MOUNT WHAT COLUMN GROWTH QUARTILE: prints one line of the table
compare()
{
    first=$(quartile "$1" "$3" "$warm" $((warm + third)) "$5")
    last=$(quartile "$1" "$3" $((seconds - third)) "$seconds" "$5")
    printf '%-6s %-22s %10s %10s\n' "$1" "$2" "$first" "$last"
    case $first$last in
    *none*) echo "failed: no samples of $2 of mount $1" >>"$TMP/growth" ;;
    *)
        test "$last" -le $((first + $4)) ||
            echo "failed: $2 of mount $1 grew from $first to $last" >>"$TMP/growth"
        ;;
    esac
}

# compare_usage SECONDS: the table of what was used. Leaves in $TMP/growth what has grown.
compare_usage()
{
    seconds=$1
    warm=$((seconds / 4 < 300 ? seconds / 4 : 300))
    third=$(((seconds - warm) / 3))
    : >"$TMP/growth"
    printf '%-6s %-22s %10s %10s\n' mount 'third:' first last
    for name in $mounts; do
        compare "$name" 'resident KiB' 3 $growth_kb 2
        compare "$name" 'private dirty KiB' 4 $growth_kb 2
        compare "$name" descriptors 5 $growth_descriptors 1
        compare "$name" threads 6 $growth_threads 2
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
