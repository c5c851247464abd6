"""What a person types: a look-up code, a mistyped one, or something else altogether."""

import pytest

from credential import lookup
from credential.errors import FormatError, RefusedError
from tests.simulator import World
from verifier.verify import Verifier

CODE = lookup.encode(bytes.fromhex("58f7b0780592032e4d86"))  # B3VV 0Y05 J81J WKCP
SPELLINGS = {
    "in one piece": CODE,
    "in groups": lookup.grouped(CODE),
    "with hyphens": "-".join(CODE[start : start + 4] for start in range(0, 16, 4)),
    "in small letters": CODE.lower(),
    "with spaces around it": f"  {CODE}\n",
    "with more gaps than printed": " ".join(CODE),
    "with O for 0 and l for 1": CODE.replace("0", "O").replace("1", "l"),
}
NOT_A_CODE = {
    "a link of 16 characters": ("https://a.b.test", "qr.not_ours"),
    "a link of 18 characters": ("https://a.example/", "qr.not_ours"),
    "a name of 16 letters": ("Nguyễn Văn An An", "qr.not_ours"),
    "punctuation of 16 characters": ("................", "qr.not_ours"),
    "only separators": ("- - - - - - - - ", "qr.not_ours"),
    "one character too few": (CODE[:15], "qr.not_ours"),
    "one character too many": (CODE + "7", "qr.not_ours"),
    "nothing": ("   ", "reading.no_code"),
    "a letter that codes do not have": (CODE[:15] + "U", "code.malformed"),
    "one character mistyped": ("1" + CODE[1:], "code.check"),
    "two characters swapped": (CODE[1] + CODE[0] + CODE[2:], "code.check"),
}


def refusal(text: str) -> str:
    """The code of the error that typing this gives."""
    world = World()
    verifier = Verifier(world.deployment, world, world, world)
    try:
        with pytest.raises((FormatError, RefusedError)) as raised:
            verifier.verify(text)
    finally:
        verifier.close()
    return raised.value.code


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_code_is_looked_up_however_it_is_typed(text: str) -> None:
    assert refusal(text) == "code.unknown"


@pytest.mark.parametrize(("text", "code"), NOT_A_CODE.values(), ids=NOT_A_CODE)
def test_what_is_no_code_is_called_what_it_is(text: str, code: str) -> None:
    assert refusal(text) == code
