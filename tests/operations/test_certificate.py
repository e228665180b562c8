"""The certificate for cameras: made once, made anew for other names, its key readable by nobody."""

from ops_platform.stack.certificate import ensure_certificate


def test_it_is_made_once_for_the_same_names(tmp_path):
    certificate, key = ensure_certificate(tmp_path, ("localhost", "127.0.0.1"))
    first = certificate.read_bytes()

    ensure_certificate(tmp_path, ("127.0.0.1", "localhost"))

    assert certificate.read_bytes() == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_other_names_need_another(tmp_path):
    first = ensure_certificate(tmp_path, ("localhost",))[0].read_bytes()

    assert ensure_certificate(tmp_path, ("localhost", "192.0.2.4"))[0].read_bytes() != first
