"""The registry as a process of its own: asked over HTTP, silent when stopped, and discreet.

It runs in a folder of its own, and whoever verifies here has no registry at hand: what is
answered came over the wire.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api import sample
from tests.issuer.conftest import PUPILS, Desk

ROOT = Path(__file__).parent.parent.parent
CLIENT = "verifier-1"


@dataclass
class Service:
    """A running `sogoc registry serve`."""

    process: subprocess.Popen[str]
    url: str

    def stop(self) -> str:
        """End it as an operator does; all that it printed."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return said


@pytest.fixture
def service(desk: Desk, tmp_path: Path) -> Iterator[Service]:
    found = os.environ | {
        "SOGOC_REGISTRY_URL": f"sqlite:///{desk.data / 'registry.sqlite'}",
        "SOGOC_REGISTRY_PORT": "0",  # any free one
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()",
         "--data", str(tmp_path / "department"), "--lang", "en", "registry", "serve"],
        cwd=ROOT, env=found, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        words = (word for line in process.stdout for word in line.split())
        address = next((word for word in words if word.startswith("http://")), None)
        assert address is not None, "it says where it serves"
        yield Service(process, address.rstrip("/"))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def secret(desk: Desk, capsys: pytest.CaptureFixture[str]) -> str:
    """The secret of a client, as it was shown when it was registered."""
    capsys.readouterr()
    assert desk.sogoc("registry", "client", CLIENT) == 0
    found = capsys.readouterr().out.split()[-1]
    assert desk.sogoc("registry", "client", CLIENT) == 1, "a client is registered once"
    assert found not in capsys.readouterr().err
    return found


@contextmanager
def asking(url: str, secret: str) -> Iterator[None]:
    """Settings of a verifier that reaches the registry over HTTP and no other way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOGOC_REGISTRY_SERVICE", url)
        patch.setenv("SOGOC_REGISTRY_CLIENT", CLIENT)
        patch.setenv("SOGOC_REGISTRY_SECRET", secret)
        patch.setenv("SOGOC_REGISTRY_URL", "sqlite:////nowhere/registry.sqlite")
        yield


def verified(desk: Desk, code: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, verdict and reason."""
    capsys.readouterr()
    exit_code = desk.sogoc("verify", code, "--json")
    answer = json.loads(capsys.readouterr().out)
    return exit_code, answer["verdict"], answer["reason"]


def personal() -> set[str]:
    """What must stand nowhere: names and birth dates, as printed and as sent."""
    pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:PUPILS]
    births = {form for pupil in pupils for form in (pupil.birth.iso(), pupil.birth.printed())}
    return {pupil.name for pupil in pupils} | births


def test_verifying_through_the_service_until_it_stops(
    desk: Desk, service: Service, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.issue() == 0
    first, other = desk.codes()[:2]
    with asking(service.url, secret):
        assert verified(desk, first, capsys) == (0, "VALID", "valid")
        assert verified(desk, other, capsys) == (0, "VALID", "valid")

    revoke = ["--ground", "fraud", "--decision", "5/QĐ", "--on", "01/09/2026", "--by", "A"]
    assert desk.sogoc("revoke", first, *revoke) == 0
    with asking(service.url, secret):
        assert verified(desk, first, capsys) == (1, "INVALID", "revoked")
        assert desk.sogoc("verify", first) == 1
        assert "5/QĐ" in capsys.readouterr().out, "the decision came over the wire"
    with asking(service.url, secret[:-1]):
        assert verified(desk, other, capsys) == (2, "UNDETERMINED", "registry")

    said = service.stop()
    assert [value for value in personal() if value in said] == []
    assert secret not in said
    with asking(service.url, secret):
        assert verified(desk, other, capsys) == (2, "UNDETERMINED", "registry")
        assert desk.sogoc("verify", other) == 2
        assert "Traceback" not in capsys.readouterr().err
    assert verified(desk, other, capsys) == (0, "VALID", "valid"), "its own database still answers"


def test_the_service_prints_nothing_of_what_it_is_sent(service: Service, secret: str) -> None:
    pupil = sample.pupils()[0]
    claim = {
        "type": "thpt-diploma", "school": 1001, "register_no": "B26/1001/00001", "year": 2026,
        "issued": "2026-06-20", "name": pupil.name, "birth": pupil.birth.iso(),
    }  # fmt: skip
    hostile = [
        claim, claim | {"school": "x"}, claim | {"name": pupil.name + "\0"},
        claim | {pupil.name: 1}, claim | {"birth": pupil.name}, [pupil.name], pupil.name,
    ]  # fmt: skip
    with httpx.Client(base_url=service.url) as http:
        grant = {"grant_type": "client_credentials"}
        token = http.post("/token", data=grant, auth=(CLIENT, secret)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answers = [http.post("/match", json=body, headers=headers) for body in hostile]
        answers += [
            http.post("/match", json=claim),
            http.post("/match", content=f'{{"name": "{pupil.name}'.encode(), headers=headers),
            http.get("/match", params={"name": pupil.name}),
            http.post("/token", data=grant, auth=(pupil.name, "x")),
            http.get(f"/{pupil.name}"),
        ]
        assert http.get("/healthz").status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 400, 401, 404, 405, 422}
    said = service.stop() + "".join(answer.text for answer in answers)
    for value in (pupil.name, pupil.birth.iso(), pupil.birth.printed(), token, "Traceback"):
        assert value not in said
