# SPDX-License-Identifier: GPL-2.0-or-later
"""How many FUSE requests a call takes, by the log that a daemon of libfuse writes with -d."""

import re
from collections import Counter

import report

REQUEST = re.compile(r"opcode: ([A-Z0-9_]+) ")


def log_requests(side):
    side.command.insert(1, "-d")


class Log:
    """Requests since the last look."""

    def __init__(self, path):
        self.path = path
        self.position = 0

    def new_requests(self):
        with open(self.path, encoding="utf-8", errors="replace") as file:
            file.seek(self.position)
            found = Counter(REQUEST.findall(file.read()))
            self.position = file.tell()
        return found


def count(bench, workload, side, log):
    """Requests of each kind for one call. What precedes the measured calls is the same, however many
    these are, so the difference between more and fewer is theirs. That of what measure does
    between its batches is in it."""
    if workload.is_cold or workload.is_single:
        bench.prepare(workload, side)
        log.new_requests()
        calls, _ = bench.measure(workload, side, ["-w", "-n", "1"])
        found = log.new_requests()
        bench.clean_up(workload, side)
        return calls, found
    log.new_requests()
    few_calls, _ = bench.measure(workload, side, ["-n", "1"])
    few = log.new_requests()
    calls, _ = bench.measure(workload, side, ["-n", "3"])
    found = log.new_requests()
    found.subtract(few)
    return calls - few_calls, found


def lines(bench):
    for side in bench.sides:
        log = Log(side.log)
        table = [["", "all", ""]]
        for workload in bench.workloads:
            calls, found = count(bench, workload, side, log)
            numbers = {kind: n / calls for kind, n in found.most_common() if n / calls >= 0.005}
            kinds = ", ".join(f"{kind} {report.three_digits(n)}" for kind, n in numbers.items())
            table.append([workload.name, report.three_digits(sum(numbers.values()) or 0.001), kinds])
        width = max(len(line[0]) for line in table)
        yield f"{side.name}: requests for one call or run"
        for name, total, kinds in table[1:]:
            yield f"{name.ljust(width)}  {total.rjust(7)}  {kinds}".rstrip()
        yield ""
