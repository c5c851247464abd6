"""Things of a school, for asking as somebody of another school: by the address of their routes.

Each makes one at that school and returns what stands in the address. Whoever adds a route with the
number of something in its address adds a line.
"""

from collections.abc import Callable, Mapping

from api.desk.policy import Role
from store.service_keys import ServiceKeys
from store.staff import Staff
from tests.workbench import Desk


def a_person(desk: Desk, school: int) -> Mapping[str, object]:
    found = Staff(desk.system.store_database).named(desk.person(Role.REGISTRAR, school).login)
    assert found is not None
    return {"number": found[0].account}


def a_key(desk: Desk, school: int) -> Mapping[str, object]:
    keys = ServiceKeys(desk.system.store_database)
    return {"number": keys.make("VnEdu", school, ["read"], 3600, "operator")[1]}


OTHERS: Mapping[str, Callable[[Desk, int], Mapping[str, object]]] = {
    "/api/desk/staff/{number}/reset": a_person,
    "/api/desk/staff/{number}/end": a_person,
    "/api/desk/keys/{number}": a_key,
}
