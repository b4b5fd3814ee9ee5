#!/usr/bin/env bash
# Builds the image: scripts/docker-build.sh [VERSION], semker-api:latest without one. More arguments go to docker build.
set -euo pipefail
cd "$(dirname "$0")/.."
version="${1:-latest}"
[ $# -gt 0 ] && shift
exec docker build --build-arg "VERSION=$version" --tag "semker-api:$version" "$@" .
