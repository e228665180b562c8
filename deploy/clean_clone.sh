#!/bin/sh
# Clones what is committed into an empty folder with an empty HOME, brings the platform up there
# twice, asks for its sign-in page, and runs every test: deploy/clean_clone.sh [--no-tests]
# Prints how long each took. Nothing of this folder's var/ is used; all that it makes is removed.
set -eu
cd "$(dirname "$0")/.."
place=$(mktemp -d "${TMPDIR:-/tmp}/ops-clean.XXXXXX")
port=${OPS_PORT:-8377}
mkdir "$place/home"

# Only what the machine's own pip needs to find packages is passed on.
alone() {
    env -i PATH="$PATH" HOME="$place/home" LANG=C.UTF-8 OPS_PORT="$port" \
        ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} \
        ${PIP_EXTRA_INDEX_URL:+PIP_EXTRA_INDEX_URL="$PIP_EXTRA_INDEX_URL"} \
        ${UV_DEFAULT_INDEX:+UV_DEFAULT_INDEX="$UV_DEFAULT_INDEX"} \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        ${no_proxy:+no_proxy="$no_proxy"} "$@"
}
clean() {
    [ ! -x "$place/clone/bin/stop" ] || (cd "$place/clone" && alone bin/stop >/dev/null 2>&1) || :
    rm -rf "$place"
}
trap clean EXIT
timed() {
    what=$1; shift
    from=$(date +%s)
    code=0
    "$@" >"$place/said" 2>&1 || code=$?
    printf '%5s s  %s\n' "$(($(date +%s) - from))" "$what"
    if [ "$code" != 0 ]; then
        tail -n 40 "$place/said"
        exit "$code"
    fi
}
answers() {
    alone python3 - "http://127.0.0.1:$port/people/sign-in/" <<'END'
import sys, urllib.request
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
with ask(sys.argv[1], timeout=10) as answer:
    assert answer.status == 200 and b'id="id_password"' in answer.read()
END
}

timed "git clone" git clone --quiet . "$place/clone"
cd "$place/clone"
timed "bin/run --detach, the first time" alone bin/run --detach
timed "the sign-in page" answers
timed "bin/stop" alone bin/stop
timed "bin/run --detach, later" alone bin/run --detach
timed "the sign-in page" answers
timed "bin/stop" alone bin/stop
if [ "${1:-}" != --no-tests ]; then
    timed "bin/test" alone bin/test
    tail -n 3 "$place/said"
    timed "bin/test fast" alone bin/test fast
fi
