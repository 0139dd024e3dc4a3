"""channels: who we are there, `test`, and `add` with and without somebody at the terminal."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kawaraban.library import write_atomically
from tests.desk.papers import Paper, paper_at
from tests.kinds import noticeboard

if TYPE_CHECKING:
    from examples.noticeboard.board import Board

Typing = Callable[..., None]
PRIVATE = "network: {private: true}\n"


class Terminal(io.StringIO):
    """Somebody types these lines."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def board() -> Iterator[Board]:
    with noticeboard() as one:
        yield one


@pytest.fixture
def paper(tmp_path: Path, board: Board) -> Paper:
    made = paper_at(tmp_path / "paper")
    publication = made.root / "config" / "publication.yaml"
    publication.write_text(publication.read_text(encoding="utf-8") + PRIVATE, encoding="utf-8")
    made.environment["BOARD_TOKEN"] = board.token
    return made


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Let somebody type: lines, and what is not shown."""

    def type_(*lines: str, hidden: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
        answers = iter(hidden)

        def getpass(prompt: str = "", stream: object = None) -> str:
            del prompt, stream
            answer = next(answers, None)
            if answer is None:
                raise EOFError
            return answer

        monkeypatch.setattr("getpass.getpass", getpass)

    return type_


def added(paper: Paper, board: Board, *more: str) -> None:
    answer = paper(
        "channels", "add", "noticeboard", "--name", "board", "--set", f"server={board.url}",
        "--secret", "token=env:BOARD_TOKEN", "--set", "after=site", "--yes", *more,
    )  # fmt: skip
    assert answer.code == 0, answer.said


def settings(paper: Paper) -> str:
    return (paper.root / "config" / "channels.yaml").read_text(encoding="utf-8")


def secrets(paper: Paper) -> dict[str, str]:
    folder = paper.root / "secrets"
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} if folder.exists() else {}


def left_behind(paper: Paper) -> list[str]:
    return [path.name for path in (paper.root / ".kawaraban").glob("adding-*")]


# --- channels, channels test ------------------------------------------------------------------------------------------


def test_channels_shows_who_we_are_when_it_was_asked_and_when_it_ends(paper: Paper, board: Board) -> None:
    board.expires = "2099-07-01T00:00:00+09:00"
    added(paper, board)
    said = paper("channels").out
    assert "board｜@kairan, 回覧板 1.2, asked " in said
    assert "ends on 2099-07-01" in said
    japanese = paper("channels", language="ja").out
    assert "資格情報は 2099-07-01 に切れます" in japanese
    row = paper("channels", "--json").document["channels"][-1]
    assert (row["name"], row["account"], row["shown"], row["server"]) == ("board", "b-0001", "@kairan", "回覧板 1.2")
    assert row["expires"] == "2099-07-01T00:00:00+09:00"
    assert row["trouble"] is None
    assert row["probed"]


def test_the_earlier_of_two_ends_is_shown(paper: Paper, board: Board) -> None:
    board.expires = "2099-07-01T00:00:00+09:00"
    added(paper, board)
    paper.replace("config/channels.yaml", "env: BOARD_TOKEN", "env: BOARD_TOKEN\n    expires: 2098-01-01")
    assert paper("channels", "--json").document["channels"][-1]["expires"] == "2098-01-01T00:00:00+09:00"


def test_credentials_that_have_ended_are_not_said_to_end(paper: Paper, board: Board) -> None:
    added(paper, board)
    paper.replace("config/channels.yaml", "    env: BOARD_TOKEN", "    env: BOARD_TOKEN\n    expires: 2020-01-01")
    for answer in (paper("channels"), paper("channels", "test", "board")):
        assert "ended on 2020-01-01" in " ".join(answer.out.split())


def test_test_says_who_we_are_what_it_takes_and_posts_nothing(paper: Paper, board: Board) -> None:
    board.limit = 120
    added(paper, board)
    answer = paper("channels", "test", "board")
    assert answer.code == 0
    assert "board: as @kairan at 回覧板 1.2" in answer.out
    assert "a post has up to 120 code points" in answer.out
    one = paper("channels", "test", "board", "--json").document["channels"][0]
    assert one["ok"] is True
    assert one["learnt"] == {"limit": 120}
    assert one["text"] == {"unit": "code points", "limit": 120, "max_bytes": None, "link": None}
    assert (one["edits"], one["withdraws"], one["reads"], one["threads"], one["pictures"]) == (
        True,
        True,
        True,
        False,
        None,
    )
    assert board.notices == {}


def test_an_account_is_not_added_a_second_time(paper: Paper, board: Board) -> None:
    added(paper, board)
    before = settings(paper)
    words = (
        "channels",
        "add",
        "noticeboard",
        "--set",
        f"server={board.url}",
        "--secret",
        "token=env:BOARD_TOKEN",
        "--yes",
    )
    answer = paper(*words)
    assert answer.code == 1
    assert "board posts to that account already" in answer.out
    assert settings(paper) == before
    assert paper(*words, "--untested").code == 0, "whoever means it may"


def test_add_shows_what_the_server_itself_says_it_takes(paper: Paper, board: Board) -> None:
    board.limit = 120
    words = ("channels", "add", "noticeboard", "--set", f"server={board.url}", "--secret", "token=env:BOARD_TOKEN")
    assert "a post has up to 120 code points" in paper(*words, "--yes").out


def test_what_a_person_posts_to_is_recorded_not_adopted_and_has_its_folder(paper: Paper) -> None:
    assert "kawaraban record ARTICLE x URL" in paper("channels", "add", "hand", "--name", "x", "--yes").out
    (row,) = [one for one in paper("channels", "--json").document["channels"] if one["name"] == "x"]
    assert row["where"] == "packages/x"


def test_check_counts_by_what_the_server_said(paper: Paper, board: Board) -> None:
    board.limit = 120
    added(paper, board)
    paper.write(channels=f"{{board: {{text: {'雨の音を聞く。' * 20}}}}}")
    assert "too long to go out: 140 of 120" in paper("check").out


def test_test_says_what_is_wrong_and_how_to_mend_it(paper: Paper, board: Board) -> None:
    added(paper, board)
    paper.environment["BOARD_TOKEN"] = "an old one"  # noqa: S105 - of a board that holds nothing
    answer = paper("channels", "test", "board")
    assert answer.code == 1
    assert "the board refuses our token" in answer.out
    assert "→ get a new token" in answer.out
    assert "kawaraban resume --channel board" in answer.out, "it is held from now on"
    assert "an old one" not in answer.said
    for language, why in (("en", "the board refuses our token"), ("ja", "掲示板がトークンを受けつけません")):
        held = paper("channels", "--json", language=language).document["channels"][-1]["held"]
        assert held.startswith(f"{why} → "), "why, and what a person does about it, in one language"
        assert " / " not in held
    paper.environment["BOARD_TOKEN"] = board.token
    answer = paper("channels", "test", "board")
    assert answer.code == 0
    assert "kawaraban resume --channel board" in answer.out


def test_a_channel_without_anything_to_ask_is_looked_at_for_its_secrets(paper: Paper) -> None:
    paper.replace(
        "config/channels.yaml", "site:\n", "hook: {kind: webhook, url: {env: HOOK_URL}, after: site}\nsite:\n"
    )
    answer = paper("channels", "test", "hook", "site")
    assert answer.code == 1
    assert "HOOK_URL is not set" in answer.out
    assert "site: without posting only its settings can be tried" in answer.out
    paper.environment["HOOK_URL"] = "https://example.com/hook"
    assert paper("channels", "test", "hook").code == 0


def test_a_channel_that_is_not_there_is_wrong_use(paper: Paper) -> None:
    answer = paper("channels", "test", "bord")
    assert answer.code == 2
    assert "there is no channel `bord`" in answer.err


# --- channels add, without a terminal ---------------------------------------------------------------------------------


def test_add_tries_it_writes_it_at_the_end_and_it_works(paper: Paper, board: Board) -> None:
    before = settings(paper)
    added(paper, board, "--set", "limit=99")
    after = settings(paper)
    assert after.startswith(before), "every byte of it stays"
    assert after.removeprefix(before).splitlines() == [
        "", "board:", "  kind: noticeboard", f"  server: {board.url}", "  after: site", "  limit: 99",
        "  token:", "    env: BOARD_TOKEN",
    ]  # fmt: skip
    assert board.token not in after
    assert paper("channels", "test", "board").code == 0
    assert secrets(paper) == {}


def test_add_says_what_is_missing(paper: Paper) -> None:
    answer = paper("channels", "add", "noticeboard", "--yes")
    assert answer.code == 2
    assert "missing: server, token" in answer.err
    assert "--secret token=env:NAME" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gopher",), "there is no kind `gopher`"),
        (("noticebord",), "did you mean `noticeboard`?"),
        (("noticeboard", "--set", "sever=x"), "did you mean `server`?"),
        (("noticeboard", "--set", "limit=many"), "limit is not valid: many"),
        (("noticeboard", "--set", "limit"), "this is no KEY=VALUE: limit"),
        (("noticeboard", "--secret", "token=hunter2"), "where the secret token is kept can't be read"),
        (("noticeboard", "--secret", "limit=env:X"), "there is no key `limit`"),
        (("noticeboard", "--name", "9lives"), "not usable as a channel's name"),
        (("noticeboard", "--name", "site"), "there is a channel `site` already"),
        (("noticeboard", "--set", "after=sute"), "there is no channel `sute`"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    paper: Paper, board: Board, words: tuple[str, ...], said: str
) -> None:
    before = settings(paper)
    rest = ("--set", f"server={board.url}", "--secret", "token=env:BOARD_TOKEN", "--yes")
    given = [one for one in zip(rest[::2], rest[1::2], strict=False) if not any(one[1][:5] in word for word in words)]
    answer = paper("channels", "add", *words, *(part for pair in given for part in pair), "--yes")
    assert answer.code == 2
    assert said in answer.err
    assert "hunter2" not in answer.said
    assert settings(paper) == before
    assert (secrets(paper), left_behind(paper)) == ({}, [])


def test_what_does_not_pass_the_test_is_written_only_untested(paper: Paper, board: Board) -> None:
    before = settings(paper)
    paper.environment["BOARD_TOKEN"] = "an old one"  # noqa: S105 - of a board that holds nothing
    words = ("channels", "add", "noticeboard", "--set", f"server={board.url}", "--secret", "token=env:BOARD_TOKEN")
    answer = paper(*words, "--yes")
    assert answer.code == 1
    assert "the board refuses our token" in answer.out
    assert "nothing was written" in answer.out
    assert settings(paper) == before
    assert paper(*words, "--yes", "--untested").code == 0
    assert "noticeboard:" in settings(paper)


def test_a_secret_can_lie_in_a_file_of_ones_own(paper: Paper, board: Board) -> None:
    (paper.root / "mine").write_text(board.token, encoding="utf-8")
    words = ("channels", "add", "noticeboard", "--set", f"server={board.url}", "--secret", "token=file:mine", "--yes")
    assert paper(*words).code == 0
    assert "    file: mine\n" in settings(paper)


def test_the_document_tells_what_was_found(paper: Paper, board: Board) -> None:
    words = ("channels", "add", "noticeboard", "--set", f"server={board.url}", "--secret", "token=env:BOARD_TOKEN")
    document = paper(*words, "--json").document
    assert document["added"] == "noticeboard"
    assert document["channels"][0]["shown"] == "@kairan"


def test_nobody_to_ask_and_no_yes_writes_nothing(paper: Paper, board: Board) -> None:
    before = settings(paper)
    words = ("channels", "add", "noticeboard", "--set", f"server={board.url}", "--secret", "token=env:BOARD_TOKEN")
    answer = paper(*words)
    assert answer.code == 2
    assert "--yes" in answer.err
    assert settings(paper) == before


def test_a_file_without_a_line_end_and_with_dos_line_ends_is_kept_so(paper: Paper, board: Board) -> None:
    file = paper.root / "config" / "channels.yaml"
    text = settings(paper).rstrip("\n").replace("\n", "\r\n").encode()
    file.write_bytes(text)
    added(paper, board)
    assert file.read_bytes().startswith(text + b"\r\n\r\nboard:\r\n")


@pytest.mark.parametrize("ending", ["{site: {kind: site, path: public}}", "site: {kind: site, path: public}\n...\n"])
def test_a_file_that_takes_nothing_at_its_end_is_left_alone_and_the_entry_is_told(paper: Paper, ending: str) -> None:
    (paper.root / "config" / "channels.yaml").write_text(ending, encoding="utf-8")
    answer = paper("channels", "add", "hand", "--name", "x", "--set", "network=x", "--yes")
    assert answer.code == 2
    assert "nothing can be put at its end" in answer.err
    assert "kind: hand" in answer.err
    assert settings(paper) == ending


def test_whoever_adds_at_the_same_moment_loses_nothing(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one begins while the first is writing: it waits, sees the other's entry, and is told to try again."""
    ours = ("channels", "add", "hand", "--set", "network=x", "--yes", "--name")
    others: list[threading.Thread] = []
    answers: list[int] = []

    def slowly(*arguments: Any, **named: Any) -> None:
        if not others:
            others.append(threading.Thread(target=lambda: answers.append(paper(*ours, "second").code)))
            others[0].start()
            others[0].join(timeout=3)
        write_atomically(*arguments, **named)

    monkeypatch.setattr("flows.stages.adding.write_atomically", slowly)
    assert paper(*ours, "first").code == 0
    others[0].join()
    assert answers == [2]
    assert "first:" in settings(paper)


# --- channels add, at a terminal --------------------------------------------------------------------------------------


def test_a_person_is_asked_and_the_secret_is_kept_where_only_we_may_read_it(
    paper: Paper, board: Board, typing: Typing
) -> None:
    typing("wall", board.url, "", "limit", "oops", "88", "", "y", hidden=(board.token,))
    before = settings(paper)
    answer = paper("channels", "add", "noticeboard", language="ja")
    assert answer.code == 0, answer.said
    assert "server｜掲示板のアドレス" in answer.err
    assert "limit の値が正しくありません: oops" in answer.err
    assert "wall: @kairan として、回覧板 1.2 に" in answer.out
    assert settings(paper).removeprefix(before).splitlines() == [
        "", "wall:", "  kind: noticeboard", f"  server: {board.url}", "  token:", "    file: secrets/wall",
        "  after: site", "  limit: 88",
    ]  # fmt: skip
    assert secrets(paper) == {"wall": f"{board.token}\n", ".gitignore": "*\n"}
    assert stat.S_IMODE((paper.root / "secrets" / "wall").stat().st_mode) == 0o600
    assert stat.S_IMODE((paper.root / "secrets").stat().st_mode) == 0o700
    assert board.token not in answer.said
    assert left_behind(paper) == []
    assert paper("channels", "test", "wall").code == 0


def test_another_secret_of_that_name_is_not_overwritten(paper: Paper, board: Board, typing: Typing) -> None:
    (paper.root / "secrets").mkdir()
    (paper.root / "secrets" / "noticeboard").write_text("of another time", encoding="utf-8")
    typing("", board.url, "-", "", "y", hidden=(board.token,))
    assert paper("channels", "add", "noticeboard").code == 0
    assert secrets(paper)["noticeboard"] == "of another time"
    assert "file: secrets/noticeboard-2" in settings(paper)
    assert "after" not in settings(paper).partition("\nnoticeboard:")[2]


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        (("wall",), ()),  # the end of the input at the address
        (("wall", "URL"), ()),  # at the secret
        (("wall", "URL", ""), ("TOKEN",)),  # at the list of other settings
        (("wall", "URL", "", "", "n"), ("TOKEN",)),  # no
        (("wall", "URL", "", "", ""), ("wrong",)),  # no to what could not be tried
    ],
)
def test_whoever_stops_in_the_middle_leaves_nothing(
    paper: Paper, board: Board, typing: Typing, lines: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    before = settings(paper)
    typing(
        *(line.replace("URL", board.url) for line in lines),
        hidden=tuple(one.replace("TOKEN", board.token) for one in hidden),
    )
    assert paper("channels", "add", "noticeboard").code in (1, 130)
    assert settings(paper) == before
    assert (secrets(paper), left_behind(paper)) == ({}, [])


def test_a_person_may_write_down_what_does_not_work_yet(paper: Paper, board: Board, typing: Typing) -> None:
    typing("wall", board.url, "", "", "y", hidden=("wrong",))
    answer = paper("channels", "add", "noticeboard")
    assert answer.code == 0
    assert "it could not be tried; write it all the same?" in answer.err
    assert "wall:" in settings(paper)


def test_what_goes_wrong_at_the_very_end_takes_the_secret_back(
    paper: Paper, board: Board, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing("wall", board.url, "", "", "y", hidden=(board.token,))
    before = settings(paper)

    def full(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.stages.adding.write_atomically", full)
    assert paper("channels", "add", "noticeboard").code == 130
    assert settings(paper) == before
    assert set(secrets(paper)) <= {".gitignore"}
    assert left_behind(paper) == []


def test_a_disk_that_takes_no_secret_is_said_in_words(
    paper: Paper, board: Board, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing("wall", board.url, "", "", "y", hidden=(board.token,))
    before = settings(paper)

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("flows.stages.adding.lock_away", full)
    answer = paper("channels", "add", "noticeboard")
    assert answer.code == 2
    assert "secrets/wall: can't be written: No space left on device" in answer.err
    assert board.token not in answer.err
    assert settings(paper) == before
    assert left_behind(paper) == []


def test_the_document_of_the_list_has_every_channel(paper: Paper) -> None:
    rows = json.loads(paper("channels", "--json").out)["channels"]
    assert [row["name"] for row in rows] == ["site", "rss", "note"]
    assert all(row["account"] is None and row["expires"] is None for row in rows)
