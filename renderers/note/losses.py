"""What note can't show: counted while the blocks are degraded, said once per kind with the first line it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field

from kawaraban.errors import Sentence
from kawaraban.variant import Loss

# `{n}` is how often it happens, `{lost}` what is concerned, joined.
SENTENCES: dict[str, Sentence] = {
    "alt": Sentence(
        ja="画像の代替テキスト{n}件は本文に入りません。貼る手順に書いてあります。",
        en="{n} image descriptions are not in the body; the checklist has them.",
    ),
    "code": Sentence(
        ja="行内のコード{n}か所はふつうの文字になります。", en="{n} runs of inline code become plain text."
    ),
    "code-language": Sentence(ja="コードの言語名（{lost}）は落ちます。", en="The code's language ({lost}) is dropped."),
    "definition-list": Sentence(
        ja="用語集{n}か所は太字の用語と説明の段落になります。", en="{n} glossaries become bold terms with their text."
    ),
    "embed-inline": Sentence(
        ja="文の中の {lost} はリンクになります。カードにするなら、その行だけの段落にしてください。",
        en="{lost} in a sentence becomes a link; for a card, give it a paragraph of its own.",
    ),
    "emphasis": Sentence(ja="斜体{n}か所は太字になります。", en="{n} runs of italics become bold."),
    "emphasis-dots": Sentence(ja="傍点{n}か所は太字になります。", en="{n} runs of emphasis dots become bold."),
    "footnote": Sentence(
        ja="脚注{n}件は（注1）の形にして文末にまとめます。", en="{n} footnotes become （注1） with a list at the end."
    ),
    "fragment-link": Sentence(
        ja="記事内へのリンク{n}件はサイトの頁へのリンクになります。",
        en="{n} links within the article lead to the site.",
    ),
    "hashtag": Sentence(
        ja="本文の {lost} はnoteではハッシュタグになります。公開画面で外してください。",
        en="{lost} in the text becomes a hashtag on note; remove it in the publish dialog.",
    ),
    "heading-level": Sentence(
        ja="深い見出し{n}本は小見出しになります。", en="{n} deeper headings become small headings."
    ),
    "heading-marks": Sentence(
        ja="見出しの中の太字などの書式{n}か所は落ちます。",
        en="{n} marks inside headings (bold and the like) are dropped.",
    ),
    "inline-image": Sentence(
        ja="行の中の画像{n}枚は段落のあとに置きます。", en="{n} images inside a line move below their paragraph."
    ),
    "link-title": Sentence(ja="リンクの題{n}件は落ちます。", en="{n} link titles are dropped."),
    "list-depth": Sentence(
        ja="6段目より深い箇条書き{n}項目は5段目に└をつけて置きます。",
        en="{n} list items below level 5 stand there with a └.",
    ),
    "list-flat": Sentence(
        ja="入れ子の箇条書き{n}か所は1段にして└をつけます。", en="{n} nested lists become one level with └."
    ),
    "list-item": Sentence(
        ja="箇条書きの項目の中の段落や囲み{n}か所は、項目の中の改行か項目のあとの段落になります。",
        en="{n} blocks inside list items become line breaks or paragraphs after the item.",
    ),
    "list-kind": Sentence(
        ja="番号の有無が混ざる箇条書き{n}項目は番号を文字で書きます。",
        en="{n} items of mixed lists have their number as text.",
    ),
    "math": Sentence(
        ja="数式{n}か所はnoteの記法（$${{…}}$$）になります。", en="{n} formulas use note's notation ($${{…}}$$)."
    ),
    "math-notation": Sentence(
        ja="数式と読まれる $$ {n}か所は全角にします。",
        en="{n} literal $$ that note would read as maths become full-width.",
    ),
    "math-plain": Sentence(
        ja="見出しと引用の中の数式{n}か所は TeX の文字のままになります。",
        en="{n} formulas in headings or quotes stay TeX text.",
    ),
    "picture": Sentence(
        ja="noteに置けない画像{n}枚（{lost}）は文字かリンクになります。",
        en="{n} pictures that note can't take ({lost}) become text or a link.",
    ),
    "quote-block": Sentence(
        ja="引用の中の段落や箇条書き{n}か所は改行で続けます。",
        en="{n} blocks inside quotes become lines of one paragraph.",
    ),
    "ruby": Sentence(
        ja="ルビ{n}か所はnoteの記法（｜…《…》）になります。", en="{n} rubies use note's notation (｜…《…》)."
    ),
    "ruby-notation": Sentence(
        ja="ルビと読まれる縦棒{n}本は罫線の │ に替えます。", en="{n} bars that note would read as ruby become │."
    ),
    "table": Sentence(ja="表{n}枚は箇条書きになります。", en="{n} tables become lists."),
    "tag": Sentence(
        ja="noteのタグに使えない文字を除きました：{lost}",
        en="Characters that note's tags can't have are dropped: {lost}",
    ),
    "tag-count": Sentence(
        ja="noteのタグは10個までなので入れません：{lost}", en="note takes ten tags; left out: {lost}"
    ),
    "tag-length": Sentence(
        ja="30字を超えるタグはnoteに入れません：{lost}", en="Tags over 30 characters are left out: {lost}"
    ),
    "title-length": Sentence(
        ja="題名が100字を超えています（noteの一覧で切れます）。",
        en="The title has over 100 characters (note's lists cut it).",
    ),
}


# The same in English where it happens once; Japanese has no plural.
ONCE: dict[str, str] = {
    "alt": "1 image description is not in the body; the checklist has it.",
    "code": "1 run of inline code becomes plain text.",
    "definition-list": "1 glossary becomes bold terms with its text.",
    "emphasis": "1 run of italics becomes bold.",
    "emphasis-dots": "1 run of emphasis dots becomes bold.",
    "footnote": "1 footnote becomes （注1） with a list at the end.",
    "fragment-link": "1 link within the article leads to the site.",
    "heading-level": "1 deeper heading becomes a small heading.",
    "heading-marks": "1 mark inside a heading (bold and the like) is dropped.",
    "inline-image": "1 image inside a line moves below its paragraph.",
    "link-title": "1 link title is dropped.",
    "list-depth": "1 list item below level 5 stands there with a └.",
    "list-flat": "1 nested list becomes one level with └.",
    "list-item": "1 block inside a list item becomes a line break or a paragraph after the item.",
    "list-kind": "1 item of a mixed list has its number as text.",
    "math": "1 formula uses note's notation ($${{…}}$$).",
    "math-notation": "1 literal $$ that note would read as maths becomes full-width.",
    "math-plain": "1 formula in a heading or quote stays TeX text.",
    "picture": "1 picture that note can't take ({lost}) becomes text or a link.",
    "quote-block": "1 block inside a quote becomes lines of one paragraph.",
    "ruby": "1 ruby uses note's notation (｜…《…》).",
    "ruby-notation": "1 bar that note would read as ruby becomes │.",
    "table": "1 table becomes a list.",
}


@dataclass(slots=True)
class _Counted:
    line: int | None
    times: int = 0
    named: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Losses:
    """Collects what one rendering can't show."""

    _by_code: dict[str, _Counted] = field(default_factory=dict)

    def note(self, code: str, line: int | None, *, named: str = "", gone: str = "") -> None:
        """Count one loss: `named` is said in the sentence, `gone` are characters that are nowhere in the variant."""
        counted = self._by_code.setdefault(code, _Counted(line))
        counted.times += 1
        counted.named += [named] if named and named not in counted.named else []
        counted.gone += [gone] if gone else []

    def declared(self) -> tuple[Loss, ...]:
        """Return one Loss per kind, in the order of first mention."""
        return tuple(_loss(code, counted) for code, counted in self._by_code.items())


def _loss(code: str, counted: _Counted) -> Loss:
    sentence = SENTENCES[code]
    en = ONCE.get(code, sentence.en) if counted.times == 1 else sentence.en
    return Loss(
        code=code,
        what_ja=sentence.ja.format(n=counted.times, lost="、".join(counted.named)),
        what_en=en.format(n=counted.times, lost=", ".join(counted.named)),
        text="\n".join(counted.gone),
        line=counted.line,
    )
