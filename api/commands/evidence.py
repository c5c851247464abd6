"""`sogoc evidence`: files with which others can check without us."""

from importlib.util import find_spec
from pathlib import Path

import click

from api import evidence as bundles
from api import trust as trust_files
from api.commands.parameters import Listing
from api.commands.things import given, writing
from api.session import Session
from credential import bundle

_WITNESS = "witness"  # name of the key in the keystore


@click.group(cls=Listing)
def evidence() -> None:
    """Gói bằng chứng / files with which others can check without us."""


@evidence.command()
@click.argument("thing")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="Tệp kết quả / where to write it (.sogoc).")  # fmt: skip
@click.pass_obj
def make(session: Session, thing: str, out: Path) -> None:
    """Tạo gói bằng chứng / put a credential and all proofs of it into one file.

    THING as for "sogoc verify". The file holds what the credential says: it is the holder's.
    """
    system = session.system
    found = bundles.gather(system, system.verifier.texts(given(session, thing)))
    data = bundle.encode(found)
    with writing(out):
        out.write_bytes(data)
    session.say("cli.evidence_made", path=out, size=len(data))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def cosign(session: Session, file: Path) -> None:
    """Ký làm chứng khối / vouch for a bundle's block, having seen it on one's own endpoints.

    Signs with this data folder's witness key, which is made when there is none.
    """
    system = session.founding
    system.keystore.make_signer(_WITNESS)
    key = system.keystore.signer(_WITNESS)
    with file.open("rb") as source:
        data = source.read(bundle.MAX_BYTES + 1)  # one more, to be found too large
    signed = bundle.encode(bundles.cosign(system, bundle.decode(data), key))
    draft = file.with_name(f"{file.name}.tmp")
    with writing(file):
        draft.write_bytes(signed)
        draft.replace(file)
    session.say("cli.evidence_cosigned", key=key.public.raw.hex())


if find_spec("issuer"):  # the distribution that only verifies holds no key
    evidence.add_command(cosign)


@evidence.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tệp kết quả / where to write it. [default: trust.json in the data folder]",
)
@click.pass_obj  # fmt: skip
def trust(session: Session, out: Path | None) -> None:
    """Ghi tệp tin cậy / write down what one must know to check bundles offline.

    Which contract on which chain, the hash of its code, and the witnesses of the settings.
    """
    path = out or session.settings.data / trust_files.FILE
    known = trust_files.of_deployment(session.founding)
    with writing(path):
        trust_files.write(path, known)
    session.say("cli.trust_written", path=path)
