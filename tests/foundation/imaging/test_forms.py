"""What a person may choose when adding or replacing a page."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from foundation.imaging import forms, rules


def files(data):
    return MultiValueDict({"file": [SimpleUploadedFile("a.jpg", data)]})


def filled(data=b"bytes", **changed):
    typed = {"image_class": "id", "side": "back", "reused_because": " 一证两用 "} | changed
    return forms.Upload(typed, files(data))


def test_an_upload_becomes_what_the_service_takes():
    form = filled()

    assert form.is_valid()
    assert form.page() == {
        "data": b"bytes",
        "name": "a.jpg",
        "image_class": "id",
        "side": "back",
        "reused_because": "一证两用",
    }


def test_an_unknown_class_or_side_cannot_be_chosen():
    assert filled(image_class="photo").errors.keys() == {"image_class"}
    assert filled(side="top").errors.keys() == {"side"}


def test_of_a_huge_upload_no_more_is_read_than_tells_it_is_too_large():
    form = filled(bytes(rules.BYTES_MAX + 5000))

    assert form.is_valid()
    assert len(form.page()["data"]) == rules.BYTES_MAX + 1


def test_a_rescan_needs_its_reason():
    form = forms.Rescan({"reason": " "}, files(b"x"))

    assert form.errors.keys() == {"reason"}
