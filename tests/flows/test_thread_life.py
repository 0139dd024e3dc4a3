"""A long text's life on boards that take short posts: out, edited, read back, taken down; and after a ledger was put back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.stages.ending import withdraw
from flows.stages.looking import status
from flows.stages.recording import settle
from flows.stages.rolling_back import roll_back, select
from flows.stages.values import Extent
from flows.stages.verifying import Found, verify
from kawaraban.delivery import State, Word
from kawaraban.errors import Conflict
from kawaraban.ledger import Settlement
from tests.flows.boards import HOUR, IDS, Paper, put_back

ID = IDS["kawa"]
BOARDS = ("named", "listed")
_CHANNELS = """site: {{kind: site, path: public}}
named: {{kind: rehearsal, path: {out}/named, idempotency: natural, limit: 60, update: auto{named}}}
listed: {{kind: rehearsal, path: {out}/listed, idempotency: find, limit: 60, update: auto}}
"""
THREE = "川の水が朝の光をゆっくりと返している。舟はまだ岸につながれたまま、だれも来ない。橋の上を子どもが走っていく。その足音だけが水面に落ちて、やがて消えた。"
THREE += "本屋の戸が開き、灯りがひとつ川へこぼれる。"
EDITED = THREE.replace("走っていく", "歩いていく")


@pytest.fixture
def news(tmp_path: Path) -> Paper:
    made = Paper(tmp_path / "root", tmp_path / "out")
    (made.root / "config").mkdir(parents=True)
    made.out.mkdir()
    said = "name: 川辺の新聞\nbase_url: https://example.com\ntag_domain: example.com,2024\n"
    (made.root / "config" / "publication.yaml").write_text(said, encoding="utf-8")
    settings(made)
    write(made, THREE)
    return made


def settings(news: Paper, named: str = "") -> None:
    said = _CHANNELS.format(out=news.out, named=named)
    (news.root / "config" / "channels.yaml").write_text(said, encoding="utf-8")


def write(news: Paper, text: str) -> None:
    folder = news.root / "content" / "articles" / "2024" / "kawa"
    folder.mkdir(parents=True, exist_ok=True)
    own = "".join(f"  {name}: {{text: {text}}}\n" for name in BOARDS)
    head = f"id: {ID}\ntitle: 川\nslug: kawa\nstatus: ready\npublished: {news.now.isoformat()}\nchannels:\n{own}"
    (folder / "index.md").write_text(f"---\n{head}---\n川の話です。\n", encoding="utf-8")


def stored(news: Paper, board: str) -> list[dict[str, str]]:
    """The thread as it stands, each post the answer to the one before; nothing else may stand there."""
    posts = [json.loads(file.read_text(encoding="utf-8")) for file in (news.out / board).glob("*.json")]
    found: list[dict[str, str]] = []
    while below := [post for post in posts if post["answers_to"] == (found[-1]["id"] if found else "")]:
        assert len(below) == 1
        found += below
    assert len(found) == len(posts)
    return found


def words(news: Paper, board: str) -> str:
    said = "".join(post["text"] for post in stored(news, board))
    return said.replace("https://example.com/articles/kawa/", "").replace("\n", "")


def rows(news: Paper) -> dict[str, tuple[Word, Extent | None]]:
    with news.house() as house:
        return {row.channel: (row.word, row.parts) for row in status(house, (), now=news.now)}


def verified(news: Paper) -> dict[str, Found]:
    with news.house() as house:
        return {one.channel: one for one in verify(house, (), (), now=news.now) if one.channel in BOARDS}


def test_a_long_text_goes_out_as_a_thread_is_edited_and_taken_down(news: Paper) -> None:
    news.publish()
    assert all(len(stored(news, board)) == 3 for board in BOARDS)
    assert all(THREE in words(news, board) for board in BOARDS)
    assert rows(news)["named"] == (Word.LIVE, Extent(3, 3))
    before = stored(news, "listed")
    write(news, EDITED)
    news.now += HOUR
    news.publish()
    assert all(EDITED in words(news, board) for board in BOARDS)
    assert [post["id"] for post in stored(news, "listed")] == [post["id"] for post in before]
    assert {found.found for found in verified(news).values()} == {"live"}
    news.now += HOUR
    with news.house() as house:
        done = withdraw(house, ID, (), now=news.now)
    assert {fate.outcome for fate in done.fates} == {"gone"}
    assert all(stored(news, board) == [] for board in BOARDS)
    assert not news.publish().failed


def test_an_earlier_thread_is_put_back_and_held(news: Paper) -> None:
    news.publish()
    before = stored(news, "listed")
    write(news, EDITED)
    news.now += HOUR
    news.publish()
    news.now += HOUR
    with news.house() as house:
        selected = select(house, ID, news.now - 2 * HOUR, ("listed",))
        done = roll_back(house, selected, now=news.now)
    assert [result.outcome for result in done.results] == ["live"]
    assert stored(news, "listed") == before
    news.now += HOUR
    news.publish()
    assert THREE in words(news, "listed")
    assert EDITED in words(news, "named")


def test_a_half_done_edit_may_stay_as_it_is_until_the_article_changes(news: Paper) -> None:
    news.publish()
    settings(news, ", faults: [ok, down]")
    write(news, EDITED.replace("こぼれる", "落ちる"))
    news.now += HOUR
    news.publish()
    with news.house() as house:
        settle(house, ID, "named", Settlement.AS_IT_IS, None, now=news.now)
    news.now += HOUR
    news.publish()
    assert EDITED in words(news, "named"), "the second post's edit went out, the third's did not"
    write(news, EDITED + "夜になった。")
    news.now += HOUR
    news.publish()
    assert EDITED + "夜になった。" in words(news, "named")


def test_an_edit_can_make_it_one_post_and_a_thread_again(news: Paper) -> None:
    for text, posts in ((THREE, 3), ("川の音。", 1), (THREE + "もう夕方だ。" * 10, 4)):
        write(news, text)
        news.now += HOUR
        news.publish()
        assert [len(stored(news, board)) for board in BOARDS] == [posts, posts]
        assert all(text in words(news, board) for board in BOARDS)


@pytest.mark.parametrize(("number", "said"), [(1, "post 2 is missing"), (2, "post 3 is missing")])
def test_a_post_that_somebody_removed_is_named_and_put_back_when_that_is_asked_for(
    news: Paper, number: int, said: str
) -> None:
    news.publish()
    (news.out / "named" / f"{stored(news, 'named')[number]['id']}.json").unlink()
    found = verified(news)
    assert (found["named"].found, [one.en for one in found["named"].differences]) == ("drifted", [said])
    assert found["listed"].found == "live"
    assert rows(news)["named"][0] is Word.DRIFTED
    news.publish(ID, channels=("named",), refresh=True)
    assert THREE in words(news, "named")
    assert verified(news)["named"].found == "live"


def test_a_thread_of_which_everything_was_removed_is_gone(news: Paper) -> None:
    news.publish()
    for post in stored(news, "named"):
        (news.out / "named" / f"{post['id']}.json").unlink()
    assert verified(news)["named"].found == "gone"


def test_a_post_of_a_withdrawn_thread_that_is_still_there_is_noticed(news: Paper) -> None:
    news.publish()
    last = news.out / "listed" / f"{stored(news, 'listed')[2]['id']}.json"
    kept = last.read_bytes()
    with news.house() as house:
        withdraw(house, ID, ("listed",), now=news.now)
    last.write_bytes(kept)
    assert verified(news)["listed"].found == "drifted"


def test_a_thread_that_is_half_out_goes_on_by_itself_and_can_be_given_up(news: Paper) -> None:
    settings(news, ", faults: [ok, down]")
    news.publish()
    assert rows(news)["named"] == (Word.RETRYING, Extent(1, 3))
    with news.house() as house, pytest.raises(Conflict, match="1 of 3") as caught:
        settle(house, ID, "named", Settlement.ARRIVED, None, now=news.now)
    assert caught.value.remedy is not None
    news.now += HOUR
    news.publish()
    assert rows(news)["named"] == (Word.LIVE, Extent(3, 3))
    assert THREE in words(news, "named")


def test_a_half_out_thread_that_is_withdrawn_takes_its_posts_with_it(news: Paper) -> None:
    settings(news, ", faults: [ok, refused]")
    news.publish()
    assert rows(news)["named"] == (Word.FAILED, Extent(1, 3))
    with news.house() as house:
        done = withdraw(house, ID, ("named",), now=news.now)
    assert [fate.outcome for fate in done.fates] == ["gone"]
    assert stored(news, "named") == []
    assert news.row(ID, "named").state is State.WITHDRAWN


@pytest.mark.parametrize("faults", ["", ", faults: [ok, down]"])
def test_a_ledger_that_was_put_back_finds_the_whole_thread_again(news: Paper, faults: str) -> None:
    """From before it went out, and from when it was half out."""
    settings(news, faults)
    if faults:
        news.publish()
        assert rows(news)["named"] == (Word.RETRYING, Extent(1, 3))
    else:
        with news.house() as house:
            assert house.ledger.deliveries() == []
    kept = news.keep_ledger()
    news.now += HOUR
    news.publish()
    put_back(news, kept, "file")
    news.reconcile()
    news.resume()
    news.now += HOUR
    news.publish()
    assert all(len(stored(news, board)) == 3 for board in BOARDS)
    assert rows(news)["named"] == (Word.LIVE, Extent(3, 3))
    write(news, EDITED)
    news.now += HOUR
    news.publish()
    assert all(EDITED in words(news, board) and len(stored(news, board)) == 3 for board in BOARDS)
    with news.house() as house:
        withdraw(house, ID, (), now=news.now)
    assert all(stored(news, board) == [] for board in BOARDS)


def test_a_ledger_that_was_put_back_lets_a_half_out_thread_go_on(news: Paper) -> None:
    settings(news, ", faults: [ok, down, down]")
    news.publish()
    kept = news.keep_ledger()
    news.now += HOUR
    news.publish()
    put_back(news, kept, "file")
    news.reconcile()
    news.resume()
    news.now += HOUR
    news.publish()
    assert THREE in words(news, "named")
    assert rows(news)["named"] == (Word.LIVE, Extent(3, 3))


@pytest.mark.parametrize("before", [THREE, "川の音。"])
def test_what_a_thread_was_lengthened_by_is_not_posted_again_by_an_earlier_ledger(news: Paper, before: str) -> None:
    write(news, before)
    news.publish()
    kept = news.keep_ledger()
    longer = THREE + "もう夕方だ。" * 10
    write(news, longer)
    news.now += HOUR
    news.publish()
    out = stored(news, "listed")
    put_back(news, kept, "file")
    news.reconcile()
    news.resume()
    news.now += HOUR
    news.publish()
    assert [post["id"] for post in stored(news, "listed")] == [post["id"] for post in out]
    assert longer in words(news, "listed")
    with news.house() as house:
        withdraw(house, ID, (), now=news.now + HOUR)
    assert stored(news, "listed") == []


def test_what_a_person_answered_below_a_thread_is_nobodys_to_change(news: Paper) -> None:
    """Also by a ledger that was put back, which can't know whose it is but by its text."""
    news.publish()
    kept = news.keep_ledger()
    news.now += HOUR
    news.publish()
    put_back(news, kept, "file")
    news.reconcile()
    news.resume()
    own = {
        "id": "000009",
        "key": "",
        "answers_to": stored(news, "listed")[-1]["id"],
        "text": "追記です",
        "article": "",
        "title": "",
    }
    place = news.out / "listed" / "000009.json"
    place.write_text(json.dumps(own), encoding="utf-8")
    said = place.read_bytes()
    write(news, THREE + "もう夕方だ。" * 10)
    news.now += HOUR
    news.publish()
    assert rows(news)["listed"] == (Word.LIVE, Extent(4, 4))
    with news.house() as house:
        withdraw(house, ID, ("listed",), now=news.now)
    assert [file.name for file in (news.out / "listed").glob("*.json")] == [place.name]
    assert place.read_bytes() == said
