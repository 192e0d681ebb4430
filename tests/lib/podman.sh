# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with Podman, after engines.sh.

engines_need podman newuidmap

# Limits are set, as not even root may raise them on every machine. Podman 4.3 cannot show an image by
# a map of several ranges with its driver overlay.
cat >/etc/containers/containers.conf <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "crun"
END
cat >/etc/containers/storage.conf <<END
[storage]
driver = "vfs"
graphroot = "$TMP/podman"
runroot = "/run/podman-storage"
END

# podman_run ARGUMENT...: of podman run, for root
podman_run()
{
    podman run --rm --cgroup-parent "$engines_cgroup" "$@"
}

# podman_background NAME ARGUMENT...: starts a container that waits.
podman_background()
{
    background_name=$1
    shift
    podman run -d --cgroup-parent "$engines_cgroup" --stop-signal KILL --name "$background_name" "$@" \
        busybox sleep 1000 >"$TMP/podman-says" 2>&1 || fail "podman run -d $*: $(cat "$TMP/podman-says")"
}

# podman_process CONTAINER: prints the number of its first process.
podman_process()
{
    podman inspect -f '{{.State.Pid}}' "$1"
}

podman import -q "$image" busybox >"$TMP/podman-says" 2>&1 || fail "podman import: $(cat "$TMP/podman-says")"
