"""Reading one article from its file with its pictures; whatever is wrong becomes findings."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from kawaraban import picture
from kawaraban.article import locating, reader
from kawaraban.article.check_body import picture_lines
from kawaraban.article.check_many import InternalLink, internal_links
from kawaraban.article.finding import Finding
from kawaraban.article.model import Article, FrontMatter, Picture
from kawaraban.errors import KawarabanError, Sentence
from kawaraban.library.files import Stamp, stamp, stay_inside


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an article without its body: everything but the blocks, the text and the lines of its keys."""

    matter: FrontMatter
    path: PurePosixPath
    digest: str
    pictures: Mapping[str, Picture]
    findings: tuple[Finding, ...]
    links: tuple[InternalLink, ...]

    @classmethod
    def of(cls, article: Article) -> Head:
        """Return the head of an article that was read."""
        links = internal_links(article) if "/articles/" in article.source else ()
        return cls(article.matter, article.path, article.digest, article.pictures, article.findings, links)


@dataclass(frozen=True, slots=True)
class Kept:
    """One cache entry: the states of the file and its pictures, and what they gave (no head: the file is no article)."""

    stamps: Mapping[str, Stamp | None]
    head: Head | None
    findings: tuple[Finding, ...]


def read_one(content: Path, file: str) -> tuple[Kept, Article | None]:
    """Read one article whole."""
    path = PurePosixPath(file)
    stamps: dict[str, Stamp | None] = {file: stamp(content / path)}
    try:
        stay_inside(content, path)
        article = parsed(content, path)
    except reader.ArticleProblems as problems:
        return Kept(stamps, None, problems.findings), None
    except KawarabanError as error:
        return Kept(stamps, None, (_finding("unreadable", error, path),)), None
    except (OSError, RecursionError) as error:
        what = Sentence(ja=f"読めません（{error}）", en=f"can't be read ({error})")
        return Kept(stamps, None, (Finding("unreadable", "error", path, None, None, what),)), None
    pictures, findings = _pictures(content, article, stamps)
    article = replace(article, pictures=pictures)
    return Kept(stamps, Head.of(article), findings), article


def read_chunk(content: str, files: list[str]) -> bytes:
    """Read some articles in another process: only their heads come back."""
    root = Path(content)
    return pickle.dumps([read_one(root, file)[0] for file in files], protocol=pickle.HIGHEST_PROTOCOL)


def parsed(content: Path, path: PurePosixPath) -> Article:
    """Return the article of a file, without its pictures."""
    data = (content / path).read_bytes()
    return reader.parse(reader.decode(data, path), path, hashlib.sha256(data).hexdigest())


def _finding(code: str, error: KawarabanError, path: PurePosixPath) -> Finding:
    place = error.place
    line = place.line if place else None
    return Finding(code, "error", path, line, place.column if place else None, error.what, error.remedy)


def _pictures(
    content: Path, article: Article, stamps: dict[str, Stamp | None]
) -> tuple[Mapping[str, Picture], tuple[Finding, ...]]:
    pictures: dict[str, Picture] = {}
    findings: list[Finding] = []
    for reference in reader.references(article):
        file = file_of(reference, article.path)
        if file is None:
            continue
        stamps[file.as_posix()] = stamp(content / file)
        if stamps[file.as_posix()] is None:
            continue  # `check` says that it is missing, and where
        try:
            stay_inside(content, file)
            pictures[reference] = picture.inspect(content / file, file.as_posix())
        except KawarabanError as error:
            findings.append(_unusable(article, reference, error))
    return pictures, tuple(findings)


def _unusable(article: Article, reference: str, error: KawarabanError) -> Finding:
    """A picture's own fault, named with the picture, where the article shows it."""
    name, line = unquote(reference), picture_lines(article).get(reference)
    if line is None:
        place = locating.key_place(article, "cover.src")
    else:
        place = locating.words_place(article, line, name, reference)
    named = PurePosixPath(name).name in error.what.ja
    said = (
        error.what
        if named
        else Sentence(ja=f"画像「{name}」: {error.what.ja}", en=f"picture `{name}`: {error.what.en}")
    )
    return Finding("image-unreadable", "error", article.path, *place, said, error.remedy)


def file_of(reference: str, article: PurePosixPath) -> PurePosixPath | None:
    """Pictures lie in the article's own folder; an address, an absolute path or one that leads out is no picture of ours."""
    if "://" in reference or reference.startswith(("/", "//", "data:")):
        return None
    relative = PurePosixPath(unquote(reference))
    if ".." in relative.parts or not reference.strip() or "\x00" in str(relative):
        return None
    return article.parent / relative
