# SPDX-License-Identifier: GPL-2.0-or-later
"""A directory to work in, perhaps in a file system of its own, that is gone at the end."""

import os
import subprocess
import tempfile


class Unusable(Exception):
    """Why a directory cannot be used."""


def file_system(directory):
    """Returns its type and its source."""
    result = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", directory], check=True,
                            capture_output=True, text=True)
    kind, _, source = result.stdout.strip().splitlines()[-1].partition(" ")
    return kind, source.strip()


def lacks_journal(directory):
    """Whether it is on ext4 without a journal. There it takes the longer to create a file, the more
    were removed in the last minutes: find_inode_bit() in fs/ext4/ialloc.c passes over all of these.
    """
    kind, source = file_system(directory)
    task = f"/sys/fs/ext4/{os.path.basename(os.path.realpath(source))}/journal_task"
    if kind != "ext4" or not os.path.exists(task):
        return False
    with open(task, encoding="ascii") as file:
        return file.read().strip() == "<none>"


class Place:
    """For use with `with`."""

    def __init__(self, directory, image):
        self.parent = directory
        self.image = image
        self.directory = None
        self.top = None

    def __enter__(self):
        self.top = tempfile.mkdtemp(prefix="remapfs-bench.", dir=self.parent)
        try:
            os.chmod(self.top, 0o755)
            self.directory = f"{self.top}/files"
            os.mkdir(self.directory)
            if self.image:
                self.mount_image()
            self.check_reachable()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def mount_image(self):
        image = f"{self.top}/image"
        subprocess.run(["truncate", "-s", "4G", image], check=True)
        # Complete from the beginning: the kernel would go on making it while it is measured.
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image],
                       check=True)
        subprocess.run(["mount", "-o", "loop", image, self.directory], check=True)

    def check_reachable(self):
        result = subprocess.run(["test", "-x", self.directory], user=65534, group=65534,
                                extra_groups=[], cwd="/", check=False)
        if result.returncode != 0:
            raise Unusable(f"{self.parent} cannot be reached by other users")

    def about(self):
        kind, _ = file_system(self.directory)
        return f"{kind} in an image on {file_system(self.top)[0]}" if self.image else kind

    def remove(self):
        if self.directory is not None and os.path.ismount(self.directory):
            subprocess.run(["umount", self.directory], check=False)
        subprocess.run(["rm", "-rf", "--one-file-system", self.top], check=False)
