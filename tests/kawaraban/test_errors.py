"""Sentences in both languages: counted as English counts, joined, and the same where they are names."""

from __future__ import annotations

import pytest

from kawaraban.errors import Sentence, alike, counted, joined


@pytest.mark.parametrize(("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1_234, "1,234 files")])
def test_english_counts(number: int, said: str) -> None:
    assert counted(number, "file") == said


def test_a_plural_that_is_no_mere_s_is_given() -> None:
    assert [counted(number, "delivery", "deliveries") for number in (1, 2)] == ["1 delivery", "2 deliveries"]


def test_several_are_said_as_one() -> None:
    assert joined([Sentence(ja="本文", en="the text"), alike("note")]) == Sentence(ja="本文；note", en="the text; note")
    assert joined([]) == alike("")
