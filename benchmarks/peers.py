"""Two other libraries issuing the same credentials: the same fields, groups, rows and decoys.

sd-jwt 0.10 (Python, OpenWallet Foundation) in this process, @sd-jwt/sd-jwt-vc 0.19 in a Node of its
own. Both are handed values in memory and make one SD-JWT of each; neither makes a QR token, a
tree or checks what it signs.
"""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import Any

import orjson
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer

from credential.sdjwt import parse

_SCRIPT = Path(__file__).with_name("sd_jwt_vc.mjs")
_MODULES = Path(__file__).parent.parent / "node_modules" / "@sd-jwt" / "sd-jwt-vc"

Record = dict[str, Any]


def records(sd_jwts: Sequence[str]) -> Iterator[Record]:
    """What SD-JWTs of ours say: `plain` claims, and `hidden` ones with groups as objects."""
    for text in sd_jwts:
        found = parse(text)
        body = {name: value for name, value in found.body.items() if name != "_sd"}
        hidden: Record = {}
        for each in found.shown:
            if each.is_group:
                hidden[each.name] = {}
            elif each.group:
                hidden[each.group][each.name] = each.value
            else:
                hidden[each.name] = each.value
        plain = {"iss": found.payload["iss"], "vct": found.payload["vct"], "credential": body}
        yield {"plain": plain, "hidden": hidden}


def by_python(found: Sequence[Record], key: JWK) -> int:
    """sd-jwt: how many were made; to be timed by whoever calls."""
    for record in found:
        hidden = {
            SDObj(name): {SDObj(row): given for row, given in value.items()}
            if name.startswith(("HK", "CN", "outcome"))
            else value
            for name, value in record["hidden"].items()
        }
        claims = {**record["plain"], **hidden}
        assert SDJWTIssuer(claims, key, sign_alg="ES256", add_decoy_claims=True).sd_jwt_issuance
    return len(found)


def by_node(found: Sequence[Record]) -> float | None:
    """@sd-jwt/sd-jwt-vc: how many a second of CPU; None where it is not installed."""
    node = which("node")
    if node is None or not _MODULES.exists():
        return None
    lines = b"\n".join(map(orjson.dumps, found))
    run = subprocess.run([node, str(_SCRIPT)], input=lines, capture_output=True, check=True)
    said = orjson.loads(run.stdout)
    print(f"  (@sd-jwt/sd-jwt-vc: {said['bytes']:,} bytes)")
    return float(said["count"] / said["seconds"])
