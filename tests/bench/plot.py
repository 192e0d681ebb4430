# SPDX-License-Identifier: GPL-2.0-or-later
"""The results as a picture, by gnuplot."""

import subprocess
from statistics import median

import report

COLOURS = {
    "lower": "#7f7f7f", "idmapped": "#2166ac",
    "remapfs-uring": "#00441b", "remapfs": "#41ab5d", "remapfs-nopass": "#c7e9c0",
    "bindfs": "#762a83", "bindfs-mt": "#c2a5cf", "fuse-overlayfs": "#e08214",
}
OTHER_COLOURS = ("#b2182b", "#000000", "#8c510a", "#35978f")

HEAD = """\
set terminal pngcairo size 2400,1350 font 'DejaVu Sans,13' background '#ffffff'
set output '{picture}'
set multiplot layout 2,1
set style fill solid border rgb '#404040'
set logscale y
set grid ytics lc rgb '#c0c0c0'
set key outside top center horizontal
set ytics (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
set xtics rotate by -30 nomirror
"""


def block(name, lines):
    return f"${name} << END\n" + "".join(f"{line}\n" for line in lines) + "END\n"


def panel(results, goals, part, sides, title):
    """Boxes that begin at 1, since that is what a ratio is compared with; ticks for goals."""
    width = 0.8 / len(sides)
    blocks, curves, ticks, extremes = [], [], [], [0.6, 2]
    prefix = "two" if part[0].startswith(report.TWO) else "one"
    for index, side in enumerate(sides):
        lines = []
        for position, row in enumerate(part):
            values = report.ratios(results, row, side["name"])
            x = position - 0.4 + (index + 0.5) * width
            if values:
                extremes += values
                lines.append(f"{x} {median(values)} {min(values)} {max(values)}")
            target = report.goal(goals, row, side)
            if target is not None:
                ticks.append(f"{x - width / 2} {target[1]} {width}")
        if not lines:
            continue
        name = f"{prefix}{index}"
        blocks.append(block(name, lines))
        colour = side["colour"]
        curves.append(f"${name} using 1:(1):($1-{width * 0.48}):($1+{width * 0.48}):(1):2 "
                      f"with boxxyerror lc rgb '{colour}' title '{side['name']}'")
        curves.append(f"${name} using 1:3:(0):($4-$3) with vectors nohead lw 1.5 lc rgb '#404040' "
                      "notitle")
    if ticks:
        blocks.append(block(f"{prefix}goals", ticks))
        curves.append(f"${prefix}goals using 1:2:3:(0) with vectors nohead lw 3 lc rgb '#ff0000' "
                      "title 'goal'")
    labels = ", ".join(f"'{row}' {position}" for position, row in enumerate(part))
    return ("".join(blocks) + f"set title '{title}'\nset xtics ({labels})\n"
            f"set xrange [-0.6:{len(part) - 0.4}]\n"
            f"set yrange [{min(extremes) * 0.8}:{max(extremes) * 1.25}]\nplot 1 lc rgb '#000000' notitle, \\\n  "
            + ", \\\n  ".join(curves) + "\n")


def script(results, picture):
    goals = report.read_goals()
    names = report.rows(results)
    sides = [dict(side, colour=COLOURS.get(side["name"], OTHER_COLOURS[index % 4]))
             for index, side in enumerate(results["sides"])]
    one = [row for row in names if not row.startswith(report.TWO)]
    two = [row for row in names if row.startswith(report.TWO)]
    machine = results["machine"]
    text = HEAD.format(picture=picture)
    if one and len(sides) > 1:
        text += panel(results, goals, one, sides[1:],
                      "Time, ratio to the lower directory: median and min-max of "
                      f"{results['parameters']['rounds']} rounds; Linux {machine['kernel']}, "
                      f"{machine['CPUs']} CPUs, {machine['file system']}")
    if two:
        text += panel(results, goals, two, sides, "Throughput of two clients, ratio to one")
    return text


def draw(results, picture, script_file):
    with open(script_file, "w", encoding="utf-8") as file:
        file.write(script(results, picture))
    subprocess.run(["gnuplot", script_file], check=True)
