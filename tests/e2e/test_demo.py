"""`sogoc demo` as a person runs it: from an Excel file to four verdicts; twice, and nothing new."""

import re
from pathlib import Path

from tests.deployed import Deployment, FirstRun
from web import messages

SCENES = [
    ("genuine", "✔ VALID", "valid"),
    ("forged", "✘ INVALID", "forged"),
    ("revoked", "✘ INVALID", "revoked"),
    ("stopped", "? UNDETERMINED", "chain"),
]


def papers(deployment: Deployment) -> dict[Path, tuple[int, int]]:
    """Every PDF with the time of its last change and its size."""
    found = sorted((deployment.data / "papers").rglob("*.pdf"))
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in found}


def table(said: str) -> list[str]:
    """The lines of the table of verdicts."""
    return re.findall(r"^ .*(?:VALID|UNDETERMINED) — .*$", said, re.MULTILINE)


def test_the_first_run_shows_the_four_verdicts(first_run: FirstRun) -> None:
    assert first_run.done.returncode == 0, first_run.done.stderr
    lines = table(first_run.done.stdout)
    for line, (scene, verdict, reason) in zip(lines, SCENES, strict=True):
        assert line.startswith(f"  {messages.text('en', f'demo.scene_{scene}')}  ")
        assert f"{verdict} — {messages.text('en', f'headline.{reason}')}" in line
    assert messages.text("en", "demo.done") in first_run.done.stdout


def test_it_wrote_the_papers_that_it_names(first_run: FirstRun, demo: Deployment) -> None:
    folder = demo.data / "papers"
    assert len(list((folder / "thpt-diploma").glob("*.pdf"))) == 120
    assert len(list((folder / "transcript").glob("*.pdf"))) == 120
    named = [Path(path) for path in re.findall(r"\S+\.pdf", first_run.done.stdout)]
    assert len(named) >= len(SCENES)
    assert all(path.read_bytes().startswith(b"%PDF-") for path in named)
    assert demo.written() == (240, 2, 240)


def test_it_says_what_it_is_doing(first_run: FirstRun) -> None:
    stages = ["databases", "contract", "registry", "issue_thpt-diploma", "final", "stop"]
    for stage in stages:
        assert messages.text("en", f"cli.stage_{stage}") in first_run.done.stderr
    assert "\r" not in first_run.done.stderr, "a bar is for terminals"


def test_the_second_run_is_a_repetition_and_changes_nothing(demo: Deployment) -> None:
    written, files = demo.written(), papers(demo)
    again = demo.run("demo")
    assert again.returncode == 0, again.stderr
    assert messages.text("en", "demo.repeated") in again.stdout
    assert messages.text("en", "demo.done") not in again.stdout
    assert len(table(again.stdout)) == len(SCENES)
    assert demo.written() == written
    assert papers(demo) == files


def test_it_does_not_run_in_the_folder_of_a_real_deployment(tmp_path: Path) -> None:
    real = Deployment(tmp_path / "real")
    assert real.run("init").returncode == 0
    refused = real.run("demo")
    assert refused.returncode == 1
    assert "belongs to a real deployment" in refused.stderr
    assert not (real.data / "papers").exists()
