"""Hypothesis strategies for block trees, with every kind of block and inline node an article may have."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kawaraban.article.blocks import (
    Block,
    Blocks,
    Bouten,
    Break,
    ChannelOnly,
    Code,
    CodeSpan,
    Dialogue,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    FootnoteRef,
    Footnotes,
    Foreign,
    Glossary,
    Heading,
    Image,
    Inline,
    KeyPoint,
    KeyPoints,
    Link,
    List,
    ListItem,
    MathBlock,
    MathSpan,
    Paragraph,
    Quote,
    Ruby,
    Rule,
    Strike,
    Strong,
    Table,
    Term,
    Turn,
)

LETTERS = "雨窓かさ漢字aZ09「」《》｜|*_~`#<>&$\\[]()!-+.:：。、　 \u3099"
words = st.text(alphabet=LETTERS, min_size=1, max_size=8)
names = st.text(alphabet="甲乙丙ABかな", min_size=1, max_size=4)
pictures = st.sampled_from(["a.jpg", "雨傘.png", "zu.svg", "gone.png", "https://e.jp/x.png"])
addresses = st.sampled_from(["https://e.jp/a_(b)", "/archive/", "#setsu", "mailto:a@example.com"])


def _marked(inner: st.SearchStrategy[Inline]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Strong, inner),
        st.builds(Emphasis, inner),
        st.builds(Strike, inner),
        st.builds(Bouten, inner),
        st.builds(Foreign, inner, st.just("en")),
        st.builds(Link, inner, addresses, st.one_of(st.just(""), names)),
    )


leaves: st.SearchStrategy[Any] = st.one_of(
    words,
    st.sampled_from(["見る：https://e.jp/a_(b)）。", "(https://youtu.be/x)"]),
    st.builds(Break),
    st.builds(CodeSpan, words),
    st.builds(MathSpan, words),
    st.builds(Ruby, names, names),
    st.builds(Image, pictures, names, names),
    st.builds(FootnoteRef, st.integers(1, 9)),
)
inline: st.SearchStrategy[Inline] = st.recursive(
    st.lists(leaves, max_size=4).map(tuple), lambda inner: st.lists(_marked(inner), max_size=3).map(tuple), max_leaves=6
)
lines = st.integers(1, 99)
paragraphs = st.builds(Paragraph, inline, lines)
figures = st.builds(Figure, pictures, names, inline, lines)
simple: st.SearchStrategy[Any] = st.one_of(
    paragraphs,
    figures,
    st.builds(Heading, st.integers(1, 6), inline, names, lines),
    st.builds(Code, words, st.sampled_from(["", "python", "mermaid"]), lines),
    st.builds(Embed, st.just("https://e.jp/watch?v=a_b&c=1"), lines),
    st.builds(MathBlock, words, lines),
    st.builds(Rule, lines),
    st.builds(
        KeyPoints,
        st.lists(st.builds(KeyPoint, inline, st.lists(inline, max_size=2).map(tuple), lines)).map(tuple),
        lines,
    ),
    st.integers(1, 3).flatmap(
        lambda width: st.builds(
            Table,
            st.tuples(*[inline] * width),
            st.lists(st.tuples(*[inline] * width), max_size=2).map(tuple),
            st.just(("",) * width),
            lines,
            inline,
        )
    ),
)


def _holding(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Any]:
    blocks: st.SearchStrategy[Blocks] = st.lists(inner, max_size=3).map(tuple)
    listed = st.lists(st.builds(ListItem, blocks, lines), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(List, st.booleans(), listed, lines, st.integers(1, 5)),
        st.builds(Dialogue, st.lists(st.builds(Turn, names, blocks, lines), max_size=2).map(tuple), lines),
        st.builds(Glossary, st.lists(st.builds(Term, inline, blocks, lines), max_size=2).map(tuple), lines),
        st.builds(Quote, blocks, inline, lines),
        st.builds(ChannelOnly, blocks, st.just(("note",)), excluded=st.just(value=False), line=lines),
        st.builds(
            Footnotes, st.lists(st.builds(Footnote, st.integers(1, 9), blocks, lines), max_size=2).map(tuple), lines
        ),
    )


trees: st.SearchStrategy[Blocks] = st.lists(st.recursive(simple, _holding, max_leaves=8), max_size=4).map(tuple)
