"""Addresses of everything public, and of what others give as theirs."""

from __future__ import annotations

import pytest

from kawaraban import address


@pytest.mark.parametrize(
    ("told", "led"),
    [
        ("https://note.com/paper/n/n1", "https://note.com/paper/n/n1"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("http://[", None),
        ("https://a.example/x\n", None),
        ("https://a.example/\u202eevil", None),
        ("//a.example/x", None),
        ("", None),
        (None, None),
    ],
)
def test_readers_are_led_to_pages_only(told: str | None, led: str | None) -> None:
    assert address.readable(told) == led
