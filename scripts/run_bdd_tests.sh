#!/usr/bin/env bash
# Runs the Behave features: all of them, one by its name ("message_api"), or the quickest ("smoke").
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if command -v uv > /dev/null && uv run --quiet python -c "import behave" 2> /dev/null; then
    run=(uv run --quiet python)
elif [ -x .venv/bin/python ]; then
    run=(.venv/bin/python)
else
    run=(python3)
fi

what="${1:-all}"
[ $# -gt 0 ] && shift
case "$what" in
    all) arguments=(tests/features) ;;
    smoke) arguments=(--tags=@smoke tests/features) ;;
    -*) arguments=("$what" tests/features) ;;
    *)
        feature="tests/features/${what%.feature}.feature"
        if [ ! -f "$feature" ]; then
            echo "There is no $feature; there are: $(cd tests/features && echo *.feature)" >&2
            exit 2
        fi
        arguments=("$feature")
        ;;
esac

exec "${run[@]}" -m behave "${arguments[@]}" "$@"
