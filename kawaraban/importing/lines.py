"""R0: a source file as lines. UTF-8, a BOM tolerated, CRLF and CR to LF; nothing else is changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kawaraban.errors import Place, Sentence, WrongInput

MAX_BYTES = 2 * 1024 * 1024
WHITE = " \t\u00a0\u3000\u200b\ufeff"
"""What counts as white space at the ends of a line: scrapers leave no-break and zero-width spaces there."""
_MARKUP = ("<!doctype html", "<html", "<?xml version", "{\\rtf1", "%pdf-")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words on it: its number (from 1), its words without white space around, what stands before it."""

    number: int
    words: str
    indent: int
    after_blank: bool


def read_bytes(source: Path) -> bytes:
    """Return a source file's bytes; raise WrongInput for what is no readable file of a reasonable size."""
    if str(source).startswith(("http:/", "https:/")):
        raise WrongInput(
            Sentence(ja=f"アドレスからは取り込めません: {source}", en=f"an address can't be imported: {source}"),
            remedy=Sentence(
                ja="頁の文字を .txt に保存して、そのファイルを渡してください",
                en="save the page's text as .txt and give that file",
            ),
        )
    try:
        if source.exists() and not source.is_file():
            raise WrongInput(
                Sentence(ja="ファイルではありません", en="this is not a file"),
                place=Place(source),
                remedy=Sentence(
                    ja="頁の文字のファイルを一つずつ渡してください", en="give the files themselves, one per page"
                ),
            )
        if source.stat().st_size > MAX_BYTES:
            raise _too_large(source, source.stat().st_size)
        return source.read_bytes()
    except FileNotFoundError as error:
        raise WrongInput(
            Sentence(ja="このファイルはありません", en="there is no such file"),
            place=Place(source),
            remedy=Sentence(ja="ファイルの場所を確かめてください", en="look at the path"),
        ) from error
    except OSError as error:
        raise WrongInput(
            Sentence(ja=f"読めません: {error.strerror}", en=f"can't be read: {error.strerror}"),
            place=Place(source),
            remedy=Sentence(ja="ファイルの場所を確かめてください", en="look at the path"),
        ) from error


def _too_large(source: Path, size: int) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"大きすぎます（{size:,}バイト）", en=f"too large ({size:,} bytes)"),
        place=Place(source),
        remedy=Sentence(
            ja=f"一つの記事だけのファイルにしてください（{MAX_BYTES:,}バイトまで）",
            en=f"give a file with one article only (up to {MAX_BYTES:,} bytes)",
        ),
    )


def decode(data: bytes, source: Path) -> str:
    """Return the text of a page; raise WrongInput, with the line, for what is none."""
    if b"\0" in data:
        raise WrongInput(
            Sentence(ja="文字のファイルではありません", en="this is not a text file"),
            place=Place(source, data[: data.index(b"\0")].count(b"\n") + 1),
            remedy=Sentence(
                ja="頁の文字を .txt に保存したものを渡してください", en="give the page's text, saved as .txt"
            ),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongInput(
            Sentence(ja="UTF-8ではありません", en="not UTF-8"),
            place=Place(source, data[: error.start].count(b"\n") + 1),
            remedy=Sentence(ja="UTF-8で保存し直してください", en="save the file as UTF-8"),
        ) from error
    if text.lstrip().lower().startswith(_MARKUP):
        raise WrongInput(
            Sentence(ja="頁のHTMLなどで、文字だけのファイルではありません", en="this is markup, not a page's text"),
            place=Place(source, 1),
            remedy=Sentence(
                ja="ブラウザーで頁の文字を選び、.txt に保存してください",
                en="select the page's text in a browser and save it as .txt",
            ),
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def content_lines(text: str) -> list[Line]:
    """Return the lines that have words on them, in order."""
    lines: list[Line] = []
    after_blank = True
    for number, written in enumerate(text.split("\n"), 1):
        words = written.strip(WHITE)
        if words:
            indent = len(written) - len(written.lstrip(WHITE))
            lines.append(Line(number, words, indent, after_blank))
        after_blank = not words
    return lines
