"""`sogoc annex`: the annex of a decision that changed a diploma, as a document of its own."""

import json
from dataclasses import replace
from pathlib import Path

import click

from api.annexes import as_json, as_pdf, taken
from api.session import Session
from issuer.correcting import named


@click.command()
@click.argument("key")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.pdf|OUT.json")
@click.option("--version", type=click.IntRange(min=2),
              help="Bản nào / which version. [default: newest that has an annex]")  # fmt: skip
@click.option("--by", required=True, metavar="NAME",
              help="Người trích xuất / who takes it out.")  # fmt: skip
@click.pass_obj
def annex(session: Session, key: str, out: Path, version: int | None, by: str) -> None:
    """Phụ lục chỉnh sửa, cấp lại / write the annex of a correction or a reissue.

    KEY is the look-up code or the register number. PDF or JSON, by the name of OUT. It is noted as
    an extract first.
    """
    system = session.system
    found = named(system.batches, key)
    made = taken(system, replace(found.line, version=1), version, by)
    data = (
        json.dumps(as_json(made), ensure_ascii=False, indent=1).encode()
        if out.suffix.lower() == ".json"
        else as_pdf(made)
    )
    out.write_bytes(data)
    session.say("annex.written", path=out)
