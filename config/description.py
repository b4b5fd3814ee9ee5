"""What the OpenAPI document says about the API and who is behind it."""

from pydantic import EmailStr, Field
from pydantic_settings import SettingsConfigDict

from config.addresses import HttpAddress
from config.environment import SettingsGroup


class APISettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="API_")

    title: str = "Semker Async Message Processing API"
    version: str = "1.0.0"
    description: str = "AI-powered asynchronous message processing service"
    debug: bool = Field(default=False, validation_alias="DEBUG")


class ContactSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="CONTACT_")

    name: str = "Semker API Support"
    email: EmailStr = "support@semker.dev"
    url: HttpAddress = "https://semker.dev/support"


class LicenseSettings(SettingsGroup):
    model_config = SettingsConfigDict(env_prefix="LICENSE_")

    name: str = "MIT License"
    url: HttpAddress = "https://opensource.org/licenses/MIT"
