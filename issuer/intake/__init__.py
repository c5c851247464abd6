"""From a school's file to rows, what was mended in it, and every fault at once (main path, step 1).

`workbook` opens what may be hostile, `table` finds the rows of a `layout`, `reading` mends what is
certain, `cells` reads what is left; `pupil_lists` and `results` say which files there are, `rows`
what comes out.
"""

from issuer.intake.pupil_lists import read_class_list, read_pupils
from issuer.intake.results import read_results, read_score_sheet
from issuer.intake.rows import Notice, PupilRow, Reading, ResultsRow, content_digest

__all__ = [
    "Notice",
    "PupilRow",
    "Reading",
    "ResultsRow",
    "content_digest",
    "read_class_list",
    "read_pupils",
    "read_results",
    "read_score_sheet",
]
