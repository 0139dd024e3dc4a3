"""
Reading a scraped page by a profile: lines in, a Scraped page out. Nothing is dropped but R1, nothing guessed silently.

Every content line gets the id of the rule that read it (R1 to R14). The rules: docs/importing.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.importing.dating import ReadDate, read_date
from kawaraban.importing.lines import Line, content_lines
from kawaraban.importing.profile import Profile
from kawaraban.importing.scraped import Part, Said, Scraped
from kawaraban.importing.source_box import opens_source, read_source
from kawaraban.importing.speakers import find_speakers, opening


def scrape(
    text: str, profile: Profile, file: PurePath, *, crawled: date, known_speakers: Collection[str] = ()
) -> Scraped:
    """
    Read a page; raise WrongInput where there are no words at all.

    `crawled` is the day from which a missing year is counted back where no cited article has a date; `known_speakers`
    are names that need not be frequent to open a turn.
    """
    page = Scraped()
    lines = _without_furniture(content_lines(text), profile, page)
    if not lines:
        raise WrongInput(
            Sentence(ja="本文がありません", en="there is no text in it"),
            place=Place(file),
            remedy=Sentence(ja="記事の頁の文字を渡してください", en="give the text of an article's page"),
        )
    rest = _head(lines, profile, page, crawled)
    body, notice = _split_notice(rest, profile)
    found = find_speakers(body, profile, known_speakers)
    page.speakers = found.names
    for name in found.doubtful:
        page.ask(
            "speakers",
            f"「{name}:」で始まる行が多いが、話者としなかった",
            f"many lines begin with `{name}:`, not taken as a speaker",
        )
    _Body(page, profile, crawled).read(body)
    _closing(notice, page)
    return page


# --- R1 to R5: the edges and the head ----------------------------------------------------------------------------


def _without_furniture(lines: list[Line], profile: Profile, page: Scraped) -> list[Line]:
    """R1: only the very first and the very last line; elsewhere the same words are text."""
    first = bool(lines and profile.drop_first and lines[0].words == profile.drop_first)
    last = bool(len(lines) > first and profile.drop_last and lines[-1].words == profile.drop_last)
    for line in [*lines[:first], *lines[len(lines) - last :]]:
        page.dropped[line.number] = "R1"
    return lines[first : len(lines) - last]


def _head(lines: list[Line], profile: Profile, page: Scraped, crawled: date) -> list[Line]:
    """R2 to R5: the title, then dates, series and cited articles in any order. Return the lines of the body."""
    page.title = lines[0].words
    page.said.append(_said("R2", lines[0], ("title", "")))
    at = 1
    dates: list[tuple[int, str]] = []
    while at < len(lines):
        label, value = _labelled(lines[at].words, profile)
        key = profile.dates.get(label)
        if key is not None and key not in page.written:
            page.written[key] = value
            dates.append((len(page.said), label))
            page.said.append(_said("R3", lines[at], (label, value)))
        elif label and label == profile.series and not page.series:
            page.series = value
            page.said.append(_said("R4", lines[at], (label, value)))
        elif opens_source(lines, at, profile, in_head=True):
            at += read_source(lines[at:], profile, page, crawled)
            continue
        else:
            break
        at += 1
    _read_dates(dates, page, profile, crawled)
    return lines[at:]


def _labelled(words: str, profile: Profile) -> tuple[str, str]:
    """Split `label: value` where the label is one of the profile's; ("", "") otherwise."""
    for label in (*profile.dates, profile.series):
        found = re.match(rf"{re.escape(label)}\s*[:：]\s*(.+)$", words) if label else None
        if found:
            return label, found[1]
    return "", ""


def _said(rule: str, line: Line, labelled: tuple[str, str]) -> Said:
    from kawaraban.importing.scraped import Slot

    label, value = labelled
    if rule == "R2":
        return Said(rule, (line.number,), line.words, (Slot("title"),))
    key = "series" if rule == "R4" else f"x-page.{label}"
    return Said(rule, (line.number,), f"{label}:{value}", (f"{label}:", Slot(key)))


def _read_dates(lines: list[tuple[int, str]], page: Scraped, profile: Profile, crawled: date) -> None:
    """R3: the year comes from the latest cited article; `published` needs a time of day, so its line is only kept."""
    from kawaraban.importing.scraped import Slot

    latest = max((box.date for box in page.sources if box.date is not None), default=None)
    for index, label in lines:
        key = profile.dates[label]
        read: ReadDate | None = read_date(page.written[key], latest, crawled)
        page.dates[key] = read
        if key == "updated" and read is not None:
            said = page.said[index]
            page.said[index] = replace(said, form=(f"{label}:", Slot("updated", read.form)))
        else:
            page.kept[label] = page.written[key]


# --- R12: the closing notice ------------------------------------------------------------------------------------


def _split_notice(lines: list[Line], profile: Profile) -> tuple[list[Line], list[Line]]:
    """The last paragraphs whose first line matches are the notice."""
    start = len(lines)
    while profile.notice and start > 0:
        first = start - 1
        while first > 0 and not lines[first].after_blank:
            first -= 1
        words = lines[first].words
        marked = words.startswith((profile.bullet, profile.term[0], profile.source_mark))
        if marked or not re.search(profile.notice, words) or re.match(r"[^:：「」、。]{1,12}[:：]", words):
            break
        start = first
    return lines[:start], lines[start:]


def _closing(lines: list[Line], page: Scraped) -> None:
    for line in lines:
        if line.after_blank or not page.parts or page.parts[-1].kind != "notice":
            page.parts.append(Part("notice", line.number, [[line]]))
            page.said.append(Said("R12", (line.number,), line.words))
        else:
            page.parts[-1].paragraphs[-1].append(line)
            page.said.append(Said("R13", (line.number,), line.words))


# --- R7 to R14: the body ----------------------------------------------------------------------------------------


class _Body:
    """Reads the lines between head and notice, one after the other."""

    def __init__(self, page: Scraped, profile: Profile, crawled: date) -> None:
        self._page = page
        self._profile = profile
        self._crawled = crawled
        self._glossary = False
        self._indents: list[int] = []

    def read(self, lines: list[Line]) -> None:
        at = 0
        while at < len(lines):
            if opens_source(lines, at, self._profile, in_head=False):
                self._card(lines[at])
                at += read_source(lines[at:], self._profile, self._page, self._crawled)
            else:
                self._line(lines[at], lines[at + 1] if at + 1 < len(lines) else None)
                at += 1

    def _line(self, line: Line, following: Line | None) -> None:
        profile = self._profile
        spoken = opening(line.words, self._page.speakers)
        if spoken is not None:
            self._add(
                "R8",
                line,
                Part("turn", line.number, [[replace(line, words=spoken[1])]], spoken[0]),
                f"{spoken[0]}:{spoken[1]}",
            )
            self._glossary = False
        elif line.words.startswith(profile.bullet) and line.words != profile.bullet:
            self._point(line)
        elif self._glossary and self._is_term(line.words):
            self._term(line)
        elif self._is_heading(line, following):
            box = profile.headings.get(line.words)
            listed = following is not None and following.words.startswith(profile.term[0])
            self._glossary = box == "glossary" or (box is None and listed)
            self._add("R9", line, Part("heading", line.number, [[line]]), line.words)
        else:
            self._plain(line)

    def _add(self, rule: str, line: Line, part: Part, words: str) -> None:
        self._page.parts.append(part)
        self._page.said.append(Said(rule, (line.number,), words))

    def _card(self, line: Line) -> None:
        if not any(part.kind == "card" for part in self._page.parts):
            self._page.parts.append(Part("card", line.number, []))

    def _last(self) -> Part | None:
        return self._page.parts[-1] if self._page.parts else None

    def _is_heading(self, line: Line, following: Line | None) -> bool:
        """R9. A term's definition that is short is no heading."""
        if line.words in self._profile.headings:
            return True
        rule = self._profile.heading
        if (
            len(line.words) > rule.longest
            or set(line.words) & set(rule.without)
            or line.words.startswith(self._profile.term[0])
        ):
            return False
        last = self._last()
        if last is not None and last.kind in ("term", "heading"):
            return False
        return (
            line.after_blank
            and following is not None
            and following.words.startswith((self._profile.bullet, self._profile.term[0]))
        )

    # --- R10 ----------------------------------------------------------------------------------------------------

    def _point(self, line: Line) -> None:
        last = self._last()
        if last is None or last.kind != "point":
            self._indents = []
        while self._indents and line.indent < self._indents[-1]:
            self._indents.pop()
        if not self._indents or line.indent > self._indents[-1]:
            if self._indents and line.indent - self._indents[-1] > self._profile.indent:
                self._page.ask(
                    "points", f"{line.number}行目の箇条書きが二段深い", f"line {line.number} skips a list level"
                )
            self._indents.append(line.indent)
        level = len(self._indents)
        text = line.words.removeprefix(self._profile.bullet).lstrip("\u00a0\u3000 \t")
        self._add(
            "R10",
            line,
            Part("point", line.number, [[replace(line, words=text)]], level=level),
            f"{'  ' * (level - 1)}• {text}",
        )

    # --- R11 ----------------------------------------------------------------------------------------------------

    def _is_term(self, words: str) -> bool:
        opens, closes = self._profile.term
        return words.startswith(opens) and closes in words[len(opens) + 1 :]

    def _term(self, line: Line) -> None:
        opens, closes = self._profile.term
        name, _, rest = line.words.removeprefix(opens).partition(closes)
        definition = rest.lstrip("\u00a0\u3000 \t")
        paragraphs = [[replace(line, words=definition)]] if definition else []
        self._add("R11", line, Part("term", line.number, paragraphs, name), f"【{name}】{definition}")

    # --- R7, R8, R11, R13, R14: lines without a mark ------------------------------------------------------------

    def _plain(self, line: Line) -> None:
        last = self._last()
        if last is not None and last.kind == "term":
            self._definition(line, last)
        elif last is not None and last.kind in ("paragraph", "turn", "point") and not line.after_blank:
            self._joined("R13", line, last)
        elif last is not None and last.kind == "turn":
            last.paragraphs.append([line])
            self._page.said.append(Said("R8", (line.number,), line.words))
            self._page.ask(
                "dialogue",
                f"{line.number}行目は前の発言の続きか",
                f"does line {line.number} continue the turn before it?",
            )
        else:
            self._paragraph(line, last)

    def _joined(self, rule: str, line: Line, part: Part) -> None:
        part.paragraphs[-1].append(line)
        self._page.said.append(Said(rule, (line.number,), line.words))

    def _definition(self, line: Line, term: Part) -> None:
        """The line after a bare term is its definition, and both are one line of the proof; later ones continue it."""
        if not term.paragraphs:
            term.paragraphs.append([line])
            said = self._page.said[-1]
            self._page.said[-1] = replace(said, numbers=(*said.numbers, line.number), words=said.words + line.words)
        elif not line.after_blank:
            self._joined("R13", line, term)
        else:
            term.paragraphs.append([line])
            self._page.said.append(Said("R11", (line.number,), line.words))
            self._page.ask(
                "glossary",
                f"{line.number}行目は前の用語の続きか",
                f"does line {line.number} continue the term before it?",
            )

    def _paragraph(self, line: Line, last: Part | None) -> None:
        leading = last is None or all(part.kind in ("paragraph", "card") for part in self._page.parts)
        self._add("R7" if leading else "R14", line, Part("paragraph", line.number, [[line]]), line.words)
        if not leading:
            self._page.ask(
                "text", f"{line.number}行目をふつうの段落にした", f"line {line.number} became a plain paragraph"
            )
