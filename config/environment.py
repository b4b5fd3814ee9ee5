"""How a group of settings reads its variables, and how a wrong one is told in one line."""

from typing import ClassVar, Self

from pydantic import AliasChoices, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

_FOLLOWS_FROM_ANOTHER = "default_factory_not_called"


class InvalidSettings(ValueError):
    """One line that names the variable and what is wrong with it, never its value: it may be a secret."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    return value


SPLIT = BeforeValidator(_split)


class SettingsGroup(BaseSettings):
    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        str_strip_whitespace=True,  # a secret that comes from a file ends with a line break
    )

    @classmethod
    def load(cls) -> Self:
        try:
            return cls()
        except ValidationError as error:
            raise InvalidSettings(_one_line(error)) from None
        except (OSError, UnicodeDecodeError):
            raise InvalidSettings("Invalid settings: .env cannot be read as UTF-8 text") from None

    @classmethod
    def variables(cls) -> dict[str, tuple[str, ...]]:
        """Field name -> its variables, the one that wins first."""
        prefix = cls.model_config.get("env_prefix", "")
        names: dict[str, tuple[str, ...]] = {}
        for name, field in cls.model_fields.items():
            alias = field.validation_alias
            if isinstance(alias, AliasChoices):
                names[name] = tuple(str(choice) for choice in alias.choices)
            else:
                names[name] = (str(alias) if alias else f"{prefix}{name}".upper(),)
        return names


def _one_line(error: ValidationError) -> str:
    wrong = [detail for detail in error.errors() if detail["type"] != _FOLLOWS_FROM_ANOTHER]
    return f"Invalid settings: {'; '.join(_problem(error.title, detail) for detail in wrong)}"


def _problem(group: str, detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return message
    location = str(detail["loc"][0])
    group_type = next((g for g in SettingsGroup.__subclasses__() if g.__name__ == group), SettingsGroup)
    names = next((v for field, v in group_type.variables().items() if location in (field, *v)), (location,))
    message = message.removeprefix("Input ")
    return f"{' or '.join(names)} {message[0].lower()}{message[1:]}"
