"""Reading: the articles asked for, and for each what blocks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from flows.compose import House
from kawaraban.article.check import check
from kawaraban.article.finding import Finding
from kawaraban.article.model import Article
from kawaraban.errors import Sentence
from kawaraban.library import Reading


@dataclass(frozen=True)
class Survey:
    """
    What the library has: everything that could be read, the articles that are meant, and whether they were named.

    `named` is None where no name was given: then every article is meant.
    """

    reading: Reading
    articles: tuple[Article, ...]
    named: frozenset[str] | None

    @cached_property
    def forerunners(self) -> tuple[Article, ...]:
        """The articles that those meant wait for (`after_article`), and that are not meant themselves."""
        there = {article.id: article for article in self.reading.articles}
        known, found = {article.id for article in self.articles}, []
        for article in self.articles:
            first = article.matter.after_article
            while first in there and first not in known:
                known.add(first)
                found.append(there[first])
                first = there[first].matter.after_article
        return tuple(found)

    @property
    def looked_at(self) -> frozenset[str] | None:
        """The ids of the articles that a plan looks at; None: all."""
        return None if self.named is None else self.named | {article.id for article in self.forerunners}

    @cached_property
    def by_file(self) -> Mapping[str, list[Finding]]:
        """What the library itself found, by file."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.reading.findings:
            found[str(finding.file)].append(finding)
        return found

    def findings(self, house: House, article: Article) -> list[Finding]:
        """Return everything found in one article, between articles included."""
        said = [channel for channel in house.settings.channels if channel.name in article.matter.channels]
        able = {channel.name: house.capabilities(channel) for channel in said}
        own = check(article, house.publication, house.settings.channels, able=able)
        return list(dict.fromkeys([*own, *self.around(article)]))

    def around(self, article: Article) -> list[Finding]:
        """Return what was found without looking at its body: its file's state, and what stands between articles."""
        return self.by_file.get(str(article.path), [])

    def present(self) -> frozenset[str]:
        """Return the ids of all articles in the library."""
        return frozenset(article.id for article in self.reading.articles)


def survey(house: House, names: Collection[str]) -> Survey:
    """Read the library; raise WrongInput for a name that means no article."""
    reading = house.library.read_all()
    if not names:
        return Survey(reading, reading.articles, None)
    chosen = {article.id: article for article in (house.library.find(name, reading) for name in names)}
    return Survey(reading, tuple(chosen.values()), frozenset(chosen))


def blocking(findings: Collection[Finding]) -> tuple[Sentence | None, Sentence | None]:
    """Return why an article can't go out, as one sentence, and the remedy; (None, None) when nothing blocks."""
    errors = [finding for finding in findings if finding.blocks and finding.code != "review-must"]
    if not errors:
        return None, None
    first = errors[0]
    said = located(first)
    more = len(errors) - 1
    tail_ja, tail_en = (f"（ほか{more}件）", f" (and {more} more)") if more else ("", "")
    message = Sentence(ja=f"{said.ja}{tail_ja}", en=f"{said.en}{tail_en}")
    remedy = first.remedy or Sentence(ja="kawaraban check で確かめてください", en="see `kawaraban check`")
    return message, remedy


def located(finding: Finding) -> Sentence:
    """Return a finding's sentence with its file and line."""
    line = f"{finding.file}:{finding.line}" if finding.line else str(finding.file)
    return Sentence(ja=f"{line} {finding.message.ja}", en=f"{line} {finding.message.en}")


def broken_files(survey: Survey) -> Mapping[str, Finding]:
    """Return file → its first error, for files that gave no article at all."""
    readable = {article.path for article in survey.reading.articles}
    broken: dict[str, Finding] = {}
    for finding in survey.reading.findings:
        if finding.blocks and finding.file not in readable:
            broken.setdefault(str(finding.file), finding)
    return broken
