"""The three forms of a small feed with everything in it, as files: what changes for subscribers is a readable difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.renderers.feed.feeds import FORMS


@pytest.mark.parametrize("path", FORMS)
def test_every_form_is_as_it_was(full: dict[str, bytes], golden: Callable[[str, str], None], path: str) -> None:
    golden(f"feed/{path}", full[path].decode())


def test_an_items_html_is_as_it_was(full: dict[str, bytes], golden: Callable[[str, str], None]) -> None:
    from tests.renderers.feed.feeds import contents

    golden("feed/item.html", contents(full, "feed.json")[0] + "\n")
