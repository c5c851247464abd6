"""Clients of the API: what a key lifts, and that repeating is harmless."""

from tests.lists.conftest import CSV, Office
from tests.web.conftest import problem

LIST = b"serial,born\nSG000001,07/02/2008\n"
LONG = b"serial,born\n" + b"".join(b"SG%06d,07/02/2008\n" % number for number in range(600))


def bearing(key: str, request: str = "") -> dict[str, str]:
    more = {"Idempotency-Key": request} if request else {}
    return {**CSV, "Authorization": f"Bearer {key}", **more}


def test_a_key_lifts_the_limit_on_rows(office: Office) -> None:
    refused = office.post(LONG)
    assert (refused.status_code, problem(refused).faults[0].code) == (422, "file.too_many_rows")
    key, _ = office.clients.make("viec-lam")
    assert office.hand_in(LONG, bearing(key)).total == 600


def test_a_client_s_key_opens_its_lists_and_nobody_else_s(office: Office) -> None:
    ours, _ = office.clients.make("ours")
    theirs, _ = office.clients.make("theirs")
    made = office.hand_in(LIST, bearing(ours))
    office.work()
    assert office.ask("GET", made, token=ours).status_code == 200
    assert office.ask("GET", made, "/result.csv", made.secret or "").status_code == 200
    assert office.ask("GET", made, token=theirs).status_code == 404


def test_the_same_request_makes_one_list_whatever_became_of_the_first_answer(
    office: Office,
) -> None:
    key, _ = office.clients.make("ours")
    first = office.hand_in(LIST, bearing(key, "once"))
    assert office.hand_in(LIST, bearing(key, "once")) == first, "the secret is told again"
    other = office.post(LONG, bearing(key, "once"))
    assert (other.status_code, problem(other).code) == (422, "list.other_body")
    assert office.hand_in(LIST, bearing(key, "twice")).id != first.id
    another, _ = office.clients.make("another")
    assert office.hand_in(LIST, bearing(another, "once")).id != first.id, (
        "keys are each client's own"
    )


def test_a_key_that_is_not_ours_is_refused_and_so_is_one_that_was_retired(office: Office) -> None:
    key, _ = office.clients.make("ours")
    office.clients.retire("ours")
    for token in (key, "sgk_" + "x" * 43, "something", "sgk_"):
        refused = office.post(LIST, bearing(token))
        assert (refused.status_code, problem(refused).code) == (401, "client.key")
        assert refused.headers["www-authenticate"] == "Bearer"
    for header in ("Basic eDp5", "Bearer", "Bearer  ", ""):
        refused = office.post(LIST, {**CSV, "Authorization": header})
        assert (refused.status_code, problem(refused).code) == (401, "list.secret")


def test_without_a_key_there_is_no_repeating(office: Office) -> None:
    refused = office.post(LIST, {**CSV, "Idempotency-Key": "once"})
    assert (refused.status_code, problem(refused).code) == (422, "request.invalid")


def test_of_a_key_only_its_digest_is_kept(office: Office) -> None:
    key, _ = office.clients.make("ours")
    with office.database.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM api_clients").all())
    assert len(key) == 47
    assert key[4:] not in kept
