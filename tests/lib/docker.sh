# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests with Docker, after engines.sh.

engines_need dockerd docker

docker_answers()
{
    docker version >"$TMP/docker-says" 2>&1 || ! kill -0 "$docker_pid" 2>/dev/null
}

# docker_start: the daemon, as /etc/docker/daemon.json says, with the image busybox.
docker_start()
{
    dockerd --data-root "$TMP/docker" --exec-opt native.cgroupdriver=cgroupfs \
        --cgroup-parent "${engines_cgroup:?}" --bridge none --iptables=false --ip6tables=false \
        --ip-forward=false --ip-masq=false >>"$TMP/dockerd.log" 2>&1 &
    docker_pid=$!
    wait_until 30 docker_answers || fail 'dockerd does not answer after 30 seconds'
    kill -0 "$docker_pid" 2>/dev/null || fail "dockerd: $(tail -n 5 "$TMP/dockerd.log")"
    docker image inspect busybox >"$TMP/docker-says" 2>&1 ||
        works docker import "${image:?}" busybox
}

docker_stop()
{
    kill "$docker_pid"
    docker_status=0
    wait "$docker_pid" || docker_status=$?
    same "$docker_status" 0 "dockerd's exit status"
}

# docker_remap VALUE: of userns-remap, in daemon.json.
docker_remap()
{
    printf '{ "userns-remap": "%s" }\n' "$1" >/etc/docker/daemon.json
}

# docker_run ARGUMENT...: of docker run
docker_run()
{
    docker run --rm --network none "$@"
}

# docker_background NAME ARGUMENT...: starts a container that waits.
docker_background()
{
    background_name=$1
    shift
    works docker run -d --network none --stop-signal KILL --name "$background_name" "$@" busybox \
        sleep 1000
}

# docker_process CONTAINER: prints the number of its first process.
docker_process()
{
    docker inspect -f '{{.State.Pid}}' "$1"
}

not_running()
{
    ! kill -0 "$1" 2>/dev/null
}

# docker_killed: the daemon ends without a word, and what it leaves is cleared away for the next, as
# at boot.
docker_killed()
{
    kill -KILL "$docker_pid"
    wait "$docker_pid" 2>/dev/null || true
    # Which the kernel kills with it.
    containerd_pid=$(cat /run/docker/containerd/containerd.pid)
    wait_until 10 not_running "$containerd_pid" || fail 'containerd outlives dockerd'
    rm -f /run/docker.pid /run/docker.sock /run/docker/containerd/containerd.pid
}
