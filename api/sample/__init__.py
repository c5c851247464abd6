"""A synthetic city for `sogoc demo`: always the same, nobody in it is real.

`city` has the department, schools and pupils, `names` draws people's names, `results` a year's
marks, `sheets` writes the spreadsheets a school would hand in. Loading the registry is left
to `registry.loading`.
"""

from api.sample.city import (
    SCHOOL_YEAR,
    DatedName,
    Department,
    Head,
    Pupil,
    School,
    department,
    pupils,
    schools,
    serial_number,
)
from api.sample.results import YearResults, year_results
from api.sample.sheets import write_class_list, write_score_sheet

__all__ = [
    "SCHOOL_YEAR",
    "DatedName",
    "Department",
    "Head",
    "Pupil",
    "School",
    "YearResults",
    "department",
    "pupils",
    "schools",
    "serial_number",
    "write_class_list",
    "write_score_sheet",
    "year_results",
]
