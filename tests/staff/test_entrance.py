"""Signing in to the workbench, and that nobody else's session opens it."""

from api.desk.policy import Role
from tests.workbench import Desk


def test_who_is_signed_in(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    told = registrar.get("/api/desk/session")["member"]
    assert (told["name"], told["role"], told["school"]) == ("Lê Thị Văn Thư", "registrar", 1001)
    assert told["school_name"]
    assert "prepare" in told["acts"]
    assert "approve" not in told["acts"]
