#!/bin/sh
# Make .venv hold exactly what the locks pin, and the project itself; `make` runs this before whatever needs it.
#
# Nothing is resolved, for the locks are complete. The pip of Python 3.11 and 3.12 could not: where a package asks for
# another with an extra, it does not see the pin. Nothing half-made stays: without .venv/.installed all begins anew.
set -eu
cd "$(dirname "$0")"

PYTHON=${PYTHON:-python3}
newer='install Python 3.11 or newer, or name one: make install PYTHON=/path/to/python3'
said=$(mktemp)
half=

say() { echo "install: $*" >&2; }
fail() { say "$@"; exit 1; }

# What worked before comes back, if anything did.
undo() {
    rm -rf .venv
    if [ -e .venv.before ]; then mv .venv.before .venv; fi
}

leave() {
    code=$?
    rm -f "$said"
    if [ -n "$half" ]; then undo; fi
    exit "$code"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

locks() { cat requirements-build.lock requirements.lock; }
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@" >"$said" 2>&1; }

# Pinned means pinned: the tool that builds the one package without a wheel comes from a lock too, and is there first.
locked() {
    pip install --quiet --timeout 15 --retries 2 --no-deps --require-hashes --no-build-isolation \
        --only-binary :all: --no-binary docopt --requirement "$1" && return
    if grep -Eiq 'connection broken|connection to .* failed|max retries|timed out' "$said" &&
        ! grep -q 'DO NOT MATCH' "$said"; then
        fail 'the package index does not answer; look to the network, or to PIP_INDEX_URL, and run this again.'
    fi
    cat "$said" >&2
    fail "pip cannot install $1 with Python $version; its reason stands above."
}

base_python() {
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
        fail "$PYTHON does not run; $newer"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$PYTHON is Python $version; $newer"
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python $version is without venv; on Debian and Ubuntu: apt-get install python$version-venv"
    # Within an activated .venv, python3 is the one that is about to go.
    base=$("$PYTHON" -c 'import sys; print(sys._base_executable)')
}

from_the_locks() {
    base_python
    echo "install: the pinned packages go into .venv, with Python $version; a minute or two."
    half=yes
    if [ -e .venv/.installed ]; then mv .venv .venv.before; else rm -rf .venv; fi
    "$base" -m venv .venv >"$said" 2>&1 || { cat "$said" >&2; fail 'venv cannot make .venv; its reason stands above.'; }
    locked requirements-build.lock
    locked requirements.lock
    pip check || { cat "$said" >&2; fail 'the pins do not fit together, as pip says above; run make lock.'; }
}

the_project() {
    pip install --quiet --no-deps --no-build-isolation --editable . ||
        { cat "$said" >&2; fail 'pip cannot install the project itself; its reason stands above.'; }
    # Each process starts faster, also where Python is told to write no bytecode (PYTHONDONTWRITEBYTECODE).
    .venv/bin/python -m compileall -q ./*/ worker.py >/dev/null || :
}

if [ -e .venv.before ]; then undo; fi  # a run was killed
if ! { [ -e .venv/.installed ] && .venv/bin/python -c '' && locks | cmp -s - .venv/.locks; } 2>/dev/null; then
    from_the_locks
fi
the_project
locks >.venv/.locks
touch .venv/.installed
half=
rm -rf .venv.before
