"""A list of credentials: look-up codes or register numbers, one a row in the first column.

Plain text, CSV, or the first sheet of an Excel workbook. A heading in the first row is passed
over. What the keys stand for is not looked up here.
"""

from credential.errors import FormatError
from credential.text import fold
from issuer.intake.workbook import first_column
from issuer.locating import Key

LIMIT = 100_000  # rows: the largest batch that was measured
_HEADINGS = {
    fold(heading)
    for heading in (
        "số vào sổ", "số vào sổ gốc cấp văn bằng", "mã tra cứu", "register number",
        "register_no", "look-up code", "code",
    )
}  # fmt: skip


def read_key_list(data: bytes) -> list[Key]:
    """The keys with their rows, in order.

    Raises FormatError ``file.empty`` for a list without any, InputError what `first_column` raises.
    """
    keys = [Key(text, row) for row, text in first_column(data, LIMIT)]
    if keys and fold(keys[0].text) in _HEADINGS:
        del keys[0]
    if not keys:
        raise FormatError("file.empty")
    return keys
