#!/usr/bin/env bash
# Writes deploy/kubernetes/memory.yaml and postgres.yaml, for those who apply files; a test tells when they are old.
set -euo pipefail
cd "$(dirname "$0")/../deploy/kubernetes"
sources=$(find base mcp overlays -type f | LC_ALL=C sort | xargs cat | sha256sum | cut -d' ' -f1)
for overlay in memory postgres; do
    {
        echo "# Made from overlays/$overlay by scripts/render-kubernetes.sh; change that, not this."
        echo "# sources: $sources"
        kubectl kustomize "overlays/$overlay"
    } > "$overlay.yaml"
done
