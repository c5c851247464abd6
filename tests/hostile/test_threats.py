"""The verifier's cases of the threat model, each with the tests that hold it.

Numbers are those of the 55 threats that the product was designed against; what is not about
verifying (keys, money, the contract's governance) has its tests with the contract and the issuer.
A name in brackets is a case of a table; a name in a file of the corpus is a family of inputs.
"""

import json
import re
import socket
from pathlib import Path

import pytest

from credential import sdjwt_issuing
from tests.hostile.conftest import Site
from tests.hostile.documents import page, pdf
from tests.hostile.genuine import Genuine, drawn
from tests.hostile.requests import PDF, post
from tests.hostile.test_corpus import assert_answered
from tests.hostile.wire import talk
from tests.reading.test_reading_hostile import packed

ROOT = Path(__file__).parents[2]
VERDICTS, ARTEFACTS = "tests/verifier/test_verdicts.py", "tests/credential/test_artefacts.py"
MERKLE, NAMES = "tests/credential/test_merkle.py", "tests/credential/test_text.py"
TEXTS, FILES, LINES = (f"tests/hostile/{name}.py" for name in ("texts", "documents", "requests"))
PROOFS, WITNESSES = "tests/chain/test_state_proof.py", "tests/chain/test_witnesses.py"
LANES, FOOLED = "tests/contracts/Lanes.t.sol", "tests/browser/test_not_fooled.py"
EVIDENCE, PAGE = "tests/e2e/test_evidence.py", "tests/browser/test_verdict.py"
NUMBER, READING = "tests/web/test_verify_number.py", "tests/reading/test_reading_hostile.py"
INDEX, CHECK = "tests/chain/test_index_faults.py", "tests/browser/test_check_page.py"
PRESENTED = "tests/web/test_presented.py"
SHARED = "tests/sharing/test_sharing_in_browser.py"
HIDDEN = "tests/sharing/test_hidden_fields.py"
HERE = "tests/hostile/test_threats.py"

THREATS: dict[int, tuple[str, ...]] = {
    1: (f"{ARTEFACTS}::test_every_single_bit_change_of_an_sd_jwt_is_caught", f"{TEXTS}::sd_jwts"),
    2: (f"{TEXTS}::changed", f"{TEXTS}::vectors"),
    3: (f"{TEXTS}::cose", f"{TEXTS}::bombs"),
    4: (f"{VERDICTS}::test_one_hidden_mark_is_told", f"{TEXTS}::changed"),
    5: (f"{LINES}::bodies", f"{TEXTS}::sd_jwts", f"{TEXTS}::bombs"),
    6: (f"{ARTEFACTS}::test_our_json_is_canonical_by_rfc_8785",),
    7: (f"{NAMES}::test_names_that_must_not_be_signed_are_refused", f"{TEXTS}::changed"),
    8: (f"{NAMES}::test_spellings_of_one_name_meet_and_other_names_do_not",),
    9: (f"{NAMES}::test_names_that_must_not_be_signed_are_refused", f"{TEXTS}::changed"),
    10: (f"{MERKLE}::test_no_inner_node_passes_as_a_leaf",),
    11: (f"{MERKLE}::test_a_repeated_last_leaf_makes_another_root",),
    12: (f"{MERKLE}::test_a_path_beyond_the_tree_is_refused",),
    13: (f"{MERKLE}::test_a_path_proves_no_other_index",
         f"{VERDICTS}::test_a_neighbours_place_is_forged"),
    14: (f"{LANES}::test_no_lane_without_an_anchor",
         f"{LANES}::test_batches_of_one_root_in_two_schools_have_their_own_lanes"),
    16: (f"{TEXTS}::sd_jwts", f"{TEXTS}::cose"),
    17: (f"{VERDICTS}::test_the_school_shown_comes_from_the_registry",
         f"{FOOLED}::test_the_school_shown_is_the_registrys"),
    18: (f"{VERDICTS}::test_verdict[the key belongs to another school]",
         f"{VERDICTS}::test_verdict[the anchoring key is another school's]"),
    19: (f"{VERDICTS}::test_verdict[the chain is silent]",
         f"{VERDICTS}::test_verdict[every source is silent]",
         f"{VERDICTS}::test_nothing_is_valid_with_a_step_unknown"),
    20: (f"{VERDICTS}::test_nothing_is_valid_with_a_step_missing", f"{TEXTS}::changed"),
    21: (f"{PROOFS}::test_slots_are_proven_by_a_header_whose_hash_is_the_blocks",),
    22: ("tests/chain/test_staleness.py::test_a_finalised_block_that_is_too_old_is_no_answer",
         f"{PAGE}::test_each_check_names_its_source_and_as_of_when"),
    23: (f"{TEXTS}::changed",),
    24: (f"{LANES}::test_what_is_terminal_never_reopens",
         f"{VERDICTS}::test_verdict[its lane is revoked]"),
    26: (f"{VERDICTS}::test_verdict[the key was compromised before the anchor]",
         f"{VERDICTS}::test_verdict[the key began after the anchor]"),
    27: (f"{VERDICTS}::test_verdict[the school closed after the anchor]",),
    28: (f"{WITNESSES}::test_with_one_of_three_lying_the_truth_still_comes",
         f"{PROOFS}::test_no_proof_with_a_flipped_bit_is_accepted"),
    29: (f"{INDEX}::test_a_verification_never_takes_what_was_left_out_for_nothing",),
    30: (f"{VERDICTS}::test_verdict[the batch is anchored but not final]",),
    33: (f"{EVIDENCE}::test_offline_the_command_asks_nobody_and_reads_no_database",),
    38: (f"{HERE}::test_nothing_that_a_document_names_is_fetched",),
    39: (f"{FOOLED}::test_hostile_text_in_a_document_is_only_text",),
    40: (f"{FOOLED}::test_random_strings_never_lead_anywhere", f"{TEXTS}::foreign"),
    41: (f"{PAGE}::test_the_paper_is_shown_large_in_the_order_of_the_eye",),
    42: (f"{NUMBER}::test_nobody_tries_out_a_birth_date", f"{TEXTS}::codes",
         f"{NUMBER}::test_what_is_not_found_has_one_answer"),
    43: ("tests/lists/test_lists.py::test_no_cell_of_a_result_is_a_formula",),
    44: ("tests/lists/test_hostile_lists.py::test_a_list_that_cannot_be_taken_is_told_why",
         "tests/hostile/pictures.py::bombs"),
    45: (f"{LINES}::forms", f"{LINES}::lines", f"{LINES}::huge", f"{LINES}::slow"),
    46: (f"{FILES}::attachments", f"{FILES}::structure",
         f"{PAGE}::test_a_pdf_that_says_two_things_shows_both_field_by_field"),
    47: (f"{TEXTS}::vectors", f"{PRESENTED}::test_a_demand_is_kept_to[made for another]",
         f"{PRESENTED}::test_a_demand_is_kept_to[in answer to another request]",
         f"{SHARED}::test_what_is_bound_to_the_holders_key_is_proven_for_its_link_alone"),
    48: (f"{CHECK}::test_a_printed_link_gives_a_verdict_and_its_token_stays_out_of_addresses",
         f"{SHARED}::test_share_open_withdraw",
         f"{HIDDEN}::test_a_recorded_opening_of_a_link_that_ended_gives_nothing",
         f"{HIDDEN}::test_the_share_tables_tell_no_mark_and_no_name_shown_or_hidden"),
    54: (f"{ARTEFACTS}::test_every_single_bit_change_of_a_token_is_caught",
         f"{MERKLE}::test_any_changed_bit_of_a_path_leads_elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_to_the_verifier_has_its_tests(threat: int) -> None:
    for node in THREATS[threat]:
        path, _, name = node.partition("::")
        function, _, case = name.partition("[")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"\b(?:def|function) {function}\b", text), node
        assert not case or f'"{case.rstrip("]")}"' in text, node


def test_nothing_that_a_document_names_is_fetched(site: Site, genuine: Genuine) -> None:
    """Well signed or not: an address in a document is text. A trap listens there."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}"
        for name, body, kind in naming(address, genuine):
            assert_answered(site, name, talk(site.address, post(body, kind)))
        with pytest.raises(BlockingIOError):
            trap.accept()


def naming(address: str, genuine: Genuine) -> list[tuple[str, bytes, str]]:
    """Documents that name an address wherever one can stand."""
    _, body, signature = genuine.first.sd_jwt.split("~")[0].split(".")
    members = {"alg": "ES256", "jku": address, "kid": address, "typ": "dc+sd-jwt", "x5u": address}
    payload = {
        "_sd_alg": "sha-256", "credential": {"credentialSchema": {"id": address}},
        "iat": 1, "iss": address, "status": {"status_list": {"idx": 1, "uri": address}},
        "vct": address,
    }  # fmt: skip
    encoded = sdjwt_issuing.b64url(json.dumps(members, separators=(",", ":")).encode())
    to_sign = sdjwt_issuing.signing_input(encoded.encode(), json.dumps(payload).encode())
    texts = {
        "addresses in the header": f"{encoded}.{body}.{signature}~",
        "addresses everywhere, signed":
            f"{sdjwt_issuing.assemble(to_sign, genuine.key.sign(to_sign))}~",
        "a link": f"{address}/V#{genuine.first.link.split('#')[1][:-1]}",
        "an address": address,
        "an offer": f"openid-credential-offer://?credential_offer_uri={address}",
    }  # fmt: skip
    catalogue = f"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI({address})>>>>".encode()
    outside = f"<</Length 0/FS/URL/F({address})>>stream\n\nendstream".encode()
    files = {
        "a code": (packed(drawn(address), "PNG"), "image/png"),
        "a picture": (f'<svg><image href="{address}"/></svg>'.encode(), "application/octet-stream"),
        "an action": (pdf(catalogue, *page()[1:]), PDF),
        "content elsewhere": (pdf(*page(rest=b"/Contents 4 0 R"), outside), PDF),
    }
    sent = [(name, json.dumps({"text": text}).encode(), "application/json")
            for name, text in texts.items()]  # fmt: skip
    return sent + [(name, *file) for name, file in files.items()]
