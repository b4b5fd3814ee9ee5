#!/usr/bin/env bash
# Writes requirements.txt, the committed lock: every version and hash, no addresses.
# pip needs scipy listed because semantic-kernel asks for it; uv leaves it out (see override-dependencies).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -v '^override-dependencies' "$root/pyproject.toml" > "$work/pyproject.toml"
cp "$root/.python-version" "$work/"
uv export --project "$work" --quiet --no-dev --no-emit-project --no-header --no-annotate -o "$root/requirements.txt"
