#!/bin/sh
# Fetches what the check page can use but does not need: the WebAssembly QR reader (zxing-wasm,
# MIT, through npm, pinned with its hash in web/package-lock.json). Without it the page sends
# camera frames to its own server. Nothing fetched is committed.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
vendor=$root/web/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/web/package.json" "$root/web/package-lock.json" "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error
mkdir -p "$vendor"
dist=$work/node_modules/zxing-wasm/dist
cp "$dist/iife/reader/index.js" "$vendor/zxing_reader.js"
cp "$dist/reader/zxing_reader.wasm" "$vendor/zxing_reader.wasm"
cp "$work/node_modules/zxing-wasm/LICENSE" "$vendor/zxing-wasm.LICENSE" 2>/dev/null || true
echo "QR reader ready in web/static/vendor"
