"""init, new, check: what editors do with files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kawaraban.article.schema import schema_text
from tests.desk.papers import SAMPLE, Paper


def test_init_makes_a_paper_that_can_be_published_as_it_is(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "new")
    made = paper("init", str(paper.root))
    assert made.code == 0
    assert f"cd {paper.root} && kawaraban publish" in made.out
    assert [row["name"] for row in paper("channels", "--json").document["channels"]] == ["site", "rss", "note"]
    assert paper("check").code == 0
    assert paper("publish").code == 0
    assert paper.page(SAMPLE).is_file()


def test_init_accepts_an_empty_folder_and_refuses_another_naming_what_is_in_it(tmp_path: Path) -> None:
    paper = Paper(tmp_path)
    (tmp_path / "empty").mkdir()
    assert paper("init", str(tmp_path / "empty")).code == 0
    again = paper("init", str(tmp_path / "empty"), language="ja")
    assert again.code == 2
    assert "config、content" in again.err
    assert "kawaraban init 名前" in again.err


def test_init_without_a_name_is_made_at_the_root(tmp_path: Path) -> None:
    assert Paper(tmp_path / "here")("init").code == 0
    assert (tmp_path / "here" / "config" / "channels.yaml").is_file()


def test_init_where_a_file_is_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert Paper(tmp_path)("init", str(tmp_path / "file")).code == 2
    assert Paper(tmp_path)("init", str(tmp_path / "file" / "below")).code == 2


def test_new_prints_the_path_of_a_draft_with_the_series_skeleton(paper: Paper) -> None:
    answer = paper("new", "雨樋はなぜ歌うのか", "--series", "雨の聞き方")
    path = Path(answer.out.strip())
    text = path.read_text(encoding="utf-8")
    assert answer.code == 0
    assert "status: draft" in text
    assert "series: 雨の聞き方" in text
    assert "::: dialogue" in text
    assert paper("check", str(path)).code in (0, 1)
    assert paper.word(str(path), "site") == "draft"


def test_new_finds_a_series_by_its_file_too_and_names_those_there_are(paper: Paper) -> None:
    assert paper("new", "a title here", "--series", "ame-no-kikikata").code == 0
    wrong = paper("new", "a title here", "--series", "風の聞き方")
    assert wrong.code == 2
    assert "雨の聞き方" in wrong.err


def test_new_with_the_same_title_twice_makes_two_articles(paper: Paper) -> None:
    first, second = paper("new", "The same title"), paper("new", "The same title")
    assert first.out != second.out
    assert paper("new", " \n ").code == 2


def test_check_for_programs_has_exactly_its_keys(paper: Paper) -> None:
    paper.write(description="")
    answer = paper("check", "--json")
    assert answer.code == 0
    assert set(answer.document) == {"findings"}
    for finding in answer.document["findings"]:
        assert set(finding) == {"code", "severity", "file", "line", "column", "message"}
    assert "description-missing" in [finding["code"] for finding in answer.document["findings"]]


def test_check_ends_with_1_where_an_error_was_found_and_names_file_line_and_remedy(paper: Paper) -> None:
    paper.write(body="![](屋根.png)\n")
    english, japanese = paper("check", "rain"), paper("check", "rain", language="ja")
    assert (english.code, japanese.code) == (1, 1)
    assert "articles/2024/rain/index.md:11" in english.out
    assert "→" in english.out
    assert "image-missing" in english.out
    assert "誤り" in japanese.out


def test_check_tells_errors_from_warnings_line_by_line(paper: Paper) -> None:
    paper.write(body="![](屋根.png)\n", description="")
    english, japanese = paper("check").out, paper("check", language="ja").out
    assert "index.md:10:5: error image-missing " in english
    assert "warning description-missing " in english
    assert "index.md:10:5: 誤り image-missing " in japanese
    assert "注意 description-missing " in japanese


def test_check_without_faults_says_so_and_an_empty_paper_too(paper: Paper) -> None:
    assert paper("check").out == "no faults\n"
    assert paper("check", language="ja").out == "誤りはありません\n"
    assert paper("check", "--json").document == {"findings": []}


def test_check_of_one_article_is_silent_about_the_others(paper: Paper) -> None:
    paper.write()
    paper.write("broken", id="7br0ken7", titel="x")
    assert paper("check").code == 1
    assert paper("check", "rain").code == 0
    named = paper("check", "broken")
    assert named.code == 2
    assert "titel" in named.err


def test_check_prints_the_schema(paper: Paper) -> None:
    answer = paper("check", "--schema")
    assert answer.out == schema_text()
    assert json.loads(answer.out)["type"] == "object"


@pytest.mark.parametrize("name", ["7ra1ny7a", "content/articles/2024/rain/index.md", "articles/2024/rain", "rain"])
def test_an_article_is_named_by_id_path_or_slug(paper: Paper, name: str) -> None:
    paper.write()
    assert paper("plan", name, "--json").document["actions"][0]["article"] == "7ra1ny7a"


def test_an_id_goes_before_a_slug_of_the_same_letters(paper: Paper) -> None:
    paper.write("7ra1ny7b")
    paper.write("other-rain", id="7ra1ny7b")
    assert paper("show", "7ra1ny7b", "site", "--json").document["article"] == "7ra1ny7b"
