# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as text. They are a dictionary as main.py writes it to samples.json."""

import math
import os
from statistics import median

TWO = "2x-"


def read_goals():
    """Returns {workload: (goal, goal)}, each as a pair (at least or not, number)."""
    goals = {}
    with open(f"{os.path.dirname(__file__)}/goals", encoding="ascii") as file:
        for line in file:
            words = line.partition("#")[0].split()
            if words:
                goals[words[0]] = [(word.startswith(">="), float(word.lstrip(">=")))
                                   for word in words[1:]]
    return goals


def rows(results):
    """The names of all rows: workloads, then those for two clients."""
    return sorted(results["samples"], key=lambda name: name.startswith(TWO))


def ratios(results, row, side):
    """Those to the lower directory in the same round; for two clients: to one client."""
    samples = results["samples"][row].get(side, [])
    if row.startswith(TWO):
        return [sample for sample in samples if sample is not None]
    base = results["samples"][row]["lower"]
    return [sample / other for sample, other in zip(samples, base) if sample and other]


def goal(goals, row, side):
    """The goal for it, or None."""
    if side["goals"] is None or row not in goals:
        return None
    return goals[row][side["goals"]]


def is_missed(goals, row, side, value):
    target = goal(goals, row, side)
    if target is None:
        return False
    at_least, number = target
    return value < number if at_least else value > number


def three_digits(value):
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}" if value >= 1 else f"{value:.2f}"


def duration(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{three_digits(nanoseconds / size)} {unit}"
    return f"{three_digits(nanoseconds)} ns"


def cell(results, goals, row, side):
    values = ratios(results, row, side["name"])
    if not values:
        return "-"
    middle = median(values)
    mark = "!" if is_missed(goals, row, side, middle) else ""
    low, high = three_digits(min(values)), three_digits(max(values))
    return f"{three_digits(middle)}{mark} ({low}-{high})"


def lower_cell(results, goals, row, side):
    if row.startswith(TWO):
        return cell(results, goals, row, side)
    samples = [sample for sample in results["samples"][row]["lower"] if sample is not None]
    return duration(median(samples)) if samples else "-"


def align(table):
    """Lines of a table whose first column is a name and whose others are figures."""
    widths = [max(map(len, column)) for column in zip(*table)]
    for line in table:
        cells = [line[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(line[1:], widths[1:])]
        yield "  ".join(cells).rstrip()


def ratio_lines(results):
    goals = read_goals()
    sides = results["sides"]
    names = rows(results)
    head = [side["name"] for side in sides]
    yield "Time for one call or run in the lower directory; for the others, the ratio to that:"
    yield "median (min-max) of all rounds; ! is a missed goal."
    for two in (False, True):
        part = [row for row in names if row.startswith(TWO) == two]
        if not part:
            continue
        yield ""
        if two:
            yield "How many times as much two clients get done as one (in the lower directory, too):"
            yield ""
        table = [["", *head]]
        for row in part:
            table.append([row, lower_cell(results, goals, row, sides[0])])
            table[-1] += [cell(results, goals, row, side) for side in sides[1:]]
        yield from align(table)
    yield from missed_lines(results, goals)


def missed_lines(results, goals):
    missed = []
    for side in results["sides"]:
        for row in rows(results):
            values = ratios(results, row, side["name"])
            if values and is_missed(goals, row, side, median(values)):
                number = goal(goals, row, side)[1]
                missed.append([f"{side['name']}: {row}", three_digits(median(values)), f"{number:g}"])
    yield ""
    if any(side["goals"] is not None for side in results["sides"]):
        yield "Missed goals:" if missed else "All goals are met."
    if missed:
        yield from align([["", "is", "goal"], *missed])


def daemon_lines(results):
    table = [["", "peak memory", "CPU"]]
    for side in results["sides"]:
        if side["peak_kib"] is not None:
            table.append([side["name"], f"{side['peak_kib'] / 1024:.1f} MiB", f"{side['cpu']:.2f} s"])
    if len(table) > 1:
        yield ""
        yield "The daemons, over the whole run (rounds and preparation):"
        yield from align(table)


def machine_lines(results):
    for name, value in results["machine"].items():
        yield f"{name}: {value}"
    for side in results["sides"]:
        yield f"{side['name']}: {side['about']}"
        if side["log"]:
            yield "    says: " + side["log"].replace("\n", "\n    ")
    for name, reason in results["left_out"].items():
        yield f"{name}: left out, {reason}"


def text(results):
    lines = [*machine_lines(results), "", *ratio_lines(results), *daemon_lines(results)]
    return "\n".join(lines) + "\n"
