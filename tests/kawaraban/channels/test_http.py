"""What a channel may conclude from a failure, and what HTTP never does: leak, follow elsewhere, read without end."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict
from urllib3 import exceptions as below
from urllib3.connection import HTTPConnection

from kawaraban.channels.http import Answer, CantTell, Limits, Session, addresses, judged
from kawaraban.channels.http.addresses import is_public
from kawaraban.channels.http.failures import KINDS, failure_of, kind_of
from kawaraban.channels.http.hints import LONGEST, retry_after
from kawaraban.channels.http.secrecy import HIDDEN, quoted, redacted, shown
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW

Answering = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A server on loopback whose paths answer as a test says; `asked` are the requests that reached it."""

    def __init__(self) -> None:
        self.paths: dict[str, Answering] = {}
        self.asked: list[tuple[str, str, bytes]] = []
        self.release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.command, self.path, body))
                outer.paths[self.path](self)

            do_POST = do_GET  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answers(self, path: str, status: int = 200, body: bytes = b"ok", **headers: str) -> str:
        def answering(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.paths[path] = answering
        return self.url + path

    def say_nothing(self) -> None:
        self.release.wait(5)

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def session() -> Iterator[Session]:
    limits = Limits(connect=0.5, read=0.25, whole=0.6, answer_bytes=1000, redirects=2)
    with Session(private=True, limits=limits, secrets=("hush-hush",)) as opened:
        yield opened


def every_subclass(parent: type[Exception]) -> set[type[Exception]]:
    return {parent}.union(*(every_subclass(child) for child in parent.__subclasses__()))


# --- failures ---------------------------------------------------------------------------------------------------


def test_every_exception_of_requests_is_one_of_the_three() -> None:
    known = {cls for cls in every_subclass(requests.RequestException) if cls.__module__.startswith("requests")}
    assert known == set(KINDS)
    assert set(KINDS.values()) <= {Refused, Unavailable, Unsure}


@pytest.mark.parametrize("cls", sorted(every_subclass(below.HTTPError), key=str))
def test_no_exception_below_requests_says_unavailable_unless_nothing_was_connected(cls: type[Exception]) -> None:
    error = cls.__new__(cls)
    never = issubclass(cls, below.NewConnectionError | below.ConnectTimeoutError)
    assert kind_of(error) is (Unavailable if never else Unsure)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectionError(below.ProtocolError("Connection aborted.", ConnectionResetError())), Unsure),
        (requests.ConnectionError(below.MaxRetryError(None, "/", below.NewConnectionError(None, "x"))), Unavailable),  # type: ignore[arg-type] # no pool and no connection stand behind it
        (requests.exceptions.SSLError(below.SSLError(ssl.SSLCertVerificationError())), Unavailable),
        (requests.exceptions.SSLError(ssl.SSLEOFError()), Unsure),
        (requests.ConnectTimeout(), Unavailable),
        (requests.ReadTimeout(), Unsure),
        (requests.Timeout(), Unsure),
        (ConnectionResetError(), Unsure),
        (OSError(), Unsure),
        (ValueError(), Unsure),
        (RuntimeError(), Unsure),
    ],
)
def test_only_what_never_connected_is_unavailable(error: Exception, kind: type[ChannelFailure]) -> None:
    assert kind_of(error) is kind
    assert type(failure_of(error, "https://example.com/")) is kind


def test_a_reset_and_a_silence_may_have_arrived(server: Server, session: Session) -> None:
    def resets(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    server.paths["/reset"] = resets
    server.paths["/silent"] = lambda _: server.say_nothing()
    for path in ("/reset", "/silent"):
        with pytest.raises(Unsure):
            session.send("POST", server.url + path, body=b"once")
    assert [asked[0] for asked in server.asked] == ["POST", "POST"]


def test_a_refused_connection_sent_nothing(session: Session) -> None:
    gone = Server()
    gone.close()
    with pytest.raises(Unavailable):
        session.send("POST", gone.url + "/", body=b"once")


def test_no_connection_is_used_twice(server: Server, session: Session) -> None:
    """A server may close one that it kept, without a word: what is sent into it seems to be lost on the way."""
    reached: list[tuple[str, int]] = []

    def answering(handler: BaseHTTPRequestHandler) -> None:
        reached.append(handler.client_address)
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.paths["/kept"] = answering
    for _ in range(3):
        session.ask(f"{server.url}/kept")
        session.send("POST", f"{server.url}/kept", body=b"x")
    assert len(set(reached)) == 6


def test_a_name_that_does_not_resolve_sent_nothing(session: Session) -> None:
    with pytest.raises(Unavailable):
        session.send("GET", "http://no-such-host.invalid/")


@pytest.mark.parametrize("url", ["", "example.com/x", "ftp://example.com/", "http://", "http://exa mple.com:port/"])
def test_a_wrong_address_is_refused(session: Session, url: str) -> None:
    with pytest.raises(Refused):
        session.send("GET", url)


def test_an_answer_without_end_is_not_read_to_the_end(server: Server, session: Session) -> None:
    url = server.answers("/flood", body=b"x" * 5000)
    with pytest.raises(Unsure):
        session.send("POST", url)
    assert isinstance(session.ask(url), CantTell)


def test_headers_that_drip_are_cut_off_too(server: Server, session: Session) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 60:
                handler.wfile.write(bytes([byte]))
                server.release.wait(0.05)

    server.paths["/drip-headers"] = drips
    with pytest.raises(Unsure):
        session.send("POST", server.url + "/drip-headers", body=b"{}")


def test_an_answer_that_drips_is_cut_off(server: Server, session: Session) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        try:
            while not server.release.wait(0.1):
                handler.wfile.write(b"1\r\nx\r\n")
                handler.wfile.flush()
        except OSError:
            handler.close_connection = True

    server.paths["/drip"] = drips
    assert isinstance(session.ask(server.url + "/drip"), CantTell)


# --- statuses ---------------------------------------------------------------------------------------------------


def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    return Answer(status, CaseInsensitiveDict(headers or {}), body, "https://example.com/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Refused), (303, Unsure), (400, Refused), (401, NotAuthorised), (403, NotAuthorised), (404, Refused),
        (407, NotAuthorised), (408, Unsure), (409, Refused), (422, Refused), (425, Unsure), (429, Unavailable),
        (500, Unsure), (502, Unsure), (503, Unsure), (504, Unsure), (599, Unsure), (101, Unsure),
    ],
)  # fmt: skip
def test_every_status_but_success_is_a_failure(status: int, kind: type[ChannelFailure]) -> None:
    with pytest.raises(ChannelFailure) as raised:
        judged(answer(status), now=NOW, honest_503=True)
    assert type(raised.value) is kind


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_no_failure(status: int) -> None:
    judged(answer(status), now=NOW, honest_503=False)


def test_a_503_is_believed_only_where_the_channel_calls_it_honest_and_it_says_when() -> None:
    said = {"Retry-After": "30"}
    with pytest.raises(Unavailable) as raised:
        judged(answer(503, said), now=NOW, honest_503=True)
    assert raised.value.after == timedelta(seconds=30)
    with pytest.raises(Unsure):
        judged(answer(503, said), now=NOW, honest_503=False)


@pytest.mark.parametrize(
    ("headers", "body", "after"),
    [
        ({"Retry-After": "120"}, b"", timedelta(minutes=2)),
        ({"retry-after": "1.5"}, b"", timedelta(seconds=1.5)),
        ({"Retry-After": "Tue, 05 Nov 2024 00:01:00 GMT"}, b"", timedelta(minutes=1)),
        ({"Retry-After": "Mon, 04 Nov 2024 00:00:00 GMT"}, b"", timedelta()),
        ({}, b'{"message": "slow", "retry_after": 0.75}', timedelta(seconds=0.75)),
        ({}, b'{"ok": false, "parameters": {"retry_after": 35}}', timedelta(seconds=35)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 90)}, b"", timedelta(seconds=90)),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 10)}, b"", timedelta(seconds=10)),
        ({"RateLimit-Reset": "40"}, b"", timedelta(seconds=40)),
        ({"X-RateLimit-Reset": "2024-11-05T00:05:00.000000Z"}, b"", timedelta(minutes=5)),
        ({"Retry-After": "99999999999"}, b"", LONGEST),
        ({"Retry-After": "-5"}, b"", timedelta()),
        ({"Retry-After": "nan"}, b"", None),
        ({"Retry-After": "soon"}, b"[]", None),
        ({}, b"", None),
    ],
)
def test_servers_say_in_five_forms_when_to_come_back(
    headers: dict[str, str], body: bytes, after: timedelta | None
) -> None:
    assert retry_after(headers, body, NOW) == after


@given(st.text(max_size=40), st.binary(max_size=40))
def test_no_hint_is_too_odd_to_read(said: str, body: bytes) -> None:
    found = retry_after({"Retry-After": said, "X-RateLimit-Reset": said}, body, datetime(2024, 11, 5, tzinfo=UTC))
    assert found is None or timedelta() <= found <= LONGEST


# --- redirects --------------------------------------------------------------------------------------------------


def test_something_sent_is_never_redirected(server: Server, session: Session) -> None:
    url = server.answers("/old", 307, Location="/new")
    server.answers("/new")
    assert session.send("POST", url, body=b"once").status == 307
    assert [asked[1] for asked in server.asked] == ["/old"]


def test_reading_follows_the_same_host_only_and_not_for_ever(server: Server, session: Session) -> None:
    server.answers("/end", body=b"there")
    server.answers("/one", 301, Location="/end")
    found = session.ask(server.url + "/one")
    assert isinstance(found, Answer)
    assert found.body == b"there"
    elsewhere = server.answers("/away", 302, Location="http://localhost:1/")
    assert isinstance(session.ask(elsewhere), CantTell)
    assert isinstance(session.ask(server.answers("/circle", 302, Location="/circle")), CantTell)


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_a_private_server_is_refused_before_a_connection(
    server: Server, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[str] = []
    monkeypatch.setattr(HTTPConnection, "_new_conn", lambda connection: connected.append(connection.host))
    url = server.answers("/").replace("127.0.0.1", host)
    with Session(private=False) as careful, pytest.raises(Refused) as raised:
        careful.send("GET", url)
    assert raised.value.remedy is not None
    assert connected == []


def test_a_name_that_changes_its_address_gains_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_resolved", lambda *_: ["1.1.1.1"])
    with Session(private=False) as careful, pytest.raises(Refused):
        careful.ask(server.answers("/"))
    assert server.asked == []


# --- secrets ----------------------------------------------------------------------------------------------------


def test_an_address_is_shown_without_user_password_query_and_fragment() -> None:
    assert shown("https://me:pw@example.com:8443/hook?token=x#y", ()) == "https://example.com:8443/hook"
    assert shown("https://[broken", ()) == HIDDEN


def test_a_secret_is_hidden_however_it_is_written() -> None:
    assert redacted("a/b+c and a%2Fb%2Bc", ("a/b+c",)) == f"{HIDDEN} and {HIDDEN}"


def test_no_error_and_no_log_line_holds_a_secret(
    server: Server, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    session.ask(server.answers("/hook/hush-hush?token=hush-hush"))
    gone = Server()
    gone.close()
    with pytest.raises(Unavailable) as raised:
        session.send("POST", f"{gone.url}/hook/hush-hush?key=hush-hush")
    assert "hush-hush" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert "urllib3" in {record.name.partition(".")[0] for record in caplog.records}
    assert not [record for record in caplog.records if "hush-hush" in record.getMessage()]


def test_the_environment_gives_no_proxy_and_no_password(
    server: Server, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert isinstance(session.ask(server.answers("/direct")), Answer)


@pytest.mark.parametrize("said", ["1e300", "9" * 400, "1e18"])
def test_a_wait_of_ages_is_a_week(said: str) -> None:
    assert retry_after({"X-RateLimit-Reset": said}, b"", NOW) in {LONGEST, None}


@pytest.mark.parametrize("target", ["http://[", "http://127.0.0.1:99999/", "//", "http://"])
def test_a_redirect_to_no_address_is_no_answer(server: Server, target: str) -> None:
    def moved(door: BaseHTTPRequestHandler) -> None:
        door.send_response(302)
        door.send_header("Location", target)
        door.send_header("Content-Length", "0")
        door.end_headers()

    server.paths["/moved"] = moved
    with Session(private=True) as session:
        assert isinstance(session.ask(f"{server.url}/moved"), CantTell)


def test_a_servers_words_give_no_orders() -> None:
    said = "no\x1b[2J \r\n\x00 \ud800\u202ea-secret"
    assert quoted(said, ("a-secret",)) == f"no[2J {HIDDEN}"


@pytest.mark.parametrize(
    "token", ["eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjF9.J9Zb-R-x_ijt4", "eyJhbGciOiJIUzI1NiJ9.eyJpYXQi", "eyJhbGciOiJIUz"]
)
def test_a_token_that_was_signed_for_one_request_is_not_quoted_either(token: str) -> None:
    assert quoted(f"you said Ghost {token} and tok={token}, no") == f"you said Ghost {HIDDEN} and tok={HIDDEN}, no"
    assert quoted("the key eyJ is short") == "the key eyJ is short"


def test_a_long_secret_that_a_server_echoes_names_no_post_and_a_short_one_may_be_a_word(server: Server) -> None:
    basic, password = "ZWRpdG9yOmFi/2QgZWZnaA==", "river"
    said = json.dumps({"id": f"Basic {basic}", "url": "ZWRpdG9yOmFi%2F2QgZWZnaA%3D%3D", "text": "the river"})
    where = server.answers("/posts", body=(said + said.replace("/", "\\/")).encode())
    with Session(private=True, secrets=(basic, password)) as session:
        answer = session.send("POST", where)
    assert b"ZWRpdG9y" not in answer.body
    assert b"the river" in answer.body
