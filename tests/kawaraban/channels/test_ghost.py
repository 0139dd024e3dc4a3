"""The ghost channel without a Ghost: what it makes of an article, and of every answer it may get."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kawaraban import registry
from kawaraban.channels.conformance import KEY, sample
from kawaraban.channels.ghost import GhostSettings
from kawaraban.channels.ghost.api import Api
from kawaraban.channels.ghost.comparing import differences
from kawaraban.channels.ghost.content import content_of, within
from kawaraban.channels.ghost.entities import Mark, StoredPost, unmarked
from kawaraban.channels.ghost.publishing import Note
from kawaraban.channels.ghost.token import Key
from kawaraban.channels.http import Session
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure, WrongInput
from kawaraban.variant import Asset
from tests.builders import NOW, channel
from tests.kawaraban.channels.ghost_house import Tries, ghost, rendered

SECRET = "5f" * 32
API_KEY = f"{'ab' * 12}:{SECRET}"
RECEIPT = Receipt("ab" * 12, "https://ghost.example.com/river/", NOW)


# --- what is made of an article ---------------------------------------------------------------------------------------


def settings(**own: Any) -> GhostSettings:
    return GhostSettings.model_validate({"server": "https://ghost.example.com", "key": {"env": "K"}, **own})


def configured(**own: Any) -> ChannelSettings:
    return channel("ghost", own={"server": "https://ghost.example.com", "key": {"env": "K"}, **own})


def test_the_series_is_the_first_tag_and_the_description_the_excerpt() -> None:
    made = content_of(rendered(), settings())
    assert made.tags == ("雨の聞き方", "傘", "玄関")
    assert made.excerpt == "濡れた傘をどこに置くか。"
    assert made.canonical_url == "https://example.com/articles/where-wet-things-go/"
    bare = content_of(rendered(), settings(series=False, excerpt=False))
    assert (bare.tags, bare.excerpt) == (("傘", "玄関"), "")


def test_an_address_that_is_not_ascii_is_sent_as_it_travels() -> None:
    variant = sample()
    head = variant.head.model_copy(update={"canonical_url": "https://例え.example.com/記事/?q=川"})
    made = content_of(variant.model_copy(update={"head": head}), settings())
    assert made.canonical_url == "https://xn--r8jz45g.example.com/%E8%A8%98%E4%BA%8B/?q=%E5%B7%9D"


def test_the_closing_line_can_be_left_out() -> None:
    assert "初出：" in rendered().text
    assert "初出：" not in rendered(closing=False).text


def test_the_post_bears_the_articles_date_and_never_one_to_come() -> None:
    made = content_of(sample(), settings())
    assert made.published_at(NOW) == "2024-06-11T00:00:00.000+00:00"
    early = datetime(2024, 6, 1, tzinfo=UTC)
    assert made.published_at(early) == "2024-06-01T00:00:00.000+00:00"


@pytest.mark.parametrize(
    ("matter", "word"),
    [
        ("title: " + "題" * 256 + "\n", "title"),
        ("title: 題\ncover: {src: door.jpg, alt: " + "傘" * 192 + "}\n", "alt"),
    ],
)
def test_what_ghost_would_not_take_is_refused_before_anything_is_sent(tmp_path: Path, matter: str, word: str) -> None:
    variant = rendered("本文。\n", f"id: 5r8w2kqd\nslug: river\nstatus: ready\n{matter}")
    made = ghost(tmp_path, "http://127.0.0.1:1", API_KEY)
    for asked in (lambda: made.prepare(variant), lambda: Tries(made).create(variant)):
        with pytest.raises(Refused) as refused:
            asked()
        assert word in refused.value.said("en")


def test_an_excerpt_is_cut_behind_a_sentence() -> None:
    assert within("川の音。雨の音。", 300) == "川の音。雨の音。"
    assert within("川の音。雨の音。", 6) == "川の音。"
    assert within("川の音と雨の音", 5) == "川の音と…"


def test_our_mark_is_no_part_of_the_text() -> None:
    mark = Mark("5r8w2kqd", KEY)
    body = content_of(sample(), settings()).body({}, mark)
    assert Mark.in_html(f"<p>前</p>{body}") == mark
    assert unmarked(body) == sample().body
    assert Mark.in_html("<p><!--kawaraban--></p>") is None


def test_a_tag_never_becomes_an_internal_one() -> None:
    variant = sample()
    head = variant.head.model_copy(update={"series": "＃雨", "tags": ("#傘", "傘", " ")})
    assert content_of(variant.model_copy(update={"head": head}), settings()).tags == ("雨", "傘")


@pytest.mark.parametrize("link", ["https://ghost.example.com", "HTTP://GHOST.example.com/", "//ghost.example.com"])
def test_how_ghost_writes_its_own_address_is_no_difference(link: str) -> None:
    def body(href: str) -> str:
        return f'<p><a href="{href}">ここ</a>と<a href="https://ghost.example.community/x">よそ</a></p>'

    content = replace(content_of(sample(), settings()), html=body(link))
    post = StoredPost.model_validate(
        {
            **POST,
            "status": "published",
            "url": "https://ghost.example.com/river/",
            "canonical_url": content.canonical_url,
        }
        | {"html": f"<!--kg-card-begin: html-->\n{body('https://ghost.example.com/')}\n<!--kg-card-end: html-->"}
    )
    assert differences(post, content, (), published=True) == ()
    other = replace(content, html=body("https://ghost.example.community/"))
    assert differences(post, other, (), published=True) == (Sentence(ja="本文", en="the text"),)


def test_what_is_prepared_names_the_pictures_that_will_be_uploaded(tmp_path: Path) -> None:
    said = json.loads(ghost(tmp_path, "http://127.0.0.1:1", API_KEY).prepare(rendered()).body)["posts"][0]
    (card,) = json.loads(said["lexical"])["root"]["children"]
    assert card["type"] == "html"
    assert 'src="asset:stand-cdcdcdcd.png"' in card["html"]
    assert said["slug"] == "where-wet-things-go"


@pytest.mark.parametrize("saved", ["", "null", "[]", "{", '{"post": "x"}', '{"pictures": 3}'])
def test_a_note_that_says_nothing_begins_anew(saved: str) -> None:
    assert Note.parse(saved) == Note()


def test_a_note_survives() -> None:
    note = Note("ab" * 12, {"door.jpg": "https://ghost.example.com/content/images/door.jpg"})
    assert Note.parse(note.written) == note


# --- settings and abilities -------------------------------------------------------------------------------------------


def test_a_publish_reaches_people_at_once_and_only_mail_can_be_too_late() -> None:
    web = registry.capabilities(configured())
    assert web.announces
    assert web.late is None
    assert registry.capabilities(configured(newsletter="weekly")).late == timedelta(hours=1)
    draft = registry.capabilities(configured(newsletter="weekly", status="draft"))
    assert not draft.announces
    assert draft.late is None


@pytest.mark.parametrize("server", ["ghost.example.com", "https://", "https://a:b@ghost.example.com", "https://x.example.com/?a=1"])  # fmt: skip
def test_a_server_that_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(WrongInput):
        registry.settings(configured(server=server))


def test_the_token_is_a_jwt_of_a_few_minutes() -> None:
    head, claims, signature = Key.parse(API_KEY).token(1_700_000_000.5).split(".")
    assert json.loads(_decoded(head)) == {"alg": "HS256", "kid": "ab" * 12, "typ": "JWT"}
    said = json.loads(_decoded(claims))
    assert said["aud"] == "/admin/"
    assert 0 < said["exp"] - said["iat"] <= 300
    expected = hmac.new(bytes.fromhex(SECRET), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert _decoded(signature) == expected


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


# --- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Canned:
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def error(status: int, kind: str, code: str | None = None, message: str = "it can't be", **headers: str) -> Canned:
    said = {"errors": [{"message": message, "context": None, "type": kind, "code": code}]}
    return Canned(status, json.dumps(said).encode(), tuple(headers.items()))


def posts(*found: dict[str, Any]) -> Canned:
    return Canned(200, json.dumps({"posts": found, "meta": {"pagination": {"next": None}}}).encode())


POST = {
    "id": "ab" * 12,
    "slug": "river",
    "title": "川の音",
    "status": "draft",
    "updated_at": "2024-11-05T00:00:00.000Z",
}
PAGE = Canned(404, b"<html>nothing here</html>", (("Content-Type", "text/html"),))


@dataclass
class Double:
    """Answers as it is told: `plays` in order, then `rest` by method. `asked` is what came."""

    url: str
    plays: deque[Canned] = field(default_factory=deque)
    rest: dict[str, Canned] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def double() -> Iterator[Double]:
    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            made.asked.append((self.command, self.path, self.headers["authorization"]))
            canned = made.plays.popleft() if made.plays else made.rest[self.command]
            self.send_response_only(canned.status)
            for name, value in (*canned.headers, ("content-length", str(len(canned.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(canned.body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        made = Double(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Double]:
    with double() as standing:
        standing.rest = {"GET": posts(), "POST": posts(POST), "PUT": posts({**POST, "status": "published"})}
        yield standing


ANSWERS = {
    "token": (error(401, "UnauthorizedError", "INVALID_JWT"), NotAuthorised, NotAuthorised),
    "malformed token": (error(400, "BadRequestError", "INVALID_JWT"), NotAuthorised, NotAuthorised),
    "unknown key": (error(401, "UnauthorizedError", "UNKNOWN_ADMIN_API_KEY"), NotAuthorised, NotAuthorised),
    "not allowed": (error(403, "NoPermissionError"), NotAuthorised, NotAuthorised),
    "plan of the host": (error(403, "HostLimitError"), Refused, Refused),
    "not Ghost": (PAGE, Refused, Refused),
    "too large": (Canned(413), Refused, Refused),
    "invalid": (error(422, "ValidationError"), Refused, Refused),
    "too many": (error(429, "TooManyRequestsError", **{"Retry-After": "7"}), Unavailable, Unavailable),
    "maintenance": (error(503, "MaintenanceError", **{"Retry-After": "7"}), Unsure, Unavailable),
    "broken": (error(500, "InternalServerError"), Unsure, Unavailable),
    "proxy": (Canned(504, b"<html>"), Unsure, Unavailable),
    "a page": (Canned(200, b"<html>"), Unsure, Unavailable),
    "other JSON": (Canned(200, b'{"posts": [{"id": 3}]}'), Unsure, Unavailable),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_to_something_sent_is_what_it_means(tmp_path: Path, server: Double, name: str) -> None:
    answer, meant, _ = ANSWERS[name]
    server.rest["POST"] = answer
    assert _failure(lambda: Tries(ghost(tmp_path, server.url, API_KEY)).create(sample())) is meant


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_that_is_not_answered_has_sent_nothing(tmp_path: Path, server: Double, name: str) -> None:
    answer, _, meant = ANSWERS[name]
    server.rest["GET"] = answer
    made = ghost(tmp_path, server.url, API_KEY)
    for asked in (
        lambda: Tries(made).find(sample()),
        lambda: made.read(RECEIPT, sample()),
        lambda: Tries(made).update(sample(), RECEIPT),
        lambda: list(made.posts()),
        lambda: Tries(made).create(sample()),
    ):
        assert _failure(asked) is meant
    assert {method for method, _, _ in server.asked} == {"GET"}


def _failure(asked: Any) -> type[ChannelFailure] | None:
    try:
        asked()
    except ChannelFailure as failure:
        return type(failure)
    return None


def test_what_is_gone_is_gone_only_where_ghost_itself_says_so(tmp_path: Path, server: Double) -> None:
    made = ghost(tmp_path, server.url, API_KEY)
    server.rest |= {"GET": PAGE, "DELETE": PAGE}
    assert _failure(lambda: made.withdraw(RECEIPT)) is Refused
    server.rest |= {"GET": error(404, "NotFoundError"), "DELETE": error(404, "NotFoundError")}
    assert not made.read(RECEIPT, sample()).present
    made.withdraw(RECEIPT)


def test_the_hint_of_a_busy_server_is_kept(tmp_path: Path, server: Double) -> None:
    server.rest["POST"] = ANSWERS["too many"][0]
    with pytest.raises(Unavailable) as busy:
        Tries(ghost(tmp_path, server.url, API_KEY)).create(sample())
    assert busy.value.after == timedelta(seconds=7)


def test_ghosts_own_words_are_passed_on(tmp_path: Path, server: Double) -> None:
    server.rest["POST"] = error(422, "ValidationError", message="Value in [posts.title] is odd")
    with pytest.raises(Refused) as refused:
        Tries(ghost(tmp_path, server.url, API_KEY)).create(sample())
    assert "Value in [posts.title] is odd" in refused.value.said("ja")


def test_a_refused_token_is_signed_once_more_by_the_servers_clock(tmp_path: Path, server: Double) -> None:
    there = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    server.plays.append(error(401, "UnauthorizedError", "INVALID_JWT", Date=format_datetime(there, usegmt=True)))
    assert Tries(ghost(tmp_path, server.url, API_KEY, clock=lambda: NOW)).find(sample()) is None
    first, second = (json.loads(_decoded(token.split(".")[1]))["iat"] for _, _, token in server.asked)
    assert (first, second) == (int(NOW.timestamp()), int(there.timestamp()))


def test_a_token_that_stays_refused_is_asked_for_twice_only(tmp_path: Path, server: Double) -> None:
    server.rest["GET"] = error(401, "UnauthorizedError", "INVALID_JWT")
    with pytest.raises(NotAuthorised) as refused:
        Tries(ghost(tmp_path, server.url, API_KEY)).find(sample())
    assert len(server.asked) == 2
    assert refused.value.remedy is not None
    assert "clock" in refused.value.remedy.en


def test_two_who_go_on_saving_the_post_are_left_alone(tmp_path: Path, server: Double) -> None:
    server.rest |= {"GET": posts(POST), "PUT": error(409, "UpdateCollisionError", "UPDATE_COLLISION")}
    with pytest.raises(Unavailable):
        Tries(ghost(tmp_path, server.url, API_KEY)).update(sample(), RECEIPT)
    assert [method for method, _, _ in server.asked].count("PUT") == 2


def test_what_takes_too_long_ends_before_the_next_request_and_not_in_it(server: Double) -> None:
    with Session(private=True) as session:
        api = Api(session, server.url, Key.parse(API_KEY), lambda: NOW, ends=time.monotonic() - 1)
        with pytest.raises(Unavailable):
            api.site()
    assert not server.asked


def test_an_edit_is_never_mailed(tmp_path: Path, server: Double) -> None:
    newsletters = Canned(200, b'{"newsletters": [{"slug": "weekly", "status": "active"}]}')
    made = Tries(ghost(tmp_path, server.url, API_KEY, newsletter="weekly"))
    server.plays.append(newsletters)
    made.create(sample())
    server.rest["GET"] = posts({**POST, "status": "published"})
    made.update(sample("直した文。"), RECEIPT)
    published, edited = (path for method, path, _ in server.asked if method == "PUT")
    assert "newsletter=weekly" in published
    assert "newsletter" not in edited


def test_a_picture_that_is_missing_refuses_the_post(tmp_path: Path, server: Double) -> None:
    def bytes_of(asset: Asset) -> bytes:
        raise WrongInput(Sentence(ja=f"{asset.name} がない", en=f"{asset.name} is not there"))

    with pytest.raises(Refused) as refused:
        Tries(ghost(tmp_path, server.url, API_KEY, bytes_of=bytes_of)).create(rendered())
    assert "door-abababab.jpg" in refused.value.said("en")
    assert {method for method, _, _ in server.asked} == {"GET"}


def test_a_picture_that_ghost_does_not_take_is_named(tmp_path: Path, server: Double) -> None:
    server.rest["POST"] = error(415, "UnsupportedMediaTypeError", message="Please select a valid image.")
    with pytest.raises(Refused) as refused:
        Tries(ghost(tmp_path, server.url, API_KEY)).create(rendered())
    assert "door-abababab.jpg" in refused.value.said("ja")


def test_the_key_is_in_no_error_and_no_log(tmp_path: Path, server: Double, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = Tries(ghost(tmp_path, server.url, API_KEY))
    server.rest["POST"] = error(422, "ValidationError")
    with pytest.raises(Refused) as refused:
        made.create(sample())
    for said in (caplog.text, refused.value.said("ja"), refused.value.said("en"), repr(Key.parse(API_KEY))):
        assert SECRET not in said
        assert "eyJ" not in said  # how every token begins


def test_a_key_that_may_not_publish_is_said_before_anything_is_sent(tmp_path: Path, server: Double) -> None:
    site = {"site": {"title": "汀", "url": "https://ghost.example.com/", "version": "6.65", "site_uuid": "u"}}
    server.plays.extend(
        Canned(200, json.dumps(said).encode())
        for said in (site, {"config": {"version": "6.65.0"}}, {"users": [{"roles": [{"name": "Contributor"}]}]})
    )
    with pytest.raises(NotAuthorised) as refused:
        ghost(tmp_path, server.url, API_KEY).probe()
    assert "Contributor" in refused.value.said("en")


def test_a_site_without_an_id_of_its_own_is_known_by_its_address(tmp_path: Path, server: Double) -> None:
    server.plays.append(Canned(200, b'{"site": {"title": "x", "url": "https://ghost.example.com/", "version": "5.0"}}'))
    assert ghost(tmp_path, server.url, API_KEY).account() == "https://ghost.example.com/"


def test_the_editors_address_may_be_written_as_the_server(tmp_path: Path, server: Double) -> None:
    Tries(ghost(tmp_path, f"{server.url}/ghost/", API_KEY)).find(sample())
    assert server.asked[0][1].startswith("/ghost/api/admin/posts/")


def test_a_receipt_holds_what_the_ledger_needs(tmp_path: Path, server: Double) -> None:
    said = {**POST, "status": "published", "url": "https://ghost.example.com/river/", "html": sample().body}
    server.rest["PUT"] = posts({**said, "canonical_url": "https://example.com/articles/river/"})
    made = ghost(tmp_path, server.url, API_KEY, clock=lambda: NOW)
    expected = Receipt("ab" * 12, "https://ghost.example.com/river/", NOW, version="2024-11-05T00:00:00.000Z")
    assert Tries(made).create(sample()) == expected


def test_a_status_that_is_not_what_was_asked_for_is_a_difference(tmp_path: Path, server: Double) -> None:
    said = {**POST, "html": sample().body, "canonical_url": "https://example.com/articles/river/"}
    server.rest["PUT"] = posts({**said, "status": "scheduled"})
    receipt = Tries(ghost(tmp_path, server.url, API_KEY)).create(sample())
    assert receipt.differences == (
        Sentence(ja="公開の状態（scheduled）", en="whether it is public (it is: scheduled)"),
    )
    assert replace(receipt, differences=()) != receipt
