"""What signs with PKCS#11 tokens: right signatures, keys that stay inside, every failure named."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass, TokenFlag

from api.pins import pin_of
from api.settings import Settings
from chain.wallet import address_of, signed
from credential.errors import ConfigError, RefusedError
from issuer import deviceobjects
from issuer.devicekeys import DeviceKey
from issuer.devices import Devices
from issuer.keystore import CHAIN, SIGNING, Keystore
from tests.devices.softhsm import OTHER_PIN, PIN, Tray

pytestmark = pytest.mark.softhsm
LABEL = "THPT Mẫu"


@pytest.fixture
def plugged(tray: Tray) -> Tray:
    tray.token(LABEL)
    return tray


@pytest.fixture
def place(plugged: Tray) -> DeviceKey:
    return DeviceKey(plugged.module, LABEL, "khóa ký")


@pytest.fixture
def devices(plugged: Tray) -> Iterator[Devices]:
    made = Devices(lambda key, last: PIN)
    yield made
    made.close()


@pytest.fixture
def keystore(tmp_path: Path, devices: Devices) -> Keystore:
    return Keystore(tmp_path / "keys", lambda: "x", lambda: devices)


def test_both_kinds_of_key_sign_and_are_the_same_after_reading_them_again(
    keystore: Keystore, place: DeviceKey, devices: Devices
) -> None:
    keystore.make_in_device("1.sign", place, SIGNING)
    keystore.make_in_device("1.anchor", replace(place, label="khóa ghi"), CHAIN)
    signer, chain_key = keystore.signer("1.sign"), keystore.chain_key("1.anchor")
    for text in (b"", b"a", os.urandom(5000)):
        assert signer.public.verify(signer.sign(text), text)
    digests = [os.urandom(32) for _ in range(40)]  # some have a high s, some an odd point
    assert {signed(chain_key, digest)[64] for digest in digests} == {27, 28}
    assert keystore.public("1.sign") == signer.public.raw
    assert keystore.public("1.anchor") == chain_key.point
    assert len(address_of(chain_key)) == 20
    assert keystore.accounts() == []


def test_a_key_made_in_a_token_cannot_be_taken_out(
    devices: Devices, place: DeviceKey, plugged: Tray
) -> None:
    devices.make(place, "secp256r1")
    devices.close()
    token = pkcs11.lib(plugged.module).get_token(token_label=LABEL)
    with token.open(user_pin=PIN) as session:
        (key,) = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        held = key[Attribute.EXTRACTABLE], key[Attribute.SENSITIVE], key[Attribute.LOCAL]
        assert held == (False, True, True)
        assert key[Attribute.NEVER_EXTRACTABLE]
        with pytest.raises(pkcs11.PKCS11Error):
            key[Attribute.VALUE]
        with pytest.raises(pkcs11.PKCS11Error):
            key[Attribute.EXTRACTABLE] = True


def test_many_threads_share_one_session(keystore: Keystore, place: DeviceKey) -> None:
    keystore.make_in_device("1.sign", place, SIGNING)
    signer = keystore.signer("1.sign")

    def work(number: int) -> bool:
        text = str(number).encode()
        return signer.public.verify(signer.sign(text), text)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_what_is_written_down_holds_no_secret(
    keystore: Keystore, place: DeviceKey, tmp_path: Path
) -> None:
    keystore.make_in_device("1.sign", replace(place, pin_file=str(tmp_path / "pin")), SIGNING)
    text = (tmp_path / "keys" / "1.sign.device").read_text()
    assert PIN not in text
    assert keystore.device("1.sign") is not None
    assert not list((tmp_path / "keys").glob("*.p12"))


def _again(tray: Tray) -> None:
    tray.token(LABEL)


def _rsa(tray: Tray) -> None:
    with pkcs11.lib(tray.module).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as held:
        held.generate_keypair(KeyType.RSA, 2048, label="khóa ký", store=True)
    tray.look()


def _nothing(tray: Tray) -> None:
    tray.look()


FAILURES: dict[str, tuple[Callable[[Tray], None], dict[str, str], str]] = {
    "no such token": (_nothing, {"token": "Trường khác"}, "device.absent"),
    "a token of another serial number": (_nothing, {"serial": "ffff"}, "device.absent"),
    "two tokens of one label": (_again, {}, "device.ambiguous"),
    "no such key": (_nothing, {"label": "khóa khác"}, "device.key_absent"),
    "an RSA key": (_rsa, {}, "device.key_kind"),
    "no such library": (_nothing, {"module": "/nowhere/none.so"}, "device.no_module"),
    "a library of something else": (_nothing, {"module": "libc.so.6"}, "device.no_module"),
}


@pytest.mark.parametrize(("prepare", "change", "code"), FAILURES.values(), ids=FAILURES)
def test_what_cannot_be_used_is_named(
    plugged: Tray, place: DeviceKey, prepare: Callable[[Tray], None], change: Any, code: str
) -> None:
    prepare(plugged)
    with pytest.raises(ConfigError) as refused:
        Devices(lambda key, last: PIN).find(replace(place, **change))
    assert refused.value.code == code


def test_the_serial_number_tells_two_tokens_of_one_label_apart(
    plugged: Tray, devices: Devices, place: DeviceKey
) -> None:
    made = devices.make(place, "secp256r1")
    devices.close()
    plugged.token(LABEL)
    assert Devices(lambda key, last: PIN).find(made) == made


def test_a_wrong_pin_is_tried_once(plugged: Tray, place: DeviceKey) -> None:
    asked: list[bool] = []

    def wrong(key: DeviceKey, last: bool) -> str:
        asked.append(last)
        return OTHER_PIN

    devices = Devices(wrong)
    for _ in range(5):
        with pytest.raises(ConfigError) as refused:
            devices.find(place)
        assert refused.value.code == "device.pin_wrong"
        assert OTHER_PIN not in str(refused.value)
    assert asked == [False]


class Flagged:
    """A token as it is, but for its flags: SoftHSM never locks."""

    def __init__(self, token: Any, flag: TokenFlag) -> None:
        self._token, self.flags = token, token.flags | flag

    def __getattr__(self, name: str) -> Any:
        return getattr(self._token, name)


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        (TokenFlag.USER_PIN_LOCKED, "device.pin_locked"),
        (TokenFlag.USER_PIN_FINAL_TRY, "device.pin_last_try"),
    ],
)
def test_a_token_that_is_locked_or_nearly_so_is_not_risked(
    plugged: Tray, place: DeviceKey, monkeypatch: pytest.MonkeyPatch, flag: TokenFlag, code: str
) -> None:
    real = deviceobjects.tokens
    monkeypatch.setattr(
        deviceobjects, "tokens", lambda *given: [Flagged(each, flag) for each in real(*given)]
    )
    settings = Settings(token_pin=PIN)  # type: ignore[arg-type] — pydantic makes it a secret
    with pytest.raises(ConfigError) as refused:
        Devices(lambda key, last: pin_of(settings, key, last)).find(place)
    assert refused.value.code == code


def test_without_a_pin_and_a_terminal_nobody_is_asked(plugged: Tray, place: DeviceKey) -> None:
    with pytest.raises(ConfigError) as refused:
        Devices(lambda key, last: pin_of(Settings(), key, last)).find(place)
    assert refused.value.code == "device.pin_missing"
    missing = Settings(token_pin_file=plugged.folder / "none")
    with pytest.raises(ConfigError) as refused:
        Devices(lambda key, last: pin_of(missing, key, last)).find(place)
    assert refused.value.code == "device.pin_unreadable"


def test_the_keys_own_pin_file_comes_first(plugged: Tray, place: DeviceKey) -> None:
    (plugged.folder / "own").write_text(f"{PIN}\n")
    settings = Settings(token_pin=OTHER_PIN)  # type: ignore[arg-type] — as above
    own = replace(place, pin_file=str(plugged.folder / "own"))
    devices = Devices(lambda key, last: pin_of(settings, key, last))
    assert devices.make(own, "secp256r1").public
    devices.close()


def test_another_key_under_the_same_label_is_not_taken_for_it(
    keystore: Keystore, devices: Devices, place: DeviceKey, plugged: Tray, tmp_path: Path
) -> None:
    made = keystore.make_in_device("1.sign", place, SIGNING)
    other = devices.make(replace(place, label="khác"), "secp256r1")
    swapped = replace(made, public=other.public)
    (tmp_path / "keys" / "1.sign.device").write_text(swapped.text())
    with pytest.raises(ConfigError) as refused:
        keystore.signer("1.sign")
    assert refused.value.code == "device.key_differs"


def test_a_key_on_the_wrong_curve_is_not_taken(
    keystore: Keystore, devices: Devices, place: DeviceKey
) -> None:
    devices.make(place, "secp256r1")
    with pytest.raises(ConfigError) as refused:
        keystore.use_device("1.anchor", place, CHAIN)
    assert refused.value.code == "key.wrong_kind"
    assert not keystore.holds("1.anchor")
    assert keystore.use_device("1.sign", place, SIGNING).public


def test_a_name_or_label_that_is_taken_is_not_taken_again(
    keystore: Keystore, place: DeviceKey
) -> None:
    keystore.make_in_device("1.sign", place, SIGNING)
    with pytest.raises(RefusedError, match=r"key\.exists"):
        keystore.make_in_device("1.sign", replace(place, label="khác"), SIGNING)
    with pytest.raises(ConfigError, match=r"device\.key_exists"):
        keystore.make_in_device("2.sign", place, SIGNING)


def test_a_token_that_comes_back_is_used_again_by_the_same_process(
    keystore: Keystore, place: DeviceKey, plugged: Tray
) -> None:
    keystore.make_in_device("1.sign", place, SIGNING)
    signer = keystore.signer("1.sign")
    plugged.pull_out()
    codes = []
    for _ in range(2):
        with pytest.raises(ConfigError) as refused:
            signer.sign(b"x")
        codes.append(refused.value.code)
    assert codes == ["device.removed", "device.absent"]
    plugged.plug_in()
    assert signer.public.verify(signer.sign(b"x"), b"x")


def test_a_signature_that_is_wrong_never_gets_out(
    keystore: Keystore, place: DeviceKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make_in_device("1.sign", place, SIGNING)
    keystore.make_in_device("1.anchor", replace(place, label="ghi"), CHAIN)
    signer, chain_key = keystore.signer("1.sign"), keystore.chain_key("1.anchor")
    monkeypatch.setattr(Devices, "sign", lambda self, key, digest: bytes([1] * 64))
    with pytest.raises(ConfigError, match=r"device\.wrong_signature"):
        signer.sign(b"x")
    with pytest.raises(ConfigError, match=r"key\.wrong_signature"):
        signed(chain_key, bytes(32))


def test_a_file_gives_way_to_a_token_and_the_other_way_round(
    keystore: Keystore, place: DeviceKey, tmp_path: Path
) -> None:
    keystore.make_signer("1.sign")
    first = keystore.public("1.sign")
    keystore.make_in_device("1.sign.next", place, SIGNING)
    second = keystore.public("1.sign.next")
    keystore.replace("1.sign", "1.sign.next", "1.sign.old")
    assert [keystore.public("1.sign"), keystore.public("1.sign.old")] == [second, first]
    keystore.make_signer("1.sign.next")
    third = keystore.public("1.sign.next")
    keystore.replace("1.sign", "1.sign.next", "1.sign.older")
    assert [keystore.public("1.sign"), keystore.public("1.sign.older")] == [third, second]
    names = sorted(each.name for each in (tmp_path / "keys").iterdir())
    assert names == ["1.sign.old.p12", "1.sign.older.device", "1.sign.p12"]
