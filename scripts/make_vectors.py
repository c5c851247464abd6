"""Write the frozen test vectors: tests/vectors/<name>.json, one file per known fault.

Keys and salts are fixed and signatures deterministic, so running this again changes nothing
unless a format changed, and then the difference is the review. The cases are in `vectors`.
"""

import json
from pathlib import Path

from vectors.nesting import bindings, nesting
from vectors.paths import paths
from vectors.receipts import receipts
from vectors.sd_jwts import sd_jwts
from vectors.signing import DEPLOYMENT, ED_KEY, KEY
from vectors.tokens import tokens

FOLDER = Path(__file__).parent.parent / "tests" / "vectors"


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, fault, artefact, expected in [
        *tokens(),
        *sd_jwts(),
        *nesting(),
        *bindings(),
        *receipts(),
    ]:
        key = ED_KEY if name.endswith("eddsa") else KEY
        write(name, {
            "fault": fault, "expected": expected, "artefact": artefact,
            "public_key": key.public.raw.hex(), "chain_id": DEPLOYMENT.chain_id,
            "contract": DEPLOYMENT.contract.hex(),
        })  # fmt: skip
    for name, fault, case, leads in paths():
        write(name, {"fault": fault, "expected": leads} | case)


def write(name: str, content: dict[str, object]) -> None:
    """One vector as readable JSON."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
