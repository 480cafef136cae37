#!/bin/sh
# Makes sure of a Chromium for the browser tests: $CHROMIUM, or one on the PATH, or Debian's package.
#
# Without one the browser tests fail; they are never skipped. In CI this script fails first.
set -eu

found() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" >/dev/null 2>&1
        return
    fi
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        return 1
    fi
    echo "Installing Chromium for the browser tests (apt-get install chromium)"
    $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
}

if found || { install && found; }; then
    exit 0
fi
echo "No Chromium was found and none could be installed, so the browser tests cannot pass: install it (on Debian: apt-get install chromium), or name it in CHROMIUM." >&2
[ "${CI:-}" != true ]
