"""The command as a whole: quick, in two languages, with the agreed exit codes, and never a traceback."""

from __future__ import annotations

import os
import queue
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.cli import watching
from desk.cli.parser import COMMANDS
from flows.handover import Visit, reception
from tests.desk.papers import Paper

NAMES = [command.name for command in COMMANDS]


def alone(program: str, *words: str, root: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own."""
    values = {**os.environ, "LC_ALL": "en_GB.UTF-8", "PYTHONIOENCODING": "utf-8", **environment}
    if root is not None:
        values["KAWARABAN_ROOT"] = str(root)
    return subprocess.run(
        [sys.executable, "-c", program, *words], env=values, capture_output=True, text=True, check=False
    )


def test_the_commands_are_those_of_the_design() -> None:
    assert set(NAMES) == {
        "init", "set-up", "new", "import", "check", "plan", "publish", "status", "show", "record", "settle", "log", "build",
        "channels", "schedule", "hold", "resume", "withdraw", "rollback", "verify", "serve", "backup", "restore", "reconcile",
        "doctor", "adopt",
    }  # fmt: skip


def test_help_takes_less_than_a_quarter_of_a_second() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert alone("from desk.cli import main; main(['publish', '--help'])").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.25


def _calls() -> Iterator[tuple[str, ...]]:
    yield ("check",)
    yield ("check", "--json")
    yield ("plan",)
    yield ("status", "--json")
    yield ("show", "rain", "note")
    yield ("build", "--out", "elsewhere", "--with", "note")


def test_what_does_not_deliver_loads_no_prefect_and_check_no_database(paper: Paper) -> None:
    """One process runs them all, `check` first: a module once loaded stays."""
    paper.write()
    program = (
        "import os, sys; from desk.cli import main\n"
        f"os.chdir({str(paper.root)!r})\n"
        f"for words in {list(_calls())!r}:\n"
        "    assert main(list(words)) == 0, words\n"
        "    loaded = {'prefect', 'sqlalchemy', 'alembic'} & set(sys.modules)\n"
        "    allowed = set() if words[0] == 'check' else {'sqlalchemy', 'alembic'}\n"
        "    assert loaded <= allowed, (words, loaded)\n"
    )
    done = alone(program, root=paper.root)
    assert done.returncode == 0, done.stderr


def test_root_may_stand_before_the_command_too(paper: Paper, tmp_path: Path) -> None:
    assert paper("--root", str(paper.root), "check").code == 0
    elsewhere = str(tmp_path / "elsewhere")
    assert elsewhere in paper("--root", elsewhere, "check").err
    assert elsewhere in paper("--root", str(paper.root), "check", "--root", elsewhere).err


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_examples_in_both_languages(paper: Paper, name: str) -> None:
    japanese, english = paper(name, "--help", language="ja"), paper(name, "--help")
    assert (japanese.code, english.code) == (0, 0)
    assert f"例:\n  kawaraban {name}" in japanese.out
    assert f"examples:\n  kawaraban {name}" in english.out
    assert "使い方: " in japanese.out
    assert "options:" not in japanese.out


@pytest.mark.parametrize(("locale", "first"), [("ja_JP.UTF-8", "使い方"), ("C", "usage"), ("de_DE.UTF-8", "usage")])
def test_the_language_follows_the_locale(locale: str, first: str) -> None:
    done = alone("from desk.cli import main; main([])", LC_ALL=locale)
    assert done.stdout.startswith(first)


def test_a_terminal_without_japanese_letters_gets_what_it_can_show(paper: Paper) -> None:
    paper.write()
    done = alone("from desk.cli import main; main()", "status", root=paper.root, PYTHONIOENCODING="ascii")
    assert done.returncode != 70, done.stderr
    program = "import sys; from desk.cli import main; raise SystemExit(main(['status']))"
    done = alone(program, root=paper.root, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "\\u96e8" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lgo",), "did you mean log?"),
        (("publish", "--as", "typos"), "did you mean typo?"),
        (("publish", "--nonsense"), "unrecognized arguments"),
        (("show", "rain"), "required: CHANNEL"),
        (("settle", "rain", "note"), "--arrived --not-arrived --as-it-is"),
        (("log", "--limit", "0"), "must be at least 1"),
        (("log", "--limit", "many"), "invalid int value"),
        (("build", "--out", "x", "--jobs", "-1"), "must be at least 1"),
    ],
)
def test_wrong_use_is_exit_code_2_with_a_pointer_to_the_help(paper: Paper, words: tuple[str, ...], said: str) -> None:
    english, japanese = paper(*words), paper(*words, language="ja")
    assert (english.code, japanese.code) == (2, 2)
    assert said in english.err
    assert "--help" in english.err
    assert "使い方は" in japanese.err
    assert not any(word in japanese.err for word in ("argument ", "required", "invalid", "at least"))


def test_a_folder_that_is_no_paper_is_refused_with_the_remedy(tmp_path: Path, paper: Paper) -> None:
    answer = paper("status", "--root", str(tmp_path))
    assert answer.code == 2
    assert "config/publication.yaml" in answer.err
    assert "kawaraban init" in answer.err
    assert list(tmp_path.glob("*/.kawaraban")) == []


def test_root_goes_before_the_environment(paper: Paper, tmp_path: Path) -> None:
    paper.write()
    elsewhere = Paper(tmp_path)
    assert elsewhere("check", "--root", str(paper.root)).code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("config/channels.yaml", "path: public", "pfad: public", "config/channels.yaml:"),
        ("config/channels.yaml", "kind: feed", "kind: fed", "config/channels.yaml:"),
        ("config/publication.yaml", "base_url: https://example.com", "base_url: example", "config/publication.yaml:"),
        ("config/publication.yaml", "name: 汀通信", "name: [", "config/publication.yaml:"),
    ],
)
def test_wrong_settings_name_file_line_and_remedy(paper: Paper, file: str, old: str, new: str, said: str) -> None:
    paper.replace(file, old, new)
    for words in (("plan",), ("publish",), ("status",), ("channels",)):
        answer = paper(*words)
        assert answer.code == 2, words
        place, _, rest = answer.err.partition(said)
        assert place == ""
        assert rest[0].isdigit()
        assert "→" in answer.err


def test_an_error_of_the_program_is_one_sentence_and_a_file(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_values: object) -> None:
        said = "\x1b[31mno"
        raise ZeroDivisionError(said)

    monkeypatch.setattr("flows.stages.looking.channels", broken)
    answer = paper("channels")
    journal = paper.root / ".kawaraban" / "log" / "kawaraban.log"
    assert answer.code == 70
    assert answer.err.splitlines() == [
        "stopped by an unexpected error (ZeroDivisionError: [31mno)",
        f"the program's own errors are in this file; please send it on: {journal}",
    ]
    assert "Traceback" in journal.read_text(encoding="utf-8")


def test_a_renderer_that_breaks_blocks_its_channel_and_is_in_the_file(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.compose import House

    render = House.render

    def broken(self: House, article: object, channel: object, facts: object) -> object:
        if getattr(channel, "name", "") == "note":
            lost = "lost"
            raise KeyError(lost)
        return render(self, article, channel, facts)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(House, "render", broken)
    paper.write()
    answer = paper("publish", language="ja")
    assert paper.page().is_file()
    assert "プログラムの誤りの記録です" in answer.err
    assert "KeyError" in (paper.root / ".kawaraban" / "log" / "kawaraban.log").read_text(encoding="utf-8")


def test_a_stop_by_hand_is_exit_code_130_and_a_sentence(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_values: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.stages.looking.channels", stopped)
    answer = paper("channels", language="ja")
    assert (answer.code, answer.out.startswith("止めました")) == (130, True)


def test_whoever_stops_waiting_for_the_publisher_is_told_that_it_goes_on(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: queue.Queue[Visit] = queue.Queue()

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.handover._answer", stopped)
    with reception(paper.root, asked):
        answer = paper("publish", language="ja")
        assert (answer.code, "公開の係は続けています" in answer.out + answer.err) == (130, True)
        assert asked.get(timeout=5).request.names == ()


def test_a_reader_that_has_had_enough_is_no_error(paper: Paper) -> None:
    paper.write(body="雨。\n\n" * 30_000)
    program = (
        "import os, sys; from desk.cli import main\n"
        "read, write = os.pipe(); os.close(read); os.dup2(write, 1)\n"
        "raise SystemExit(main(['show', 'rain', 'site']))\n"
    )
    done = alone(program, root=paper.root)
    assert (done.returncode, done.stderr) == (0, "")


def test_long_work_shows_a_bar_in_a_terminal_and_one_line_elsewhere(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "COUNTED_FROM", 5)
    for number in range(6):
        paper.write(f"rain-{number}", id=f"7ra1ny{number}a")
    plain = paper("publish")
    assert "rendering, and comparing with the ledger (6)" in plain.err
    assert plain.err.count("writing site") == 1
    paper.environment = {"TTY_COMPATIBLE": "1", "FORCE_COLOR": "1", "COLUMNS": "100"}
    moving = paper("plan")
    assert "6/6" in moving.err
    assert "━" in moving.err


def test_version_is_said(paper: Paper) -> None:
    assert paper("--version").out.startswith("kawaraban ")
