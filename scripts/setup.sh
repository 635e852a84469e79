#!/usr/bin/env bash
# Make a virtual environment with exactly what a lock file names, and callqa itself in it.
#   scripts/setup.sh VENV LOCKFILE
# Run again it returns at once, unless the lock, pyproject.toml or this script changed. Killed half-way it may
# simply be run again. pip's own configuration decides where packages come from.
set -euo pipefail

[[ $# -eq 2 ]] || { echo "usage: scripts/setup.sh VENV LOCKFILE" >&2; exit 2; }
venv=$1
lock=$2
voice_weights=requirements-voice-weights.lock
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

[[ -f "$lock" ]] || die "$lock does not exist: run \`make lock\`, or name one of $(echo requirements-*.lock)"
for backend in hatchling editables; do
  grep -q "^$backend==" "$lock" ||
    die "$lock names no $backend, with which callqa is installed: use requirements-standalone.lock or requirements-dev.lock"
done

# The path belongs to it: programs in a virtual environment and the editable install name their folder.
wanted=$({ pwd; cat "$lock" "$voice_weights" pyproject.toml scripts/setup.sh; } | sha256sum | cut -d " " -f 1)
stamp="$venv/.setup/$(basename "$lock").sha256"
if [[ -f "$stamp" && "$(<"$stamp")" == "$wanted" && -x "$venv/bin/python" ]]; then
  exit 0
fi

# Prints a python3 from 3.11 on, rather one that every locked package has a wheel for; nothing without any.
find_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3 python3.15 python3.14; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

apt_install() { # PACKAGE...
  local as_root=()
  command -v apt-get >/dev/null || die "this system has no apt-get: install what corresponds to Debian's $*, then run make again"
  if [[ "$(id -u)" -ne 0 ]]; then
    command -v sudo >/dev/null || die "needs the packages $*: run \`apt-get update && apt-get install -y $*\` as root, then run make again"
    as_root=(sudo)
    # Without a terminal nobody can type a password.
    [[ -t 0 ]] || as_root=(sudo -n)
  fi
  say "installing $* with apt-get"
  # A fresh machine has no package lists, and old lists name versions that are gone. One broken source among
  # several is no reason to stop: the installation says whether what we need was found.
  "${as_root[@]}" apt-get -qq update >/dev/null || true
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "$@" >/dev/null; then
    die "apt-get could not install $*: run \`sudo apt-get update && sudo apt-get install -y $*\`, then run make again"
  fi
}

python=$(find_python)
if [[ -z "$python" ]]; then
  apt_install python3 python3-venv
  python=$(find_python)
  [[ -n "$python" ]] || die "needs Python 3.11 or newer, which this system does not offer: use Debian 12, Ubuntu 24.04 or newer, or install python3.11 with its venv module"
fi

missing=()
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  missing+=("$("$python" -c 'import sys; print(f"python3.{sys.version_info[1]}-venv")')")
fi
# The embedded MongoDB links to these; whoever brings a MongoDB does not need them.
if [[ -z "${MONGODB_URI:-}" && "$lock" =~ (standalone|dev)\.lock$ ]]; then
  loads() { "$python" -c "import ctypes; ctypes.CDLL('$1')" 2>/dev/null; }
  loads libcurl.so.4 || missing+=(libcurl4)
  loads libssl.so.3 || missing+=(libssl3)
fi
# wordllama comes as a wheel for x86-64 and Python up to 3.13; elsewhere pip compiles it, in about a minute.
if grep -q "^wordllama==" "$lock" &&
  ! "$python" -c 'import platform, sys; sys.exit(sys.version_info >= (3, 14) or platform.machine() != "x86_64")'; then
  command -v cc >/dev/null || missing+=(build-essential)
  "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
    missing+=("$("$python" -c 'import sys; print(f"python3.{sys.version_info[1]}-dev")')")
fi
[[ ${#missing[@]} -eq 0 ]] || apt_install "${missing[@]}"

if ! "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  [[ ! -e "$venv" || -f "$venv/pyvenv.cfg" || -z "$(ls -A "$venv")" ]] || die "$venv exists and is no virtual environment: move it away"
  say "making $venv with $("$python" --version)"
  "$python" -m venv --clear "$venv"
fi

# A stamp speaks of a finished installation; from here on there is none.
mkdir -p "$venv/.setup"
rm -f "$stamp"
pip=("$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --quiet)
say "installing the $(grep -c '^[A-Za-z]' "$lock") packages of $lock (the first time this downloads several hundred MB)"
# The voice encoder's package names dependencies that nobody needs for its weights; their absence is no news.
"${pip[@]}" --no-warn-conflicts --require-hashes --requirement "$lock" || die "pip could not install $lock; its message is above"
if grep -q "^faster-whisper==" "$lock"; then
  say "installing the voice encoder's weights"
  "${pip[@]}" --no-deps --only-binary :all: --require-hashes --requirement "$voice_weights" ||
    die "pip could not install $voice_weights; its message is above"
fi
say "installing callqa from this folder"
"${pip[@]}" --no-deps --no-build-isolation --editable . || die "pip could not install callqa; its message is above"
printf '%s' "$wanted" >"$stamp.new"
mv "$stamp.new" "$stamp"
say "$venv is ready"
