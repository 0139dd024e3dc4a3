"""From a scraped page to the text of an article's file: front matter, then Markdown with everything active escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kawaraban.article.frontmatter import with_value
from kawaraban.importing.doubts import Doubts
from kawaraban.importing.escaping import escaped
from kawaraban.importing.lines import Line
from kawaraban.importing.profile import Profile
from kawaraban.importing.scraped import Part, Scraped, SourceBox


def article_text(page: Scraped, profile: Profile, article_id: str, slug: str, doubts: Doubts) -> str:
    """Return the whole file: every doubt stands under `review`, and nothing else is decided."""
    text = f"---\nid: {article_id}\n---\n"
    for key, value in _matter(page, slug, doubts).items():
        text = with_value(text, key, value)
    return f"{text}\n{body(page, profile)}"


def _matter(page: Scraped, slug: str, doubts: Doubts) -> dict[str, object]:
    updated = page.dates.get("updated")
    extra = [line for box in page.sources for line in box.extra]
    values: dict[str, object | None] = {
        "title": page.title,
        "slug": slug,
        "series": page.series or None,
        "status": "draft",
        "updated": updated.day if updated else None,
        "speakers": list(page.speakers) or None,
        "sources": [_entry(box) for box in page.sources] or None,
        "x-source-extra": extra or None,
        "x-page": page.kept or None,
        "review": {"must": dict(doubts.must), **({"should": dict(doubts.should)} if doubts.should else {})},
    }
    return {key: value for key, value in values.items() if value is not None}


def _entry(box: SourceBox) -> dict[str, object]:
    named = {name: getattr(box, name) for name in ("publication", "date", "author", "url", "summary")}
    return {"title": box.title, **{name: value for name, value in named.items() if value}}


def body(page: Scraped, profile: Profile) -> str:
    """Return the Markdown of a page's parts."""
    return "\n\n".join(_sections(page.parts, profile)) + "\n"


def _sections(parts: Sequence[Part], profile: Profile) -> Iterator[str]:
    boxed: str | None = None
    for kind, run in groupby(parts, key=lambda part: part.kind):
        group = list(run)
        match kind:
            case "heading":
                yield from (f"## {escaped(part.paragraphs[0][0].words)}" for part in group)
                boxed = profile.headings.get(group[-1].paragraphs[0][0].words)
            case "turn":
                yield _box("dialogue", "\n\n".join(_turn(part) for part in group))
            case "point":
                yield _points(group, boxed=boxed == "key-points")
            case "term":
                yield _box("glossary", "\n\n".join(_term(part, profile) for part in group))
            case "notice":
                yield from (_box(_notice_box(profile), _paragraph(part.paragraphs[0])) for part in group)
            case "card":
                yield _box("source-card", "")
            case "paragraph":
                yield from (_paragraph(part.paragraphs[0]) for part in group)


def _box(name: str, inside: str) -> str:
    return f"::: {name}\n{inside}\n:::" if inside else f"::: {name}\n:::"


def _notice_box(profile: Profile) -> str:
    about = f" about={profile.notice_about}" if profile.notice_about else ""
    channels = f' channels="{",".join(profile.notice_channels)}"' if len(profile.notice_channels) > 1 else ""
    if len(profile.notice_channels) == 1:
        channels = f" channels={profile.notice_channels[0]}"
    return f"{{.notice{about}{channels}}}"


def _paragraph(lines: Sequence[Line], indent: str = "") -> str:
    return f"\n{indent}".join(escaped(line.words) for line in lines)


def _turn(part: Part) -> str:
    (first, *more), *others = part.paragraphs
    opening = f"{escaped(part.name)}: {escaped(first.words, line_start=False)}".rstrip()
    return "\n\n".join(["\n".join([opening, *(escaped(line.words) for line in more)]), *map(_paragraph, others)])


def _points(parts: Sequence[Part], *, boxed: bool) -> str:
    """Key points have one level of details; what is nested deeper stays a plain list."""
    lines = [f"{'  ' * (part.level - 1)}- {_paragraph(part.paragraphs[0], '  ' * part.level)}" for part in parts]
    flat = all(part.level <= 2 for part in parts)  # noqa: PLR2004 - point and detail
    return _box("key-points", "\n".join(lines)) if boxed and flat else "\n".join(lines)


def _term(part: Part, profile: Profile) -> str:
    if not part.paragraphs:
        opens, closes = profile.term
        return f"{opens}{escaped(part.name, line_start=False)}{closes}"
    definition = "\n\n  ".join(_paragraph(lines, "  ") for lines in part.paragraphs)
    return f"{escaped(part.name)}\n\n: {definition}"
