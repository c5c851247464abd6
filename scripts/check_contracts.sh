#!/usr/bin/env bash
# Everything that is claimed of the contract, about a quarter of an hour on two cores: the artifact is
# compiled again; cases, 10,000 runs of each fuzz test and 100,000 random acts; seeded mutants;
# slither; proofs by halmos. Arguments name single steps. docs/CONTRACT.md says what each one means.
set -eu
cd "$(dirname "$0")/.."
steps=${*:-artifact tests mutants slither proofs}
python=$PWD/.venv/bin/python
tools=$PWD/build/contracts-env
forge=$PWD/node_modules/@foundry-rs/forge-linux-amd64/bin

# Slither and halmos cannot share the project's environment (web3).
if [ requirements/contracts.txt -nt "$tools/.ready" ]; then
    echo "Installing slither, halmos and their solver …"
    rm -rf "$tools"
    "$python" -m venv "$tools"
    "$tools/bin/python" -m pip --disable-pip-version-check --quiet install \
        --require-hashes -r requirements/contracts.txt
    touch "$tools/.ready"
fi
export PATH="$forge:$tools/bin:$PATH"

artifact() {
    "$python" scripts/compile_contracts.py --check
}

tests() {
    FOUNDRY_PROFILE=full forge test
}

mutants() {
    "$python" scripts/run_mutants.py
}

slither() {
    "$tools/bin/python" scripts/check_slither.py
}

proofs() {
    "$python" scripts/check_proofs.py
}

for step in $steps; do
    echo "== $step"
    "$step"
done
