"""Real tokens for tests: SoftHSM, which keeps each token in a folder that can be pulled out."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pkcs11
import pytest

PIN, OTHER_PIN = "246810", "999999"
LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
MODULE = next((path for path in LIBRARIES if Path(path).exists()), "")


def require_softhsm() -> None:
    """Skip by name, or fail in CI, where SoftHSM is not here."""
    if MODULE and shutil.which("softhsm2-util"):
        return
    reason = "SoftHSM is missing: apt-get install softhsm2"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Tray:
    """A machine's token slots. `environment` is what another process needs to see them."""

    folder: Path
    module: str = MODULE
    _out: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tokens.mkdir(parents=True)
        self._settings.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\n"
        )

    @property
    def environment(self) -> dict[str, str]:
        return {"SOFTHSM2_CONF": str(self._settings)}

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens"

    @property
    def _settings(self) -> Path:
        return self.folder / "softhsm2.conf"

    def token(self, label: str) -> None:
        """Plug a new, empty token in."""
        self._util("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "1357")
        self.look()

    def pull_out(self) -> None:
        """Pull all tokens out, whatever is going on."""
        away = self.folder / "away"
        self._tokens.rename(away)
        self._tokens.mkdir()

    def plug_in(self) -> None:
        self._tokens.rmdir()
        (self.folder / "away").rename(self._tokens)

    def look(self) -> None:
        """Let this process's library see what is plugged in, as a USB token does by itself."""
        pkcs11.lib(self.module).reinitialize()

    def hold(self, token: str, key: Path, label: str) -> None:
        """Put a key from a file (PKCS#8, PEM) into a token."""
        self._util("--import", str(key), "--token", token, "--label", label, "--id", "a1",
                   "--pin", PIN)  # fmt: skip
        self.look()

    def _util(self, *arguments: str) -> None:
        given = {**os.environ, **self.environment}
        subprocess.run(["softhsm2-util", *arguments], env=given, check=True, capture_output=True)
