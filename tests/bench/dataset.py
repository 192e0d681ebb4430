# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that each side gets: always the same ones.

0, 1      for each client: data, files/, new/ (see operations.c)
tree      many small files, to walk through
git       a repository with a clean work tree
project   a small program in C
"""

import os
import random
import subprocess

N_CLIENTS = 2
N_FILES = 256  # as in operations.c
LONG_AGO = 1_600_000_000

GIT_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": f"{LONG_AGO} +0000",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_COMMITTER_DATE": f"{LONG_AGO} +0000",
}

MAKEFILE = """\
CFLAGS = -O1
objects = $(patsubst %.c,%.o,$(wildcard *.c))
program: $(objects)
\t$(CC) -o $@ $(objects)
$(objects): $(wildcard *.h)
clean:
\trm -f program *.o
"""


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(content)


def make_sources(directory, n_files, seed):
    """N_FILES files of text, some 15 in a directory, two levels deep."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz_", k=rng.randint(2, 11)))
             for _ in range(2000)]
    for i in range(n_files):
        n_lines = min(int(rng.expovariate(1 / 80)) + 3, 1000)
        lines = (" ".join(rng.choices(words, k=rng.randint(1, 12))) for _ in range(n_lines))
        name = f"{words[i // 150]}/{words[i // 15 % 10]}/{words[i % 15]}{i}.c"
        write(f"{directory}/{name}", "\n".join(lines) + "\n")


def make_client_files(directory, data_size):
    for i in range(N_FILES):
        write(f"{directory}/files/{i}", f"{i}\n" * 100)
    os.mkdir(f"{directory}/new")
    with open(f"{directory}/data", "wb") as file:
        file.write(random.Random(1).randbytes(data_size))


def make_repository(directory):
    make_sources(directory, 1500, seed=2)
    environment = dict(os.environ, **GIT_ENVIRONMENT)
    for command in ("init", "add .", "commit -m all", "repack -a -d"):
        subprocess.run(["git", "-C", directory, *command.split()], env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_project(directory):
    n_parts = 12
    write(f"{directory}/Makefile", MAKEFILE)
    for i in range(n_parts):
        write(f"{directory}/part{i}.h", f"int part{i}(int n);\n")
    headers = "".join(f'#include "part{i}.h"\n' for i in range(n_parts))
    for i in range(n_parts):
        functions = "".join(
            f"static int f{j}(int n) {{ return n > {j} ? n * {j + i} + abs(n - {j}) : {i}; }}\n"
            for j in range(60))
        calls = " + ".join(f"f{j}(n)" for j in range(60))
        write(f"{directory}/part{i}.c",
              f"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n{headers}{functions}"
              f"int part{i}(int n) {{ return {calls}; }}\n")
    calls = " + ".join(f"part{i}(argc)" for i in range(n_parts))
    write(f"{directory}/main.c", f"{headers}int main(int argc, char **argv)\n"
          f"{{ (void)argv; return {calls} == 0; }}\n")
    # So that the compiler is in memory for all.
    for target in ("program", "clean"):
        subprocess.run(["make", "-s", "-C", directory, target], check=True)


def make_archive(directory, archive):
    subprocess.run(["tar", "-cf", archive, "--sort=name", "--exclude=.git", "-C", directory, "."],
                   check=True)


def age(directory):
    """Makes all of it old: git reads files again that are as new as its index."""
    for path, _, names in os.walk(directory):
        for name in [*names, "."]:
            os.utime(f"{path}/{name}", (LONG_AGO, LONG_AGO))


def make(directory, archive, owner, data_size):
    """Makes DIRECTORY and ARCHIVE; all is OWNER's."""
    os.mkdir(directory)
    make_sources(f"{directory}/tree", 4500, seed=1)
    make_repository(f"{directory}/git")
    make_project(f"{directory}/project")
    for client in range(N_CLIENTS):
        make_client_files(f"{directory}/{client}", data_size)
    age(directory)
    make_archive(f"{directory}/git", archive)
    subprocess.run(["chown", "-R", f"{owner}:{owner}", directory], check=True)


def copy(template, directory):
    subprocess.run(["cp", "-a", template, directory], check=True)
