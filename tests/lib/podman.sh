# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with Podman, after engines.sh.

engines_need podman newuidmap

# Limits are set, as not even root may raise them on every machine.
cat >/etc/containers/containers.conf <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
END
# Podman 5 would say with each call that it likes cgroups of version 2 better.
PODMAN_IGNORE_CGROUPSV1_WARNING=yes
export PODMAN_IGNORE_CGROUPSV1_WARNING

# Podman 5 mounts volumes nosuid by itself unless told otherwise; then it takes that away from what has
# it, too. $podman_suid is to be added to a volume from which a setuid program is to gain.
# shellcheck disable=SC2034 # the tests use it
case $(podman --version) in
*' '[1-4].*) podman_suid= ;;
*) podman_suid=:suid ;;
esac

# podman_run ARGUMENT...: of podman run, for root
podman_run()
{
    podman run --rm --cgroup-parent "${engines_cgroup:?}" "$@"
}

# podman_background NAME ARGUMENT...: starts a container that waits.
podman_background()
{
    background_name=$1
    shift
    works podman run -d --cgroup-parent "${engines_cgroup:?}" --stop-signal KILL \
        --name "$background_name" "$@" busybox sleep 1000
}

# podman_process CONTAINER: prints the number of its first process.
podman_process()
{
    podman inspect -f '{{.State.Pid}}' "$1"
}

# podman_store DRIVER: from now on containers of root and their image are in a new place, by overlay
# or by vfs, which is slower. With overlay Podman 4.3 cannot show an image by a map of several ranges.
podman_store()
{
    cat >/etc/containers/storage.conf <<END
[storage]
driver = "$1"
graphroot = "$TMP/podman-$1"
runroot = "/run/podman-$1"
END
    works podman import -q "${image:?}" busybox
}
