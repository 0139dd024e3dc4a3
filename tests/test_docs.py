"""The documents say what the program does: every command, key, block and code is there, examples work, links lead somewhere."""

from __future__ import annotations

import argparse
import ast
import json
import re
import shlex
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import UnionType
from typing import get_args
from urllib.parse import unquote

import pytest
from PIL import Image
from pydantic import BaseModel

from desk.cli import main
from desk.cli.parser import COMMANDS, parser
from desk.cli.tables import SIGNS
from desk.cli.writing import skeleton
from kawaraban.article import blocks as tree
from kawaraban.article import markdown
from kawaraban.article.model import Correction, Cover, FrontMatter, Review, Source, Withdrawn
from kawaraban.article.schema import schema_text
from kawaraban.article.walk import every_block, every_inline
from kawaraban.config import AlertKind, AlertSettings, Person, Publication, ReleaseSettings, Series
from kawaraban.delivery import JAPANESE, ActionKind, State, Word
from kawaraban.importing.profile import Profile

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
)


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The part under a heading, up to the next of its level or above."""
    level = len(title) - len(title.lstrip("#"))
    found = re.search(rf"^{re.escape(title)}.*?(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[0]


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """A model's keys as they are written, those of a model inside it dotted."""
    for name, field in model.model_fields.items():
        inner = model_of(field.annotation)
        if inner is None:
            yield f"{prefix}{field.alias or name}"
        else:
            yield from keys(inner, f"{prefix}{name}.")


def model_of(annotation: object) -> type[BaseModel] | None:
    """The model a key's value is, alone or beside None."""
    either = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return next((part for part in either if isinstance(part, type) and issubclass(part, BaseModel)), None)


def rows(text: str) -> set[str]:
    """What stands in the first column of its tables."""
    return {found[1] for found in re.finditer(r"^\| `([^`]+)` \|", text, re.MULTILINE)}


# --- commands ---------------------------------------------------------------------------------------------------


def options(name: str) -> Iterator[tuple[str, str]]:
    """The long options of a command, and what stands for their value."""
    groups = next(action for action in parser("en")._actions if isinstance(action, argparse._SubParsersAction))
    for nested in (groups.choices[name], *below(groups.choices[name])):
        for action in nested._actions:
            for written in action.option_strings:
                if written.startswith("--"):
                    yield written, action.metavar if isinstance(action.metavar, str) else ""


def below(command: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The words that may follow a command's name, as `add` follows `channels`."""
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_is_described_with_each_of_its_options(name: str) -> None:
    text = section(read("docs/commands.md"), f"## {name}")
    assert f"kawaraban {name}" in text
    for option, value in options(name):
        if option in ("--root", "--help"):  # described once for all
            assert option in section(read("docs/commands.md"), "## どの命令にも")
        else:
            assert option in text, option
            assert value in text, value


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.json], ids=lambda command: command.name)
def test_every_document_for_programs_is_described(command: object) -> None:
    assert "JSON:" in section(read("docs/commands.md"), f"## {getattr(command, 'name', '')}")


def test_every_key_of_the_documents_for_programs_is_described() -> None:
    found: set[str] = set()
    for file in ("documents", "looking", "building", "publishing", "channels", "abilities", "adding", "adopting"):
        for node in ast.walk(ast.parse(read(f"desk/cli/{file}.py"))):
            if isinstance(node, ast.Dict):
                found |= {
                    key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    missing = sorted(
        key for key in found - {"keep", "cut", "add"} if f"`{key}`" not in read("docs/commands.md")
    )  # the three are strokes of a diff in the terminal
    assert not missing


def test_every_command_has_help_in_both_languages() -> None:
    for language in ("ja", "en"):
        top = parser("ja" if language == "ja" else "en")
        groups = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))
        for name, sub in groups.choices.items():
            for one in (sub, *below(sub)):
                listed = [action for action in one._actions if not isinstance(action, argparse._SubParsersAction)]
                assert all(action.help for action in listed), name
            assert "kawaraban" in (sub.epilog or ""), name


def shown_commands(page: Path) -> Iterator[str]:
    """The calls of `kawaraban` in a page's code blocks, continued lines joined."""
    for block in re.findall(
        r"^```(?:sh|console)?\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        for line in block.replace("\\\n", " ").splitlines():
            written = line.removeprefix("$ ").strip()
            if written.startswith(("kawaraban ", ".venv/bin/kawaraban ")) and (
                line.startswith("$ ") or "[" not in line
            ):
                yield written.partition(" #")[0].partition("kawaraban ")[2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_calls_in_the_documents_are_calls_the_command_takes(page: Path) -> None:
    for call in shown_commands(page):
        parser("en").parse_args(shlex.split(call))


# --- settings ---------------------------------------------------------------------------------------------------


def test_every_setting_of_the_paper_is_described() -> None:
    found = rows(section(read("docs/settings.md"), "## `config/publication.yaml`"))
    assert found == {key for key in keys(Publication) if not key.startswith(("series", "people"))}


def test_every_key_and_every_kind_of_an_alert_is_described() -> None:
    assert rows(section(read("docs/alerts.md"), "## 設定")) == {
        field.alias or name for name, field in AlertSettings.model_fields.items()
    }
    assert rows(section(read("docs/alerts.md"), "## 何を知らせるか")) == set(get_args(AlertKind))


def test_every_setting_for_all_channels_is_described() -> None:
    assert rows(section(read("docs/settings.md"), "### どのチャンネルにも")) == {"kind", *keys(ReleaseSettings)}


@pytest.mark.parametrize("kind", sorted(entry_points(group="kawaraban.channels").names))
def test_every_setting_of_a_kind_of_channel_is_described(kind: str) -> None:
    own = entry_points(group="kawaraban.channels")[kind].load().Settings
    assert rows(section(read("docs/settings.md"), f"### `kind: {kind}`")) == set(keys(own))
    assert (ROOT / "docs" / "channels" / f"{kind}.md").is_file() or kind == "site"  # the site's page is docs/themes.md


@pytest.mark.parametrize(("folder", "model"), [("series", Series), ("people", Person)])
def test_every_key_of_series_and_people_is_described(folder: str, model: type[BaseModel]) -> None:
    assert rows(section(read("docs/settings.md"), f"## `content/{folder}/")) == set(keys(model)) - {"slug"}


def test_every_key_of_an_import_profile_is_described() -> None:
    assert rows(section(read("docs/settings.md"), "## `config/importing/")) == set(keys(Profile))


def test_every_variable_of_the_environment_is_described() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for room in ("desk", "flows") for path in (ROOT / room).rglob("*.py")
    )
    read_there = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", code))
    described = section(read("docs/settings.md"), "## 環境変数")
    for variable in read_there - {"PYTEST_CURRENT_TEST"}:
        assert f"`{variable}`" in described, variable


# --- articles ---------------------------------------------------------------------------------------------------


def test_every_key_of_the_front_matter_is_described() -> None:
    text = section(read("docs/canonical-article.md"), "## 見出し情報")
    top = re.split(r"^### ", text, flags=re.MULTILINE)[0]
    assert rows(top) == {field.alias or name for name, field in FrontMatter.model_fields.items()}
    assert rows(section(text, "### `cover`")) == set(keys(Cover))
    assert rows(section(text, "### `sources`")) == set(keys(Source))
    for part in (Correction, Withdrawn, Review):
        for key in part.model_fields:
            assert f"`{key}`" in top, key


def test_one_example_has_every_key_of_the_front_matter() -> None:
    written = re.findall(r"^([a-z_]+):", articles()[-1].partition("\n---\n")[0], re.MULTILINE)
    assert set(written) == {field.alias or name for name, field in FrontMatter.model_fields.items()}


def articles() -> list[str]:
    """The whole articles among the examples."""
    return re.findall(r"^```article\n(.*?)^```$", read("docs/canonical-article.md"), re.MULTILINE | re.DOTALL)


def bodies() -> list[str]:
    """The examples of the body."""
    found = re.finditer(
        r"^(?P<fence>`{3,})markdown\n(?P<body>.*?)^(?P=fence)$",
        read("docs/canonical-article.md"),
        re.MULTILINE | re.DOTALL,
    )
    return [one["body"] for one in found]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A root whose articles are the examples of the documents."""
    for path, data in skeleton():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    wrapped = [
        f"---\nid: {number:07d}x\ntitle: 例\nspeakers: [汀, Lio]\ndescription: {'文' * 60}\n---\n\n{body}"
        for number, body in enumerate(bodies())
    ]
    for number, text in enumerate([*articles(), *wrapped]):
        folder = tmp_path / "content" / "articles" / "2024" / f"example-{number}"
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(text, encoding="utf-8")
        Image.new("RGB", (1280, 670), "white").save(folder / "roofs.png")
    return tmp_path


def test_the_examples_pass_check(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "--root", str(paper), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert not [one for one in found if one["severity"] == "error"]
    assert code == 0
    whole = {one["code"] for one in found if "example-0/" in one["file"]}
    assert not whole, "the first example has nothing to criticise"


def test_the_examples_have_every_block_and_every_notation() -> None:
    speakers = frozenset({"汀", "Lio"})
    seen: set[str] = set()
    for body in bodies():
        parsed = markdown.blocks(body, Path("example.md"), speakers=speakers).blocks
        seen |= {type(block).__name__ for block in every_block(parsed)}
        seen |= {type(node).__name__ for node, _ in every_inline(parsed)}
    every = set(re.findall(r"\w+", f"{tree.Block} {tree.InlineNode}"))
    assert every - seen - {"str", "Image", "Footnote"} == set()


def test_a_picture_in_the_line_is_described_as_a_notation() -> None:
    assert "行の中の画像" in section(read("docs/canonical-article.md"), "### 段落と文字")


def codes() -> set[str]:
    """The codes of findings, as they stand in the code that finds."""
    found: set[str] = set()
    for room in ("kawaraban/article", "kawaraban/library"):
        for path in (ROOT / room).rglob("*.py"):
            found |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _codes(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and _called(node.func) in {"at", "_at", "find", "Finding", "_finding"}:
            parts = node.args[:2]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            parts = node.value.elts[:1]
        for part in parts:
            if (
                isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and re.fullmatch(r"[a-z]+(-[a-z]+)*", part.value)
            ):
                yield part.value


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_code_of_check_is_described() -> None:
    assert sorted(codes() - rows(read("docs/check-codes.md")) - {"error"}) == []


def test_every_described_code_is_one_that_check_has() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in ("kawaraban/article", "kawaraban/library")
        for path in (ROOT / room).rglob("*.py")
    )
    for described in rows(read("docs/check-codes.md")):
        noun = described.removesuffix("-lossy")
        assert f'"{described}"' in code or (noun != described and f'"{noun}"' in code), described


def test_the_schema_in_the_documents_is_the_programs_own() -> None:
    assert read("docs/article.schema.json") == schema_text()


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", Word)
def test_every_word_people_read_is_in_the_glossary_with_its_sign(word: Word) -> None:
    sign, colour = SIGNS[word]
    turn = {"red": "人 / person", "blue": "機械 / machine", "default": "済み / done", "dim": "休み / rests"}[
        colour.split()[-1]
    ]
    assert f"| {sign} | {JAPANESE[word]} | {word.value} | {turn} |" in read("docs/glossary.md")


def test_every_stored_state_and_every_action_is_in_the_glossary() -> None:
    assert rows(section(read("docs/glossary.md"), "## 記録される状態")) == {state.value for state in State}
    assert rows(section(read("docs/glossary.md"), "## 計画の言葉")) == {kind.value for kind in ActionKind}


# --- links ------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    made: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        words = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower()
        slug = "".join(sign for sign in words if sign in "-_ " or unicodedata.category(sign)[0] in "LMN").replace(
            " ", "-"
        )
        made.add(slug if slug not in found else f"{slug}-{found[slug]}")
        found[slug] = found.get(slug, 0) + 1
    return made


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_documents_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^(`{3,}).*?^\1$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_the_readme_begins_with_the_two_commands_and_shows_site_and_status() -> None:
    text = read("README.md")
    first = re.search(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert first
    assert [line.partition("#")[0].strip() for line in first[1].splitlines()] == ["make publish", "make test"]
    assert "docs/pictures/site.png" in text
    assert "docs/pictures/status.svg" in text
