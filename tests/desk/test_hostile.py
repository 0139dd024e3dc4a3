"""Hostile articles and places, through the command: a clean result, or a refusal naming file, line and remedy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from tests.desk.papers import Answer, Paper

EVERY = (("check",), ("plan",), ("publish",), ("status",), ("show", "rain", "note"), ("log",), ("channels",))
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def everything(paper: Paper) -> list[Answer]:
    """Run every command; none may end in an error of the program or write an order to the terminal."""
    answers = [paper(*words) for words in EVERY]
    for words, answer in zip(EVERY, answers, strict=True):
        assert answer.code in (0, 1, 2), (words, answer.said)
        assert not CONTROLS.search(answer.said), words
    assert not (paper.root / ".kawaraban" / "log").exists()
    return answers


def feeds_parse(paper: Paper) -> None:
    public = paper.root / "public"
    for name in ("feed.xml", "atom.xml", "sitemap.xml"):
        etree.fromstring((public / name).read_bytes())
    json.loads((public / "feed.json").read_bytes())


def refused(paper: Paper, place: str, *words: str) -> Answer:
    """The article does not go out, and the reason names file and line."""
    answer = paper(*words) if words else paper("check")
    assert answer.code in (1, 2)
    assert place in answer.said, answer.said
    assert "→" in answer.said
    paper("publish")
    assert not paper.page().exists()
    return answer


def test_a_title_full_of_markup_is_text_everywhere(paper: Paper) -> None:
    title = "A & B <i>C</i> ]]> \"D\" 'E'"
    paper.write(title=json.dumps(title))
    everything(paper)
    feeds_parse(paper)
    assert "<i>C</i>" not in paper.page().read_text(encoding="utf-8")
    titles = etree.fromstring((paper.root / "public/feed.xml").read_bytes()).xpath("//item/title/text()")
    assert titles == [title]


def test_control_characters_and_turned_directions_reach_neither_readers_nor_the_terminal(paper: Paper) -> None:
    paper.write(title='"雨\\u001b[31m\\u202e樋\\u2066\\u0007の音"', body="本文\u202eです。\x0b\n")
    answers = everything(paper)
    assert "title-bidi" in answers[0].out
    assert paper.page().is_file() or "→" in answers[2].out
    if paper.page().is_file():
        assert not re.search(
            "[\x07\x1b\u202e\u2066]",
            "".join(re.findall("<title>.*?</title>", paper.page().read_text(encoding="utf-8"))),
        )
        feeds_parse(paper)


def test_a_megabyte_of_text_is_published(paper: Paper) -> None:
    paper.write(body="雨の音を書きとめた。\n\n" * 33_000)
    assert paper("publish", "--channel", "site", "--channel", "rss").code == 0
    assert paper.page().stat().st_size > 1_000_000
    feeds_parse(paper)


def test_pictures_with_japanese_and_relative_names_are_shown(paper: Paper) -> None:
    path = paper.write(body="![樋](屋根と樋.png)\n\n![空](./絵/空 の.png)\n")
    (path.parent / "絵").mkdir()
    for name in ("屋根と樋.png", "絵/空 の.png"):
        Image.new("RGB", (640, 400), "white").save(path.parent / name)
    paper.replace("content/articles/2024/rain/index.md", "(./絵/空 の.png)", "(<./絵/空 の.png>)")
    everything(paper)
    text = paper.page().read_text(encoding="utf-8")
    sources = re.findall(r'<img[^>]+src="([^"]+)"', text)
    assert len(sources) >= 2
    assert all(
        (paper.page().parent / source.split("?")[0]).exists() or source.startswith(("/", "../")) for source in sources
    )


@pytest.mark.parametrize("picture", ["../../../../etc/passwd", "../other/x.png", "/etc/passwd", "file:///etc/passwd"])
def test_a_picture_from_elsewhere_is_refused(paper: Paper, picture: str) -> None:
    paper.write(body=f"![x]({picture})\n")
    refused(paper, "articles/2024/rain/index.md:")


def test_a_script_is_text(paper: Paper) -> None:
    paper.write(body="<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>\n")
    everything(paper)
    text = paper.page().read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "javascript:alert" not in re.sub(r"&[^;]+;", "", re.sub(r">[^<]*<", "><", text))
    assert "onerror=" not in re.sub(r">[^<]*<", "><", text)


@pytest.mark.parametrize("slug", ["../../x", "/etc/x", "a/b", ".", "雨", "A B", "x\u202ey", '"x\\u0000"'])
def test_a_slug_that_is_none_is_refused(paper: Paper, slug: str) -> None:
    path = paper.write()
    path.write_text(path.read_text(encoding="utf-8").replace("slug: rain", f"slug: {slug}"), encoding="utf-8")
    refused(paper, "articles/2024/rain/index.md:4")
    assert not (paper.root.parent / "x").exists()


def test_the_same_slug_and_the_same_id_twice_are_refused_naming_both(paper: Paper) -> None:
    first = paper.write()
    copied = first.parent.parent / "copied"
    shutil.copytree(first.parent, copied)
    answer = refused(paper, "articles/2024/copied/index.md:")
    assert "articles/2024/rain/index.md" in answer.out
    assert "id-twice" in answer.out
    paper.replace("content/articles/2024/copied/index.md", "id: 7ra1ny7a", "id: 7ra1ny7b")
    for command in ("check", "publish"):
        answer = paper(command)
        assert "articles/2024/rain/index.md:4" in answer.out
        assert "articles/2024/copied/index.md" in answer.out
        assert "→" in answer.out
    assert {paper.word(name, "site") for name in ("7ra1ny7a", "7ra1ny7b")} == {"blocked"}


def test_a_folder_that_is_a_link_out_of_content_is_refused(paper: Paper, tmp_path: Path) -> None:
    path = paper.write()
    shutil.move(path.parent, tmp_path / "outside")
    path.parent.symlink_to(tmp_path / "outside")
    refused(paper, "articles/2024/rain/index.md")


def test_a_picture_that_is_a_link_out_of_content_is_refused(paper: Paper, tmp_path: Path) -> None:
    path = paper.write(body="![樋](gutter.png)\n")
    Image.new("RGB", (640, 400)).save(tmp_path / "secret.png")
    (path.parent / "gutter.png").symlink_to(tmp_path / "secret.png")
    refused(paper, "articles/2024/rain/index.md:")


@pytest.mark.parametrize(
    "matter",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nx-d: [*c, *c]",
        "x-a: " + "[" * 5000,
        "x-a: " + "{a: " * 60 + "1" + "}" * 60,
        "title: [",
        "title: a\ntitle: b",
        "x-a: *nobody",
        "x-a: \t- b\n\t- c",
    ],
)
def test_a_bomb_in_yaml_is_refused_with_its_line(paper: Paper, matter: str) -> None:
    path = paper.write()
    path.write_text(path.read_text(encoding="utf-8").replace("tags:", f"{matter}\ntags:"), encoding="utf-8")
    refused(paper, "articles/2024/rain/index.md:")


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"{'  ' * depth}- 段{depth}\n" for depth in range(50)),
        "> " * 50 + "引用\n",
        "**" * 2000 + "強調" + "**" * 2000 + "\n",
        "[" * 2000 + "x" + "](y)" * 2000 + "\n",
        "".join(f"{':' * (60 - depth)} only {{channels=site}}\n" for depth in range(50)) + "x\n",
    ],
)
def test_fifty_levels_of_nesting_give_a_page_or_a_refusal(paper: Paper, body: str) -> None:
    paper.write(body=body)
    checked, _, published, *_ = everything(paper)
    if published.code == 0 and paper.page().is_file():
        feeds_parse(paper)
    else:
        assert "articles/2024/rain/index.md:" in checked.said + published.said


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00x", b"", b"---\n", b"no front matter\n", b"---\nid: 7ra1ny7a\n", b"\x00" * 100]
)
def test_a_file_that_is_no_article_is_refused(paper: Paper, data: bytes) -> None:
    paper.write().write_bytes(data)
    refused(paper, "articles/2024/rain/index.md")


def test_a_full_disk_leaves_what_is_public_and_is_said(paper: Paper) -> None:
    """No file may grow: what a full disk does to every write."""
    paper.write()
    paper("publish")
    before = paper.page().read_bytes()
    paper.replace("content/articles/2024/rain/index.md", "雨の日の本文。", "雨の夜の本文。" * 400)
    program = (
        "import resource, signal, sys; from desk.cli import main\n"
        "import flows.publish as flow; from tests.desk.conftest import nowhere; flow.prefect_server = nowhere\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))\n"
        "raise SystemExit(main(['publish']))\n"
    )
    environment = {**os.environ, "KAWARABAN_ROOT": str(paper.root), "LC_ALL": "en_GB.UTF-8"}
    for size in ("2000", "8000"):
        done = subprocess.run(
            [sys.executable, "-c", program, size], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert "→" in done.stdout + done.stderr
        assert paper.page().read_bytes() == before
    assert paper("publish").code == 0
    assert "雨の夜の本文。" in re.sub("<[^>]+>", "", paper.page().read_text(encoding="utf-8"))


def test_a_public_folder_that_cannot_be_written_is_said_and_tried_again(paper: Paper) -> None:
    paper.write()
    (paper.root / "public").write_text("in the way", encoding="utf-8")
    answer = paper("publish")
    assert answer.code == 1
    assert "public" in answer.out
    assert paper.word("rain", "site") == "retrying"
    assert "retrying" in paper("status").out
    (paper.root / "public").unlink()
    assert paper("publish").code == 0
    assert paper.page().is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_public_folder_is_said_with_the_remedy(paper: Paper) -> None:
    paper.write()
    (paper.root / "public").mkdir(mode=0o555)
    answer = paper("publish")
    assert answer.code == 1
    assert "permissions" in answer.said


def test_a_ledger_that_is_no_database_is_refused_naming_it(paper: Paper) -> None:
    paper.write()
    (paper.root / ".kawaraban").mkdir()
    (paper.root / ".kawaraban" / "ledger.sqlite").write_bytes(b"not a database" * 100)
    answer = paper("status")
    assert answer.code == 2
    assert "ledger.sqlite" in answer.err
    assert "→" in answer.err


def test_a_tag_that_asks_for_code_runs_none(paper: Paper, tmp_path: Path) -> None:
    paper.write(**{"x-a": f'!!python/object/apply:os.mkdir ["{tmp_path}/made"]'})
    everything(paper)
    assert not (tmp_path / "made").exists()
