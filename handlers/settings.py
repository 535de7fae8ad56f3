"""What this process was told by its environment; read once, by the entries only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

Choice = tuple[str, str]
"""`sqlite:PATH` -> ("sqlite", "PATH"); `ses` -> ("ses", "")."""


@dataclass(frozen=True)
class Settings:
    """The defaults run the whole desk out of one folder, with nothing configured."""

    store: Choice = ("sqlite", "frontdesk.db")
    """`sqlite:PATH` (":memory:" works) or `dynamodb:TABLE`."""
    files: Choice = ("dir", "files")
    """`dir:PATH` or `s3:BUCKET`."""
    documents: Choice = ("none", "")
    """How PDFs and pictures are read: `none` (by people) or `textract:TOPIC`, the ARN of the topic that is told when one
    has been read. Textract finds them in the bucket that `files` names."""
    documents_role: str = ""
    """ARN of the role with which Textract tells the topic."""
    documents_bucket: str = ""
    """Where Textract finds them, if that is not the bucket of `files`."""
    mail: Choice = ("dir", "mail")
    """`dir:PATH` or `ses`."""
    text: Choice = ("dir", "texts")
    """`dir:PATH` or `aws:ORIGIN`."""
    bus: Choice = ("none", "")
    """`none` (whoever drains the outbox brings a bus) or `eventbridge:NAME`."""
    narrator: Choice = ("plain", "")
    """`plain` (the words of a template) or `bedrock:MODEL`, the id of a model or inference profile. What it writes is
    checked against the facts."""
    narrator_parameters: str = ""
    """Converse's `inferenceConfig` as JSON, where the model wants another than `{"maxTokens": 400}`."""
    timers: Choice = ("store", "")
    """`store` (fired by the tick) or `scheduler:GROUP`."""
    timers_role: str = ""
    """ARN of the role with which EventBridge Scheduler puts events on the bus."""
    clock: Choice = ("system", "")
    """`system` or `file:PATH`."""
    base_url: str = "http://127.0.0.1:8000"
    """Where customers reach us; without a trailing slash."""
    secrets: tuple[str, ...] = ()
    """Keys that sign links, newest first; the older ones are still accepted."""
    webhook_secrets: tuple[str, ...] = ()
    """Shared with programs that report freed slots; any of them is accepted. None: the webhook is off."""
    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = "https://slack.com/api/"
    bot_user: str = "UFRONTDESK"
    bot_id: str = "BFRONTDESK"
    google_api_url: str = ""
    """"" = Google itself."""
    google_credentials: str = ""
    """A service account's JSON, or the path of its file."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Unset and empty variables keep their default."""
        given = {name: value for name, value in (os.environ if env is None else env).items() if value}

        def choice(name: str, default: Choice) -> Choice:
            if name not in given:
                return default
            kind, _, where = given[name].partition(":")
            return kind, where

        return cls(
            store=choice("FRONTDESK_STORE", cls.store),
            files=choice("FRONTDESK_FILES", cls.files),
            documents=choice("FRONTDESK_DOCUMENTS", cls.documents),
            documents_role=given.get("FRONTDESK_DOCUMENTS_ROLE", ""),
            documents_bucket=given.get("FRONTDESK_DOCUMENTS_BUCKET", ""),
            mail=choice("FRONTDESK_MAIL", cls.mail),
            text=choice("FRONTDESK_TEXT", cls.text),
            bus=choice("FRONTDESK_BUS", cls.bus),
            narrator=choice("FRONTDESK_NARRATOR", cls.narrator),
            narrator_parameters=given.get("FRONTDESK_NARRATOR_PARAMETERS", ""),
            timers=choice("FRONTDESK_TIMERS", cls.timers),
            timers_role=given.get("FRONTDESK_TIMERS_ROLE", ""),
            clock=choice("FRONTDESK_CLOCK", cls.clock),
            base_url=given.get("FRONTDESK_BASE_URL", cls.base_url).rstrip("/"),
            secrets=_several(given.get("FRONTDESK_SECRETS", "")),
            webhook_secrets=_several(given.get("FRONTDESK_WEBHOOK_SECRETS", "")),
            slack_bot_token=given.get("SLACK_BOT_TOKEN", ""),
            slack_signing_secret=given.get("SLACK_SIGNING_SECRET", ""),
            slack_api_url=given.get("SLACK_API_URL", cls.slack_api_url),
            bot_user=given.get("FRONTDESK_BOT_USER", cls.bot_user),
            bot_id=given.get("FRONTDESK_BOT_ID", cls.bot_id),
            google_api_url=given.get("GOOGLE_API_URL", ""),
            google_credentials=given.get("GOOGLE_CREDENTIALS", ""),
        )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
