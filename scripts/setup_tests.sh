#!/usr/bin/env bash
# What the tests need beside Python: anvil, forge and solc (npm), Chromium and SoftHSM (Debian).
# Idempotent. What cannot be had is reported by name; with CI=true that is a failure.
set -u
cd "$(dirname "$0")/.."
missing=()

apt_install() {
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
    apt-get install -y -qq "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq "$@" >/dev/null; }
}

if ! command -v npm >/dev/null; then
    echo "npm is not here: installing nodejs and npm"
    apt_install nodejs npm
fi
if command -v npm >/dev/null; then
    if [ ! -e node_modules/.ready ] || [ package-lock.json -nt node_modules/.ready ]; then
        npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.ready
    fi
fi
assets=web/static/vendor
if command -v npm >/dev/null && [ web/package-lock.json -nt node_modules/.assets ]; then
    scripts/make_assets.sh >/dev/null && touch node_modules/.assets
fi
[ -e $assets/noble/sha3.js ] || missing+=("the independent page's Keccak (npm)")
[ -e $assets/zxing_reader.wasm ] || missing+=("the page's scanner (npm)")
[ -e $assets/public-sans.LICENSE ] || missing+=("the pages' typeface (npm)")
[ -e $assets/lean_qr.js ] || missing+=("the QR writer of shares (npm)")
[ -d node_modules/axe-core ] || missing+=("axe-core (npm)")
[ -d node_modules/oidc-provider ] || missing+=("oidc-provider, the OpenID provider of the tests (npm)")
[ -d node_modules/solc ] || missing+=("solc (npm)")
for tool in anvil forge; do
    [ -d node_modules/@foundry-rs/$tool-linux-amd64 ] || missing+=("$tool (npm)")
done
if ! command -v chromium >/dev/null; then
    echo "Chromium is not here: installing it"
    apt_install chromium || true
fi
command -v chromium >/dev/null || missing+=("chromium (Debian)")
if ! command -v softhsm2-util >/dev/null; then
    echo "SoftHSM is not here: installing it"
    apt_install softhsm2 || true
fi
command -v softhsm2-util >/dev/null || missing+=("softhsm2, a signing token in software (Debian)")

[ ${#missing[@]} = 0 ] && exit 0
printf 'NOT AVAILABLE, its tests cannot run: %s\n' "${missing[@]}"
[ "${CI:-}" != true ]
