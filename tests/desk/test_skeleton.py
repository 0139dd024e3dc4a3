"""What `init` copies is what the checkout shows, and it works as it is."""

from __future__ import annotations

from pathlib import Path

from desk.cli.writing import skeleton

ROOT = Path(__file__).parents[2]


def test_what_init_copies_equals_the_checkouts_own_files() -> None:
    files = dict(skeleton())
    assert {"config/publication.yaml", "config/channels.yaml"} <= {str(path) for path in files}
    for path, data in files.items():
        assert data == (ROOT / path).read_bytes(), f"{path} differs: copy it to desk/skeleton/"


def test_init_copies_exactly_one_sample_article() -> None:
    assert sum(path.name == "index.md" for path, _ in skeleton()) == 1


def test_settings_and_content_hold_no_python() -> None:
    assert not [path for folder in ("config", "content") for path in (ROOT / folder).rglob("*.py")]
