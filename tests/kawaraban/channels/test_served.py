"""The samples' site behind nginx with this very configuration: what a browser and a feed reader are answered."""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from lxml.html import fromstring

from flows.compose import open_house
from flows.stages.ending import withdraw
from kawaraban import address
from tests.builders import NOW
from tests.papers import ROOT, built, paper, published, write

Answer = tuple[int, dict[str, str], bytes]


def _nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("nginx is not installed")
    pytest.skip("nginx is not installed")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("served")
    root = paper(base / "paper")
    moved = {"aliases": "[/old/rain/, /old/rain.html]", "tags": "[雨]"}
    write(root, "taken-down", id="5r8w2kq9", published="2024-06-01T07:00:00+09:00", **moved)
    published(root, NOW)
    with open_house(root, clock=lambda: NOW, who="tester") as house:
        withdraw(house, "taken-down", (), "事実の確認をやり直します", now=NOW)
    out = built(root, base / "site", NOW)
    (out / ".git").mkdir()
    (out / ".git" / "config").write_text("theirs", encoding="utf-8")
    (out / ".well-known").mkdir()
    (out / ".well-known" / "security.txt").write_text("theirs", encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    nginx = _nginx()
    number, base = free_port(), folder.parent
    server = (ROOT / "config" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{number};"),
        ("listen [::]:80;", ""),
        ("/srv/site", str(folder)),
    ):
        assert old in server
        server = server.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    spool = "".join(f"{kind}_temp_path {base}/{kind};" for kind in kinds)
    (base / "nginx.conf").write_text(
        f"daemon off; pid {base}/pid; error_log {base}/error.log; {'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}}\nhttp {{ access_log off; include /etc/nginx/mime.types; {spool}\n{server} }}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([nginx, "-c", str(base / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(number, process)
        yield number
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(number: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as one:
            one.settimeout(0.2)
            if one.connect_ex(("127.0.0.1", number)) == 0:
                return
    pytest.fail("nginx did not start")


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


TYPES = {
    "/": "text/html; charset=utf-8",
    "/articles/the-gutter-that-sings/": "text/html; charset=utf-8",
    "/feed.xml": "application/xml; charset=utf-8",
    "/atom.xml": "application/xml; charset=utf-8",
    "/feed.json": "application/feed+json; charset=utf-8",
    "/series/ame-no-kikikata/feed.xml": "application/xml; charset=utf-8",
    "/series/ame-no-kikikata/feed.json": "application/feed+json; charset=utf-8",
    "/sitemap.xml": "text/xml; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
}


@pytest.mark.parametrize(("path", "kind"), TYPES.items())
def test_every_kind_of_file_has_its_type_and_is_never_guessed_at(port: int, path: str, kind: str) -> None:
    status, headers, _ = ask(port, path)
    assert (status, headers["content-type"], headers["x-content-type-options"]) == (200, kind, "nosniff")
    assert "set-cookie" not in headers
    assert "max-age" in headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/atom.xml", "/feed.json"])
def test_what_has_not_changed_is_not_sent_again(port: int, path: str) -> None:
    _, headers, _ = ask(port, path)
    tag, changed = headers["etag"], headers["last-modified"]
    assert tag.strip("W/").startswith('"')
    assert ask(port, path, If_None_Match=tag)[0] == 304
    assert ask(port, path, If_None_Match=f"W/{tag}")[0] == 304
    assert ask(port, path, If_Modified_Since=changed)[0] == 304
    assert ask(port, path, If_None_Match='"other"')[0] == 200
    assert ask(port, path, If_None_Match='"other"', If_Modified_Since=changed)[0] == 200


@pytest.mark.parametrize("path", ["/", "/feed.xml", "/feed.json", "/sitemap.xml"])
def test_text_is_sent_compressed_to_who_can_read_it(port: int, path: str) -> None:
    _, _, plain = ask(port, path, Accept_Encoding="identity")
    for via in ({}, {"Via": "1.1 cache"}):
        _, headers, packed = ask(port, path, Accept_Encoding="gzip", **via)
        assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(packed) == plain
        assert ask(port, path, Accept_Encoding="gzip", If_None_Match=headers["etag"])[0] == 304


@pytest.mark.parametrize("path", TYPES)
def test_head_says_what_get_says(port: int, path: str) -> None:
    (_, said, _), (status, headers, body) = ask(port, path), ask(port, path, "HEAD")
    assert (status, body) == (200, b"")
    assert {key: value for key, value in headers.items() if key != "date"} == {
        key: value for key, value in said.items() if key != "date"
    }


def test_feeds_may_be_read_by_pages_elsewhere_and_keep_ten_minutes(port: int) -> None:
    for path in ("/feed.xml", "/atom.xml", "/feed.json"):
        _, headers, _ = ask(port, path)
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] == "public, max-age=600, stale-while-revalidate=3600"


@pytest.mark.parametrize(
    "path", ["/nothing/", "/articles/", "/assets/", "/series/none/feed.xml", "/404.html", "/.git/config", "/.git/"]
)
def test_what_is_not_there_is_the_papers_own_404_page(port: int, folder: Path, path: str) -> None:
    status, headers, body = ask(port, path)
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert body == (folder / "404.html").read_bytes()


def test_well_known_files_of_the_operator_are_served(port: int) -> None:
    assert ask(port, "/.well-known/security.txt")[0] == 200


def test_japanese_addresses_are_found_percent_encoded(port: int) -> None:
    status, _, body = ask(port, address.tag("音"))
    assert status == 200
    assert "音".encode() in body
    assert ask(port, quote("/tags/音/").lower())[0] == 200


def test_nothing_is_redirected_but_a_folder_to_its_own_slash(port: int, folder: Path) -> None:
    """Pages link to each other relatively, so that an address without its slash must not show one."""
    for file in folder.rglob("index.html"):
        path = quote("/" + file.parent.relative_to(folder).as_posix().strip(".") + "/").replace("//", "/")
        assert ask(port, path)[0] == 200, path
    status, headers, _ = ask(port, "/articles/the-gutter-that-sings")
    assert (status, headers["location"]) == (301, "/articles/the-gutter-that-sings/")
    assert urlsplit(headers["location"]).netloc == ""


def test_what_carries_a_digest_in_its_name_is_kept_for_ever(port: int, folder: Path) -> None:
    sheet = next((folder / "assets").glob("*.css"))
    _, headers, _ = ask(port, f"/assets/{sheet.name}")
    assert headers["content-type"] == "text/css; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def _words(page: bytes) -> str:
    return "".join("".join(map(str, fromstring(page).itertext())).split())


@pytest.mark.parametrize("path", ["/articles/taken-down/", "/old/rain/", "/old/rain.html"])
def test_what_was_taken_down_is_answered_with_410_under_each_of_its_addresses(port: int, path: str) -> None:
    status, headers, body = ask(port, path)
    assert (status, headers["content-type"]) == (410, "text/html; charset=utf-8")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("public, max-age=300", "nosniff")
    assert "この記事は2024年11月5日に取り下げました。事実の確認をやり直します" in _words(body)
    assert b'<meta name="robots" content="noindex">' in body
    assert ask(port, path, "HEAD")[0] == 410
    assert ask(port, f"{path}410.html")[0] == 404


def test_the_slash_of_what_was_taken_down_may_be_left_out(port: int) -> None:
    status, headers, _ = ask(port, "/articles/taken-down")
    assert (status, headers["location"]) == (301, "/articles/taken-down/")
