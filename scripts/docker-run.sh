#!/usr/bin/env bash
# Runs the image as it should run everywhere: read-only, without rights, with time to finish at a stop.
# scripts/docker-run.sh [COMMAND...]: serve by default, on PORT (8000) of this machine; settings come from .env.
# IMAGE (semker-api:latest) is what runs. Logs go to the terminal and to the volume semker-logs.
set -euo pipefail
cd "$(dirname "$0")/.."
port="${PORT:-8000}"
options=(
    --rm --init --stop-timeout 45
    --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges
    --volume semker-logs:/var/log/semker
    --publish "127.0.0.1:$port:$port" --env "PORT=$port" --env SERVER_HOST=0.0.0.0 --env LOG_FOLDER=/var/log/semker
)
[ -t 0 ] && options+=(--interactive --tty)
[ -f .env ] && options=(--env-file .env "${options[@]}")
exec docker run "${options[@]}" "${IMAGE:-semker-api:latest}" "$@"
