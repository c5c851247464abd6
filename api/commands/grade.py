"""`sogoc grade`: a pupil's year by the rules of that year, or a student's average, step by step."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import BinaryIO

import click

from api import coursetable
from api.session import Session
from api.terminal import printable
from grading import university
from grading.explaining import Remark, citations
from grading.marks import format_tenths
from grading.rules import rules_for
from grading.ruleset import RuleSet
from grading.years import Year, reckon
from web import messages


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--school-year", metavar="YYYY-YYYY", help="Năm học / school year.")
@click.option("--grade", type=click.IntRange(6, 12), help="Khối / grade.")
@click.option(
    "--conduct",
    multiple=True,
    metavar="LEVEL",
    help="Kết quả rèn luyện cả năm, hoặc hai lần cho hai học kì / conduct of the year, or twice "
    "for the two semesters.",
)
@click.option("--absences", type=click.IntRange(0), help="Số buổi nghỉ / sessions missed.")
@click.option(
    "--specialised", metavar="SUBJECT", help="Môn chuyên / a specialised class's subject."
)
@click.option(
    "--university", "of_university", is_flag=True,
    help="Đại học: FILE gồm học phần;số tín chỉ;điểm / university: FILE has course;credits;mark.",
)  # fmt: skip
@click.pass_obj
def grade(
    session: Session, file: BinaryIO, school_year: str | None, grade: int | None,
    conduct: tuple[str, ...], absences: int | None, specialised: str | None, of_university: bool,
) -> None:  # fmt: skip
    """Tính điểm cả năm, kết quả học tập, lên lớp / average, level and promotion, step by step.

    FILE has a heading and one subject a line: name;HKI;HKII, marks such as 8,5, or Đ and CĐ for
    subjects assessed by comments ("-" reads standard input).
    """
    if of_university:
        if conduct or not {school_year, grade, absences, specialised} <= {None}:
            raise click.UsageError("--university: chỉ một mình / alone")
        _show(session, _of_university(session.lang, file.read()))
        return
    if school_year is None or grade is None:
        raise click.UsageError("--school-year, --grade: cần có / needed")
    if len(conduct) > 2:
        raise click.UsageError("--conduct: 1 hoặc 2 lần / once or twice")
    rules, courses = rules_for(school_year, grade), coursetable.read(file.read())
    keys = {each.name: each.subject for each in courses}
    key = coursetable.key_among(specialised, keys) if specialised else None
    year = reckon(rules, courses, _conduct(rules, conduct), absences, key)
    _show(session, _lines(session.lang, year))


def _show(session: Session, found: Iterable[str]) -> None:
    session.show("\n".join(map(printable, found)))


def _of_university(lang: str, data: bytes) -> Iterator[str]:
    scale = university.DEFAULT
    standing = university.reckon(scale, coursetable.read_university(data))
    for course, step, remark in standing.courses:
        yield f"{course.name}: {step.letter}"
        yield from _indented(lang, [remark])
    for each in (*standing.steps, *citations(scale.sources, "class")):
        yield messages.text(lang, each.code, **each.params)


def _conduct(rules: RuleSet, said: tuple[str, ...]) -> StrEnum | tuple[StrEnum, StrEnum] | None:
    levels = [rules.conduct_level(each) for each in said]
    return (levels[0], levels[1]) if len(levels) == 2 else levels[0] if levels else None


def _lines(lang: str, year: Year) -> Iterator[str]:
    for course in year.courses:
        result = course.result
        shown = result.rating if result.mark is None else format_tenths(result.mark)
        yield f"{result.name}: {shown}"
        yield from _indented(lang, course.steps)
    study = year.study
    yield f"{messages.text(lang, 'field.study')}: {messages.text(lang, f'level.{study.level}')}"
    yield from _indented(lang, study.steps)
    if study.above:
        yield messages.text(lang, "grading.missing", level=str(study.above))
        yield from _indented(lang, study.missing)
    if year.conduct:
        words = messages.text(lang, f"level.{year.conduct}")
        yield f"{messages.text(lang, 'field.conduct')}: {words}"
    if year.promotion:
        yield messages.text(lang, f"outcome_of_year.{year.promotion.outcome.value}")
        yield from _indented(lang, year.promotion.steps)
    if year.title:
        yield messages.text(lang, "grading.title", title=year.title)


def _indented(lang: str, remarks: Iterable[Remark]) -> Iterator[str]:
    return (f"  {messages.text(lang, each.code, **each.params)}" for each in remarks)
