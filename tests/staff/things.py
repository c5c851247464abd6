"""Things of a school, for asking as somebody of another school: by the address of their routes.

Each makes one at that school and returns what stands in the address. Whoever adds a route with the
number of something in its address adds a line.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import date

from api.desk.policy import Role
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from store.jobs import Asked, Jobs
from store.order_records import Draft, Person
from store.orders import Orders
from store.service_keys import ServiceKeys
from store.staff import Staff
from store.withdrawals import Withdrawals
from tests.workbench import Desk


def a_person(desk: Desk, school: int) -> Mapping[str, object]:
    found = Staff(desk.system.store_database).named(desk.person(Role.REGISTRAR, school).login)
    assert found is not None
    return {"number": found[0].account}


def a_key(desk: Desk, school: int) -> Mapping[str, object]:
    keys = ServiceKeys(desk.system.store_database)
    return {"number": keys.make("VnEdu", school, ["read"], 3600, "operator")[1]}


def an_order(desk: Desk, school: int) -> Mapping[str, object]:
    kind, by = CredentialType.THPT_DIPLOMA, Person(None, "Trần Văn Bình")
    draft = Draft(secrets.token_hex(32), school, kind, 2026, 1, b"", b"", by)
    return {"number": Orders(desk.system.store_database).prepare(draft)}


def a_job(desk: Desk, school: int) -> Mapping[str, object]:
    asked = Asked("issue", secrets.token_hex(8), school, "Trần Văn Bình", {"order": 1})
    return {"number": Jobs(desk.system.store_database).start(asked)}


def a_withdrawal(desk: Desk, school: int) -> Mapping[str, object]:
    line = AwardLine(CredentialType.THPT_DIPLOMA, school, "B26/1/00001")
    cause = Withdrawal("issuer_error", "201/QĐ-THPT", date(2026, 9, 1))
    asked = Withdrawals(desk.system.store_database)
    return {"number": asked.prepare(line, Lane.REVOKED, cause, Person(None, "Trần Văn Bình"))}


def a_batch(desk: Desk, school: int) -> Mapping[str, object]:
    return {"school": school, "seq": 0}


OTHERS: Mapping[str, Callable[[Desk, int], Mapping[str, object]]] = {
    "/api/desk/staff/{number}/reset": a_person,
    "/api/desk/staff/{number}/sign-out": a_person,
    "/api/desk/staff/{number}/end": a_person,
    "/api/desk/keys/{number}": a_key,
    "/api/desk/orders/{number}": an_order,
    "/api/desk/orders/{number}/rows": an_order,
    "/api/desk/orders/{number}/rows/{row}/results": an_order,
    "/api/desk/orders/{number}/approve": an_order,
    "/api/desk/orders/{number}/return": an_order,
    "/api/desk/orders/{number}/cancel": an_order,
    "/api/desk/withdrawals/{number}/approve": a_withdrawal,
    "/api/desk/withdrawals/{number}/return": a_withdrawal,
    "/api/desk/withdrawals/{number}/cancel": a_withdrawal,
    "/api/desk/jobs/{number}": a_job,
    "/api/desk/jobs/{number}/cancel": a_job,
    "/api/desk/papers/{school}/{seq}": a_batch,
    "/api/desk/papers/{school}/{seq}/preview": a_batch,
    "/api/desk/papers/{school}/{seq}/notices": a_batch,
    "/api/desk/deliveries/{number}": a_job,
}
