#!/usr/bin/env bash
# Resolve pyproject.toml into the hash-locked lists. Needs uv on the PATH (pip install uv).
# The lists hold names, versions and hashes only, never an address.
set -eu
cd "$(dirname "$0")/.."
flags=(--universal --python-version 3.11 --generate-hashes --no-header --quiet
       --prerelease if-necessary-or-explicit)
uv pip compile pyproject.toml --extra build --extra tokens "${flags[@]}" -o requirements/run.txt "$@"
uv pip compile pyproject.toml --extra build --extra tokens --extra dev -c requirements/run.txt "${flags[@]}" \
    -o requirements/dev.txt "$@"
# Slither and halmos have an environment of their own (scripts/check_contracts.sh).
uv pip compile requirements/contracts.in "${flags[@]}" -o requirements/contracts.txt "$@"
