"""Files over HTTP: looked at, marked, kept once, made into orders; hostile ones refused by name."""

import io
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from api import sample
from api.desk import samples
from api.desk.policy import Member, Role
from store.upload_tables import UPLOADS
from store.uploads import KEPT, Upload, Uploads
from tests.desk_import.results import issue_transcripts, transcripts
from tests.web.conftest import problem
from tests.workbench import SCHOOLS, Desk, Worker

LIST = samples.sample("danh-sach-hoc-sinh")
HEADER = ["STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Lớp", "Giới tính", "SĐT cha"]
PHONE = "0909 000 111"  # of nobody
NEW = [1, "7999999999", "Đỗ Thị Mới", "07/02/2008", "12.9", "Nữ", PHONE]


def table(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(worker: Worker, data: bytes, path: str = "", **about: Any) -> Any:
    headers = {"Content-Type": "application/octet-stream"}
    return worker.ask("POST", f"/api/desk/imports{path}", content=data, headers=headers,
                      params=about)  # fmt: skip


def looked(worker: Worker, data: bytes, **about: Any) -> Any:
    response = bring(worker, data, **about)
    assert response.status_code == 200, response.text
    return response.json()


def keep(worker: Worker, upload: str) -> Any:
    return worker.ask("POST", "/api/desk/imports/keep", json={"upload": upload})


def codes(found: Sequence[Any]) -> list[tuple[str, int | None]]:
    return [(one["code"], one["row"]) for one in found]


def test_a_list_is_looked_at_and_then_kept_once(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    seen = looked(registrar, table(HEADER, NEW))
    assert seen["counts"] == {"new": 1, "changed": 0, "moved": 0, "unchanged": 0, "faulty": 0}
    assert [(row["group"], row["row"], row["name"]) for row in seen["rows"]] == [
        ("new", 2, "Đỗ Thị Mới")
    ]
    assert desk.system.desk.pupils(["7999999999"]) == {}
    assert keep(registrar, seen["upload"]).json() == {"kept": 1}
    assert keep(registrar, seen["upload"]).json() == {"kept": 0}  # the answer was lost
    assert desk.system.desk.pupils(["7999999999"])["7999999999"].school == SCHOOLS[0]
    assert looked(registrar, table(HEADER, NEW))["counts"]["unchanged"] == 1


def test_what_is_known_is_told_field_by_field(desk: Desk) -> None:
    registrar, pupil = desk.of(Role.REGISTRAR), sample.pupils()[0]
    row = [1, pupil.code, pupil.name, pupil.birth.printed(), "12.7", "Nữ", PHONE]
    [found] = looked(registrar, table(HEADER, row))["rows"]
    assert found["group"] == "moved"
    assert found["changes"] == [{"field": "class_name", "old": pupil.class_name, "new": "12.7"}]


def test_faults_are_told_all_at_once_and_nothing_is_kept(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    seen = looked(registrar, samples.sample("danh-sach-co-loi"))
    told = codes(seen["faults"])
    assert ("pupil.twice", 7) in told
    assert ("personal_no.twice", 9) in told
    assert seen["counts"]["faulty"] == 5
    assert all(one["text"]["vi"] and one["text"]["en"] for one in seen["faults"])
    response = keep(registrar, seen["upload"])
    assert (response.status_code, problem(response).code) == (422, "input.faults")
    marked = bring(registrar, samples.sample("danh-sach-co-loi"), "/marked")
    sheet = load_workbook(io.BytesIO(marked.content)).active
    assert sheet["D5"].comment
    assert "attachment" in marked.headers["Content-Disposition"]


def test_columns_are_named_by_hand_where_no_layout_fits(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    data = table(["Thứ tự", "Mã SV", "Quý danh", "Sinh", "Phòng"], NEW[:5])
    seen = looked(registrar, data)
    assert seen["upload"] is None
    unmatched = seen["unmatched"]
    assert unmatched["headings"] == ["Thứ tự", "Mã SV", "Quý danh", "Sinh", "Phòng"]
    [pupils] = [one for one in unmatched["layouts"] if one["name"] == "pupils"]
    assert {one["heading"] for one in pupils["columns"] if one["needed"]} >= {"Họ tên", "Lớp học"}
    named = (
        '{"Mã định danh Bộ GD&ĐT":"Mã SV","Họ tên":"Quý danh","Ngày sinh":"Sinh","Lớp học":"Phòng"}'
    )
    again = looked(registrar, data, layout="pupils", columns=named)
    assert again["counts"]["new"] == 1


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 50_000_000)
    return out.getvalue()


HOSTILE = {
    "nothing": (b"", "file.empty"),
    "a picture": (b"\x89PNG\r\n" + bytes(100), "file.not_a_table"),
    "a web page": (b"<html><table><tr><td>1</td></tr></table>", "file.markup"),
    "a bomb": (bomb(), None),
    "200,000 rows": (
        ("Mã học sinh;Họ và tên;Ngày sinh;Lớp\n" + "7900000001;An;2008;12.1\n" * 200_000).encode(),
        "file.too_many_rows",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is(name: str, desk: Desk) -> None:
    data, code = HOSTILE[name]
    seen = looked(desk.of(Role.REGISTRAR), data)
    assert seen["upload"] is None
    assert seen["unmatched"] is None
    [fault] = seen["faults"]
    assert fault["code"].startswith("file.")
    assert code in (None, fault["code"])


def test_what_is_too_large_or_json_is_refused(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    response = bring(registrar, bytes(10_000_001))
    assert (response.status_code, problem(response).code) == (413, "request.too_large")
    response = registrar.ask("POST", "/api/desk/imports", json={})
    assert (response.status_code, problem(response).code) == (415, "request.unsupported")


def test_two_people_keep_the_same_list_at_once(desk: Desk) -> None:
    first, second = desk.of(Role.REGISTRAR), desk.of(Role.REGISTRAR, name="Văn Thư Hai")
    uploads = [looked(worker, table(HEADER, NEW))["upload"] for worker in (first, second)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(keep, (first, second), uploads))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert desk.system.desk.pupils(["7999999999"])["7999999999"].name == "Đỗ Thị Mới"


def test_a_pupil_whom_another_school_took_meanwhile_is_told(desk: Desk) -> None:
    ours, theirs = desk.of(Role.REGISTRAR), desk.of(Role.REGISTRAR, SCHOOLS[1])
    upload = looked(ours, table(HEADER, NEW))["upload"]
    assert keep(theirs, looked(theirs, table(HEADER, NEW))["upload"]).json() == {"kept": 1}
    response = keep(ours, upload)
    assert response.status_code == 422
    assert [fault["code"] for fault in response.json()["faults"]] == ["pupil.other_school"]


def test_an_upload_is_its_schools_and_lies_sealed_for_a_day(desk: Desk) -> None:
    registrar, number = desk.of(Role.REGISTRAR), sample.pupils()[0].personal_no
    upload = looked(registrar, LIST)["upload"]
    for worker, given in ((desk.of(Role.REGISTRAR, SCHOOLS[1]), upload),
                          (registrar, "00" * 32), (registrar, "zz" * 32)):  # fmt: skip
        response = keep(worker, given)
        assert (response.status_code, problem(response).code) == (404, "upload.unknown")
    with desk.system.store_database.reading() as connection:
        [row] = connection.execute(select(UPLOADS)).all()
    held = b"".join(bytes(str(cell), "utf-8") if not isinstance(cell, bytes) else cell
                    for cell in row)  # fmt: skip
    for secret in (number.encode(), bytes.fromhex(upload), sample.pupils()[0].name.encode()):
        assert secret not in held
    later = Uploads(desk.system.store_database, clock=lambda: row.at + KEPT)
    assert later.of(row.id) is None
    assert later.erase() == 1


def test_the_daily_upkeep_takes_uploads_whose_day_is_over_and_no_others(desk: Desk) -> None:
    store = desk.system.store_database
    looked(desk.of(Role.REGISTRAR), LIST)
    Uploads(store, clock=lambda: 1).keep(b"old", Upload(1, "account:0", b""))
    desk.system.erase(closed_before=0)
    with store.reading() as connection:
        assert [row.at > KEPT for row in connection.execute(select(UPLOADS))] == [True]


def test_uploads_of_a_program_push_out_nobody_elses(desk: Desk) -> None:
    """A program's key may have the number of a person's account."""
    moments = count(KEPT)
    uploads = Uploads(desk.system.store_database, clock=lambda: next(moments))
    person = Member(7, "Trần Thị Chi", Role.REGISTRAR, 1001)
    for number, member in enumerate([person, *[replace(person, role=Role.SERVICE)] * 9]):
        uploads.keep(bytes([number]), Upload(1001, member.owner, b""))
    assert [uploads.of(bytes([number])) is not None for number in range(10)] == [
        True, *[False] * 4, *[True] * 5,
    ]  # fmt: skip


ORDER = {"decision": "128/QĐ-THPT", "decided_on": "2026-06-20", "first_serial": "T01000001"}


def act(worker: Worker, what: str, upload: str, **more: Any) -> Any:
    return worker.ask("POST", f"/api/desk/imports/{what}", json={"upload": upload, **ORDER, **more})


def diplomas(worker: Worker) -> str:
    data = samples.sample("danh-sach-lop-12")
    upload: str = looked(worker, data, purpose="thpt-diploma", year=2026)["upload"]
    return upload


def test_an_order_is_checked_and_handed_in(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    upload = diplomas(registrar)
    found = act(registrar, "check", upload).json()
    assert found["faults"] == []
    assert found["numbers"] == ["B26/1001/00001", "B26/1001/00008"]
    assert found["heads"] == ["Lê Hoàng Ví Dụ"]
    made = act(registrar, "order", upload)
    assert made.status_code == 201, made.text
    number = made.json()["order"]
    assert act(registrar, "order", upload).json() == {"order": number}
    order = registrar.get(f"/api/desk/orders/{number}")
    assert (order["size"], order["state"], order["type"]) == (8, "prepared", "thpt-diploma")
    assert {one["code"] for one in order["notices"]} >= {one["code"] for one in found["anomalies"]}
    personal = sample.pupils()[0].personal_no
    with desk.system.store_database.reading() as connection:
        content = connection.exec_driver_sql("SELECT content FROM orders").scalar()
    assert personal.encode() not in bytes(content)


def test_faults_stop_an_order(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    upload = diplomas(registrar)
    signer = {"signer": "Trần Thị Mẫu Đơn"}  # whose term is over
    found = act(registrar, "check", upload, **signer).json()
    assert codes(found["faults"]) == [("issue.signer_not_in_office", None)]
    response = act(registrar, "order", upload, **signer)
    assert (response.status_code, problem(response).code) == (422, "input.faults")
    response = act(registrar, "check", upload, decided_on="2026-13-41")
    assert (response.status_code, problem(response).code) == (422, "request.invalid")
    response = act(registrar, "order", upload, instead_of=1 << 63)
    assert (response.status_code, problem(response).code) == (422, "request.invalid")
    response = act(registrar, "order", upload, decision="1\u200b/QĐ")
    assert codes(response.json()["faults"]) == [("text.invisible", None)]


def test_results_become_an_order_and_lists_of_pupils_do_not(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    data = samples.sample("bang-tong-ket-lop-12")
    upload = looked(registrar, data, purpose="transcript", year=2026)["upload"]
    assert act(registrar, "order", upload, first_serial="").status_code == 201
    assert problem(keep(registrar, upload)).code == "upload.not_pupils"
    pupils = looked(registrar, LIST)["upload"]
    assert problem(act(registrar, "check", pupils)).code == "upload.not_results"


def test_transcripts_are_corrected_by_a_file(desk: Desk) -> None:
    issue_transcripts(desk.system)
    registrar, data = desk.of(Role.REGISTRAR), transcripts(marks={1: 9.9})
    seen = looked(registrar, data, purpose="transcript", year=2026)
    assert seen["counts"]["standing"] == 8
    upload, plain = seen["upload"], {"first_serial": ""}
    found = act(registrar, "check", upload, **plain).json()
    assert {one["code"] for one in found["faults"]} == {"award.already_held"}
    why = {**plain, "reason": "Nhập sai điểm", "requested_on": "2026-07-31"}
    late = act(registrar, "check", upload, **why | {"requested_on": "2199-12-31"})
    assert problem(late).code == "date.in_future"
    found = act(registrar, "check", upload, **why).json()
    assert (found["faults"], found["count"], found["unchanged"]) == ([], 1, 7)
    [one] = found["changes"]
    [change] = one["changes"]
    assert (change["subject"], change["term"], change["new"]) == ("Toán", "HK1", "9,9")
    number = act(registrar, "order", upload, **why).json()["order"]
    order = desk.of(Role.PRINCIPAL).get(f"/api/desk/orders/{number}")
    assert (order["size"], order["due"]) == (1, "2026-08-05")
    assert order["changes"][0]["changes"] == [change]
    assert "mark.year_average" in {one["code"] for one in order["notices"]}
    same = looked(registrar, transcripts(), purpose="transcript", year=2026)["upload"]
    assert problem(act(registrar, "check", same, **why)).code == "amendment.nothing"
    upload = looked(registrar, LIST)["upload"]
    assert problem(act(registrar, "check", upload, **why)).code == "upload.not_results"


SAMPLES = {
    "danh-sach-hoc-sinh": ("pupils", "pupils"),
    "c1-hocsinh": ("pupils", "c1-hocsinh"),
    "danh-sach-lop-12": ("thpt-diploma", "class-list"),
    "bang-tong-ket-lop-12": ("transcript", "year-results"),
    "bang-tong-ket-lop-9": ("transcript", "year-results-lower"),
    "c1-ketqua": ("transcript", "c1-ketqua"),
    "so-diem-lop-12": ("transcript", "sodiem-ca-nam"),
    "c1-ketqua-hoc-ky-1": ("transfer-record", "c1-ketqua-to-date"),
    "bang-tong-ket-hoc-ky-1": ("transfer-record", "results-to-date"),
}


def test_samples_are_read_as_they_are(desk: Desk) -> None:
    registrar = desk.of(Role.REGISTRAR)
    for name, (purpose, layout) in SAMPLES.items():
        response = registrar.ask("GET", f"/api/desk/samples/{name}")
        seen = looked(registrar, response.content, purpose=purpose, year=2026)
        assert (name, seen["faults"], seen["file"]["layout"]) == (name, [], layout)
        assert seen["file"]["count"] == 8
    response = registrar.ask("GET", "/api/desk/samples/etc-passwd")
    assert (response.status_code, problem(response).code) == (404, "sample.unknown")


def test_mark_books_of_a_class_become_an_order(desk: Desk) -> None:
    registrar, data = desk.of(Role.REGISTRAR), samples.sample("so-diem-lop-12")
    upload = looked(registrar, data, purpose="transcript", year=2026)["upload"]
    found = act(registrar, "check", upload, first_serial="").json()
    assert (found["faults"], found["count"]) == ([], 8)
    assert act(registrar, "order", upload, first_serial="").status_code == 201
    book = load_workbook(io.BytesIO(data))
    del book["1"]
    out = io.BytesIO()
    book.save(out)
    seen = looked(registrar, out.getvalue(), purpose="transcript", year=2026)
    assert codes(seen["faults"]) == [("book.no_sheet", None)]
