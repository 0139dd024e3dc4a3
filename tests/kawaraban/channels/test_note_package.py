"""The folder a person posts from: whole or not at all, with everything their hands need."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from kawaraban.channels.note import Note
from kawaraban.channels.note.changes import change_sheet
from kawaraban.channels.packing import folder as folder_room
from kawaraban.channels.packing.folder import exchanged, holds, replace_folder
from kawaraban.channels.protocol import Surroundings
from kawaraban.variant import Variant
from tests.builders import NOW, channel, publication
from tests.kawaraban.channels.note_house import bytes_of, note, picture, variant

BODY = (
    "<h2>台帳</h2>\n<p>雨の翌日にだけ頁が増える。</p>\n<p>【画像1：01-kasa.jpg】</p>\n<p>https://e.jp/card</p>\n"
    "<figure><blockquote><p>静かな数。</p></blockquote><figcaption>駅の人</figcaption></figure>\n"
    "<p>｜傘《かさ》と $${x}$$</p>\n"
)
KASA = picture("01-kasa.jpg", caption="四本の傘", alt="一本だけ黒い、四本の傘の絵")


def full(body: str = BODY, **changes: object) -> Variant:
    values = {"pictures": (KASA,), "header": picture("header.jpg", alt="傘"), "tags": ("雨", "傘"), "text": "台帳\n雨"}
    return variant(body, **{**values, **changes})


def test_a_package_has_every_part(tmp_path: Path) -> None:
    made = note(tmp_path).package(full(), None)
    assert made == tmp_path / "packages/note/ame-no-kikikata"
    assert sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()) == [
        "body.html", "body.md", "checklist.md", "header.jpg", "images/01-kasa.jpg", "index.html", "tags.txt", "title.txt",
    ]  # fmt: skip
    assert (made / "title.txt").read_text(encoding="utf-8") == "雨の聞き方\n"
    assert (made / "tags.txt").read_text(encoding="utf-8") == "#雨 #傘\n"
    assert (made / "body.html").read_text(encoding="utf-8") == BODY


def test_the_same_variant_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = note(tmp_path / "a").package(full(), None), note(tmp_path / "b").package(full(), None)
    for path in one.rglob("*.*"):
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


def test_the_checklist_has_every_step_of_the_hand(tmp_path: Path) -> None:
    made = note(tmp_path, contents=True).package(full(), None)
    steps = (made / "checklist.md").read_text(encoding="utf-8")
    for said in (
        "題名を貼った", "見出しが1本ある", "駅の人", "https://e.jp/card", "【画像1：01-kasa.jpg】 → images/01-kasa.jpg",
        "説明文「四本の傘」、代替テキスト「一本だけ黒い、四本の傘の絵」", "Escape", "目次を入れた", "header.jpg（1280×670）",
        "プレビューでルビと数式", "#雨　#傘", "下書き保存に戻るとタグは消える", "「公開に進む」はまだ公開ではない",
        "kawaraban record ame-no-kikikata note URL",
    ):  # fmt: skip
        assert said in steps, said


def test_a_plain_note_has_a_short_checklist(tmp_path: Path) -> None:
    made = note(tmp_path).package(variant("<p>本文</p>\n"), None)
    assert (made / "checklist.md").read_text(encoding="utf-8").count("- [ ]") == 4


def test_an_older_package_is_replaced_whole(tmp_path: Path) -> None:
    channel = note(tmp_path)
    made = channel.package(full(), None)
    assert channel.package(variant("<p>本文</p>\n"), None) == made
    assert not (made / "images").exists()
    assert list(made.parent.iterdir()) == [made]
    assert not list((tmp_path / ".kawaraban" / "staging" / "packages").iterdir())


def test_a_second_run_leaves_equal_bytes_untouched(tmp_path: Path) -> None:
    def stamps(made: Path) -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in made.rglob("*")}

    made = note(tmp_path).package(full(), None)
    before = stamps(made)
    assert stamps(note(tmp_path).package(full(), None)) == before
    (made / ".DS_Store").write_bytes(b"a file manager's")
    assert note(tmp_path).package(full(), None) == made
    assert (made / "index.html").stat().st_ino == before[made / "index.html"][0]
    (made / "title.txt").write_text("別の題\n", encoding="utf-8")
    note(tmp_path).package(full(), None)
    assert (made / "title.txt").read_text(encoding="utf-8") == "雨の聞き方\n"


@pytest.mark.parametrize("slug", ["../../x", "/etc/x", "a/b", ".", "", "雨", "x" * 300])
def test_a_slug_that_is_no_folders_name_stays_inside(tmp_path: Path, slug: str) -> None:
    prepared = full()
    head = prepared.head.model_copy(update={"slug": slug})
    made = note(tmp_path).package(prepared.model_copy(update={"head": head}), None)
    assert made == tmp_path / "packages/note/5r8w2kqd"


def test_two_note_channels_write_into_folders_of_their_own(tmp_path: Path) -> None:
    settings = channel("nikki", "note", own={"user": "nikki"})
    second = Note(Surroundings(tmp_path, publication(), settings, bytes_of, lambda: NOW))
    assert second.package(full(), None) == tmp_path / "packages/nikki/ame-no-kikikata"


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_kill_at_any_instant_leaves_the_old_folder_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exchanges: bool
) -> None:
    """Every step on the disk is made to be the last one in turn; then another run mends what is left."""
    if not exchanges:
        monkeypatch.setattr(folder_room, "exchanged", lambda *_: False)
    old, new = [("t", b"old"), ("images/a", b"old")], [("t", b"new"), ("images/b", b"new")]
    for last in range(1, 40):
        target, staging = tmp_path / f"{last}" / "a", tmp_path / f"{last}" / "staging"
        replace_folder(target, old, staging)
        with monkeypatch.context() as patched:
            killed = _killing(patched, last)
            with suppress(Killed):
                replace_folder(target, new, staging)
        where = target if target.exists() else staging / "old"  # without an exchange, for one instant
        assert holds(where, dict(old)) or holds(where, dict(new))
        assert exchanges is False or where == target
        replace_folder(target, new, staging)
        assert holds(target, dict(new))
        assert not staging.exists()
        if not killed:
            return
    pytest.fail("a replacement has more than forty steps")


class Killed(BaseException):
    """What nobody catches."""


def _killing(patched: pytest.MonkeyPatch, last: int) -> list[str]:
    """Let the program die before its `last` step on the disk; the list holds that step, if it came to it."""
    steps = count(1)
    killed: list[str] = []

    def dying(step: Callable[..., Any], name: str) -> Callable[..., Any]:
        def taken(*args: Any, **named: Any) -> Any:
            if killed or next(steps) == last:
                killed.append(name)
                raise Killed
            return step(*args, **named)

        return taken

    patched.setattr(Path, "rename", dying(Path.rename, "rename"))
    patched.setattr(Path, "open", dying(Path.open, "open"))
    patched.setattr(Path, "mkdir", dying(Path.mkdir, "mkdir"))
    patched.setattr(shutil, "rmtree", dying(shutil.rmtree, "rmtree"))
    patched.setattr(folder_room, "exchanged", dying(folder_room.exchanged, "exchange"))
    return killed


def test_a_failure_leaves_the_older_package_as_it_was(tmp_path: Path) -> None:
    target, staging = tmp_path / "packages" / "a", tmp_path / "staging"
    replace_folder(target, [("title.txt", b"one")], staging)

    def failing() -> object:
        yield "title.txt", b"two"
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the disk's own error, whatever it says
        replace_folder(target, failing(), staging)  # type: ignore[arg-type] # a generator that fails on the way
    assert [path.read_bytes() for path in target.iterdir()] == [b"one"]


def test_without_an_exchange_the_old_folder_steps_aside_and_a_crash_in_between_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, staging = tmp_path / "a", tmp_path / "staging"
    monkeypatch.setattr(folder_room, "exchanged", lambda *_: False)
    replace_folder(target, [("t", b"one")], staging)
    replace_folder(target, [("t", b"two")], staging)
    assert (target / "t").read_bytes() == b"two"
    staging.mkdir()
    target.rename(staging / "old")
    replace_folder(target, [("t", b"three")], staging)
    assert (target / "t").read_bytes() == b"three"
    assert not staging.exists()


def test_folders_are_exchanged_in_one_step_where_the_system_can(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "file").touch()
    if not exchanged(one, two):
        pytest.skip("this system has no exchange of folders")
    assert (two / "file").exists()


# --- the copy page ----------------------------------------------------------------------------------------------


def page(made: Path) -> html.HtmlElement:
    return html.fromstring((made / "index.html").read_text(encoding="utf-8"))


def texts(made: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(page(made).get_element_by_id("parts").text)
    return found


def test_the_page_writes_exactly_the_flavours_of_the_variant(tmp_path: Path) -> None:
    prepared = full(title='題 </script> & "')
    parts = texts(note(tmp_path).package(prepared, None))
    assert parts["title"] == {"plain": prepared.title}
    assert parts["body"] == {"html": prepared.body, "plain": prepared.flavours[0].text}
    assert parts["tags"] == {"plain": "#雨 #傘"}
    assert parts["caption-1"] == {"plain": "四本の傘"}


def test_the_page_is_one_file_that_loads_nothing(tmp_path: Path) -> None:
    made = note(tmp_path).package(full(), None)
    source = (made / "index.html").read_text(encoding="utf-8")
    document = page(made)
    assert not document.xpath(
        "//link[not(starts-with(@href, 'data:'))] | //script[@src] | //iframe | //@style | //@onclick"
    )
    assert all(address.startswith("data:") for address in document.xpath("//img/@src"))
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"url\(|@import|fetch\(|innerHTML", source)


def test_large_pictures_are_links_to_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kawaraban.channels.packing.elements.INLINE_BYTES", 100)
    document = page(note(tmp_path).package(full(), None))
    assert document.xpath("//img/@src") == ["header.jpg", "images/01-kasa.jpg"]


def test_nothing_of_an_article_becomes_markup_of_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    prepared = full(title=evil, tags=("雨",), text=evil, pictures=(picture("01-kasa.jpg", caption=evil, alt=evil),))
    document = page(note(tmp_path).package(prepared, None))
    assert len(document.xpath("//script")) == 2
    assert evil in document.text_content()


# --- the change sheet -------------------------------------------------------------------------------------------


def test_a_small_change_says_what_to_find_and_what_to_put(tmp_path: Path) -> None:
    changed = full(body=BODY.replace("頁が増える", "頁が倍になる"), title="新しい題", tags=("雨", "駅"))
    sheet = change_sheet(changed, full())
    (change,) = sheet.changes
    assert change.old is not None
    assert change.new is not None
    assert (change.old.words, change.new.text) == ("雨の翌日にだけ頁が増える。", "雨の翌日にだけ頁が倍になる。")
    assert (sheet.title, sheet.added_tags, sheet.removed_tags, sheet.whole) == ("新しい題", ("駅",), ("傘",), False)
    made = note(tmp_path).package(changed, full())
    assert texts(made)["change-1"]["html"] == "<p>雨の翌日にだけ頁が倍になる。</p>"
    assert "更新する" in (made / "checklist.md").read_text(encoding="utf-8")
    assert "これを探す" in page(made).text_content()


def test_an_added_paragraph_names_the_one_before_it() -> None:
    added = full(body=BODY.replace("<p>https", "<p>足した。</p>\n<p>https"))
    (change,) = change_sheet(added, full()).changes
    assert change.old is None
    assert change.beside is not None
    assert change.beside.number == 1


def test_a_removed_paragraph_is_removed() -> None:
    (change,) = change_sheet(full(body=BODY.replace("<h2>台帳</h2>\n", "")), full()).changes
    assert change.new is None


def test_a_picture_is_replaced_when_its_bytes_or_its_caption_changed_and_not_when_its_number_did() -> None:
    other = full(pictures=(picture("01-kasa.jpg", caption="四本の傘", digest="cd"),))
    (change,) = change_sheet(other, full()).changes
    assert change.new is not None
    assert change.new.picture is not None
    before = picture("01-mae.jpg")
    moved = KASA.model_copy(update={"name": "02-kasa.jpg"})
    body = "<p>【画像1：01-mae.jpg】</p>\n" + BODY.replace("【画像1：01-kasa.jpg】", "【画像2：02-kasa.jpg】")
    (added,) = change_sheet(full(body=body, pictures=(before, moved)), full()).changes
    assert added.new is not None
    assert added.new.picture == before


def test_when_too_much_changed_the_whole_body_is_pasted_again(tmp_path: Path) -> None:
    rewritten = variant("<p>すべて書き直した本文です。</p>\n", text="すべて書き直した本文です。")
    assert change_sheet(rewritten, full()).whole
    words = page(note(tmp_path).package(rewritten, full())).text_content()
    assert "本文をすべて貼り直してください" in words
    assert "これを探す" not in words


def test_who_pastes_everything_again_has_all_the_steps_of_a_first_post(tmp_path: Path) -> None:
    again = full(body=BODY.replace("<p>", "<p>改めて、"))
    made = note(tmp_path).package(again.model_copy(update={"body": again.body.replace("改めて、【", "【")}), full())
    steps = (made / "checklist.md").read_text(encoding="utf-8")
    for said in (
        "公開中の記事の「編集」",
        "全選択して消す",
        "【画像1：01-kasa.jpg】",
        "駅の人",
        "header.jpg",
        "更新する",
    ):
        assert said in steps, said
    assert "notes/new" not in steps


def test_nothing_to_do_is_said(tmp_path: Path) -> None:
    assert change_sheet(full(), full()).is_empty
    assert "人の手で直すところはありません" in page(note(tmp_path).package(full(), full())).text_content()
