# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done on each side: operations of the program measure, and commands.

The names in a side's directory are made by dataset.py and, for operations, known to operations.c.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    name: str
    arguments: tuple  # of measure: options, operation
    # By two clients at once, too, which gives a second row.
    for_two: bool = False
    # Once, with nothing that the kernel keeps of names and inodes.
    is_cold: bool = False
    # Once, and not before it counts: it makes what is not there yet.
    is_single: bool = False
    # Commands before and after, which do not count.
    before: tuple = ()
    after: tuple = ()

    @property
    def name_for_two(self):
        return "2x-" + self.name


FIND = ("run", "find", "tree", "-printf", "%s %U %m\\n")
# Exit status 1: no match. With one, grep would stop there, as its output goes to /dev/null.
GREP = ("-e", "1", "run", "grep", "-r", "there-is-none", "tree")
GIT = ("run", "git", "-C", "git", "status", "--porcelain")
MAKE = ("run", "make", "-s", "-C", "project", "-j", str(os.cpu_count()))


def workloads(archive):
    """All of them; ARCHIVE is the tar file to unpack."""
    return [
        Workload("seq-read-1m", ("read", "1048576")),
        Workload("seq-read-4k", ("read", "4096")),
        Workload("seq-write-1m", ("write", "1048576")),
        Workload("seq-write-4k", ("write", "4096")),
        Workload("rand-read-4k", ("random-read",), for_two=True),
        Workload("rand-write-4k", ("random-write",), for_two=True),
        Workload("mmap-read", ("mmap",)),
        Workload("stat-warm", ("stat",), for_two=True),
        Workload("open-close", ("open",), for_two=True),
        Workload("create", ("create",), for_two=True),
        Workload("unlink", ("unlink",)),
        Workload("rename", ("rename",)),
        Workload("mkdir-rmdir", ("mkdir",)),
        Workload("find-cold", FIND, is_cold=True),
        Workload("find-warm", FIND),
        Workload("grep", GREP),
        Workload(
            "untar",
            ("run", "tar", "-xf", archive, "-C", "untar"),
            is_single=True,
            before=("mkdir", "untar"),
            after=("rm", "-rf", "untar"),
        ),
        Workload("git-status", GIT),
        Workload("compile", MAKE, is_single=True, after=("make", "-s", "-C", "project", "clean")),
    ]
