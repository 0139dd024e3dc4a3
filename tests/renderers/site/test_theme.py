"""An operator's theme: one template or the sheet replaced, the rest ours; what is broken is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawaraban.errors import WrongInput
from renderers.site.theme import OWN
from tests.renderers.site.papers import files, made, parsed, whole, written


def folder(tmp_path: Path, **contents: str) -> Path:
    for name, text in contents.items():
        (tmp_path / f"{name.replace('_', '.')}").write_text(text, encoding="utf-8")
    return tmp_path


def test_one_template_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    theme = folder(
        tmp_path, feeds_html='{% extends "base.html" %}{% block main %}<main id="main">届け方</main>{% endblock %}'
    )
    pages, ours = made(whole(), theme=theme), made(whole())
    assert "届け方" in pages["feeds/index.html"]
    assert pages["about/index.html"] == ours["about/index.html"]


def test_a_template_may_extend_ours_of_the_same_name(tmp_path: Path) -> None:
    theme = folder(
        tmp_path,
        article_html='{% extends "own/article.html" %}{% block data %}{{ super() }}<meta name="printer" content="汀">{% endblock %}',
    )
    page = made(whole(), theme=theme)["articles/why-wells-are-round/index.html"]
    assert '<meta name="printer" content="汀">' in page
    assert '"@type": "BlogPosting"' in page
    assert 'class="colophon"' in page


def test_a_replaced_sheet_gets_a_new_address_on_every_page(tmp_path: Path) -> None:
    theme = folder(tmp_path, site_css="body { color: navy }\n")
    pages = made(whole(), theme=theme)
    (sheet,) = (path for path in pages if path.endswith(".css"))
    assert pages[sheet] == "body { color: navy }\n"
    for path, page in pages.items():
        if path.endswith(".html") and path != "404.html":
            (href,) = parsed(page).xpath("//link[@rel='stylesheet']/@href")
            assert href.endswith(sheet), path


def test_a_changed_theme_changes_every_page_and_no_picture(tmp_path: Path) -> None:
    before = {file.path: file.key for file in files(whole())}
    after = {
        file.path: file.key
        for file in files(whole(), theme=folder(tmp_path, parts_html=_own("parts.html") + "{# 墨 #}"))
    }
    for path, key in after.items():
        is_picture = path.endswith((".png", ".css"))
        assert (before[path] == key) == is_picture, path


def _own(name: str) -> str:
    return (OWN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{% extends "base.html" %}\n{% block main %}\n{{ view.nothing }}\n{% endblock %}', 3),
        ("一行目\n{% block main %}", 2),
        ('{% extends "base.html" %}\n\n{% block main %}{{ 1 // 0 }}{% endblock %}', 3),
        ("一行目\n{% include 'gone.html' %}", 2),
        ("一行目\n{{ site.name | nowhere }}", 2),
        ("{% include 'feeds.html' %}", 1),
    ],
    ids=["unknown name", "unclosed block", "division", "missing template", "unknown filter", "endless"],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(WrongInput) as caught:
        made(whole(), theme=folder(tmp_path, feeds_html=text))
    assert caught.value.place is not None
    assert caught.value.place.file == tmp_path / "feeds.html"
    assert caught.value.place.line == line
    assert "theme" in caught.value.said("en")
    assert "テンプレート" in caught.value.said("ja")


def test_a_theme_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as caught:
        made(whole(), theme=tmp_path / "gone")
    assert "config/channels.yaml" in caught.value.said("en")


def test_every_page_gives_the_theme_what_the_guide_promises() -> None:
    """The classes docs/themes.md names are really in our pages."""
    guide = (Path(__file__).parents[3] / "docs" / "themes.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| `.")]
    named = {name.strip("` .") for row in rows for name in row.split(",")}
    upright = written(6, title="井戸12題", published="2024-05-01T07:00:00+09:00")
    pages = "".join(page for path, page in made([*whole(), upright]).items() if path.endswith(".html"))
    used = {name for value in parsed(f"<div>{pages}</div>").xpath("//@class") for name in value.split()}
    sources = "".join(path.read_text(encoding="utf-8") for path in OWN.glob("*.html"))
    assert len(named) > 20
    assert {name for name in named if name not in used and name not in sources} == set()
