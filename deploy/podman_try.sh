#!/bin/bash
# Builds the image and starts the parts of docker-compose.yml with Debian's podman and buildah,
# without a registry: the base is made by mmdebstrap. Run by hand, as root, on a machine with
# podman, buildah, runc and mmdebstrap (apt). Everything it makes is named ops-try and removed at
# the end; OPS_TRY_KEEP=1 leaves the images for the next try.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${OPS_TRY_FOLDER:-$PWD/var/podman}
port=${OPS_TRY_PORT:-8899}
mkdir -p "$work"
: >"$work/build.log"
export CONTAINERS_CONF=$work/containers.conf
# crun cannot use hybrid control groups, and the default limits may be above the machine's own.
cat >"$CONTAINERS_CONF" <<'CONF'
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[engine]
runtime = "runc"
CONF
base=localhost/ops-try-debian:bookworm-slim
image=localhost/ops-try
said() { printf '%4ss  %s\n' "$SECONDS" "$*"; }

clean() {
    podman rm -f -t 3 ops-try-web ops-try-worker ops-try-relay ops-try-beat ops-try-redis ops-try-postgres >/dev/null 2>&1 || :
    podman volume rm -f ops-try-files >/dev/null 2>&1 || :
    [ -n "${OPS_TRY_KEEP:-}" ] || podman rmi -f "$image" "$image-servers" "$base" >/dev/null 2>&1 || :
}
trap clean EXIT

if ! podman image exists "$base"; then
    [ -f "$work/rootfs.tar" ] || mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$work/rootfs.tar"
    podman import --quiet "$work/rootfs.tar" "$base" >>"$work/build.log"
fi
said "base image"

# What the machine's own pip and certificates say is passed on to the build, never into the image.
pass=()
for name in PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS UV_DEFAULT_INDEX http_proxy https_proxy no_proxy; do
    [ -z "${!name:-}" ] || pass+=(--env "$name=${!name}" --unsetenv "$name")
done
# The settings of apt as a copy that may be written to: a package of PostgreSQL puts a file there.
rm -rf "$work/apt.conf.d"
cp -r /etc/apt/apt.conf.d "$work/apt.conf.d"
mounts=(-v "$work/apt.conf.d:/etc/apt/apt.conf.d")
for folder in /etc/pip.conf /etc/apt/sources.list /etc/apt/sources.list.d ${OPS_TRY_MOUNTS:-}; do
    [ ! -e "$folder" ] || mounts+=(-v "$folder:$folder:ro")
done
build() {
    buildah bud --quiet --format docker --isolation chroot --ulimit nofile=20000:20000 --network host --layers \
        "${pass[@]}" "${mounts[@]}" --build-arg "BASE=$base" "$@" >>"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; exit 1; }
}
build -v /etc/ssl/certs:/etc/ssl/certs:ro -t "$image" .
said "platform image: $(podman image inspect "$image" --format '{{.Size}}' | numfmt --to=iec)"

# The compose file names the projects' own images; without a registry Debian's packages stand in.
build -t "$image-servers" -f - . <<'DOCKERFILE'
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends postgresql redis-server && rm -rf /var/lib/apt/lists/*
DOCKERFILE
said "servers image"

network=(--network host)
podman run -d --name ops-try-postgres "${network[@]}" --user postgres "$image-servers" bash -ec '
    bin=$(echo /usr/lib/postgresql/*/bin); data=/var/lib/postgresql/try
    echo owner-try >/tmp/password
    $bin/initdb -D $data -U ops_owner --pwfile=/tmp/password --auth=scram-sha-256 --locale=C.UTF-8 -E UTF8 >/dev/null
    echo "CREATE DATABASE ops" | $bin/postgres --single -D $data postgres >/dev/null
    exec $bin/postgres -D $data -p 15432 -k /tmp -c listen_addresses=127.0.0.1' >>"$work/build.log"
podman run -d --name ops-try-redis "${network[@]}" "$image-servers" \
    redis-server --port 16379 --bind 127.0.0.1 --appendonly yes --maxmemory-policy noeviction --requirepass redis-try >>"$work/build.log"
podman volume create ops-try-files >>"$work/build.log"

settings=(-e REDIS_URL=redis://:redis-try@127.0.0.1:16379/0 -e OPS_APP_PASSWORD=application-try
    -e OPS_SECRET_KEY=only-for-the-try-0123456789012345678901234567890123 -e OPS_HOSTS=localhost,127.0.0.1
    -e OPS_DEMO=on -e "OPS_PORT=$port" -e OPS_LISTEN=127.0.0.1
    -v ops-try-files:/srv/var --cap-drop all --security-opt no-new-privileges --read-only --tmpfs /tmp)
owner=(-e DATABASE_URL=postgresql://ops_owner:owner-try@127.0.0.1:15432/ops)
plain=(-e DATABASE_URL=postgresql://127.0.0.1:15432/ops)
podman run --rm "${network[@]}" "${settings[@]}" "${owner[@]}" "$image" python3 -m ops_platform.stack prepare
said "database prepared"
part() { podman run -d --name "ops-try-$1" "${network[@]}" "${settings[@]}" "${plain[@]}" "$image" "${@:2}" >/dev/null; }
part web python3 -m ops_platform.serve
part worker python3 -m celery -A ops_platform.celery worker -P prefork -c 2 -O fair --without-gossip --without-mingle --without-heartbeat
part relay python3 -m django run_relay
part beat python3 -m django run_beat

# What the demo day left to be read is worked off first: its oldest job must be younger than 60 s.
for _ in $(seq 600); do
    if answer=$(curl -fsS -H 'Host: localhost' "http://127.0.0.1:$port/readyz" 2>/dev/null); then
        said "ready: $answer"
        curl -fsS -o /dev/null -w 'sign-in page: %{http_code}\n' "http://127.0.0.1:$port/people/sign-in/"
        podman exec ops-try-web id
        exit 0
    fi
    sleep 0.5
done
said "not ready"
podman logs --tail 20 ops-try-web
exit 1
