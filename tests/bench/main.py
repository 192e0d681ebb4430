# SPDX-License-Identifier: GPL-2.0-or-later
"""The benchmark, started by tests/bench/run. See README.md."""

import argparse
import fnmatch
import json
import os
import platform
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import dataset
import fuse_requests
import place
import plot
import report
import sides as side_list
from workloads import workloads as all_workloads

TOP = os.path.realpath(f"{os.path.dirname(__file__)}/../..")
BUILD = f"{TOP}/build/default"
CELL_SECONDS_MAX = 300


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)


class Failed(Exception):
    """What went wrong in one measurement."""


class Bench:
    """Sides and workloads, mounted and made in a directory."""

    def __init__(self, directory, sides, workloads, milliseconds):
        self.directory = directory
        self.sides = sides
        self.workloads = workloads
        self.milliseconds = milliseconds
        self.left_out = {}

    def set_up(self, data_size):
        say("making the files")
        template = f"{self.directory}/template"
        dataset.make(template, f"{self.directory}/archive", side_list.LOWER_ID, data_size)
        for side in list(self.sides):
            side.directory = f"{self.directory}/{side.name}"
            os.mkdir(side.directory)
            dataset.copy(template, side.lower)
            try:
                side.mount(f"{BUILD}/tests/lib/idmap_mount")
            except (side_list.Missing, subprocess.CalledProcessError) as error:
                self.leave_out(side, error)
        subprocess.run(["rm", "-rf", template], check=True)

    def leave_out(self, side, reason):
        say(f"{side.name} is left out: {reason}")
        side.unmount()
        self.sides.remove(side)
        self.left_out[side.name] = str(reason)

    def command(self, side, options, arguments):
        environment = dict(os.environ, LC_ALL="C", HOME="/nonexistent", **dataset.GIT_ENVIRONMENT)
        command = [f"{BUILD}/tests/bench/measure", "-u", str(side.caller), "-d", side.root, *options,
                   *arguments]
        try:
            result = subprocess.run(command, env=environment, cwd="/", capture_output=True,
                                    text=True, timeout=CELL_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"stopped after {CELL_SECONDS_MAX} seconds") from error
        if result.returncode != 0:
            raise Failed(result.stderr.strip() or f"exit status {result.returncode}")
        return result.stdout

    def measure(self, workload, side, options):
        """Returns the number of calls and the nanoseconds for each."""
        calls, nanoseconds = self.command(side, options, workload.arguments).split()
        return int(calls), float(nanoseconds)

    def once(self, side, command):
        if command:
            self.command(side, ["-w", "-n", "1"], ("run", *command))

    def prepare(self, workload, side):
        self.once(side, workload.before)
        if workload.is_cold:
            # A daemon may hold lower inodes until it hears that the kernel dropped its own.
            for _ in range(2):
                with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
                    file.write("2")
                time.sleep(0.1)

    def clean_up(self, workload, side):
        self.once(side, workload.after)

    def sample(self, workload, side):
        """Returns the nanoseconds for a call, and how much more two clients do than one, or None."""
        self.prepare(workload, side)
        try:
            if workload.is_cold or workload.is_single:
                return self.measure(workload, side, ["-w", "-n", "1"])[1], None
            options = ["-t", str(self.milliseconds)]
            one = self.measure(workload, side, options)[1]
            if not workload.for_two:
                return one, None
            return one, one / self.measure(workload, side, [*options, "-c", "2"])[1]
        finally:
            self.clean_up(workload, side)

    def run_round(self, number, record):
        """All workloads, each on all sides one after the other, beginning with another side each
        time."""
        for index, workload in enumerate(self.workloads):
            os.sync()
            first = (number + index) % len(self.sides)
            for side in self.sides[first:] + self.sides[:first]:
                cpu = side.cpu_seconds()
                try:
                    one, two = self.sample(workload, side)
                except Failed as error:
                    say(f"{workload.name} failed on {side.name}: {error}")
                    one, two = None, None
                record.add(workload, side, number, (one, two, side.cpu_seconds() - cpu))


class Record:
    """The samples of all rounds; None for one that failed."""

    def __init__(self, bench, n_rounds):
        self.samples = {}
        self.cpu = {}
        self.failures = 0
        self.names = [side.name for side in bench.sides]
        self.n_rounds = n_rounds

    def put(self, where, row, side, number, value):
        table = where.setdefault(row, {name: [None] * self.n_rounds for name in self.names})
        table[side.name][number] = value

    def add(self, workload, side, number, values):
        one, two, cpu = values
        self.put(self.samples, workload.name, side, number, one)
        self.put(self.cpu, workload.name, side, number, cpu)
        if workload.for_two:
            self.put(self.samples, workload.name_for_two, side, number, two)
        self.failures += one is None


def about_machine(options, where):
    version = side_list.output(options.remapfs, "--version").split("\n")
    machine = {
        "date": time.strftime("%Y-%m-%d %H:%M:%S"),
        "kernel": platform.release(),
        "CPUs": os.cpu_count(),
        "file system": where.about(),
        "io_uring for FUSE": "on" if side_list.uring_is_enabled() else "off, or not in this kernel",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "programs": ", ".join(line for line in version if line),
    }
    for command in (["bindfs", "--version"], ["fuse-overlayfs", "--version"]):
        lines = [line for line in side_list.output(*command).splitlines() if command[0] in line]
        if lines:
            machine["programs"] += ", " + lines[0].replace(":", "")
    return machine


def about_sides(bench):
    for side in bench.sides:
        side.note_usage()
    return [{"name": side.name, "about": side.about, "command": side.command, "goals": side.goals,
             "log": side.log_text(), "peak_kib": side.peak_kib, "cpu": side.cpu}
            for side in bench.sides]


def about_passthrough(bench):
    """What the daemons say of it, which is nothing when they have it."""
    for side in bench.sides:
        if side.is_remapfs and "no_passthrough" not in side.command[3]:
            refusals = [line for line in side.log_text().splitlines() if "passthrough" in line]
            return refusals[0] if refusals else "on"
    return "not asked for"


def run_rounds(bench, options, where):
    machine = about_machine(options, where)
    record = Record(bench, options.rounds)
    for number in range(options.rounds):
        start = time.monotonic()
        bench.run_round(number, record)
        say(f"round {number + 1} of {options.rounds}: {time.monotonic() - start:.0f} seconds")
    machine["passthrough"] = about_passthrough(bench)
    results = {
        "machine": machine,
        "parameters": {"rounds": options.rounds, "milliseconds": options.time},
        "sides": about_sides(bench),
        "left_out": bench.left_out,
        "samples": record.samples,
        "daemon_cpu": record.cpu,
    }
    return results, record.failures


def publish(results, directory):
    os.makedirs(directory, exist_ok=True)
    text = report.text(results)
    with open(f"{directory}/samples.json", "w", encoding="ascii") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    with open(f"{directory}/table.txt", "w", encoding="utf-8") as file:
        file.write(text)
    plot.draw(results, f"{directory}/plot.png", f"{directory}/plot.gnuplot")
    print(text, end="")
    say(f"table.txt, samples.json and plot.png are in {directory}")


def pick(names, patterns, what):
    """Those of NAMES that match one of PATTERNS, a list with commas."""
    if patterns is None:
        return set(names)
    chosen = set()
    for pattern in patterns.split(","):
        matches = fnmatch.filter(names, pattern)
        if not matches:
            sys.exit(f"bench: there is no {what} '{pattern}'; there are: {', '.join(names)}")
        chosen.update(matches)
    return chosen


def choose_sides(options):
    sides = side_list.all_sides(options.remapfs)
    chosen = pick([side.name for side in sides], options.sides, "side") | {"lower"}
    for text in options.also:
        name, _, command = text.partition("=")
        program, *words = command.split(",")
        if not name or not program or "/" in name or name in [side.name for side in sides]:
            sys.exit(f"bench: --also={text}: is not of the form NAME=PROGRAM[,OPTION...]")
        program = os.path.abspath(program)
        sides.append(side_list.remapfs_side(name, command, program, words))
        chosen.add(name)
    return [side for side in sides if side.name in chosen]


def parse():
    parser = argparse.ArgumentParser(
        prog="tests/bench/run", description="Measures remapfs beside what else there is.")
    add = parser.add_argument
    add("-r", "--rounds", type=int, default=5, help="how often everything is measured (5)")
    add("-s", "--sides", metavar="NAMES",
        help="only these, separated by commas, with * and ?; the lower directory is always there")
    add("-w", "--workloads", metavar="NAMES", help="only these")
    add("-l", "--list", action="store_true", help="list sides and workloads, and do nothing")
    add("-t", "--time", type=int, default=200, metavar="MS",
        help="how long a call is repeated for one sample, in milliseconds (200)")
    add("-d", "--directory", default="/var/tmp", help="where the files are made (/var/tmp)")
    add("--image", action=argparse.BooleanOptionalAction, default=None,
        help="make them on ext4 in an image there, or not (by default only where DIRECTORY is on "
        "ext4 without journal)")
    add("--data-size", type=int, default=24, metavar="MIB", help="of a file to read (24)")
    add("-o", "--output", metavar="DIRECTORY",
        help="where the results go (build/bench/DATE-TIME)")
    add("--enable-uring", action="store_true",
        help="turn on the kernel's io_uring for FUSE during the run")
    add("--remapfs", default=f"{BUILD}/remapfs", metavar="PROGRAM", help="another build to measure")
    add("--also", action="append", default=[], metavar="NAME=PROGRAM[,OPTION...]",
        help="one more side: a build of remapfs with these options")
    add("--requests", action="store_true",
        help="measure no time, but count the FUSE requests of each workload")
    add("--report", metavar="SAMPLES.JSON",
        help="measure nothing, but make table and plot of these results again")
    options = parser.parse_args()
    if options.rounds < 1 or options.time < 1 or options.data_size < 1:
        parser.error("numbers must be positive")
    options.remapfs = os.path.abspath(options.remapfs)
    if options.output is None:
        options.output = f"{TOP}/build/bench/{time.strftime('%Y%m%d-%H%M%S')}"
    return options


def bench_with(options, stack):
    """Sets up what OPTIONS ask for; STACK takes it down."""
    image = options.image
    if image is None:
        image = place.lacks_journal(options.directory)
        if image:
            say(f"{options.directory} is on ext4 without journal, so an image is used")
    if options.enable_uring and os.path.exists(side_list.URING_SWITCH):
        stack.callback(side_list.enable_uring, side_list.uring_is_enabled())
        side_list.enable_uring(True)
    where = stack.enter_context(place.Place(options.directory, image))
    workloads = all_workloads(f"{where.directory}/archive")
    chosen = pick([workload.name for workload in workloads], options.workloads, "workload")
    bench = Bench(where.directory, choose_sides(options),
                  [workload for workload in workloads if workload.name in chosen], options.time)
    for side in list(bench.sides):
        stack.callback(side.unmount)
        try:
            side_list.check_available(side)
        except side_list.Missing as error:
            bench.leave_out(side, error)
    if options.requests:
        bench.sides = [side for side in bench.sides if side.command is not None]
        for side in bench.sides:
            fuse_requests.log_requests(side)
    bench.set_up(options.data_size << 20)
    return bench, where


def main():
    options = parse()
    if options.report:
        with open(options.report, encoding="ascii") as file:
            publish(json.load(file), os.path.dirname(os.path.realpath(options.report)))
        return 0
    if options.list:
        for side in choose_sides(options):
            print(f"side      {side.name:15}  {side.about}")
        for workload in all_workloads("ARCHIVE"):
            print(f"workload  {workload.name:15}  {' '.join(workload.arguments)}")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        try:
            bench, where = bench_with(options, stack)
        except place.Unusable as error:
            sys.exit(f"bench: {error}")
        if options.requests:
            print("\n".join(fuse_requests.lines(bench)))
            return 0
        results, failures = run_rounds(bench, options, where)
    publish(results, options.output)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
