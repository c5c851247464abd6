"""Every error of the product, as one tree.

    SogocError
    ├── FormatError         bytes or text are not what they claim to be
    ├── InputError          what a person gave must be mended; carries every fault at once
    ├── RefusedError        well formed, but a rule forbids it now
    │   └── ConflictError   it contradicts what is already recorded
    ├── UnavailableError    a source did not answer; says which
    └── ConfigError         this deployment is set up wrongly

An error is a stable code with parameters. Sentences in Vietnamese and English are made of
them once, at the edge (`web.messages`), so nothing here speaks to a person.
"""

import copyreg
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class SogocError(Exception):
    """Root of the tree: a stable `code` such as ``qr.too_long`` and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({details})" if details else self.code

    def __reduce__(self) -> tuple[object, ...]:
        # an exception is made anew of its `args`; ours have parameters by name (other processes)
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class FormatError(SogocError):
    """Bytes or text are not a well-formed artefact, file or value."""


class RefusedError(SogocError):
    """A well-formed request that a rule forbids now."""


class ConflictError(RefusedError):
    """A request that contradicts what is already recorded."""


class ConfigError(SogocError):
    """This deployment is set up wrongly; only its operator can mend it."""


class UnavailableError(SogocError):
    """A source did not answer in time, or answered nonsense.

    `source` is one of ``chain``, ``registry`` and ``store``; `reason` is for operators. `kind` is
    for whoever waits for a verdict: ``silent``, ``stale`` (it stands still), ``disagreeing``
    (several say different things), ``unproven`` (it does not prove what it says) or ``unvouched``
    (nobody believed says that it is final).
    """

    def __init__(self, source: str, reason: str = "", kind: str = "silent") -> None:
        super().__init__("source.unavailable", source=source, reason=reason)
        self.source = source
        self.kind = kind

    def again(self) -> "UnavailableError":
        """The same error for another one who waits."""
        return UnavailableError(self.source, str(self.params["reason"]), self.kind)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in what a person gave.

    `row` is the row number that the spreadsheet program shows (first row is 1), `column` the
    heading as printed there, `letter` the column's letters. `params` hold what was found and what
    is expected.
    """

    code: str
    row: int | None = None
    column: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    letter: str | None = None


class InputError(SogocError):
    """What a person gave must be mended; every fault is listed, in order of rows."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("input.faults", count=len(faults))
        self.faults = tuple(faults)
