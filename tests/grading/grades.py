"""Results of one term out of numbers: the way these tests write them."""

from collections.abc import Sequence

from credential.model import CourseResult

SCORED = (
    "mathematics", "literature", "foreign_language_1", "history", "physics", "chemistry", "biology",
    "informatics", "defence_security", "geography", "technology", "civics",
)  # fmt: skip


def results(
    marks: Sequence[int], ratings: Sequence[str] = (), term: str = "CN"
) -> list[CourseResult]:
    """Subjects in the order of `SCORED` (mathematics, literature, foreign language first)."""
    scored = [
        CourseResult(key, key, term, mark=mark)
        for key, mark in zip(SCORED[: len(marks)], marks, strict=True)
    ]
    return scored + [
        CourseResult(f"comment_{number}", f"comment_{number}", term, rating=rating)
        for number, rating in enumerate(ratings)
    ]
