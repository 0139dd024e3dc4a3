"""The steps of posting by hand, in the order in which note's editor wants them (what it loses, it loses silently)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kawaraban.channels.note.outline import Outline, anchor
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class Step:
    """`done` is the line one ticks off; `how` says what to do and what goes wrong."""

    done: str
    how: tuple[str, ...]


def steps(variant: Variant, shape: Outline, *, contents: bool, record: str, again: bool = False) -> tuple[Step, ...]:
    """
    Return the steps for a first post, or (`again`) for pasting the whole of one that is out.

    `contents`: 目次 is wanted; `record`: the command that ends it.
    """
    opened = _OPEN_AGAIN if again else _OPEN_NEW
    return (
        Step("題名を貼った", opened),
        *_text_steps(shape),
        *_picture_steps(shape, contents=contents),
        *_publish_steps(variant, record),
    )


def change_steps(record: str) -> tuple[Step, ...]:
    """Return the steps that end a change of a note that is out already."""
    return (
        Step("直すところをすべて直した", ("公開中の記事の「編集」を開き、index.html に並ぶ順に、探して入れ替える。",)),
        Step("本文に【画像…】が残っていない", ("編集画面の中を「【画像」で探して、何も見つからないことを確かめる。",)),
        Step(
            "noteで「更新する」を押した",
            ("「公開に進む」を押しただけでは変わらない。次の画面の「更新する」まで押す。",),
        ),
        Step("URLを知らせた", (f"`{record}` で記録する。読み返して、原稿と同じなら公開済になる。",)),
    )


_OPEN_NEW = ("noteの新しい記事（https://note.com/notes/new）を開き、題名を写して貼る。",)
_OPEN_AGAIN = (
    "公開中の記事の「編集」を開き、題名を写して貼る。",
    "本文を全選択して消す。消さずに貼ると、新しい本文が古い本文の途中に入る。",
)


def _text_steps(shape: Outline) -> Iterator[Step]:
    headings = f"、見出しが{shape.headings}本ある" if shape.headings else ""
    yield Step(
        f"本文を貼った{headings}",
        (
            "「書式つきで写す」を押し、本文の欄に貼る（Windows は Ctrl+V、Mac は ⌘V）。",
            "見出しや箇条書きがただの文字になったら、すべて消して「文字だけ写す」を Ctrl+Shift+V（⌘+Shift+V）で貼る。",
            "貼ったあとは全選択したまま書式のボタンに触れない（全文に取り消し線が付くことがある）。",
        ),
    )
    if sources := shape.quote_sources:
        listed = "、".join(f"「{source}」" for source in sources)
        yield Step(f"引用{len(sources)}か所に出典がある", (f"引用の下の欄に {listed} があるか見る。なければ書く。",))
    if cards := shape.cards:
        yield Step(
            f"リンクカード{len(cards)}枚ができた",
            ("URLだけの行の終わりにカーソルを置き、Enter を押すとカードになる。", *(f"　{card}" for card in cards)),
        )


def _picture_steps(shape: Outline, *, contents: bool) -> Iterator[Step]:
    if shape.pictures:
        yield Step(f"画像{len(shape.pictures)}枚を置き、【画像…】を消した", tuple(_picture_lines(shape)))
    if contents:
        yield Step("目次を入れた", ("最初の見出しの前の空の行で「＋」から「目次」を選ぶ。",))
    if shape.header is not None:
        yield Step(
            "見出し画像を置いた",
            ("題名の上の画像の印から header.jpg（1280×670）を選び、切り取らずに保存する。",),
        )
    if shape.formulas or shape.rubies:
        names = "と".join(name for name, there in (("ルビ", shape.rubies), ("数式", shape.formulas)) if there)
        yield Step(
            f"プレビューで{names}が出ている", ("編集画面では記号（｜…《…》、$$）のままで正しい。プレビューで見る。",)
        )


def _picture_lines(shape: Outline) -> Iterator[str]:
    yield "本文をすべて貼ってから始める。目印の行（【画像1：…】）の文字を消し、空になったその行で「＋」から画像を選ぶ。"
    yield (
        "画像を入れるとカーソルは説明文の欄に入る。説明文を貼ったら Escape を押し、Enter で外へ出る。"
        "そのまま打つと続きの本文が説明文に吸い込まれる（そうなったら Escape、Enter、Enter、Backspace）。"
    )
    for number, asset in enumerate(shape.pictures, start=1):
        caption = f"説明文「{asset.caption}」" if asset.caption else "説明文なし"
        alt = f"、代替テキスト「{asset.alt}」" if asset.alt else ""
        yield f"　{anchor(number, asset)} → images/{asset.name}、{caption}{alt}"
    yield "最後に「【画像」で探して、本文に目印が残っていないことを確かめる（残ったままでは記録できない）。"


def _publish_steps(variant: Variant, record: str) -> Iterator[Step]:
    stray = [loss.what_ja for loss in variant.losses if loss.code == "hashtag"]
    if variant.head.hashtags:
        tags = "　".join(f"#{tag}" for tag in variant.head.hashtags)
        yield Step(
            f"ハッシュタグ{len(variant.head.hashtags)}個を入れた",
            (
                f"「公開に進む」の次の画面で入れる：{tags}",
                "この画面から下書き保存に戻るとタグは消える。入れたらそのまま投稿する。",
                *stray,
            ),
        )
    elif stray:
        yield Step("本文から拾われたタグを外した", tuple(stray))
    yield Step(
        "noteで「投稿する」を押した",
        ("「公開に進む」はまだ公開ではない。次の画面の「投稿する」まで押す（公開中の記事なら「更新する」）。",),
    )
    yield Step(
        "URLを知らせた",
        (f"`{record}` で記録する。公開した記事のURLでも編集画面のURLでもよい。読み返して、合っていれば公開済になる。",),
    )


def checklist(title: str, listed: tuple[Step, ...]) -> str:
    """Return the steps as Markdown."""
    lines = [f"# {title}をnoteに出す手順", ""]
    for step in listed:
        lines += [
            f"- [ ] {step.done}",
            *(f"    {line}" if line.startswith("　") else f"  - {line}" for line in step.how),
        ]
    return "\n".join(lines) + "\n"
