"""Digitised diplomas and copies by the browser's own code, and that copies end with originals."""

from dataclasses import replace
from typing import Any

from api import evidence, trust
from credential import bundle
from credential.model import CredentialType
from tests.digitise.conftest import Bureau, bureau, desk, template
from tests.independent.conftest import Scripts
from tests.independent.test_proofs_in_script import there, told

__all__ = ["bureau", "desk", "template"]
ORIGINAL = "B26/1001/00001"
REVOKED = ("--ground", "fraud", "--decision", "5/QĐ", "--on", "10/09/2026", "--by", "Hiệu trưởng")


def both(at: Bureau, code: str, scripts: Scripts) -> Any:
    """The answer on the evidence for a look-up code: the scripts', which is ours."""
    with at.system() as system:
        found = evidence.gather(system, system.verifier.texts(code))
        known = trust.of_deployment(system)
    judged = evidence.judge(found, known)
    seen = replace(known, block_hash=judged.block_hash)
    answer = there(bundle.encode(found), seen, scripts)
    assert answer == told(evidence.judge(found, seen).answer)
    return answer


def test_each_is_told_as_what_it_is_and_a_copy_ends_with_its_original(
    bureau: Bureau,
    scripts: Scripts,
) -> None:
    bureau.open(), bureau.enter(), bureau.check("14", "--agree")
    assert (bureau.digitise(), bureau.issue(), bureau.copy_of(ORIGINAL)) == (0, 0, 0)
    digitised = next(iter(bureau.codes_of(CredentialType.DIGITISED).values()))
    [copy] = bureau.codes_of(CredentialType.COPY).values()
    for code, kind in ((digitised, "digitised-diploma"), (copy, "certified-copy")):
        found = both(bureau, code, scripts)
        assert (found["reason"], found["reports"][0]["kind"]) == ("chain_only", kind)
        assert "origin_issued" in found["reports"][0]["document"]
    assert (
        bureau.sogoc("revoke", bureau.codes_of(CredentialType.THPT_DIPLOMA)[ORIGINAL], *REVOKED)
        == 0
    )
    found = both(bureau, copy, scripts)
    assert (found["verdict"], found["reason"]) == ("INVALID", "revoked")
