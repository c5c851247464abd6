#!/bin/sh
# Fetches what the pages can use but do not need, through npm, pinned with hashes in
# web/package-lock.json: the WebAssembly QR reader (zxing-wasm, MIT), without which the page sends
# camera frames to its own server; the typeface Public Sans (OFL), without which pages take the
# device's own; Keccak (noble, MIT) for the independent page; the QR writer (lean-qr, MIT), without which
# a share has its link alone. Nothing fetched is committed.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
vendor=$root/web/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root/web/package.json" "$root/web/package-lock.json" "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error
mkdir -p "$vendor/noble"
dist=$work/node_modules/zxing-wasm/dist
cp "$dist/iife/reader/index.js" "$vendor/zxing_reader.js"
cp "$dist/reader/zxing_reader.wasm" "$vendor/zxing_reader.wasm"
cp "$work/node_modules/zxing-wasm/LICENSE" "$vendor/zxing-wasm.LICENSE" 2>/dev/null || true
face=$work/node_modules/@fontsource-variable/public-sans
for part in latin vietnamese; do
    cp "$face/files/public-sans-$part-wght-normal.woff2" "$vendor/public-sans-$part.woff2"
done
cp "$face/LICENSE" "$vendor/public-sans.LICENSE"
hashes=$work/node_modules/@noble/hashes
cp "$hashes/sha3.js" "$hashes/_u64.js" "$hashes/utils.js" "$hashes/LICENSE" "$vendor/noble/"
cp "$work/node_modules/lean-qr/nano.mjs" "$vendor/lean_qr.js"
cp "$work/node_modules/lean-qr/LICENSE" "$vendor/lean_qr.LICENSE"
echo "QR reader and writer, typeface and Keccak ready in web/static/vendor"
