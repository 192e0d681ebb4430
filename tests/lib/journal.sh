# shellcheck shell=sh disable=SC2154 # set by the test and by mount.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests, after mount.sh: writers that keep a journal of what fsync(2) acknowledged, and the end of
# the daemon under them. $round is part of the names of all that is written.

# The files that were found as the journals say
acknowledged=0

# write_files NAME JOURNAL: makes files NAME.N, each with its own name some hundred times over, and
# puts N into JOURNAL as soon as that is on the disk. Ends with the first error.
# shellcheck disable=SC2016 # perl
write_files='
    use Fcntl; use IO::Handle;
    my ($name, $journal) = @ARGV;
    open(my $done, ">>", $journal) or exit 1;
    $done->autoflush(1);
    for (my $n = 0; ; $n++) {
        sysopen(my $file, "$name.new", O_WRONLY | O_CREAT | O_EXCL, 0644) or exit 0;
        for (1 .. 20) {
            (syswrite($file, "$name.$n\n" x 100) // 0) > 0 or exit 0;
        }
        mkdir("$name.dir.$n"); symlink("none", "$name.link.$n");
        $file->sync or exit 0;
        rename("$name.new", "$name.$n") or exit 0;
        open(my $dir, "<", ".") or exit 0;
        $dir->sync or exit 0;
        print $done "$n\n";
    }'

# start_writer USER COMMAND...
start_writer()
{
    writer_name=$1.$round
    shift
    : >"$TMP/journal.$writer_name"
    chmod 666 "$TMP/journal.$writer_name"
    (cd "$MNT" && "$@" perl -e "$write_files" "$writer_name" "$TMP/journal.$writer_name") 2>>"$TMP/closing" &
    writers="$writers $!"
}

# journals_have N: in this round, of all writers together
journals_have()
{
    test "$(cat "$TMP"/journal.*."$round" | wc -l)" -ge "$1"
}

# check_writer USER: what it has done, in the lower directory, and the owner of all that it began
check_writer()
{
    while read -r n; do
        yes "$1.$round.$n" | head -n 2000 | cmp -s - "$LOWER/$1.$round.$n" ||
            fail "round $round: what fsync(2) acknowledged is not in $1.$round.$n"
        test ! -e "$LOWER/$1.$round.$n" || acknowledged=$((acknowledged + 1))
    done <"$TMP/journal.$1.$round"
    found=$(find "$LOWER" -name "$1.*" \( ! -uid "$1" -o ! -gid "$1" \) -printf '%f %U:%G\n')
    same "$found" '' "round $round: files of $1 that are another's"
}

not_connected()
{
    LC_ALL=C stat "$MNT" 2>&1 | grep -q 'Transport endpoint is not connected'
}

not_mounted()
{
    ! is_mounted "$MNT"
}

# end_by SIGNAL
end_by()
{
    kill -"$1" "$mnt_pid"
    mnt_status=0
    wait "$mnt_pid" 2>/dev/null || mnt_status=$?
    case $1 in
    KILL)
        wait_until 10 not_connected || fail "round $round: no ENOTCONN after SIGKILL"
        fails_with 'not connected' touch "$MNT/file"
        umount -l "$MNT"
        ;;
    *)
        same "$mnt_status" 0 "round $round: the exit status after SIG$1"
        wait_until 10 not_mounted || fail "round $round: the mount outlives SIG$1"
        ;;
    esac
}
