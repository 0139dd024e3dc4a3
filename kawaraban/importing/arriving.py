"""
One page on its way: read and judged (`prepared`), then written (`finish`).

Nothing is written before every page of a batch is judged. The article is written before its record, so that what is
interrupted in between is done again, and comes to the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from kawaraban.article import reader
from kawaraban.article.frontmatter import with_value
from kawaraban.article.model import Article
from kawaraban.article.new import new_id
from kawaraban.errors import Place, Sentence, WrongInput, counted
from kawaraban.importing import provenance
from kawaraban.importing.accepting import Answers, read_answers, refuse_early_ready
from kawaraban.importing.doubts import doubts, proposed_slug, spoken_in
from kawaraban.importing.imported import Destination, Imported
from kawaraban.importing.landing import create, equals, told
from kawaraban.importing.lines import decode, read_bytes
from kawaraban.importing.merging import Clash, merge_articles, placed
from kawaraban.importing.profile import Profile
from kawaraban.importing.proof import Proof, proven
from kawaraban.importing.provenance import CLASHES, RECORD, SOURCE, Index, Known, Record
from kawaraban.importing.scrape import scrape
from kawaraban.importing.scraped import Scraped
from kawaraban.importing.writing import article_text
from kawaraban.library import Library, write_atomically
from kawaraban.library.files import stay_inside

ARTICLE = "index.md"


@dataclass(slots=True)
class Arrival:
    """One page on its way: what it becomes (`prepared`), then what is written (`finish`)."""

    importer: Destination
    profile: Profile
    source: Path
    accept: Mapping[str, str]
    index: Index
    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    folder: PurePosixPath = field(default_factory=PurePosixPath)
    text: str = ""
    before: str | None = None
    record: Record | None = None
    proof: Proof = field(default_factory=lambda: Proof(0, 0))
    clashes: tuple[Clash, ...] = ()
    answers: Answers = field(default_factory=lambda: Answers({}))
    sentences: dict[str, Sentence] = field(default_factory=dict)

    def prepared(self) -> Arrival:
        """Read and judge the page and the answers; write nothing. Raises WrongInput or Blocked."""
        self.answers = read_answers(self.accept, self.profile.notice_about, self.source)
        data = read_bytes(self.source)
        same = self.index.same(data)
        if same is not None:
            self._unchanged(same)
            with suppress(WrongInput):  # by other rules it may be no page at all: then its questions stay as they are
                self._ask_again(same, decode(data, self.source))
        else:
            self._read(data)
        now_settled = self.answers.without_elsewhere() if self._must_be_recorded() else self.answers
        self.text = now_settled.applied(self.text, self.profile.notice_about)
        article = self._article(self.text)
        self._refuse_taken_slug(article)
        refuse_early_ready(
            self._article(self.answers.applied(self.text, self.profile.notice_about)).matter, self.accept, self.source
        )
        return self

    def _must_be_recorded(self) -> bool:
        return self.answers.elsewhere is not None and self.importer.recorded is not None

    def _article(self, text: str) -> Article:
        return reader.parse(text, self.folder / ARTICLE, "")

    # --- what the page becomes -----------------------------------------------------------------------------------

    def _unchanged(self, known: Known) -> None:
        """The very same bytes came before: the article stays, and is made again only where it vanished."""
        self.folder, self.record = known.folder, known.record
        self.proof = Proof(known.record.proof.lines, known.record.proof.conserved)
        self.before = self._current()
        self.text = self.before if self.before is not None else known.record.written

    def _read(self, data: bytes) -> None:
        text = decode(data, self.source)
        importer = self.importer
        page = self._scraped(text)
        known = self.index.earlier(self.source.name, page.title, text)
        article_id = known.record.id if known else new_id(importer.chance)
        slug = proposed_slug(page, article_id)
        written = self._written(page, article_id, slug)
        article = reader.parse(written, PurePosixPath(ARTICLE), "")
        self.proof = proven(page, article, self.source)
        self.record = self._record(data, page, article, slug)
        if known is None:
            self.folder = self._free(PurePosixPath("articles") / str(self._year(article)), slug, article_id)
            self.text = written
        else:
            self.folder = known.folder
            self._merge(known.record.written, written)
        self.files[self.folder / SOURCE] = data
        self.files[self.folder / RECORD] = self.record.text()
        self.index.add(Known(self.folder, self.record))

    def _scraped(self, text: str) -> Scraped:
        importer = self.importer
        return scrape(
            text,
            self.profile,
            self.source,
            crawled=importer.now.astimezone(importer.publication.zone).date(),
            known_speakers={name for series in importer.publication.series.values() for name in series.speakers},
        )

    def _ask_again(self, known: Known, text: str) -> None:
        """Find the questions of an unchanged page again, so that they can be asked in the reader's language."""
        page = self._scraped(text)
        file = f"content/{_series_file(page)}"
        slug = proposed_slug(page, known.record.id)
        self.sentences |= doubts(page, self.profile, self.importer.publication, slug=slug, series_file=file).sentences

    def _written(self, page: Scraped, article_id: str, slug: str) -> str:
        series_file = self._declare_series(page)
        found = doubts(page, self.profile, self.importer.publication, slug=slug, series_file=series_file)
        self.sentences |= found.sentences
        return article_text(page, self.profile, article_id, slug, found)

    def _declare_series(self, page: Scraped) -> str | None:
        """A new series gets its file, under a name in ASCII that an editor may change before anything is published."""
        if not page.series or self.importer.publication.series_named(page.series) is not None:
            return None
        path = _series_file(page)
        lines = [
            f"# 連載。ファイル名がアドレスになります（/series/{path.stem}/） / the file's name is its address",
            f"name: {json.dumps(page.series, ensure_ascii=False)}",
        ]
        if page.speakers:
            lines.append(f"speakers: {json.dumps(list(page.speakers), ensure_ascii=False)}")
        if not (self.importer.content / path).exists():
            self.files[path] = ("\n".join(lines) + "\n").encode()
        return f"content/{path}"

    def _record(self, data: bytes, page: Scraped, article: Article, slug: str) -> Record:
        lines = {
            number: provenance.LineRecord(rule=rule, at=self.proof.places.get(number))
            for number, rule in page.rules.items()
        }
        return Record(
            program=provenance.program(),
            profile=self.profile.name,
            id=article.id,
            title=page.title,
            slug=slug,
            source=provenance.SourceFile(
                name=self.source.name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data)
            ),
            proof=provenance.ProofRecord(lines=self.proof.lines, conserved=self.proof.conserved),
            rules=provenance.used_rules(page.rules),
            lines=lines,
            written=article.source,
        )

    def _merge(self, base: str, theirs: str) -> None:
        """Take in what changed in the page; where the editor changed the same place, the editor's words stay."""
        self.before = self._current()
        if self.before is None:
            self.text = theirs
            return
        merged = merge_articles(base, self.before, theirs)
        self.text, self.clashes = merged.text, merged.clashes
        if self.clashes:
            question = Sentence(
                ja=f"元の頁と原稿の両方が変わった所が{len(self.clashes)}つある（{CLASHES} に両方の文）",
                en=f"page and article both changed in {counted(len(self.clashes), 'place')} (both texts are in {CLASHES})",
            )
            said = question.said(spoken_in(self.importer.publication))
            self.sentences[said] = question
            self.text = with_value(self.text, "review.must.merge", said)

    # --- where it goes -------------------------------------------------------------------------------------------

    def _current(self) -> str | None:
        """Return the article's text as it is now; None where it vanished."""
        path = self.folder / ARTICLE
        try:
            return (self.importer.content / path).read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise WrongInput(
                Sentence(ja=f"記事を読めません（{error}）", en=f"the article can't be read ({error})"),
                place=Place(path),
            ) from error

    def _year(self, article: Article) -> int:
        dates = [article.matter.published, article.matter.updated, *(source.date for source in article.matter.sources)]
        return next((moment.year for moment in dates if moment is not None), self.importer.now.year)

    def _free(self, parent: PurePosixPath, slug: str, article_id: str) -> PurePosixPath:
        folder = parent / slug
        return parent / f"{slug}-{article_id}" if (self.importer.content / folder).exists() else folder

    def _target(self) -> PurePosixPath:
        """An accepted slug names the folder too, as long as the folder still has the name the import gave it."""
        slug = self.accept.get("slug")
        record = self.record
        if slug is None or record is None or self.folder.name == slug:
            return self.folder
        if self.folder.name not in (record.slug, f"{record.slug}-{record.id}"):
            return self.folder
        return self._free(self.folder.parent, slug, record.id)

    def _refuse_taken_slug(self, article: Article) -> None:
        slug = self.accept.get("slug")
        if slug is None:
            return
        others = Library(self.importer.content).read_all().articles if self.importer.content.is_dir() else ()
        for other in others:
            if other.id != article.id and slug == other.slug:
                raise WrongInput(
                    Sentence(
                        ja=f"slug「{slug}」は {other.path} が使っています",
                        en=f"the slug `{slug}` is that of {other.path}",
                    ),
                    place=Place(self.source),
                    remedy=Sentence(ja="ほかの語にしてください", en="choose other words"),
                )

    # --- writing -------------------------------------------------------------------------------------------------

    def finish(self, *, dry_run: bool) -> Imported:
        """Write what was prepared (unless it is a dry run) and say what came of it."""
        target = self._target()
        if self.clashes:
            self.clashes = placed(self.clashes, self.text)
            self.files[self.folder / CLASHES] = told(self.clashes, f"content/{target / ARTICLE}").encode()
        self.files = {
            (target / path.name if path.parent == self.folder else path): data for path, data in self.files.items()
        }
        changed = self._changed(target)
        if not dry_run:
            self._write(target)
            self._hand_over(target)
        article = reader.parse(self.text, target / ARTICLE, "")
        review = article.matter.review
        address = self.answers.elsewhere
        paths = tuple(path.as_posix() for path in changed)
        return Imported(
            article.id,
            target / ARTICLE,
            review.must,
            review.should,
            self.proof,
            paths,
            address,
            self.clashes,
            self.sentences,
            article.matter.status,
        )

    def _changed(self, target: PurePosixPath) -> list[PurePosixPath]:
        files = {**self.files, target / ARTICLE: self.text.encode()}
        return [path for path, data in files.items() if not equals(self.importer.content / path, data)]

    def _write(self, target: PurePosixPath) -> None:
        """The article before its record: what is interrupted in between is done again, and comes to the same."""
        content = self.importer.content
        stay_inside(content, target)
        if target != self.folder and (content / self.folder).exists():
            (content / self.folder).rename(content / target)
        beside = {path: data for path, data in self.files.items() if path.parent == target}
        for path, data in self.files.items():
            if path not in beside and not equals(content / path, data):
                write_atomically(content / path, data)
        if self.before is None:
            beside = {target / ARTICLE: self.text.encode(), **beside}
            create(content, target, {path.name: data for path, data in beside.items()})
            return
        self._save(target)
        for path, data in beside.items():
            if not equals(content / path, data):
                write_atomically(content / path, data)

    def _save(self, target: PurePosixPath) -> None:
        if self.before is not None and self.text != self.before:
            digest = hashlib.sha256(self.before.encode()).hexdigest()
            Library(self.importer.content).save(target / ARTICLE, self.text, digest)

    def _hand_over(self, target: PurePosixPath) -> None:
        """An address is recorded first; only then does the question end, so that nobody posts the article twice."""
        if not self._must_be_recorded() or self.record is None or self.importer.recorded is None:
            return
        self.importer.recorded(self.record.id, str(self.answers.elsewhere))
        self.before = self.text
        self.text = self.answers.applied(self.text, self.profile.notice_about)
        self._save(target)


def _series_file(page: Scraped) -> PurePosixPath:
    return PurePosixPath("series") / f"series-{hashlib.sha256(page.series.encode()).hexdigest()[:8]}.yaml"
