"""What WordPress, or somebody before it, answers: each as one of the three failures, with what a person can do."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from kawaraban.channels.conformance import KEY, sample
from kawaraban.channels.http import Answer
from kawaraban.channels.protocol import Payload
from kawaraban.channels.wordpress import WordPressSettings
from kawaraban.channels.wordpress.refusals import failure, unread
from kawaraban.channels.wordpress.settings import able
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from tests.builders import NOW
from tests.kawaraban.channels.wordpress_house import PASSWORD, channel_of

CHALLENGE = b"<!doctype html><title>Just a moment...</title>"


def wordpress_says(status: int, code: str, **data: object) -> Answer:
    body = json.dumps({"code": code, "message": "Sorry.", "data": {"status": status, **data}}).encode()
    return Answer(status, {"content-type": "application/json"}, body, "https://example.com/wp-json/wp/v2/posts")


def somebody_says(status: int, **headers: str) -> Answer:
    return Answer(
        status, {"content-type": "text/html", **headers}, CHALLENGE, "https://example.com/wp-json/wp/v2/posts"
    )


def test_a_page_that_is_not_wordpress_s_names_the_setting() -> None:
    remedy = failure(somebody_says(200), NOW).remedy
    assert remedy is not None
    assert "`server`" in remedy.en


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (wordpress_says(401, "rest_cannot_create"), NotAuthorised),
        (wordpress_says(401, "rest_not_logged_in"), NotAuthorised),
        (wordpress_says(400, "rest_invalid_param", params={"status": "Status is forbidden."}), NotAuthorised),
        (wordpress_says(400, "rest_invalid_param", params={"tags": "no"}), Refused),
        (wordpress_says(403, "rest_cannot_publish"), NotAuthorised),
        (wordpress_says(403, "rest_cannot_edit"), Refused),
        (wordpress_says(404, "rest_no_route"), NotAuthorised),
        (wordpress_says(400, "rest_post_exists"), Refused),
        (wordpress_says(429, "too_many_requests"), Unavailable),
        (wordpress_says(500, "db_insert_error"), Unsure),
        (wordpress_says(500, "rest_upload_unknown_error"), Refused),
        (somebody_says(403), NotAuthorised),
        (somebody_says(404), Refused),
        (somebody_says(301, location="https://www.example.com/"), Refused),
        (somebody_says(413), Refused),
        (somebody_says(429), Unavailable),
        (somebody_says(503), Unsure),
        (somebody_says(502), Unsure),
        (somebody_says(200), Unsure),
    ],
)
def test_an_answer_to_something_sent_means_one_of_the_three(answer: Answer, kind: type[ChannelFailure]) -> None:
    found = failure(answer, NOW)
    assert type(found) is kind
    assert found.what.ja
    assert found.what.en


@pytest.mark.parametrize("status", [200, 500, 502, 503])
def test_a_question_that_is_not_answered_has_sent_nothing(status: int) -> None:
    found = unread(somebody_says(status), NOW)
    assert type(found) is Unavailable
    assert "arrived" not in found.what.en


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (wordpress_says(401, "rest_cannot_create"), "HTTP_AUTHORIZATION"),
        (wordpress_says(403, "rest_cannot_publish"), "Editor"),
        (wordpress_says(404, "rest_no_route"), "wp/v2"),
        (somebody_says(403), "security plugin"),
        (somebody_says(404), "Settings"),
        (somebody_says(301, location="https://www.example.com/"), "server"),
    ],
)
def test_what_a_person_can_mend_is_said(answer: Answer, remedy: str) -> None:
    found = failure(answer, NOW)
    assert found.remedy is not None
    assert remedy in found.remedy.en


def test_where_a_site_moved_to_is_said() -> None:
    assert "https://www.example.com/" in failure(somebody_says(301, location="https://www.example.com/"), NOW).what.en


def test_no_password_crosses_the_network_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDPRESS_PASSWORD", "abcd efgh")
    with pytest.raises(Refused) as refused:
        channel_of(tmp_path, "http://example.com", private=False).find(Payload(sample()), KEY)
    assert "https://" in (refused.value.remedy.en if refused.value.remedy else "")


def test_a_draft_announces_nothing() -> None:
    written = {"server": "https://example.com/", "user": "editor", "password": PASSWORD}
    settings = WordPressSettings.model_validate(written)
    assert able(settings).announces
    assert able(settings).late is None
    draft = WordPressSettings.model_validate({**written, "status": "draft", "pictures": False})
    assert not able(draft).announces
    assert able(draft).pictures is None
    assert settings.base == "https://example.com"


class _Echo(BaseHTTPRequestHandler):
    """WordPress with a plugin that puts what it was sent into its errors."""

    def do_GET(self) -> None:
        sent = self.headers["authorization"].removeprefix("Basic ")
        plain = base64.b64decode(sent).decode()
        said = f"{sent} {plain} {plain.replace(' ', '')}"
        self.send_response(400)
        self.end_headers()
        self.wfile.write(json.dumps({"code": "odd", "message": said}).encode())


def test_an_error_that_echoes_the_password_is_told_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDPRESS_PASSWORD", "abcd efgh ijkl mnop qrst uvwx")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ChannelFailure) as caught:
            channel_of(tmp_path, f"http://127.0.0.1:{server.server_port}").find(Payload(sample()), KEY)
        server.shutdown()
    assert "odd" in caught.value.what.en
    basic = base64.b64encode(b"editor:abcd efgh ijkl mnop qrst uvwx").decode()
    for secret in ("abcd efgh", "abcdefgh", basic):
        assert secret not in f"{caught.value.advised}"
