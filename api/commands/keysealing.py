"""`sogoc key seal`: the key and certificate with which a school's PDFs are signed."""

from pathlib import Path
from typing import Any

import click
from cryptography import x509

from api.commands.keymaking import in_token, place_of
from api.commands.parameters import FILE
from api.schoolkeys import school_of
from api.sealing import seal_name, seal_of, seals
from api.session import Session
from credential.errors import ConfigError, RefusedError
from credential.model import KeyRole
from issuer.pades.keys import holder


@click.command()
@click.argument("code")
@click.option(
    "--file",
    "file",
    type=FILE,
    help="Tệp PKCS#12 do nơi cấp chứng thư giao / a PKCS#12 file of an authority.",
)
@click.option(
    "--certificate",
    type=FILE,
    help="Chứng thư (PEM) của khóa ký đang có / certificates (PEM) of the signing key.",
)
@in_token(needed=False)
@click.pass_obj  # fmt: skip
def seal(
    session: Session, /, code: str, file: Path | None, certificate: Path | None,
    token: str | None, label: str | None, **where: Any,
) -> None:  # fmt: skip
    """Chữ ký số trên PDF của trường / with what a school's PDFs are signed (PAdES).

    CODE is the school's code. Give one of --file (P-256 or RSA, from an authority), --token (the
    key and its certificate are in it) and --certificate (for the key file that signs credentials).
    Without any, a signing key that has a certificate serves; without that, PDFs bear no signature.
    """
    if sum(map(bool, (file, certificate, token))) != 1:
        raise click.UsageError("--file, --certificate, --token: đúng một / give exactly one")
    system, school = session.system, school_of(session, code)
    name = seal_name(school.id)
    if file:
        session.progress.rest()
        password = click.prompt(session.word("delivery.password"), hide_input=True, default="")
        seals(system).take(name, file.read_bytes(), password)
    elif token:
        seals(system).use(name, place_of(session, label or name, token=token, **where))
    elif certificate:
        signing = system.key_name(school.id, KeyRole.SIGN)
        system.keystore.certify(signing, _certificates(certificate))
    made = seal_of(system, school.id)
    if made is None:
        raise RefusedError("certificate.none", name=name)
    subject = holder(made.key.chain)
    system.note("key.seal", school=school.id, certificate=made.key.chain[0].hex()[-32:])
    session.say("delivery.seal_taken", name=school.name, subject=subject)


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise ConfigError("certificate.malformed") from error
