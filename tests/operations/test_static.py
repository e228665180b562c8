"""Collected static files: names that carry the content, imports that lead to them."""

import gzip
import re
import subprocess
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from ops_platform.assets import HashedStorage
from ops_platform.env import BASE
from ops_platform.stack import collecting, parts
from tests.architecture import tidy

MODULES = ("core.js", "shell.js", "live.js", "viewer.js", "scan.js")
NAMED = re.compile(r'(?:from|import)\s*\(?\s*"\./([^"]+)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    var = tmp_path_factory.mktemp("var")
    environ = {"OPS_VAR": str(var), "OPS_SECRET_KEY": "k" * 50, "PATH": "",
               "DJANGO_SETTINGS_MODULE": "ops_platform.settings"}  # fmt: skip
    words = parts.django_words(*collecting.words())
    subprocess.run(words, cwd=BASE, env=environ, check=True, timeout=120)
    return var / "static"


@pytest.fixture
def storage(folder):
    return HashedStorage(location=folder, base_url="/static/")


def used_by_templates():
    texts = [path.read_text() for path in tidy.under("**/templates/**/*.html")]
    return {name for text in texts for name in re.findall(r'{% static "([^"]+)"', text)}


def test_every_file_that_a_page_names_has_a_hashed_name(storage):
    names = used_by_templates()

    assert len(names) >= 8
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", storage.url(name)) for name in names)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_hashed_names_that_exist(name, folder, storage):
    text = (folder / storage.stored_name(f"ops/{name}")).read_text()
    plain = (BASE / "foundation/ui/static/ops" / name).read_text()
    imported = NAMED.findall(text)

    assert len(imported) == len(NAMED.findall(plain)) > 0
    assert all((folder / "ops" / one).is_file() for one in imported)
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", one) for one in imported)


def test_a_name_is_never_in_a_script_as_it_stood(storage):
    assert "words.js" in (BASE / "foundation/ui/static/ops/shell.js").read_text()
    with storage.open(storage.stored_name("ops/shell.js")) as script:
        assert b'"./words.js"' not in script.read()


def test_files_are_packed_and_the_unused_left_out(folder, storage):
    packed = folder / f"{storage.stored_name('vendor/bootstrap.min.css')}.gz"

    assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()
    assert not any((folder / name).exists() for name in ("rest_framework", "django_htmx"))


def test_a_browser_may_keep_them_for_ever(folder, settings):
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = folder, False
    hashed = {"BACKEND": "ops_platform.assets.HashedStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}

    answer = Client(headers={"accept-encoding": "gzip"}).get(staticfiles_storage.url("ops/core.js"))

    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert "max-age=315360000" in answer["Cache-Control"]
    kept = folder / staticfiles_storage.stored_name("ops/core.js")
    assert gzip.decompress(answer.getvalue()) == kept.read_bytes()


def test_it_is_done_again_only_when_a_file_changed(tmp_path):
    script = tmp_path / "foundation" / "ui" / "static" / "a.js"
    script.parent.mkdir(parents=True)
    script.write_text("1")
    before = collecting.static_fingerprint(tmp_path)
    same = collecting.static_fingerprint(tmp_path)

    script.write_text("2")

    assert before == same != collecting.static_fingerprint(tmp_path)


def test_what_was_noted_is_known(tmp_path):
    env = SimpleNamespace(var=tmp_path)
    (tmp_path / "static").mkdir()

    assert not collecting.collected(env)
    collecting.note_collected(env)
    assert collecting.collected(env)


def test_without_a_manifest_names_stay_plain(tmp_path):
    storage = HashedStorage(location=tmp_path, base_url="/static/")

    assert storage.url("ops/core.js") == "/static/ops/core.js"
