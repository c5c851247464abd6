"""What issuing needs of the inventory of blanks."""

from collections.abc import Collection, Sequence
from typing import Protocol

from credential.blanks import Why
from credential.model import CredentialType


class BlankStock(Protocol):
    """The inventory of blanks; a school that never received any into it keeps none."""

    def lacking(
        self, school: int, kind: CredentialType, serials: Collection[str], ref: str = ""
    ) -> Sequence[str]:
        """Which serials are no blanks on hand; what the order `ref` took counts as on hand.

        None are lacking where the school keeps no inventory.
        """
        ...

    def take(
        self, school: int, kind: CredentialType, serials: Collection[str], ref: str, why: Why
    ) -> None:
        """Give the order `ref` its blanks, once; nothing where the school keeps no inventory.

        Raises ConflictError ``blanks.not_on_hand``; then none is taken.
        """
        ...

    def release(self, ref: str, actor: str) -> None:
        """Put back what an order took that came to nothing; what a batch has stays taken."""
        ...


class NoInventory:
    """No school keeps an inventory."""

    def lacking(
        self,
        school: int,  # noqa: ARG002 — as the port has it
        kind: CredentialType,  # noqa: ARG002
        serials: Collection[str],  # noqa: ARG002
        ref: str = "",  # noqa: ARG002
    ) -> Sequence[str]:
        """None."""
        return ()

    def take(
        self, school: int, kind: CredentialType, serials: Collection[str], ref: str, why: Why
    ) -> None:
        """Nothing is kept."""

    def release(self, ref: str, actor: str) -> None:
        """Nothing is kept."""
