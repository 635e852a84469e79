#!/usr/bin/env bash
# Generated code is current, buf finds nothing to say, and no message or method was broken. Run as `make check-proto`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for tool in python buf protoc-gen-mypy protoc-gen-mypy_grpc; do
  command -v "$tool" >/dev/null || {
    echo "check_protos.sh: $tool is not on PATH: run \`make setup-dev\`, then \`make check-proto\`" >&2
    exit 1
  }
done
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
failed=0

fail() {
  echo "check-proto: $1" >&2
  failed=1
}

generate() { # SCRIPT, its arguments
  # The plugins report every file they write; that is of interest when something fails.
  python "$@" 2>"$temporary/generate.log" || {
    cat "$temporary/generate.log" >&2
    exit 1
  }
}

generate scripts/generate_protos.py --out "$temporary/gen"
diff --recursive --brief --exclude=__pycache__ protos/gen "$temporary/gen" >&2 ||
  fail "protos/gen is not what protos/callqa generates: run \`make proto\` and commit the result"

buf format --diff --exit-code --path protos/callqa >&2 ||
  fail "the .proto files are not formatted: run \`.venv/bin/buf format -w --path protos/callqa\`, then \`make proto\`"

# A descriptor set carries Google's annotations with it: nothing is looked up in a registry.
generate scripts/generate_protos.py --descriptor-set "$temporary/now.binpb"
buf lint "$temporary/now.binpb" >&2 || fail "buf lint has the objections above"

# What is released on main must stay readable; on main itself, what the previous commit had.
against=
if git rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
  main=$(git rev-parse --verify --quiet "main^{commit}" || git rev-parse --verify --quiet "origin/main^{commit}" || true)
  against=$main
  if [[ "$main" == "$(git rev-parse HEAD)" ]]; then
    against=$(git rev-parse --verify --quiet "HEAD~1^{commit}" || true)
  fi
fi
if [[ -n "$against" ]] && git cat-file -e "$against:protos/callqa" 2>/dev/null; then
  mkdir -p "$temporary/before/scripts"
  git archive "$against" protos/callqa | tar -x -C "$temporary/before"
  cp scripts/generate_protos.py "$temporary/before/scripts/"
  generate "$temporary/before/scripts/generate_protos.py" --descriptor-set "$temporary/before.binpb"
  buf breaking "$temporary/now.binpb" --against "$temporary/before.binpb" >&2 ||
    fail "the contract breaks readers of $(git rev-parse --short "$against"): add fields and methods instead of changing them"
else
  echo "check-proto: no earlier protos to compare with; buf breaking is skipped" >&2
fi
exit "$failed"
