# SPDX-License-Identifier: GPL-2.0-or-later
"""What is compared: a directory, and mounts of such a directory by various programs.

Each side has a copy of the files for its own, whose owner calls: on the lower directory as LOWER_ID,
on a mount as SHOWN_ID. So all do the same work.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field

LOWER_ID = 1000
SHOWN_ID = 101000
MAP = "0:100000:65536"
URING_SWITCH = "/sys/module/fuse/parameters/enable_uring"


class Missing(Exception):
    """Why a side cannot be measured here."""


@dataclass
class Side:
    name: str
    about: str
    # The daemon, in which {lower}, {mountpoint} and {work} are replaced. None for the lower directory
    # and for what the kernel mounts.
    command: list = None
    is_remapfs: bool = False
    # Whether the command is a daemon, which runs as long as the mount is there.
    is_daemon: bool = True
    # The column of the goals that holds for it: 0, 1 or None.
    goals: int = None
    directory: str = None
    log: str = None
    process: subprocess.Popen = field(default=None, repr=False)
    is_mounted: bool = False
    peak_kib: int = None
    cpu: float = None

    @property
    def caller(self):
        return LOWER_ID if self.name == "lower" else SHOWN_ID

    @property
    def lower(self):
        return f"{self.directory}/lower"

    @property
    def root(self):
        """Where the work is done."""
        return self.lower if self.name == "lower" else f"{self.directory}/mount"

    def mount(self, idmap_mount):
        os.makedirs(f"{self.directory}/mount", exist_ok=True)
        if self.name == "idmapped":
            mount_idmapped(idmap_mount, self.lower, self.root)
            self.is_mounted = True
        elif self.command is not None:
            self.start()
        self.check_owners()

    def start(self):
        for name in ("empty", "work"):
            os.makedirs(f"{self.directory}/{name}", exist_ok=True)
        names = {"lower": self.lower, "mountpoint": self.root, "work": self.directory}
        command = [word.format(**names) for word in self.command]
        self.log = f"{self.directory}/log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd="/", start_new_session=True)
        self.is_mounted = self.wait_for_mount() if self.is_daemon else self.wait_for_end()
        if not self.is_mounted:
            raise Missing(f"it does not mount: {self.log_text()}")

    def wait_for_mount(self):
        for _ in range(500):
            if os.path.ismount(self.root):
                return True
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        return False

    def wait_for_end(self):
        status = self.process.wait(10)
        self.process = None
        return status == 0

    def log_text(self, limit=300):
        if self.log is None:
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read(limit).strip()

    def check_owners(self):
        """All owners must be right on both sides, or it would not do the same work."""
        self.check_owner("0/data")
        if os.statvfs(self.root).f_flag & os.ST_RDONLY:
            return
        name = "owner-check"
        subprocess.run(["touch", name], cwd=self.root, user=self.caller, group=self.caller,
                       extra_groups=[], check=True)
        self.check_owner(name)
        os.unlink(f"{self.root}/{name}")

    def check_owner(self, name):
        for directory, owner in ((self.lower, LOWER_ID), (self.root, self.caller)):
            path = f"{directory}/{name}"
            status = os.stat(path)
            if (status.st_uid, status.st_gid) != (owner, owner):
                raise Missing(f"{path} has owner {status.st_uid}:{status.st_gid}, not {owner}")

    def cpu_seconds(self):
        """Of the daemon so far."""
        if self.process is None:
            return 0.0
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def note_usage(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.cpu = self.cpu_seconds()
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            self.peak_kib = next(int(line.split()[1]) for line in file if "VmHWM" in line)

    def unmount(self):
        if self.is_mounted:
            quiet = {"stderr": subprocess.DEVNULL}
            if subprocess.run(["umount", self.root], **quiet, check=False).returncode != 0:
                subprocess.run(["umount", "-l", self.root], **quiet, check=False)
            self.is_mounted = False
        if self.process is not None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


def mount_idmapped(idmap_mount, lower, mountpoint):
    with subprocess.Popen(["unshare", "--user", "sleep", "infinity"]) as holder:
        try:
            wait_for_namespace(holder.pid)
            for kind in ("uid", "gid"):
                with open(f"/proc/{holder.pid}/{kind}_map", "w", encoding="ascii") as file:
                    file.write(MAP.replace(":", " "))
            result = subprocess.run([idmap_mount, lower, mountpoint, str(holder.pid)],
                                    capture_output=True, text=True, check=False)
        finally:
            holder.send_signal(signal.SIGKILL)
    if result.returncode != 0:
        raise Missing(result.stderr.strip())


def wait_for_namespace(pid):
    own = os.readlink("/proc/self/ns/user")
    for _ in range(500):
        try:
            if os.readlink(f"/proc/{pid}/ns/user") != own:
                return
        except OSError:
            break
        time.sleep(0.02)
    raise Missing("no user namespace can be made here")


def output(*command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return result.stdout


def uring_is_enabled():
    try:
        with open(URING_SWITCH, encoding="ascii") as file:
            return file.read().strip() == "Y"
    except OSError:
        return False


def enable_uring(value):
    with open(URING_SWITCH, "w", encoding="ascii") as file:
        file.write("Y" if value else "N")


def remapfs_side(name, about, program, options, goals=None):
    command = [program, "-f", "-o", ",".join([f"map={MAP}", *options]), "{lower}", "{mountpoint}"]
    return Side(name, about, command, is_remapfs=True, goals=goals)


def all_sides(remapfs):
    """With the daemon REMAPFS. The first is what the others are compared with."""
    # What may be on by itself has to be turned off where it can be.
    has_switch = "no_io_uring" in output(remapfs, "--help")
    without_uring = ["no_io_uring"] if has_switch else []
    mapped = f"uidmapping={MAP},gidmapping={MAP}"
    bindfs = ["bindfs", "-f", f"--map={LOWER_ID}/{SHOWN_ID}:@{LOWER_ID}/@{SHOWN_ID}"]
    return [
        Side("lower", "the directory itself"),
        Side("idmapped", "a kernel idmapped mount"),
        Side("remapfs-kernel", "with engine=kernel",
             [remapfs, "-o", f"map={MAP},engine=kernel", "{lower}", "{mountpoint}"],
             is_daemon=False),
        remapfs_side("remapfs-uring", "with io_uring", remapfs, ["io_uring"], 0),
        remapfs_side("remapfs", "without io_uring", remapfs, without_uring, 1),
        remapfs_side("remapfs-nopass", "without io_uring and without passthrough", remapfs,
                     [*without_uring, "no_passthrough"]),
        Side("bindfs", "as it is by default", [*bindfs, "{lower}", "{mountpoint}"]),
        Side("bindfs-mt", "with --multithreaded",
             [*bindfs, "--multithreaded", "{lower}", "{mountpoint}"]),
        Side("fuse-overlayfs", "the directory as its upper one",
             ["fuse-overlayfs", "-f", "-o",
              "lowerdir={work}/empty,upperdir={lower},workdir={work}/work," + mapped,
              "{mountpoint}"]),
    ]


def check_available(side):
    """Raises Missing."""
    if side.command is None:
        return
    if shutil.which(side.command[0]) is None:
        raise Missing(f"{side.command[0]} is not installed")
    if side.is_remapfs and "io_uring" in side.command[3].split(","):
        if "io_uring" not in output(side.command[0], "--help"):
            raise Missing("this remapfs has no option io_uring")
        if not os.path.exists(URING_SWITCH):
            raise Missing("the kernel has no io_uring for FUSE")
        if not uring_is_enabled():
            raise Missing(f"{URING_SWITCH} is N; --enable-uring turns it on during the run")
