"""Settings of a deployment: `sogoc.toml` in its data folder, and SOGOC_… in the environment.

The environment wins. Unknown names are errors in both, so that a typing slip never means
"default". Each setting says what whoever holds it can do (see `docs/SECURITY.md`).
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from credential.errors import ConfigError

FILE = "sogoc.toml"
_PREFIX = "SOGOC_"


class Settings(BaseModel):
    """Everything that may differ between deployments; the defaults need nothing installed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Path("data")
    """Folder of databases, keys, papers. Who writes there can withhold, but make nothing valid."""
    store_url: str = ""
    """Database of the deployment's own records; empty: SQLite in the data folder."""
    registry_url: str = ""
    """Database of the education data registry; empty: SQLite in the data folder."""
    mirror: Path | None = None
    """Folder of mirrored leaf files ("sogoc mirror"). If set, evidence comes from there, and this
    installation verifies with no database at all; who writes there can withhold, no more."""
    registry_service: str = ""
    """Address of the registry's HTTP service; empty: the verifier asks its database directly."""
    registry_client: str = ""
    registry_secret: SecretStr = SecretStr("")
    """Client credentials for the registry service. Who has them can ask for matches."""
    personal_signature: bool = False
    """Refuse to issue what its approver does not sign with a key of their own ("sogoc key
    personal"); false: it is issued, and its record stays at "verified"."""
    chain: str = ""
    """JSON-RPC addresses of the chain, separated by blanks; empty: the embedded chain in the data
    folder. Of several, none is believed: enough must agree and all is proven. A single one is
    believed, unless `chain_strict` is set. Transactions go to the first."""
    chain_quorum: int = Field(0, ge=0)
    """How many of the addresses must name the same finalised block; 0: more than half."""
    chain_strict: bool = False
    """Prove what is read also when there is a single address."""
    chain_index: bool = True
    """Let `sogoc serve` keep tables of what the ledger logged, and verify by them while they are up
    to date, if a single address is believed; false: ask the chain each time. Who writes the store's
    database can then lie about the chain as that address could."""
    chain_id: int = 3107
    chain_stale_after: int = Field(0, ge=0)
    """Seconds that the chain's finalised block may be old before the chain counts as silent; 0: not
    checked, as fits the embedded chain, which makes a block only when there is a transaction. For a
    public chain 900: without it, an endpoint that stands still can hide a revocation."""
    chain_fee_cap: int = Field(500, gt=0)
    """Gwei per gas that no transaction offers more than (`chain.defaults.FEE_CAP`)."""
    witness_keys: str = ""
    """Public keys (hexadecimal, separated by blanks) of those whose signature makes a block in an
    evidence bundle count as final. Who holds enough of them can make a false past look true to whom
    checks offline."""
    witness_quorum: int = Field(0, ge=0)
    """How many of them must have signed; 0: more than half."""
    contract: str = ""
    """Address of the contract; empty: the one recorded when it was deployed from here."""
    first_block: int = Field(0, ge=0)
    """A block before the contract's first event: where reading the chain starts; 0: the recorded
    one, or the chain's first."""
    passphrase: SecretStr = SecretStr("")
    """Opens the key files; empty: one kept beside them, fit for a trial only."""
    token_module: str = ""
    """Path of the PKCS#11 library with which "sogoc key make" reaches signing tokens."""
    token_pin: SecretStr = SecretStr("")
    """PIN of the signing tokens; empty: asked for at the terminal. Set it in the environment."""
    token_pin_file: Path | None = None
    """File that holds the PIN of the signing tokens, for machines that sign by themselves. Who has
    file and token can act as the school."""
    certificate_roots: Path | None = None
    """File (PEM) of authorities one of which must have issued the certificate of a key in a token;
    unset: any certificate is recorded, whoever issued it."""
    timestamp_url: str = ""
    """Address of a time-stamping authority (RFC 3161) that dates the signatures in PDFs; empty:
    they tell the time of this machine. Who runs it sees digests of signatures, nothing else."""
    smtp_host: str = ""
    """Mail server that takes notices to people (STARTTLS, port 465: TLS); empty: no mail. Who runs
    it sees who is told that something is ready at which school."""
    smtp_port: int = 587
    smtp_sender: str = ""
    """Address that notices come from."""
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_roots: Path | None = None
    """File (PEM) of the authorities of the mail server's certificate; unset: the system's."""
    sms_url: str = ""
    """Address of a gateway for short messages (`api.notices.gateway`); empty: none. Who runs it
    sees the same as the mail server."""
    sms_token: SecretStr = SecretStr("")
    public_url: str = "http://127.0.0.1:8080"
    """Where papers say to check them. No authority: a verifier ignores the host of a code."""
    specimen: bool = False
    """Print SPECIMEN across every paper."""
    report_days: int = Field(5, ge=1, le=60)
    """Working days within which a report gets its answer. Five: what the rules give an issuer for
    its own mistake (Circular 21/2019, Article 18), and within the ten days that the city's rules
    for its 1022 line give. Neither was compared with the official text."""
    host: str = "127.0.0.1"
    port: int = 8080
    registry_port: int = 8081

    oidc_issuer: str = ""
    """The OpenID provider with which holders may sign in, exactly as it names itself; empty: none.
    Who runs it can sign in as any pupil that it names, and as whoever signed in with it."""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    """What this site is called there, and a file with its secret. Who has the secret can ask the
    provider about people whose browser they hold already, no more."""
    oidc_pupil_claim: str = ""
    """The ID token's claim with a pupil's ministry code; empty: the provider tells none, and people
    claim what is theirs with a code from the school first. Name only a claim that nobody can write
    for themselves."""

    staff_oidc_issuer: str = ""
    """The OpenID provider with which staff may sign in, exactly as it names itself; empty: none.
    Who runs it can sign in as whoever of the staff signs in with it."""
    staff_oidc_client_id: str = ""
    staff_oidc_client_secret_file: Path | None = None
    """As for holders, above; the address to come back to ends in ``/api/desk/provider/back``."""
    staff_oidc_strong: str = ""
    """Values of `acr` or `amr`, separated by blanks, one of which an ID token must have: the
    provider asked for two factors. ``*``: it is believed to do so always."""
    staff_second_factor: bool = True
    """Ask staff who sign in with a password for a second factor, too. False is taken of a specimen
    alone: a password that was seen once would be enough to approve."""
    staff_key_file: Path | None = None
    """File with the key that seals second factors; unset: ``keys/staff.key`` in the data folder,
    made when first needed. All processes that serve need the same. Who has it and the store's
    database can make the codes of any of the staff, and still needs their passwords."""

    lookups_per_hour: int = Field(60, gt=0)
    """Look-ups by number that one address may make in an hour: a clerk with a pile of papers, not
    somebody who tries numbers. Raise it where many people come from one address."""

    lists_per_day: int = Field(5, gt=0)
    """Lists that one address may hand in a day without an API key."""
    list_rows: int = Field(500, gt=0, le=20_000)
    """Rows of a list without an API key: an employer's intake, not a labour agency's."""
    list_kept_hours: int = Field(24, gt=0)
    """Hours after its end for which the outcomes of a list are kept."""

    scan_quota: int = Field(20_000_000_000, gt=0)
    """Bytes of scans of old registers that one school may keep: some 6,000 pages in colour."""

    @property
    def staff_key(self) -> Path:
        """Where the key is that seals second factors."""
        return self.staff_key_file or self.data / "keys" / "staff.key"

    @property
    def needs_second_factor(self) -> bool:
        """Whether staff's passwords alone are not enough."""
        return self.staff_second_factor or not self.specimen

    @property
    def store_database(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.store_url or f"sqlite:///{self.data / 'store.sqlite'}"

    @property
    def registry_database(self) -> str:
        """SQLAlchemy URL of the registry."""
        return self.registry_url or f"sqlite:///{self.data / 'registry.sqlite'}"

    @property
    def has_store(self) -> bool:
        """Whether there is a store to write to; a verifier over a mirror has none."""
        return self.mirror is None

    @property
    def is_local(self) -> bool:
        """Whether the chain and both databases are files of this machine."""
        databases = (self.store_database, self.registry_database)
        return not (self.chain or self.registry_service) and all(
            url.startswith("sqlite") for url in databases
        )

    @property
    def chain_targets(self) -> tuple[str, ...]:
        """What to connect to: JSON-RPC addresses, or the embedded chain's file."""
        return tuple(self.chain.split()) or (str(self.data / "chain.sqlite"),)

    @property
    def fee_cap(self) -> int:
        """The same in wei."""
        return self.chain_fee_cap * 10**9

    @property
    def chain_believed(self) -> bool:
        """Whether a single address is believed."""
        return not self.chain_strict and len(self.chain_targets) == self.chain_needed == 1

    @property
    def chain_needed(self) -> int:
        """How many of the targets must agree."""
        return self.chain_quorum or len(self.chain_targets) // 2 + 1


def load(data: Path | None = None) -> Settings:
    """Settings of the data folder given, or of SOGOC_DATA, or of ``./data``.

    Raises ConfigError ``settings.unknown``, ``settings.invalid`` and ``settings.unreadable``.
    """
    environment = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(_PREFIX)
    }
    folder = data or Path(environment.get("data", "data"))
    found: dict[str, Any] = {**_file(folder / FILE), **environment, "data": folder}
    unknown = found.keys() - Settings.model_fields.keys()
    if unknown:
        raise ConfigError("settings.unknown", names=", ".join(sorted(unknown)))
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        names = ", ".join(str(part["loc"][0]) for part in error.errors())
        raise ConfigError("settings.invalid", names=names) from error


def _file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("settings.unreadable", path=str(path), reason=str(error)) from error
