"""The webhook channel: signed, in three shapes, against a real receiver on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kawaraban.channels.conformance import KEY, MachineConformance, sample
from kawaraban.channels.protocol import Surroundings
from kawaraban.channels.webhook import Webhook
from kawaraban.config import NetworkSettings
from kawaraban.errors import NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW, channel, publication
from tests.servers.posts import PostServer, post_server


def webhook(root: Path, url: Any, **own: Any) -> Webhook:
    paper = publication(network=NetworkSettings(private=own.pop("private", True)))
    settings = channel("hook", kind="webhook", own={"url": url, **own})
    return Webhook(Surroundings(root, paper, settings, lambda _asset: b"", lambda: NOW))


def send(made: Webhook, words: str = "川の音を聞く。") -> Any:
    return made.create(made.prepare(sample(words)), KEY, lambda _note: None)


@pytest.fixture
def board() -> Iterator[PostServer]:
    with post_server() as running:
        yield running


class TestTheKit(MachineConformance):
    kind = Webhook

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, board: PostServer) -> None:
        self.root, self.board, self.address = tmp_path, board, f"{board.url}/hook"

    def channel(self) -> Webhook:
        return webhook(self.root, self.address)

    def stored(self) -> int:
        return len(self.board.posts)

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.board.faults.append("lose")
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1/hook"
        yield
        self.address = f"{self.board.url}/hook"


def test_the_receiver_can_check_who_sent_it(tmp_path: Path, board: PostServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(b"river-river-river").decode())
    send(webhook(tmp_path, f"{board.url}/hook", secret={"env": "HOOK_SECRET"}))
    _, _, headers, body = board.requests[0]
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"river-river-river", said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == headers["idempotency-key"] == KEY
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_without_a_secret_it_is_sent_unsigned(tmp_path: Path, board: PostServer) -> None:
    send(webhook(tmp_path, f"{board.url}/hook"))
    assert "webhook-signature" not in board.requests[0][2]


def test_json_names_the_article_and_its_page(tmp_path: Path, board: PostServer) -> None:
    send(webhook(tmp_path, f"{board.url}/hook"))
    said = json.loads(board.requests[0][3])
    assert (said["type"], said["id"], said["title"]) == ("article.published", "5r8w2kqd", "川の音")
    assert said["url"] == "https://example.com/articles/river/"
    assert said["image"] is None


def test_slack_takes_angle_brackets_as_text(tmp_path: Path, board: PostServer) -> None:
    send(webhook(tmp_path, f"{board.url}/hook", shape="slack"), "雨 <@U1> & 晴")
    assert json.loads(board.requests[0][3])["text"].startswith("雨 &lt;@U1&gt; &amp; 晴\n")


def test_discord_mentions_nobody_and_says_its_id(tmp_path: Path, board: PostServer) -> None:
    receipt = send(webhook(tmp_path, f"{board.url}/hook", shape="discord"), "@everyone 雨")
    _, path, _, body = board.requests[0]
    assert path == "/hook?wait=true"
    assert json.loads(body)["allowed_mentions"] == {"parse": []}
    assert receipt.remote_id == next(iter(board.posts))


def test_words_too_long_for_discord_are_refused_before_anything_is_sent(tmp_path: Path, board: PostServer) -> None:
    with pytest.raises(Refused):
        send(webhook(tmp_path, f"{board.url}/hook", shape="discord"), "𠮷" * 1000)
    assert not board.requests


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("busy", Unavailable),
        ("unavailable", Unsure),
        ("refuse", Refused),
        ("unauthorised", NotAuthorised),
        ("error", Unsure),
    ],
)
def test_each_answer_is_what_it_means(tmp_path: Path, board: PostServer, fault: Any, failure: Any) -> None:
    board.faults.append(fault)
    with pytest.raises(failure):
        send(webhook(tmp_path, f"{board.url}/hook"))


def test_a_missing_secret_is_said_and_nothing_is_sent(tmp_path: Path, board: PostServer) -> None:
    with pytest.raises(NotAuthorised) as failure:
        send(webhook(tmp_path, f"{board.url}/hook", secret={"env": "NO_SUCH_VARIABLE"}))
    assert "NO_SUCH_VARIABLE" in failure.value.what.en
    assert not board.requests


def test_a_secret_file_is_read_anew_each_time(tmp_path: Path, board: PostServer) -> None:
    made = webhook(tmp_path, f"{board.url}/hook", secret={"file": "secrets/hook"})
    (tmp_path / "secrets").mkdir()
    signatures = []
    for secret in ("river", "stone"):
        (tmp_path / "secrets" / "hook").write_text(f"{secret}\n", encoding="utf-8")
        send(made)
        signatures.append(board.requests[-1][2]["webhook-signature"])
    assert signatures[0] != signatures[1]


def test_an_address_that_is_a_secret_is_in_no_error_and_no_log(
    tmp_path: Path, board: PostServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_URL", f"{board.url}/hook/T0000/B0000/verysecretpart")
    board.faults.extend(["refuse", "drop"])
    made = webhook(tmp_path, {"env": "SLACK_URL"}, shape="slack")
    caplog.set_level(logging.DEBUG)
    for failure in (Refused, Unsure):
        with pytest.raises(failure) as raised:
            send(made)
        assert "verysecretpart" not in f"{raised.value.said('ja')}{raised.value.said('en')}{raised.value!r}"
    assert "verysecretpart" not in caplog.text


def test_a_private_address_is_refused_unless_settings_allow_it(tmp_path: Path, board: PostServer) -> None:
    with pytest.raises(Refused):
        send(webhook(tmp_path, f"{board.url}/hook", private=False))
    assert not board.requests
