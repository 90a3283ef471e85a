"""Files in and out over the API: each verb by who may, by who may not, and with wrong input."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from council.exchange import actions as exchange
from council.opinions.models import Opinion
from tests.api.checking import FORBIDDEN, INVALID, NOT_FOUND, REFUSED, check, errors, ids, rows

HEADER = "제출기관,조항,수정안,이유\n"
GOOD = "누리솔루션,과제 1,30%로 한다.,부담이 큽니다.\n"
BAD = "없는 회사,과제 1,40%로 한다.,이유가 있습니다.\n"


@pytest.fixture
def consultation(cast):
    return cast.consultation()


def upload(caller, consultation, text: str = HEADER + GOOD + BAD, *, name: str = "의견.csv", **fields: object):
    file = SimpleUploadedFile(name, text.encode())
    sent = {"consultation": str(consultation.pk), "file": file, **fields}
    return caller.post("/api/v1/imports/", sent, format="multipart")


def test_a_file_is_looked_through_corrected_and_entered(cast, call, consultation):
    secretary = call(cast.secretary)
    check(upload(call(cast.observer), consultation), FORBIDDEN)
    made = check(upload(secretary, consultation), 201)

    assert (made["state"], made["total"], made["form"], made["format"]) == ("preview", 2, "clause", "csv")
    assert made["counts"] == {"ready": 1, "problem": 1, "repeated": 0, "left_out": 0, "added": 0}
    good, bad = rows(secretary.get(f"/api/v1/import-rows/?upload={made['id']}"))
    assert (good["state"], good["organisation"]["name"], good["passage"]["number"]) == ("ready", "누리솔루션", "1")
    assert (bad["state"], bad["organisation"], len(bad["problems"])) == ("problem", None, 1)
    assert ids(secretary.get(f"/api/v1/import-rows/?upload={made['id']}&state=problem")) == [bad["id"]]

    address = f"/api/v1/import-rows/{bad['id']}/"
    check(call(cast.supplier).patch(address, {"reason": "…"}), NOT_FOUND)
    assert errors(secretary.patch(address, {"passage": "x"})) == ["passage"]
    assert errors(secretary.patch(address, {"verdict": "…"})) == ["verdict"]
    fixed = check(secretary.patch(address, {"organisation": str(cast.adopting.pk)}), 200)
    assert (fixed["state"], fixed["problems"]) == ("ready", [])
    check(secretary.post(f"{address}take-in/"), REFUSED)
    assert check(secretary.post(f"{address}leave-out/"), 200)["state"] == "left_out"
    assert check(secretary.post(f"{address}take-in/"), 200)["state"] == "ready"

    start = f"/api/v1/imports/{made['id']}/start/"
    check(call(cast.supplier).post(start), NOT_FOUND)
    assert check(secretary.post(start), 200)["state"] == "queued"
    check(secretary.post(start), REFUSED)
    check(secretary.patch(address, {"reason": "…"}), REFUSED)
    exchange.run_imports()

    done = check(secretary.get(f"/api/v1/imports/{made['id']}/"), 200)
    assert (done["state"], done["done"], done["added"], done["counts"]["added"]) == ("done", 2, 2, 2)
    assert len(ids(secretary.get("/api/v1/opinions/?source=file"))) == 2
    check(upload(secretary, consultation), REFUSED)
    check(secretary.post(f"/api/v1/imports/{made['id']}/discard/"), REFUSED)


def test_a_file_that_is_discarded_can_be_brought_again(cast, call, consultation):
    secretary = call(cast.secretary)
    first = check(upload(secretary, consultation), 201)

    assert check(secretary.post(f"/api/v1/imports/{first['id']}/discard/"), 200)["state"] == "discarded"
    check(secretary.post(f"/api/v1/imports/{first['id']}/discard/"), REFUSED)
    check(upload(secretary, consultation), 201)


def test_a_bad_file_says_what_is_wrong_and_changes_nothing(cast, call, consultation):
    secretary = call(cast.secretary)

    for text, name in (("아무 말", "의견.csv"), (HEADER, "의견.csv"), (HEADER + GOOD, "의견.xlsx"), ("x", "의견.exe")):
        assert errors(upload(secretary, consultation, text, name=name)) == ["file"]
    assert errors(upload(secretary, consultation, encoding="koi8-r")) == ["encoding"]
    sent = {"consultation": str(consultation.pk)}
    assert errors(secretary.post("/api/v1/imports/", sent, format="multipart")) == ["file"]
    check(secretary.post("/api/v1/imports/", sent, format="json"), 415)
    assert ids(secretary.get("/api/v1/imports/")) == []
    assert not Opinion.objects.exists()


def test_an_organisation_brings_its_own_file_and_sees_no_other(cast, call, consultation):
    of_secretary = check(upload(call(cast.secretary), consultation), 201)
    supplier = call(cast.supplier)

    mine = check(upload(supplier, consultation, HEADER + GOOD), 201)

    assert mine["membership"]["organisation"]["name"] == "누리솔루션"
    assert ids(supplier.get("/api/v1/imports/")) == [mine["id"]]
    assert ids(call(cast.secretary).get("/api/v1/imports/")) == [mine["id"], of_secretary["id"]]
    assert ids(call(cast.adopter).get("/api/v1/imports/")) == ids(call(cast.adopter).get("/api/v1/import-rows/")) == []
    check(supplier.get(f"/api/v1/imports/{of_secretary['id']}/"), NOT_FOUND)


def test_a_document_is_asked_for_written_and_downloaded(cast, call, consultation):
    cast.published(consultation)
    supplier, asked = call(cast.supplier), {"kind": "dispositions", "consultation": str(consultation.pk)}
    assert errors(supplier.post("/api/v1/exports/", asked | {"format": "exe"})) == ["format"]
    assert errors(supplier.post("/api/v1/exports/", asked | {"format": "csv", "kind": "forms"})) == ["kind"]
    assert errors(supplier.post("/api/v1/exports/", {"kind": "iso", "format": "docx"})) == ["consultation"]
    assert errors(supplier.post("/api/v1/exports/", {"kind": "comparison", "format": "pdf"})) == ["before"]
    assert errors(call(cast.stranger).post("/api/v1/exports/", asked | {"format": "csv"})) == ["consultation"]

    made = check(supplier.post("/api/v1/exports/", asked | {"format": "csv"}), 201)

    address = f"/api/v1/exports/{made['id']}/"
    assert (made["state"], made["is_kept"]) == ("queued", False)
    check(supplier.get(f"{address}file/"), REFUSED)
    exchange.run_exports()
    ready = check(supplier.get(address), 200)
    assert (ready["state"], ready["is_kept"], ready["format"]) == ("done", True, "csv")
    file = supplier.get(f"{address}file/", HTTP_ACCEPT="text/csv")
    content = b"".join(file.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "예산 여건상 당장은 어렵습니다." in content.decode()
    assert file["Content-Disposition"].startswith("attachment;")
    check(call(cast.secretary).get(address), NOT_FOUND)
    assert ids(supplier.get("/api/v1/exports/?kind=dispositions&state=done")) == [made["id"]]


def test_blank_forms_are_handed_out(cast, call, consultation):
    address = f"/api/v1/consultations/{consultation.pk}"
    check(call(cast.supplier).post(f"{address}/blank-forms/", {"format": "xlsx"}), FORBIDDEN)
    secretary = call(cast.secretary)
    assert errors(secretary.post(f"{address}/blank-forms/", {"format": "pdf"})) == ["format"]
    assert errors(secretary.post(f"{address}/blank-forms/", {"format": "xlsx", "organisations": []})) == [
        "organisations"
    ]
    one = {"format": "csv", "organisations": [str(cast.supplying.pk)]}
    assert check(secretary.post(f"{address}/blank-forms/", one), 201)["kind"] == "forms"

    form = call(cast.supplier).get(f"{address}/blank-form/?type=csv", HTTP_ACCEPT="text/csv")

    assert form.status_code == 200
    assert "누리솔루션" in b"".join(form.streaming_content).decode()
    check(call(cast.supplier).get(f"{address}/blank-form/?type=pdf"), INVALID)
    check(call(cast.stranger).get(f"{address}/blank-form/"), NOT_FOUND)
