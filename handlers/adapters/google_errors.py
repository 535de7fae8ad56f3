"""Which of Google's errors pass, and how long to wait for that."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from handlers.domain.errors import Unavailable

LONGEST_WAIT = 20.0
"""Seconds. Told to wait longer, we give up and say so: a queue waits better than a running function."""
PASSING = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "backendError",
        "calendarUsageLimits",
        "RATE_LIMIT_EXCEEDED",
    }
)


class Refused(Exception):
    """An answer of Google that is not a success. `reason` is its own word ("duplicate", "notFound")."""

    def __init__(self, status: int, reason: str, message: str, retry_after: float = 0) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason, self.retry_after = status, reason, retry_after

    @property
    def passes(self) -> bool:
        return (
            self.status in (408, 429) or self.status >= 500 or (self.status == 403 and self.reason in PASSING)
        )


class Broken(Exception):
    """No answer, or half of one."""


def waited(
    what: str,
    once: Callable[[], Any],
    *,
    error: type[Unavailable],
    attempts: int,
    sleep: Callable[[float], None],
) -> Any:
    """The result of `once`, repeated with exponential back-off and full jitter while the trouble can pass.

    Google's `Retry-After` is honoured when it is longer. Raises Refused, `error`.
    """
    from tenacity import (
        RetryCallState,
        Retrying,
        retry_if_exception,
        stop_after_attempt,
        wait_random_exponential,
    )

    jitter = wait_random_exponential(multiplier=0.5, max=8)

    def wait(state: RetryCallState) -> float:
        return max(jitter(state), _asked(state.outcome.exception() if state.outcome else None))

    retrying = Retrying(
        stop=stop_after_attempt(attempts),
        wait=wait,
        retry=retry_if_exception(lambda e: _passes(e) and _asked(e) <= LONGEST_WAIT),
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(_translated, once)
    except Refused as refused:
        if not refused.passes:
            raise
        raise error(what, f"Google is busy ({refused})", refused.retry_after) from refused
    except Broken as broken:
        raise error(what, f"Google did not answer ({broken})") from broken


def _passes(error: BaseException) -> bool:
    return isinstance(error, Broken) or (isinstance(error, Refused) and error.passes)


def _asked(error: BaseException | None) -> float:
    return error.retry_after if isinstance(error, Refused) else 0.0


def _translated(once: Callable[[], Any]) -> Any:
    """Runs `once`, with every error of three libraries as one of our two."""
    from google.auth.exceptions import GoogleAuthError, RefreshError
    from googleapiclient.errors import Error, HttpError
    from httplib2 import HttpLib2Error

    try:
        return once()
    except HttpError as error:
        reason, message = _reason(error.content)
        raise Refused(
            int(error.resp.status), reason, message, _seconds(error.resp.get("retry-after"))
        ) from error
    except RefreshError as error:
        if error.retryable:
            raise Broken(str(error)) from error
        raise Refused(401, "invalidCredentials", str(error)) from error
    except (Error, GoogleAuthError, HttpLib2Error, HTTPException, OSError, ValueError) as error:
        # ValueError: an answer that is not JSON, as a proxy on the way gives.
        raise Broken(f"{type(error).__name__}: {error}") from error


def _reason(content: bytes) -> tuple[str, str]:
    """Calendar and Drive name it in `errors`, Sheets in `details` (SERVICE_DISABLED) or only by a `status`."""
    try:
        error = json.loads(content)["error"]
        message = str(error.get("message", ""))
        if error.get("errors"):
            return str(error["errors"][0]["reason"]), message
        named = [str(d["reason"]) for d in error.get("details", ()) if d.get("reason")]
        return (named or [str(error.get("status", ""))])[0], message
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return "", content[:200].decode("utf-8", "replace")


def _seconds(header: str | None) -> float:
    """Of a Retry-After; the form with a date is not used by Google and counts as none."""
    return float(header) if header and header.isascii() and header.isdigit() else 0.0
