"""
The content folder: which articles there are, read with their pictures, saved against a digest.

One bad file never stops the others: what can't be read becomes findings. Ten thousand articles are read in seconds the
first time (two processes) and in a fraction of one afterwards: the cache keeps every article's head with the states of
its files, and a body is read when it is asked for.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import os
import pickle
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import current_process, get_context
from pathlib import Path, PurePath, PurePosixPath

from kawaraban.article.check_many import check_all
from kawaraban.article.finding import Finding
from kawaraban.article.model import Article
from kawaraban.errors import Conflict, Place, Sentence, WrongInput
from kawaraban.library import cache
from kawaraban.library.files import ARTICLE, Found, articles_below, stamp, stay_inside, write_atomically
from kawaraban.library.kept import Bodies, KeptArticle
from kawaraban.library.reading import Kept, read_chunk, read_one

__all__ = ["Library", "Reading", "stamp", "write_atomically"]

PARALLEL_FROM = 400
CHUNK = 50
NEAR_AMONG = 2_000  # names a misspelt one is compared with: a hint must not take longer than the answer


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything in the content folder: the articles by path, and what was found (in files and between them)."""

    articles: tuple[Article, ...]
    findings: tuple[Finding, ...]

    def blocking(self, article: Article) -> tuple[Finding, ...]:
        """Return the errors that lie in this article's file."""
        return tuple(finding for finding in self.findings if finding.file == article.path and finding.blocks)


class Library:
    """The articles below `content`; `cache` (a folder) None reads every file anew."""

    def __init__(self, content: Path, cache: Path | None = None) -> None:
        self.content = content
        self._cache = cache
        self._bodies = Bodies(content)

    def read_all(self) -> Reading:
        """Read every article. Raises WrongInput only where there is no content folder at all."""
        if not self.content.is_dir():
            raise WrongInput(
                Sentence(ja=f"記事のフォルダーがありません: {self.content}", en=f"there is no content folder: {self.content}"),
                place=Place(self.content),
                remedy=Sentence(ja="kawaraban init で作るか、--root でフォルダーを指してください",
                                en="make one with `kawaraban init`, or name the folder with --root"),
            )  # fmt: skip
        listed = list(articles_below(self.content))
        files = {found.file: found.stamp for found in listed if isinstance(found, Found)}
        before = cache.load(self._cache, self.content)
        entries = {
            file: entry for file in files if (entry := before.get(file)) and self._is_current(entry, file, files)
        }
        missing = [file for file in files if file not in entries]
        entries |= dict(zip(missing, self._read_many(missing), strict=True))
        if missing or len(before) != len(entries):
            cache.save(self._cache, self.content, entries)
        kept = [entries[file] for file in sorted(files)]
        links = {entry.head.path: entry.head.links for entry in kept if entry.head is not None}
        articles = tuple(KeptArticle.of(entry.head, self._bodies) for entry in kept if entry.head is not None)
        findings = [finding for finding in listed if isinstance(finding, Finding)]
        findings += [finding for entry in kept for finding in entry.findings]
        return Reading(articles, (*findings, *check_all(articles, links)))

    def _is_current(self, entry: Kept, file: str, files: Mapping[str, tuple[int, int, int, int]]) -> bool:
        if entry.stamps.get(file) != files[file]:
            return False
        return all(stamp(self.content / name) == kept for name, kept in entry.stamps.items() if name != file)

    def _read_many(self, files: Sequence[str]) -> list[Kept]:
        if len(files) >= PARALLEL_FROM and (os.cpu_count() or 1) > 1 and not current_process().daemon:
            try:
                return self._read_in_processes(files)
            except (BrokenExecutor, OSError):
                pass  # no second process to be had here: one does it too
        return [self._read(file) for file in files]

    def _read(self, file: str) -> Kept:
        entry, article = read_one(self.content, file)
        if article is not None:
            self._bodies.keep(article)
        return entry

    def _read_in_processes(self, files: Sequence[str]) -> list[Kept]:
        chunks = [list(files[start : start + CHUNK]) for start in range(0, len(files), CHUNK)]
        with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
            parts = pool.map(read_chunk, [str(self.content)] * len(chunks), chunks)
            return [entry for part in parts for entry in pickle.loads(part)]  # noqa: S301 - our own workers

    # --- finding one ---------------------------------------------------------------------------------------------

    def find(self, name: str, reading: Reading | None = None) -> Article:
        """Return the article of an id, a path or a slug, tried in that order; raise WrongInput with near names."""
        reading = reading or self.read_all()
        paths = self._meant_paths(name)
        for matches in (
            lambda article: article.id == name,
            lambda article: article.path in paths,
            lambda article: article.slug == name,
        ):
            found = [article for article in reading.articles if matches(article)]
            if found:
                return found[0]
        _explain_broken(name, paths, reading)
        raise WrongInput(
            Sentence(ja=f"「{name}」という記事はありません", en=f"there is no article `{name}`"),
            remedy=_near(name, reading.articles),
        )

    def _meant_paths(self, name: str) -> frozenset[PurePath]:
        """Return the files below the content folder that a path may mean: from here, from content/ or from the root."""
        content = self.content.resolve()
        meant: set[PurePath] = set()
        for start in (Path(name), content / name, content.parent / name):
            with suppress(ValueError, OSError, RuntimeError):
                path = PurePosixPath(start.resolve().relative_to(content).as_posix())
                meant |= {path, path / ARTICLE}
        return frozenset(meant)

    # --- writing -------------------------------------------------------------------------------------------------

    def save(self, path: PurePosixPath, text: str, expected_digest: str) -> str:
        """
        Replace a file's text, atomically; return the new digest.

        Raises Conflict where the file is no longer the one that was read, WrongInput where it can't be written.
        """
        stay_inside(self.content, path)
        target = self.content / path
        data = text.encode("utf-8")
        try:
            before = target.read_bytes()
            current = hashlib.sha256(before).hexdigest()
            if before.startswith(codecs.BOM_UTF8) and not data.startswith(codecs.BOM_UTF8):
                data = codecs.BOM_UTF8 + data  # reading drops it; it is the editor's byte all the same
        except FileNotFoundError:
            current = ""
        if current != expected_digest:
            raise Conflict(
                Sentence(ja="読んだあとにファイルが変わっています", en="the file changed after it was read"),
                place=Place(path),
                remedy=Sentence(ja="もう一度読み直してからやり直してください", en="read it again and repeat"),
            )
        write_atomically(target, data)
        return hashlib.sha256(data).hexdigest()

    def create(self, path: PurePosixPath, data: bytes) -> Path:
        """Write a new file below `content`; raise Conflict where one is there already."""
        stay_inside(self.content, path)
        target = self.content / path
        if target.exists():
            raise Conflict(
                Sentence(ja=f"もうあります: {path}", en=f"it exists already: {path}"),
                place=Place(path),
                remedy=Sentence(ja="別の名前にしてください", en="choose another name"),
            )
        write_atomically(target, data)
        return target


def _explain_broken(name: str, paths: Collection[PurePath], reading: Reading) -> None:
    """A named file (or folder: its slug can't be read) says why it gave no article instead of "no such article"."""
    for finding in reading.findings:
        if finding.blocks and (finding.file in paths or finding.file.parent.name == name):
            raise WrongInput(
                finding.message, place=Place(finding.file, finding.line, finding.column), remedy=finding.remedy
            )


def _near(name: str, articles: Sequence[Article]) -> Sentence:
    known = [key for article in articles for key in (article.slug, article.id, article.matter.title)]
    alike = sorted(known, key=lambda key: key[:1] != name[:1])[:NEAR_AMONG]  # those that begin alike come first
    near = difflib.get_close_matches(name, alike, 3, 0.4)
    if not near:
        return Sentence(ja="id、パス、slug のどれかで指してください", en="name it by id, path or slug")
    return Sentence(ja=f"近いのは: {'、'.join(near)}", en=f"near: {', '.join(near)}")
