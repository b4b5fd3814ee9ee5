#!/usr/bin/env bash
# Types, strictly.
set -euo pipefail
cd "$(dirname "$0")/.."
exec uv run mypy .
