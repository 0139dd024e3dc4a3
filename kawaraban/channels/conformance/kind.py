"""What every channel's class says of itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import ClassVar

from pydantic import BaseModel, SecretStr, ValidationError

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Asks, Channel, EditionChannel


class KindConformance:
    """What a channel's class says of itself."""

    kind: ClassVar[type[Channel | EditionChannel]]

    def able(self) -> Capabilities:
        """The abilities under test; a kind whose settings decide overrides this."""
        return self.kind.capabilities

    def test_it_names_its_kind_and_its_renderer(self) -> None:
        """Both are lower-case words: they stand in settings and entry points."""
        for name in (self.kind.kind, self.kind.renderer):
            assert name
            assert name == name.lower()

    def test_its_abilities_are_data_that_agree(self) -> None:
        """Frozen, and without contradiction."""
        able = self.able()
        try:
            able.edition = not able.edition  # type: ignore[misc] # that it can't be done is what is tested
        except (FrozenInstanceError, AttributeError):
            pass
        else:
            msg = "capabilities can be changed"
            raise AssertionError(msg)
        assert not (able.edition and able.by_hand)
        assert not (able.edition and able.announces), "a folder announces nothing"
        assert not able.threads or able.by_hand or able.finds != "nothing", "a thread half-way must be asked about"

    def test_its_settings_refuse_unknown_keys_and_hold_no_secret(self) -> None:
        """A secret is a reference in settings; a value never stands there."""
        model: type[BaseModel] = self.kind.Settings
        assert model.model_config.get("extra") == "forbid"
        assert model.model_config.get("frozen")
        assert all(field.annotation is not SecretStr for field in model.model_fields.values())
        try:
            model.model_validate({"no-such-key": 1})
        except ValidationError as error:
            assert any(problem["type"] == "extra_forbidden" for problem in error.errors())  # noqa: PT017 - the kit does not need pytest
        else:
            msg = "an unknown key was taken"
            raise AssertionError(msg)

    def test_it_has_words_only_for_keys_that_its_settings_have(self) -> None:
        """A person is asked for them in both languages (protocol.Asks)."""
        model = self.kind.Settings
        words = model.asks() if issubclass(model, Asks) else {}
        assert set(words) <= {field.alias or name for name, field in model.model_fields.items()}
        assert all(said.ja and said.en for said in words.values())
