"""What the product is told before its first import of a desk: stand-ins for whatever the environment doesn't name."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.runtime import ACCOUNT, BUCKET, DOCUMENTS

TABLE = "frontdesk-state"


@dataclass(frozen=True)
class StandIns:
    """Which outside services are played by this process."""

    slack: bool
    google: bool
    textract: bool
    slack_token: str
    signing_secret: str


def prepare(
    folder: Path, base_url: str, store: str = "sqlite", env: MutableMapping[str, str] | None = None
) -> StandIns:
    """Sets the environment; what is given already wins, one service at a time."""
    env = os.environ if env is None else env
    folder.mkdir(parents=True, exist_ok=True)
    kept = _secrets(folder / "secrets.json")
    slack = not env.get("SLACK_BOT_TOKEN")
    google = not env.get("GOOGLE_CREDENTIALS") and not env.get("GOOGLE_API_URL")
    if slack:
        env["SLACK_BOT_TOKEN"], env["SLACK_SIGNING_SECRET"] = kept["slack_token"], kept["signing_secret"]
        env["SLACK_API_URL"] = f"{base_url}/_slack/api/"
    if google:
        env["GOOGLE_API_URL"] = f"{base_url}/_google"
    textract = not env.get("FRONTDESK_DOCUMENTS") and not env.get("AWS_ENDPOINT_URL_TEXTRACT")
    if textract:
        env["FRONTDESK_DOCUMENTS"], env["FRONTDESK_DOCUMENTS_BUCKET"] = f"textract:{DOCUMENTS}", BUCKET
        env["FRONTDESK_DOCUMENTS_ROLE"] = f"arn:aws:iam::{ACCOUNT}:role/frontdesk-textract"
        env["AWS_ENDPOINT_URL_TEXTRACT"] = f"{base_url}/_textract/"
        env.setdefault("AWS_DEFAULT_REGION", "us-east-1")
        if store != "dynamodb" and not _aws_is_used(env):
            _made_up_credentials(env)
    if store == "dynamodb":
        env.setdefault("FRONTDESK_STORE", f"dynamodb:{TABLE}")
        env.setdefault("AWS_DEFAULT_REGION", "us-east-1")
        if env.get("AWS_ENDPOINT_URL_DYNAMODB") or env.get("AWS_ENDPOINT_URL"):
            _made_up_credentials(env)
    for name, value in {
        "FRONTDESK_STORE": f"sqlite:{folder / 'frontdesk.db'}",
        "FRONTDESK_FILES": f"dir:{folder / 'files'}",
        "FRONTDESK_MAIL": f"dir:{folder / 'mail'}",
        "FRONTDESK_TEXT": f"dir:{folder / 'texts'}",
        "FRONTDESK_CLOCK": f"file:{folder / 'clock'}",
        "FRONTDESK_SECRETS": kept["links"],
        "FRONTDESK_WEBHOOK_SECRETS": kept["webhooks"],
        "FRONTDESK_BASE_URL": base_url,
        "FRONTDESK_BUS": "none",
        "FRONTDESK_TIMERS": "store",
    }.items():
        if not env.get(name):
            env[name] = value
    return StandIns(slack, google, textract, env["SLACK_BOT_TOKEN"], env.get("SLACK_SIGNING_SECRET", ""))


def _aws_is_used(env: MutableMapping[str, str]) -> bool:
    """Whether something real at AWS is named: then the credentials are the real ones, from wherever they come."""
    kinds = ("s3:", "ses", "aws:", "dynamodb:", "eventbridge:", "scheduler:")
    names = ("FILES", "MAIL", "TEXT", "STORE", "BUS", "TIMERS")
    return any(env.get(f"FRONTDESK_{name}", "").startswith(kinds) for name in names)


def _made_up_credentials(env: MutableMapping[str, str]) -> None:
    """Stand-ins want credentials, but do not look at them."""
    env.setdefault("AWS_ACCESS_KEY_ID", "local")
    env.setdefault("AWS_SECRET_ACCESS_KEY", "local")


def _secrets(path: Path) -> dict[str, str]:
    """Made once for each folder, so that links still work after a restart; what an older folder lacks is added."""
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    made = {
        "links": secrets.token_urlsafe(32),
        "webhooks": secrets.token_urlsafe(32),
        "slack_token": f"xoxb-local-{secrets.token_hex(12)}",
        "signing_secret": secrets.token_hex(16),
    } | kept
    if made != kept:
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    return made
