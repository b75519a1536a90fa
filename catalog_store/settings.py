"""Every environment variable, read once, checked at start, described. Nothing else reads the environment."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from catalog_store.connect import Store
from catalog_store.reach import PAGES, Ways
from catalog_store.secrets import KeyRing
from catalog_store.territory import DEFAULT as CAMPI_BISENZIO

_OURS, _TESTS = "TESSERE_", "TESSERE_TEST_"


class SettingsFault(Exception):
    """A variable cannot be used: one sentence that names it and says what is expected."""


class Settings(BaseModel):
    """The configuration of one process. Secrets are left out of its repr."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    data: Path = Field(Path("data"), alias="TESSERE_DATA", description="Folder of the database and of everything kept.")
    database_url: str = Field(
        "", alias="TESSERE_DATABASE_URL", repr=False, pattern=r"^(sqlite:///|postgresql\+psycopg://)",
        description="sqlite:///… or postgresql+psycopg://…; when not set, tessere.db in TESSERE_DATA.",
    )  # fmt: skip
    key_file: Path | None = Field(
        None, alias="TESSERE_KEY_FILE",
        description="Encryption keys, never in the data folder nor in its backups; made when missing; all machines of "
        "an installation need the same. When not set, ~/.config/tessere has one file for each data folder.",
    )  # fmt: skip
    territory: Path = Field(
        CAMPI_BISENZIO, alias="TESSERE_TERRITORY", description="Territory file (TOML); when not set, Campi Bisenzio."
    )
    helplines: Path | None = Field(
        None, alias="TESSERE_HELPLINES",
        description="The numbers given to people in danger (TOML), verified by whoever runs it; when not set, those "
        "that come with the program.",
    )  # fmt: skip
    demo: bool | None = Field(
        None, alias="TESSERE_DEMO",
        description="1: a public trial on the demonstration catalogue, in which nothing is sent to any association.",
    )  # fmt: skip
    host: str = Field("127.0.0.1", alias="TESSERE_HOST", description="Address that the web server listens on.")
    port: int = Field(8000, alias="TESSERE_PORT", ge=0, le=65535, description="Port of the web server.")
    public_base_url: str = Field(
        "", alias="PUBLIC_BASE_URL", pattern=r"^(https?://[^/\s]+(/[^\s]*[^/\s])?)?$",
        description="How the web server is reached from outside, as in https://chat.example.org; no slash at the end.",
    )  # fmt: skip
    synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL", alias="TESSERE_SYNCHRONOUS",
        description="SQLite: FULL loses nothing in a power cut; NORMAL is faster and may lose the last second.",
    )  # fmt: skip
    pieces_seconds: float = Field(
        2, alias="TESSERE_PIECES_SECONDS", ge=0, le=60,
        description="Free text that follows free text within this time after the reply went out is the same message.",
    )  # fmt: skip
    hold_seconds: float = Field(
        0.8, alias="TESSERE_HOLD_SECONDS", ge=0, le=60,
        description="How long the reply to free text waits for further pieces of the message.",
    )  # fmt: skip
    screen_pause_minutes: float = Field(
        30, alias="TESSERE_SCREEN_PAUSE_MINUTES", gt=0,
        description="After this pause, what a screen shows is read again before it is shown again.",
    )  # fmt: skip
    question_minutes: float = Field(
        10, alias="TESSERE_QUESTION_MINUTES", ge=0,
        description="How long a question without an answer holds back what we would ask next.",
    )  # fmt: skip
    metrics_token: str = Field(
        "", alias="TESSERE_METRICS_TOKEN", repr=False,
        description="Bearer token for /metrics; when not set, only this machine can read it.",
    )  # fmt: skip
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="TESSERE_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR."
    )
    telegram_bot_token: str = Field(
        "",
        alias="TELEGRAM_BOT_TOKEN",
        repr=False,
        pattern=r"^(\d+:[\w-]+)?$",
        description="From Telegram's @BotFather.",
    )
    telegram_bot_name: str = Field(
        "", alias="TELEGRAM_BOT_NAME", pattern=r"^(\w{5,32})?$",
        description="The bot's username without @, for the links of the public catalogue; none when not set.",
    )  # fmt: skip
    telegram_api_base: str = Field(
        "https://api.telegram.org", alias="TELEGRAM_API_BASE", pattern=r"^https?://[^/\s]+(/[^\s]*[^/\s])?$",
        description="Where Telegram's Bot API is: a server of one's own, or a rehearsal.",
    )  # fmt: skip
    twilio_account_sid: str = Field(
        "", alias="TWILIO_ACCOUNT_SID", repr=False, pattern=r"^(AC[0-9a-fA-F]{32})?$", description="Twilio's account."
    )
    twilio_auth_token: str = Field(
        "", alias="TWILIO_AUTH_TOKEN", repr=False, description="Twilio's authentication token."
    )
    twilio_whatsapp_from: str = Field(
        "", alias="TWILIO_WHATSAPP_FROM", pattern=r"^(whatsapp:\+\d{6,15})?$",
        description="The WhatsApp sender, as in whatsapp:+390550000000.",
    )  # fmt: skip
    twilio_api_base: str = Field(
        "", alias="TWILIO_API_BASE", pattern=r"^(https?://[^/\s]+(/[^\s]*[^/\s])?)?$",
        description="Where Twilio is, for a rehearsal; when not set, Twilio's own addresses.",
    )  # fmt: skip
    twilio_templates: str = Field(
        "", alias="TWILIO_TEMPLATES", pattern=r"^([a-z]{2}=HX[0-9a-fA-F]{32}(,[a-z]{2}=HX[0-9a-fA-F]{32})*)?$",
        description="Approved templates that say a message waits, one a language: it=HX…,en=HX… (docs/deploy.md).",
    )  # fmt: skip
    smtp_url: str = Field(
        "", alias="SMTP_URL", repr=False, pattern=r"^(smtps?://[^\s]+)?$",
        description="Outgoing mail: smtp://user:password@host:587 or smtps://…:465; off when not set.",
    )  # fmt: skip
    smtp_from: str = Field(
        "", alias="SMTP_FROM", description="The sender of mail, as in Tessere <tessere@example.org>."
    )
    oidc_issuer: str = Field(
        "", alias="OIDC_ISSUER", pattern=r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?)?$",
        description="The municipality's identity broker (SPID, CIE), by which people enter the back office too, as in "
        "https://identita.example.org; off when not set (docs/deploy.md).",
    )  # fmt: skip
    oidc_client_id: str = Field("", alias="OIDC_CLIENT_ID", description="Our name, as the broker has it.")
    oidc_client_secret: str = Field(
        "", alias="OIDC_CLIENT_SECRET", repr=False, description="Our secret, as the broker has it."
    )
    oidc_name: str = Field(
        "Entra con SPID o CIE", alias="OIDC_NAME", max_length=60, description="What the broker's button says."
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        twilio = (
            ("TWILIO_ACCOUNT_SID", self.twilio_account_sid),
            ("TWILIO_AUTH_TOKEN", self.twilio_auth_token),
            ("TWILIO_WHATSAPP_FROM", self.twilio_whatsapp_from),
        )
        missing = [name for name, value in twilio if not value]
        if missing and len(missing) < len(twilio):
            raise SettingsFault(f"{missing[0]}: WhatsApp needs it together with the other TWILIO_ variables")
        if not missing and not self.public_base_url:
            raise SettingsFault("PUBLIC_BASE_URL: WhatsApp needs it, because Twilio signs the address that it calls")
        if bool(self.smtp_url) != bool(self.smtp_from):
            raise SettingsFault(
                f"{'SMTP_FROM' if self.smtp_url else 'SMTP_URL'}: mail needs it together with the other"
            )
        oidc = (
            ("OIDC_ISSUER", self.oidc_issuer),
            ("OIDC_CLIENT_ID", self.oidc_client_id),
            ("OIDC_CLIENT_SECRET", self.oidc_client_secret),
        )
        missing = [name for name, value in oidc if not value]
        if missing and len(missing) < len(oidc):
            raise SettingsFault(f"{missing[0]}: the identity broker needs it together with the other OIDC_ variables")
        if not missing and not self.public_base_url:
            raise SettingsFault("PUBLIC_BASE_URL: the identity broker needs it, because it sends people back there")
        for name, file in (("TESSERE_TERRITORY", self.territory), ("TESSERE_HELPLINES", self.helplines)):
            if file and not file.is_file():
                raise SettingsFault(f"{name}: there is no file {file}")
        if self.data.exists() and not self.data.is_dir():
            raise SettingsFault(f"TESSERE_DATA: {self.data} is not a folder")
        if self.keys().resolve().is_relative_to(self.data.resolve()):
            raise SettingsFault(
                "TESSERE_KEY_FILE: it must be outside TESSERE_DATA, so that no copy of the data carries its keys"
            )
        return self

    def keys(self) -> Path:
        """The key file: the one named, or this data folder's own."""
        name = hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:16]
        return self.key_file or Path.home() / ".config" / "tessere" / f"{name}.key"

    def ways(self) -> Ways:
        """The channels that are set up."""
        wanted = {"telegram": self.telegram_bot_token, "whatsapp": self.twilio_account_sid, "email": self.smtp_url}
        channels = (*PAGES, *(name for name, value in wanted.items() if value))
        return Ways(frozenset(channels), frozenset(self.templates()))

    def templates(self) -> dict[str, str]:
        """The approved template of each language, by its SID."""
        pairs = (one.partition("=") for one in self.twilio_templates.split(",") if one)
        return {language: sid for language, _, sid in pairs}

    def url(self) -> str:
        """SQLAlchemy's URL of the database."""
        return self.database_url or f"sqlite:///{self.data / 'tessere.db'}"

    def store(self) -> Store:
        """Open the store. Raises KeyFault when the keys cannot be used."""
        return Store(
            self.url(), KeyRing.load(self.keys()), synchronous=self.synchronous, territory=self.territory,
            trial=bool(self.demo), public=self.public_base_url,
        )  # fmt: skip


def load(environ: Mapping[str, str]) -> Settings:
    """Read the variables; an empty one counts as not set. Raises SettingsFault with one sentence."""
    names = [name for name, _, _ in describe()]
    for name in environ:
        if name.startswith(_OURS) and not name.startswith(_TESTS) and name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise SettingsFault(f"{name}: there is no such variable" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        return Settings.model_validate({name: environ[name] for name in names if environ.get(name)})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingsFault(f"{first['loc'][0]}: {_plain(first)}") from None


def describe() -> list[tuple[str, str, str]]:
    """(variable, default, meaning) of every variable, in order: the README's table."""
    shown = {CAMPI_BISENZIO: "", None: ""}
    return [
        (field.alias or "", str(shown.get(field.default, field.default)), field.description or "")
        for field in Settings.model_fields.values()
    ]


def _plain(error: ErrorDetails) -> str:
    if error["type"] == "string_pattern_mismatch":
        meaning = next(meaning for name, _, meaning in describe() if name == error["loc"][0])
        return f"it does not have the right form ({meaning.rstrip('.')})"
    return error["msg"][0].lower() + error["msg"][1:]
