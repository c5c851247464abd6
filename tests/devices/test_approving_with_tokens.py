"""A principal whose key is in a token of their own approves with its PIN, typed once."""

import pytest

from api.desk import approving, preparing
from api.desk.jobs import Worker
from api.desk.runners import RUNNERS
from credential.errors import RefusedError
from issuer.devicekeys import DeviceKey
from store.jobs import Jobs, JobState
from store.order_records import OrderState, Person
from store.orders import Orders
from tests.devices.softhsm import OTHER_PIN, PIN, Tray
from tests.issuer.conftest import PUPILS, Desk
from tests.orders.conftest import BINH, order_of

pytestmark = pytest.mark.softhsm
OWN, CHI = "Chữ ký Lê Thị Chi", Person(902, "Lê Thị Chi")


@pytest.fixture
def signing(sealed: Desk, tray: Tray) -> Desk:
    """Her key is in her token; the school's are in the school's."""
    tray.token(OWN)
    with sealed.system() as system:
        pins = system.settings.token_pin_file
        place = DeviceKey(tray.module, OWN, "sogoc", pin_file=str(pins))
        system.persons.take(1001, CHI.name, place)
        made = system.persons.make(1001, CHI.name).public
        system.persons.listed.list(made, 1001, CHI.name, "operator")
    return sealed


def test_the_pin_is_tried_at_once_and_signs_the_batch(signing: Desk, tray: Tray) -> None:
    with signing.system() as system:
        orders = Orders(system.store_database)
        number = preparing.prepare(system, BINH, order_of(signing))
        ref = orders.of(number).ref
        for secret, code in (("", r"pen\.needed"), (OTHER_PIN, r"device\.pin_wrong")):
            with pytest.raises(RefusedError, match=code):
                approving.approve(system, number, CHI, ref, approving.typed(system, CHI, secret))
        assert orders.of(number).state is OrderState.PREPARED
        job = approving.approve(system, number, CHI, ref, approving.typed(system, CHI, PIN))
        Worker(system, RUNNERS).once(job)
        assert Jobs(system.store_database).of(job).state is JobState.DONE
        batch = system.batches.batch(ref)
        approval = system.batches.approval(batch.id)
        assert (approval.approved_by, approval.signature is not None) == (CHI.name, True)
    assert signing.sogoc("record", "check", "1001-0000") == 0
    assert signing.written() == (PUPILS, 1, PUPILS)


def test_a_token_pulled_out_before_it_signed_is_asked_for_again(signing: Desk, tray: Tray) -> None:
    with signing.system() as system:
        number = preparing.prepare(system, BINH, order_of(signing))
        ref = Orders(system.store_database).of(number).ref
        job = approving.approve(system, number, CHI, ref, approving.typed(system, CHI, PIN))
        tray.pull_out()
        Worker(system, RUNNERS).once(job)
        assert Jobs(system.store_database).of(job).code == "device.absent"
        tray.plug_in()
        with pytest.raises(RefusedError, match=r"device\.pin_wrong"):
            approving.approve(system, number, CHI, ref, approving.typed(system, CHI, OTHER_PIN))
        assert job == approving.approve(system, number, CHI, ref, approving.typed(system, CHI, PIN))
        Worker(system, RUNNERS).once(job)
        assert Jobs(system.store_database).of(job).state is JobState.DONE
