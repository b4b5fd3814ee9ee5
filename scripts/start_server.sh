#!/usr/bin/env bash
# Starts the service with the settings of the environment and .env.
set -euo pipefail
cd "$(dirname "$0")/.."
if uv --version > /dev/null 2>&1; then
    exec uv run python start_server.py "$@"
fi
exec python start_server.py "$@"
