"""Settings: what they become, and what a person is told when they are wrong."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from kawaraban.config import Person, Publication, ReleaseSettings, Secret, Series, Settings, Window
from kawaraban.config.load import load, own_settings
from kawaraban.errors import WrongInput

PUBLICATION = "name: 汀通信\nbase_url: https://example.com\n"
CHANNELS = """\
site: {kind: site, path: public}
rss: {kind: feed, site: site, after: site, delay: 10m}
note: {kind: note, user: example, after: site, path: packages/note}
"""


class NoteOwn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: str
    path: str
    password: Secret | None = None


def root_with(folder: Path, publication: str = PUBLICATION, channels: str = CHANNELS, **declared: str) -> Path:
    """`declared`: `series_ame="name: 雨"` becomes content/series/ame.yaml."""
    (folder / "config").mkdir(parents=True)
    (folder / "config/publication.yaml").write_text(publication, encoding="utf-8")
    (folder / "config/channels.yaml").write_text(channels, encoding="utf-8")
    for name, text in declared.items():
        kind, _, slug = name.partition("_")
        path = folder / "content" / kind / f"{slug}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, **files: str) -> str:
    with pytest.raises(WrongInput) as refused:
        load(root_with(folder, **files))
    return refused.value.said("en") + "\n" + refused.value.said("ja")


def loaded(folder: Path, **files: str) -> Settings:
    return load(root_with(folder, **files))


def test_settings_become_typed_values(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.publication.name == "汀通信"
    assert [channel.name for channel in settings.channels] == ["site", "rss", "note"]


def test_release_keys_are_kept_apart_from_the_keys_of_the_kind(tmp_path: Path) -> None:
    rss = loaded(tmp_path).channel("rss")
    assert rss is not None
    assert (rss.release.after, rss.release.delay) == ("site", timedelta(minutes=10))
    assert dict(rss.own) == {"site": "site"}
    assert rss.line == 2


def test_series_and_people_are_declared_one_file_each(tmp_path: Path) -> None:
    publication = loaded(
        tmp_path, series_ame="name: 雨の聞き方\nspeakers: [汀, Lio]\n", people_lio="name: Lio\n"
    ).publication
    series = publication.series_named("雨の聞き方")
    assert series is not None
    assert (series.slug, series.speakers) == ("ame", ("汀", "Lio"))
    assert publication.people["lio"].name == "Lio"


def test_missing_settings_name_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(WrongInput) as refused:
        load(tmp_path)
    assert "kawaraban init" in refused.value.said("ja")


def test_an_unknown_key_names_file_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    said = refusal(tmp_path, publication="name: 汀通信\nbase_ur: https://example.com\n")
    assert "config/publication.yaml:2:1" in said
    assert "did you mean `base_url`?" in said


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, publication="name: ''\nbase_url: example.com\ntimezone: Asia/Tokio\nlang: 日本語\n")
    assert all(f"publication.yaml:{line}:" in said for line in (1, 2, 3, 4))


def test_a_wrong_release_value_names_its_line_and_how_it_is_written(tmp_path: Path) -> None:
    said = refusal(
        tmp_path, channels="site: {kind: site, path: public}\nrss:\n  kind: feed\n  site: site\n  delay: soon\n"
    )
    assert "config/channels.yaml:5:3" in said
    assert "10m, 3h or 2d" in said


@pytest.mark.parametrize(
    "window", ["late", "7:00", "xyz 07:00-21:00", "mon- 07:00-21:00", "25:00-26:00", "07:00-07:00"]
)
def test_an_unreadable_window_is_refused(tmp_path: Path, window: str) -> None:
    assert "07:00-21:00" in refusal(tmp_path, channels=f'site: {{kind: site, path: public, window: "{window}"}}\n')


def test_a_window_is_read_with_its_days() -> None:
    window = Window.parse("fri-mon 21:30-6:00")
    assert (window.opens, window.closes, window.days) == (time(21, 30), time(6), frozenset({5, 6, 7, 1}))


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("mon,wed,fri 07:00-21:00", {1, 3, 5}),
        ("mon-wed, sat 07:00-21:00", {1, 2, 3, 6}),
        ("月-金 07:00-21:00", {1, 2, 3, 4, 5}),
        ("月水金 07:00〜21:00", {1, 3, 5}),
        ("土・日 07:00-21:00", {6, 7}),
        ("Sun 07:00-21:00", {7}),
    ],
)
def test_a_window_may_name_days_one_by_one_and_in_japanese(written: str, days: set[int]) -> None:
    assert Window.parse(written).days == days


def test_a_key_of_the_kind_is_refused_with_the_same_care(tmp_path: Path) -> None:
    note = loaded(tmp_path, channels=CHANNELS.replace("user: example", "usr: example")).channel("note")
    assert note is not None
    with pytest.raises(WrongInput) as refused:
        own_settings(note, NoteOwn)
    said = refused.value.said("en")
    assert "config/channels.yaml:3:" in said
    assert "`user` is missing" in said
    assert "did you mean `user`?" in said


def test_a_misspelt_release_key_is_recognised_when_the_kind_reads_its_own(tmp_path: Path) -> None:
    note = loaded(tmp_path, channels=CHANNELS.replace("path: packages", "dely: 3d, path: packages")).channel("note")
    assert note is not None
    with pytest.raises(WrongInput, match="did you mean `delay`"):
        own_settings(note, NoteOwn)


@pytest.mark.parametrize(
    "entry",
    [
        "password: hunter2hunter2",
        "password: 20240101",
        "api_key: hunter2hunter2",
        "password: !hunter2hunter2 x",
        "password: *hunter2hunter2",
        "url: https://me:hunter2hunter2@example.com/",
        "accounts: [{app_password: hunter2hunter2}]",
    ],
)
def test_a_secret_written_out_is_refused_and_never_repeated(tmp_path: Path, entry: str) -> None:
    said = refusal(tmp_path, channels=f"site: {{kind: site, path: public}}\nx:\n  kind: note\n  {entry}\n")
    assert "hunter2" not in said
    assert "20240101" not in said
    assert "config/channels.yaml:4" in said


@pytest.mark.parametrize("reference", ["{env: 'hunter 2'}", "{env: A, file: b}", "{}", "{value: hunter2}"])
def test_a_broken_reference_to_a_secret_is_refused_without_repeating_it(tmp_path: Path, reference: str) -> None:
    entry = f"note: {{kind: note, user: example, path: n, password: {reference}}}\n"
    note = loaded(tmp_path, channels=entry).channel("note")
    assert note is not None
    with pytest.raises(WrongInput) as refused:
        own_settings(note, NoteOwn)
    assert "hunter" not in refused.value.said("ja")
    assert "{env: NAME}" in refused.value.said("en") or "value" in refused.value.said("en")


def test_after_must_name_a_channel(tmp_path: Path) -> None:
    said = refusal(tmp_path, channels=CHANNELS.replace("after: site, path", "after: sight, path"))
    assert "config/channels.yaml:3:" in said
    assert "did you mean `site`?" in said


def test_a_feed_must_belong_to_a_channel_that_is_there(tmp_path: Path) -> None:
    assert "there is no channel `web`" in refusal(tmp_path, channels=CHANNELS.replace("site: site", "site: web"))


def test_channels_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, channels="a: {kind: site, path: a, after: b}\nb: {kind: site, path: b, after: a}\n")
    assert "leads back to itself" in said


@pytest.mark.parametrize(
    "path", ["../out", "a/../../out", ".", "content", "content/public", ".kawaraban/x", "config", "/"]
)
def test_a_folder_that_would_leave_the_root_or_serve_what_is_ours_is_refused(tmp_path: Path, path: str) -> None:
    assert "config/channels.yaml:1:" in refusal(tmp_path / "root", channels=f'site: {{kind: site, path: "{path}"}}\n')


@pytest.mark.parametrize("other", ["public", "./public/", "PUBLIC", "public/note"])
def test_two_channels_never_share_a_folder(tmp_path: Path, other: str) -> None:
    said = refusal(tmp_path, channels=f"site: {{kind: site, path: public}}\nnote: {{kind: note, path: {other}}}\n")
    assert "share a folder" in said


def test_an_absolute_folder_is_allowed(tmp_path: Path) -> None:
    assert loaded(tmp_path / "root", channels=f"site: {{kind: site, path: {tmp_path / 'www'}}}\n").channels


def test_the_same_series_name_in_two_files_names_both(tmp_path: Path) -> None:
    said = refusal(tmp_path, series_a="name: 雨\n", series_b="name: 雨\n")
    assert "content/series/b.yaml" in said
    assert "content/series/a.yaml" in said


def test_a_series_speaks_only_of_channels_that_are_there(tmp_path: Path) -> None:
    assert "there is no channel `nte`" in refusal(tmp_path, series_a="name: 雨\nchannels: {nte: {delay: 3d}}\n")


def test_a_declaration_that_leads_out_of_content_is_refused(tmp_path: Path) -> None:
    root = root_with(tmp_path / "root")
    (tmp_path / "secret.yaml").write_text("name: よそ\n", encoding="utf-8")
    (root / "content/series").mkdir(parents=True)
    (root / "content/series/x.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(WrongInput, match="leads out"):
        load(root)


def test_text_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    root = root_with(tmp_path)
    (root / "config/publication.yaml").write_bytes("name: 汀\nbase_url: 渚\n".encode("shift_jis"))
    with pytest.raises(WrongInput, match=r"publication\.yaml:1: not UTF-8"):
        load(root)


def test_words_that_yaml_1_1_would_change_stay_text(tmp_path: Path) -> None:
    assert (
        loaded(tmp_path, publication="name: no\nbase_url: https://example.com\nseal: 12:30\n").publication.seal
        == "12:30"
    )


def test_the_notice_sentence_has_no_other_blank_than_the_name(tmp_path: Path) -> None:
    assert "{name}" in refusal(tmp_path, publication=PUBLICATION + 'notice_live: "{name.__class__}へ"\n')


# --- every key, once wrong ---------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[3]
WRONG_PAPER = {
    "name": "''", "base_url": "example.com", "timezone": "Tokyo", "lang": "日本語", "description": "[a]", "authors": "汀",
    "speakers": "汀", "tag_domain": "example.com", "first_year": "soon", "feeds": "20", "feeds.items": "0",
    "feeds.hubs": "https://hub.example.com/", "notice_live": "'{title}'", "alerts": "mail", "desk_url": "desk",
    "network": "private", "network.private": "maybe", "seal": "[汀]",
}  # fmt: skip
WRONG_RELEASE = {
    "enabled": "perhaps", "title": "[a]", "text": "2024", "description": "2024-06-30", "hashtags": "雨", "after": "[site]",
    "delay": "30", "at": "25:00", "window": "late", "update": "always", "hold": "true", "late": "tomorrow",
}  # fmt: skip
WRONG_SERIES = {
    "name": "", "description": "[a]", "closed": "perhaps", "authors": "汀", "speakers": "汀", "tags": "雨", "lang": "日本語",
    "counter": "[回]", "skeleton": "[a]", "channels": "note",
}  # fmt: skip
WRONG_PERSON = {
    "name": "", "reading": "[a]", "kind": "cat", "description": "[a]", "avatar": "[a]", "links": "https://example.com/",
}  # fmt: skip


def told(folder: Path, **files: str) -> list[tuple[str, str]]:
    """Every problem in Japanese and in English."""
    with pytest.raises(WrongInput) as refused:
        load(root_with(folder, **files))
    problems = getattr(refused.value, "problems", (refused.value,))
    assert all(problem.remedy is not None and problem.place is not None for problem in problems)
    return [(problem.said("ja"), problem.said("en")) for problem in problems]


def is_japanese(text: str) -> bool:
    remedy = text.partition("→")[2]
    return any("\u3040" <= sign <= "\u9fff" for sign in remedy)


@pytest.mark.parametrize(("key", "value"), WRONG_PAPER.items())
def test_each_wrong_key_of_the_paper_is_told_with_file_line_key_and_remedy(
    tmp_path: Path, key: str, value: str
) -> None:
    outer, _, inner = key.partition(".")
    head = "".join(line + "\n" for line in PUBLICATION.splitlines() if not line.startswith(f"{outer}:"))
    text = head + (f"{outer}:\n  {inner}: {value}\n" if inner else f"{outer}: {value}\n")
    line = head.count("\n") + (2 if inner else 1)
    (ja, en), *more = told(tmp_path, publication=text)
    assert more == []
    assert f"config/publication.yaml:{line}:" in ja
    assert key in ja
    assert is_japanese(ja)
    assert "Input should" not in ja + en


@pytest.mark.parametrize(("key", "value"), WRONG_RELEASE.items())
def test_each_wrong_key_of_a_channel_is_told_with_file_line_key_and_remedy(
    tmp_path: Path, key: str, value: str
) -> None:
    (ja, en), *more = told(tmp_path, channels=f"site:\n  kind: site\n  path: public\n  {key}: {value}\n")
    assert more == []
    assert "config/channels.yaml:4:3" in ja
    assert key in ja
    assert is_japanese(ja)
    assert "Input should" not in ja + en


@pytest.mark.parametrize(("kind", "wrong"), [("series", WRONG_SERIES), ("people", WRONG_PERSON)])
def test_each_wrong_key_of_a_declaration_is_told_with_file_line_key_and_remedy(
    tmp_path: Path, kind: str, wrong: dict[str, str]
) -> None:
    for number, (key, value) in enumerate(wrong.items()):
        name = "" if key == "name" else "name: 名\n"
        [(ja, en)] = told(tmp_path / str(number), **{f"{kind}_one": f"{name}{key}: {value}\n"})
        assert f"content/{kind}/one.yaml:{1 if key == 'name' else 2}" in ja
        assert key in ja
        assert is_japanese(ja)
        assert "Input should" not in ja + en


def test_no_key_is_left_out_of_these_tests() -> None:
    nested = {"feeds.items", "feeds.hubs", "network.private"}
    assert set(WRONG_PAPER) - nested == set(Publication.model_fields) - {"series", "people"}
    assert set(WRONG_RELEASE) == set(ReleaseSettings.model_fields)
    assert set(WRONG_SERIES) == set(Series.model_fields) - {"slug"}
    assert set(WRONG_PERSON) == set(Person.model_fields) - {"slug"}


def test_every_key_stands_in_the_files_we_ship_with_a_comment() -> None:
    paper = (ROOT / "config/publication.yaml").read_text(encoding="utf-8")
    channels = (ROOT / "config/channels.yaml").read_text(encoding="utf-8")
    for key in set(Publication.model_fields) - {"series", "people"}:
        block = next(part for part in paper.split("\n\n") if re.search(rf"^#? ?{key}:", part, re.MULTILINE))
        assert block.startswith("# "), key
    assert all(re.search(rf"\b{key}\b", channels) for key in ReleaseSettings.model_fields)
