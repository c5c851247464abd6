"""Second factors of staff: a sealed TOTP secret, the last step used, one-time recovery codes.

A step of time and a recovery code serve once, whatever asks at the same moment (RFC 6238 §5.2).
"""

from collections.abc import Callable, Collection

from sqlalchemy import delete, func, insert, or_, select, update

from credential.errors import RefusedError
from database.connections import Database, lock
from store import audit
from store.accounts import sign_out
from store.outbox import now
from store.staff_tables import RECOVERY_CODES, STAFF


class Factors:
    """The second factors of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self.clock = database, clock

    def sealed(self, account: int) -> bytes | None:
        """An account's secret as it is kept, if it has one."""
        query = select(STAFF.c.totp).where(STAFF.c.account == account, STAFF.c.ended.is_(None))
        with self._database.reading() as connection:
            found: bytes | None = connection.scalar(query)
        return found

    def enrol(
        self, account: int, sealed: bytes, step: int, recovery: Collection[bytes], actor: str
    ) -> None:
        """A new secret, which was used in that step, and new recovery codes; all sessions end."""
        here = (STAFF.c.account == account) & STAFF.c.ended.is_(None)
        with self._database.writing() as connection:
            lock(connection, "accounts")
            values = {"totp": sealed, "step": step}
            if not connection.execute(update(STAFF).where(here).values(values)).rowcount:
                raise RefusedError("staff.unknown")
            mine = RECOVERY_CODES.c.account == account
            connection.execute(delete(RECOVERY_CODES).where(mine))
            rows = [{"digest": each, "account": account} for each in recovery]
            connection.execute(insert(RECOVERY_CODES), rows)
            sign_out(connection, account)
            detail = {"account": account}
            audit.append(connection, self.clock(), actor, "staff.factor", detail)

    def use(self, account: int, step: int) -> bool:
        """Use a step up; False if it, or a later one, was used before."""
        fresh = or_(STAFF.c.step.is_(None), STAFF.c.step < step)
        mine = (STAFF.c.account == account) & fresh
        with self._database.writing() as connection:
            used = connection.execute(update(STAFF).where(mine).values(step=step))
            return used.rowcount == 1

    def recover(self, account: int, digest: bytes, actor: str) -> bool:
        """Use a recovery code up; False if it is none of the account's."""
        mine = (RECOVERY_CODES.c.account == account) & (RECOVERY_CODES.c.digest == digest)
        with self._database.writing() as connection:
            used = connection.execute(delete(RECOVERY_CODES).where(mine)).rowcount == 1
            if used:
                detail = {"account": account}
                audit.append(connection, self.clock(), actor, "staff.recovered", detail)
        return used

    def left(self, account: int) -> int:
        """How many recovery codes are left."""
        query = select(func.count()).where(RECOVERY_CODES.c.account == account)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0
