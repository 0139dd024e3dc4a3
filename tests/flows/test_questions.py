"""What each kind of channel asks a person, and how an answer becomes a value of its settings."""

from __future__ import annotations

import pytest

from flows.stages.questions import Question, questions, read
from kawaraban import registry
from kawaraban.channels.protocol import Asks, Channel, EditionChannel
from kawaraban.channels.webhook import Webhook
from kawaraban.config import ChannelSettings, ReleaseSettings
from kawaraban.errors import WrongInput


def kind(name: str) -> type[Channel | EditionChannel]:
    return registry.kind(ChannelSettings(name=name, kind=name))


def asked(name: str) -> dict[str, Question]:
    return {one.key: one for one in questions(kind(name))}


@pytest.mark.parametrize("name", registry.kinds())
def test_what_is_needed_is_asked_first_and_in_words_of_both_languages(name: str) -> None:
    found = questions(kind(name))
    assert [one.required for one in found] == sorted((one.required for one in found), reverse=True)
    for one in found:
        if one.required or one.secret:
            assert one.said.ja != one.key, "a Japanese newsroom is asked in Japanese"
            assert one.said.en != one.said.ja


@pytest.mark.parametrize("name", registry.kinds())
def test_a_kind_has_words_for_keys_it_has_and_for_no_others(name: str) -> None:
    model = kind(name).Settings
    words = model.asks() if issubclass(model, Asks) else {}
    assert set(words) <= {field.alias or key for key, field in model.model_fields.items()}


def test_a_secret_is_known_as_one_also_where_a_plain_value_would_do() -> None:
    found = {one.key: one for one in questions(Webhook)}
    assert (found["url"].required, found["url"].secret, found["url"].plain) == (True, True, True)
    assert (found["secret"].required, found["secret"].secret, found["secret"].plain) == (False, True, False)
    assert found["shape"].choices == ("json", "slack", "discord")
    assert (found["timeout"].default, found["burst"].default, found["backfill"].default) == ("20s", "3", "false")


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("burst", "7", 7),
        ("backfill", "true", True),
        ("timeout", "30s", "30s"),
        ("url", "https://example.com/hook", "https://example.com/hook"),
        ("shape", "slack", "slack"),
    ],
)
def test_an_answer_becomes_the_value_that_the_setting_takes(key: str, written: str, value: object) -> None:
    assert read(Webhook.Settings, key, written) == value


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("burst", "many"),
        ("burst", "0"),
        ("shape", "teams"),
        ("url", "not an address"),
        ("timeout", "1"),
        ("secret", "x"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_how_it_is_written(key: str, written: str) -> None:
    with pytest.raises(WrongInput) as caught:
        read(Webhook.Settings, key, written)
    assert caught.value.remedy is not None
    if key in ("url", "secret"):
        assert written not in caught.value.what.en.partition(": ")[2], "what may be a secret is not repeated"


def test_what_looks_like_a_number_or_a_time_stays_text_where_text_is_meant() -> None:
    assert read(ReleaseSettings, "title", "1984") == "1984"
    assert read(ReleaseSettings, "at", "07:15") == "07:15"
    assert read(ReleaseSettings, "hashtags", "[雨, 川]") == ["雨", "川"]
