# One image for gateway, worker and migrations; the command chooses. No compiler is needed: every pin but one has a
# wheel, and that one is plain Python.
FROM python:3.11.15-slim-bookworm AS parts

# Only what runs in production: `requirements.lock` holds the tools of development too, and the servers of the
# one-machine stack. `make lock` writes all locks with the same pins. They are complete, so nothing is resolved. One
# package has no wheel; what builds it is pinned too, and goes again.
WORKDIR /build
COPY requirements-build.lock requirements-runtime.lock ./
RUN python -m venv --without-pip /opt/journeys \
    && pip() { python -m pip --python /opt/journeys/bin/python --disable-pip-version-check "$@"; } \
    && locked() { pip install --no-cache-dir --no-deps --require-hashes --no-build-isolation \
        --only-binary :all: --no-binary docopt --requirement "$1"; } \
    && locked requirements-build.lock \
    && locked requirements-runtime.lock \
    && pip uninstall --yes setuptools \
    && pip check

# .dockerignore lets through only the folders that run, so this is exactly the code. Compiled now, for the file
# system is read-only later; by content, for the times of files change with every checkout.
WORKDIR /app
COPY . .
RUN rm requirements-build.lock requirements-runtime.lock \
    && python -m compileall -q --invalidation-mode unchecked-hash .


FROM python:3.11.15-slim-bookworm

# A number, so that secret files on the host can be given to it (deploy/make_secrets.py).
RUN groupadd --gid 10001 journeys \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin journeys \
    && python -m pip uninstall --yes --quiet --root-user-action ignore pip

COPY --from=parts /opt/journeys /opt/journeys
COPY --from=parts /app /app
# A new volume takes the owner of the folder that it is mounted on.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /heads

ENV PATH=/opt/journeys/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

WORKDIR /app
USER 10001:10001
EXPOSE 8470
STOPSIGNAL SIGTERM

# The gateway's; docker-compose.yml gives the worker its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8470, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]

CMD ["python", "-m", "gateway"]
