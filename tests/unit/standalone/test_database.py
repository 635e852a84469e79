from __future__ import annotations

import pytest

from standalone.database import answers, check_given, hosts_of
from standalone.errors import PieceFailedError
from standalone.ports import choose_port
from standalone.replica_set import Credentials


@pytest.mark.parametrize(
    ("uri", "hosts"),
    [
        ("mongodb://u:pass-word@a:27018,b/?replicaSet=rs0", "a:27018, b:27017"),
        ("mongodb+srv://u:pass-word@cluster.example.net/calls?w=majority", "cluster.example.net"),
    ],
)
def test_hosts_are_named_without_the_password(uri: str, hosts: str) -> None:
    assert hosts_of(uri) == hosts


@pytest.mark.parametrize(
    "uri", ["localhost:27017", "mongodb://u:p@ss@word@h/", "mongodb://h:port/", "mongodb://"]
)
def test_a_wrong_uri_is_refused_without_repeating_it(uri: str) -> None:
    with pytest.raises(PieceFailedError, match="MONGODB_URI is no MongoDB URI") as caught:
        check_given(uri, timeout_s=0.3)
    assert "word" not in str(caught.value).replace("PASSWORD", "").replace("password", "")


def test_a_certificate_that_cannot_be_read_is_named() -> None:
    uri = "mongodb://u:pass-word@h/?tls=true&tlsCAFile=/no/such/roots.pem"
    with pytest.raises(PieceFailedError) as caught:
        check_given(uri, timeout_s=0.3)
    assert str(caught.value) == (
        "MONGODB_URI names /no/such/roots.pem, which cannot be read: No such file or directory."
    )


def test_a_silent_host_is_named() -> None:
    port = choose_port()
    uri = f"mongodb://u:pass-word@127.0.0.1:{port}/"
    with pytest.raises(PieceFailedError, match=f"nothing answers at 127.0.0.1:{port} in 0.3 s") as caught:
        check_given(uri, timeout_s=0.3)
    assert "pass-word" not in str(caught.value)
    assert not answers(uri, timeout_s=0.3)


def test_the_embedded_uri_asks_for_majority_writes_and_hides_its_password() -> None:
    credentials = Credentials(user="callqa", password="pass-word")  # noqa: S106 - of no server
    assert credentials.uri(20001) == (
        "mongodb://callqa:pass-word@127.0.0.1:20001/?replicaSet=rs0&authSource=admin&w=majority"
    )
    assert "pass-word" not in repr(credentials)
