"""`sogoc demo`: the main job on sample data, from an Excel file to four verdicts.

Everything is real (signatures, chain, databases, papers, decoder) but the people. Each step looks
at what is there and does only what is missing, so a second run says so and changes nothing.
"""

import re
import sys
import time
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import date
from pathlib import Path

import chain.provider
from api import sample, settings
from api.accrediting import accredit, list_receipt_key
from api.clock import today
from api.demostaff import engage
from api.desk.policy import Role
from api.schoolfile import SchoolFile, load
from api.session import Session
from api.showing import headline
from api.wiring import System
from chain.defaults import HEAD_MAX_AGE
from credential import lookup, qrlink, qrtoken
from credential.errors import RefusedError
from credential.facts import Withdrawal
from credential.keys import b64url
from credential.model import CredentialType, Decision, Lane
from credential.records import Batch, IssuedCredential
from issuer.delivery import deliver, paper_of, token_of, unsealed
from issuer.intake import read_class_list, read_score_sheet
from issuer.order import Order
from issuer.paper.document import make_pdf
from verifier.verify import Answer
from web import messages

_DECISION = Decision("128/QĐ-THPT", date(2026, 6, 20))
_REVOCATION = Withdrawal("issuer_error", "201/QĐ-THPT", date(2026, 9, 1))
_EXPECTED = {"genuine": "valid", "forged": "forged", "revoked": "revoked", "stopped": "chain"}
_SETTINGS = (
    '# Made by "sogoc demo". Every name is explained in docs/OPERATIONS.md.\nspecimen = true\n'
    "staff_second_factor = false\n"
)


class Demo:
    """The demonstration in one data folder."""

    def __init__(self, session: Session) -> None:
        self._session, self._progress = session, session.progress
        self._data = session.settings.data
        self._new = 0  # things that were not there before this run
        self._code = ""

    def run(self) -> None:
        """All of it, with progress, a table of verdicts and what to do next.

        Raises RefusedError ``demo.not_a_demo`` for the data folder of a real deployment and
        ``demo.unexpected`` when a verdict is not the one that its scene is to show.
        """
        self._say("start", folder=self._data)
        with System(self._settings()) as system:
            self._prepare(system)
            engaged = list(engage(system, sample.schools()[0].id, today()))
            classes, scores = self._files()
            diplomas = self._issue(system, CredentialType.THPT_DIPLOMA, classes)
            transcripts = self._issue(system, CredentialType.TRANSCRIPT, scores)
            rows = self._scenes(system, diplomas, transcripts)
        self._table(rows)
        self._say("done" if self._new else "repeated")
        self._tell(engaged)
        command = f"{sys.argv[0]} --data {self._data} serve"
        self._say("next", command=command, paper=rows[0][1], code=lookup.grouped(self._code))

    def _settings(self) -> settings.Settings:
        """The folder's settings, written if there are none."""
        path = self._data / settings.FILE
        if not path.exists():
            if (self._data / "deployment.json").exists():
                raise RefusedError("demo.not_a_demo", folder=str(self._data))
            self._data.mkdir(parents=True, exist_ok=True)
            path.write_text(_SETTINGS, encoding="utf-8")
        found = settings.load(self._data)
        if not found.specimen:
            raise RefusedError("demo.not_a_demo", folder=str(self._data))
        return found

    def _say(self, sentence: str, **params: object) -> None:
        self._session.say(f"demo.{sentence}", **params)

    def _tell(self, engaged: list[tuple[Role, str, str]]) -> None:
        """Who can work on the workbench; passwords are told once."""
        if engaged:
            self._say("staff", address=self._session.settings.public_url.rstrip("/") + "/desk")
        for role, login, password in engaged:
            word = messages.text(self._session.lang, f"role.{role}")
            self._session.show(f"  {word:<20}{login:<14}{password}")

    def _prepare(self, system: System) -> None:
        """Databases, chain, contract, registry, accreditation."""
        self._progress.stage("databases", 0)
        system.migrate()
        self._progress.stage("contract", 0)
        self._new += system.deploy()[1]
        self._progress.stage("registry", 0)
        load(system.registry_database, sample_file())
        self._progress.stage("accredit", 0)
        for school in sample.schools():
            self._new += accredit(system, school.id, list(CredentialType))
        self._new += list_receipt_key(system)

    def _files(self) -> tuple[Path, Path]:
        """The two spreadsheets that a school would bring."""
        self._progress.stage("files", 0)
        folder = self._data / "excel"
        folder.mkdir(exist_ok=True)
        classes, scores = folder / "danh-sach-lop-12.xlsx", folder / "bang-tong-ket-lop-12.xlsx"
        first = sample.schools()[0].id
        pupils = [pupil for pupil in sample.pupils() if pupil.school == first]
        if not classes.exists():
            sample.write_class_list(classes, pupils)
        if not scores.exists():
            sample.write_score_sheet(scores, pupils)
        return classes, scores

    def _issue(self, system: System, kind: CredentialType, file: Path) -> Batch:
        """Issue from one spreadsheet and write the papers."""
        self._progress.stage(f"issue_{kind.key}", 0)
        diploma = kind is CredentialType.THPT_DIPLOMA
        data = file.read_bytes()
        found = read_class_list(data) if diploma else read_score_sheet(data, sample.SCHOOL_YEAR)
        order = Order(
            type=kind,
            school=sample.schools()[0].code,
            year=2026,
            issued=_DECISION.on,
            rows=found.rows,
            prepared_by="Văn thư (mẫu)",
            approved_by="Hiệu trưởng (mẫu)",
            decision=_DECISION,
            first_serial="T01000001" if diploma else None,
        )
        batch, new = system.issuing(self._progress.stage).issue(order)
        self._new += new
        self._progress.stage("papers", batch.size)
        deliver(
            system.batches, system.extracts, batch, self._folder(kind), system.style,
            order.prepared_by, self._progress.advance, unsealed,
        )  # fmt: skip
        return batch

    def _folder(self, kind: CredentialType) -> Path:
        return self._data / "papers" / kind.key

    def _scenes(
        self, system: System, diplomas: Batch, transcripts: Batch
    ) -> list[tuple[str, Path, Answer]]:
        """Four papers, each read off its rendered page and verified."""
        by_number = sorted(system.batches.issued(diplomas.id), key=lambda i: i.staged.register_no)
        genuine, revoked = by_number[0], by_number[6]
        self._code = genuine.staged.code
        good = self._paper(CredentialType.THPT_DIPLOMA, genuine)
        forged = self._forged(system, next(iter(system.batches.issued(transcripts.id))))
        withdrawn = self._paper(CredentialType.THPT_DIPLOMA, revoked)
        self._progress.stage("revoke", 1)
        if revoked.lane is Lane.ACTIVE:
            self._new += 1
        system.revoking.change(revoked.staged.code, Lane.REVOKED, _REVOCATION, "Văn thư (mẫu)")
        self._progress.stage("verify", 3)
        time.sleep(HEAD_MAX_AGE)  # the verifier may know a block from before the revocation
        rows = []
        for scene, path in (("genuine", good), ("forged", forged), ("revoked", withdrawn)):
            rows.append((scene, path, system.verifier.verify(path.read_bytes())))
            self._progress.advance(1)
        self._progress.stage("stop", 0)
        chain.provider.close(system.web3)
        time.sleep(HEAD_MAX_AGE)
        return [*rows, ("stopped", good, system.verifier.verify(good.read_bytes()))]

    def _paper(self, kind: CredentialType, issued: IssuedCredential) -> Path:
        return self._folder(kind) / f"{issued.staged.register_no.replace('/', '-')}.pdf"

    def _forged(self, system: System, issued: IssuedCredential) -> Path:
        """What a forger with the paper's file can do: better marks, the same signatures."""
        path = self._data / "papers" / "forged.pdf"
        if path.exists():
            return path
        paper = paper_of(issued, system.style)
        transcript = paper.credential.transcript
        assert transcript is not None, "a transcript has results"
        better = tuple(
            replace(row, mark=100) if row.mark is not None else row for row in transcript.results
        )
        level = "Tốt" if transcript.latest.study != "Tốt" else "Khá"
        outcomes = (replace(transcript.latest, study=level),)
        changed = replace(
            paper.credential, transcript=replace(transcript, outcomes=outcomes, results=better)
        )
        batch, found = issued.batch, qrtoken.parse(token_of(issued)).claims
        claims = qrtoken.payload(changed, found.place, system.deployment, found.sd_jwt)
        token = qrtoken.assemble(claims, batch.kid, batch.alg, issued.signatures.qr)
        forgery = replace(
            paper,
            credential=changed,
            qr=qrlink.encode(token, system.settings.public_url),
            sd_jwt=_with_better_marks(paper.sd_jwt),
        )
        draft = path.with_suffix(".tmp")
        draft.write_bytes(make_pdf(forgery))
        return draft.replace(path)

    def _table(self, rows: list[tuple[str, Path, Answer]]) -> None:
        lang, show, wrong = self._session.lang, self._session.show, []
        titles = {scene: messages.text(lang, f"demo.scene_{scene}") for scene, _, _ in rows}
        width = max(map(len, titles.values())) + 2
        show("")
        for scene, path, answer in rows:
            show(f"  {titles[scene]:<{width}}{headline(lang, answer)}\n  {'':<{width}}{path}")
            if answer.conclusion.reason != _EXPECTED[scene]:
                wrong.append(titles[scene])
        show("")
        if wrong:
            raise RefusedError("demo.unexpected", scenes=", ".join(wrong))


def sample_file() -> SchoolFile:
    """The sample city in the form that `sogoc school load` takes."""
    department = sample.department()
    return SchoolFile.model_validate({
        "department": {"name": department.name, "place": department.place},
        "schools": [
            {
                "id": school.id,
                "code": school.code,
                "kind": school.level,
                "names": [{**name._asdict(), "place": school.place} for name in school.names],
                "heads": [
                    {
                        "name": head.name,
                        "title": head.title,
                        "since": head.since,
                        "until": head.until,
                        "deputy": head.kind == "deputy",
                        "decision_no": head.decision_no,
                    }
                    for head in school.heads
                ],
            }
            for school in sample.schools()
        ],
        "pupils": [
            {
                "code": pupil.code,
                "name": pupil.name,
                "birth": pupil.birth.iso(),
                "school": pupil.school,
                "class_name": pupil.class_name,
                "sex": pupil.sex,
                "ethnicity": pupil.ethnicity,
                "birth_place": pupil.birth_place,
                "personal_no": pupil.personal_no,
            }
            for pupil in sample.pupils()
        ],
    })  # fmt: skip


def _with_better_marks(text: str) -> str:
    """Every mark of an SD-JWT's disclosures made 10, its digests and signature untouched."""
    jwt, *disclosures, end = text.split("~")
    raw = [urlsafe_b64decode(item + "=" * (-len(item) % 4)) for item in disclosures]
    better = [b64url(re.sub(rb'"mark":[0-9]+', b'"mark":100', item)) for item in raw]
    return "~".join([jwt, *better, end])
