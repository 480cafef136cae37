#!/bin/sh
# Makes .venv as uv.lock says: scripts/bootstrap.sh [--dev]
#
# Needs Python 3.11 or newer and a package registry, found as the machine's own settings for pip
# and uv say. Where uv is missing or too old, one is put into .uv/ beside this project.
set -eu
cd "$(dirname "$0")/.."

uv_fetched=0.13.9
uv_oldest=0.13.0

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# Asked by running it: a version manager's shim may be on the PATH without a Python behind it.
newest_python() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    fail "Cocreate needs Python 3.11 or newer, and none was found: install it (on Debian: apt-get install python3 python3-venv) and run this again."
}

new_enough() {
    version=$("$1" --version 2>/dev/null | awk '{ print $2 }')
    [ -n "$version" ] && printf '%s\n' "$uv_oldest" "$version" | sort -V -C
}

fetch_uv() {
    minor=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$1" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python $minor cannot make virtual environments here: install python$minor-venv (on Debian: apt-get install python$minor-venv) and run this again."
    echo "Putting uv $uv_fetched into .uv/"
    "$1" -m venv --clear .uv
    .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_fetched"
}

python=$(newest_python)
if new_enough uv; then
    uv=uv
else
    uv=.uv/bin/uv
    new_enough "$uv" || fetch_uv "$python"
fi

export UV_PROJECT_ENVIRONMENT=.venv
# An environment that is there keeps its Python: a newer one on the machine must not rebuild it.
[ -x .venv/bin/python ] || export UV_PYTHON="${UV_PYTHON:-$python}"

if [ "${1:-}" = --dev ]; then
    "$uv" sync --frozen
    touch .venv/.synced-dev
else
    # Inexact, so that a developer who only starts the product keeps the tools.
    "$uv" sync --frozen --no-dev --inexact
fi
touch .venv/.synced-run
