#!/bin/sh
# Makes the virtual environment; on a Debian without python3-venv, installs that first.
set -eu
python=${PYTHON:-python3}
if ! "$python" -m venv "$1" 2>/dev/null; then
    rm -rf "$1"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    fi
    "$python" -m venv "$1" || {
        echo "Could not make $1: install the venv module of $python (Debian: apt-get install python3-venv)." >&2
        exit 1
    }
fi
