"""From a school's spreadsheet to rows, or to every fault in it at once (main path, step 1).

`class_list` and `score_sheet` read the two layouts; `workbook` opens what may be hostile;
`cells` reads one row and gathers faults; `rows` holds what comes out.
"""

from issuer.intake.class_list import read_class_list
from issuer.intake.rows import (
    ClassList,
    Notice,
    PupilRow,
    ResultsRow,
    ScoreSheet,
    content_digest,
)
from issuer.intake.score_sheet import read_score_sheet

__all__ = [
    "ClassList",
    "Notice",
    "PupilRow",
    "ResultsRow",
    "ScoreSheet",
    "content_digest",
    "read_class_list",
    "read_score_sheet",
]
