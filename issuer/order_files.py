"""Files out of which an order can be made, by the type of what is ordered."""

from collections.abc import Mapping, Sequence
from typing import Any

from credential.model import CredentialType
from issuer.intake.layout import Layout
from issuer.intake.pupil_lists import CLASS_LIST, pupils_of
from issuer.intake.reading import prepared
from issuer.intake.results import TO_DATE_LAYOUTS, WHOLE_YEARS, read_whole_year
from issuer.intake.rows import Reading
from issuer.order import school_year

LAYOUTS: Mapping[CredentialType, Sequence[Layout]] = {
    CredentialType.THPT_DIPLOMA: (CLASS_LIST,),
    CredentialType.TRANSCRIPT: WHOLE_YEARS,
    CredentialType.TRANSFER: TO_DATE_LAYOUTS,
}
"""Which files have all that a credential of a type says."""


def read(
    kind: CredentialType,
    data: bytes,
    year: int,
    layouts: Sequence[Layout] | None = None,
    given: Mapping[str, str] | None = None,
) -> Reading[Any]:
    """The rows for credentials of a type, of the school year that ends in `year`.

    Raises InputError for a file that cannot be read at all.
    """
    possible = layouts or LAYOUTS[kind]
    if kind.has_results:
        return read_whole_year(data, school_year(year), possible, given)
    return pupils_of(prepared(data, possible, given))
