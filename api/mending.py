"""What the command line prints when something must be mended: errors and every fault in a file."""

from collections.abc import Iterable

from api.terminal import printable
from credential.errors import Fault, InputError, SogocError
from web import messages

_FAULTS_SHOWN = 50  # more than anyone mends before trying again


def error_lines(lang: str, error: SogocError) -> Iterable[str]:
    """An error and, if a person has to mend something, every fault with row and column."""
    yield printable(messages.text(lang, error.code, **error.params))
    if isinstance(error, InputError):
        for fault in error.faults[:_FAULTS_SHOWN]:
            yield f"  {fault_line(lang, fault)}"
        if len(error.faults) > _FAULTS_SHOWN:
            yield f"  … +{len(error.faults) - _FAULTS_SHOWN}"


def fault_line(lang: str, fault: Fault) -> str:
    """One fault: where it is, what was found and what is expected."""
    place = []
    if fault.row is not None:
        place.append(messages.text(lang, "cli.row", row=fault.row))
    if fault.column is not None:
        place.append(f"{fault.column} ({fault.letter})" if fault.letter else fault.column)
    words = messages.text(lang, fault.code, **fault.params)
    return printable(f"{', '.join(place)}: {words}" if place else words)
