"""One of Google's APIs, signed in and patient. Google's client is imported on first use (about 200 ms)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from handlers.adapters.google_errors import Refused, waited
from handlers.domain.errors import Unavailable

NO_ACCOUNT = "GOOGLE_CREDENTIALS is not a service account's JSON, nor the path of one: download its key again"


class GoogleClient:
    """`base_url` "" is Google itself. `credentials` is a service account's JSON or the path of its file; with a
    `subject` added to it, it acts for that user (domain-wide delegation). "" signs in nowhere (a stand-in).

    `path` is where the API stands below `base_url` ("calendar/v3/"), `product` its name in a sentence, `error`
    the kind of Unavailable it raises. `timeout` in seconds.

    Safe among threads: httplib2 is not, so every call has its own connection.
    """

    def __init__(
        self,
        api: str,
        version: str,
        *,
        path: str,
        product: str,
        scopes: tuple[str, ...],
        error: type[Unavailable],
        base_url: str = "",
        credentials: str = "",
        timeout: float = 10,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api, self._version, self._path, self._product = api, version, path, product
        self._scopes, self._error = scopes, error
        self._base = base_url.rstrip("/")
        self._secret, self._timeout, self._attempts, self._sleep = credentials, timeout, attempts, sleep
        self._lock = threading.Lock()

    def call(self, what: str, request: Callable[[Any], Any], *, again: bool = True) -> Any:
        """The answer to `request`, tried again while the trouble can pass; `again=False` tries once.

        Raises Refused for an answer that repeating won't change, `error` for the rest.
        """

        def once() -> Any:
            http = self._http()
            try:
                return request(self._service).execute(http=http, num_retries=0)
            finally:
                http.close()

        attempts = self._attempts if again else 1
        return waited(what, once, error=self._error, attempts=attempts, sleep=self._sleep)

    @property
    def account(self) -> str:
        """Whom to share things with."""
        return str(self._account_info.get("client_email") or "the service account")

    def advice(self, refused: Refused) -> str:
        """What an owner can do about the refusals that every API shares; "" for the others."""
        by_reason = {
            "accessNotConfigured": f"turn on the {self._product} in the service account's project",
            "SERVICE_DISABLED": f"turn on the {self._product} in the service account's project",
            "quotaExceeded": "Google's quota is used up; it comes back by itself",
            "dailyLimitExceeded": "Google's quota for today is used up; it comes back by itself",
        }
        if refused.status == 401:
            return f"Google does not accept the key of {self.account}: put a new one into GOOGLE_CREDENTIALS"
        return by_reason.get(refused.reason, "")

    # --- The client -------------------------------------------------------------------------------------------

    @cached_property
    def _account_info(self) -> dict[str, Any]:
        if not self._secret:
            return {}
        try:
            text = self._secret if self._secret.lstrip().startswith("{") else Path(self._secret).read_text()
            info: dict[str, Any] = json.loads(text)
        except (OSError, ValueError) as error:
            raise self._error("Google", NO_ACCOUNT) from error
        return info

    @cached_property
    def credentials(self) -> Any:
        """Google's own kind; None when there is nothing to sign in with."""
        if not self._account_info:
            return None
        from google.oauth2.service_account import Credentials

        info = self._account_info
        try:
            return Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # it has no types
                info, scopes=self._scopes, subject=info.get("subject")
            )
        except ValueError as error:
            raise self._error("Google", NO_ACCOUNT) from error

    @cached_property
    def _built(self) -> Any:
        from google.api_core.client_options import ClientOptions
        from googleapiclient.discovery import build
        from httplib2 import Http

        options = ClientOptions(api_endpoint=f"{self._base}/{self._path}") if self._base else None
        return build(
            self._api,
            self._version,
            http=Http(),
            static_discovery=True,
            cache_discovery=False,
            client_options=options,
        )

    @property
    def _service(self) -> Any:
        with self._lock:
            return self._built

    def _http(self) -> Any:
        from httplib2 import Http, proxy_info_from_environment

        local = urlsplit(self._base).hostname in ("127.0.0.1", "localhost", "::1")
        http = Http(timeout=self._timeout, proxy_info=None if local else proxy_info_from_environment)
        with self._lock:
            credentials = self.credentials
        if credentials is None:
            return http
        from google_auth_httplib2 import AuthorizedHttp

        return AuthorizedHttp(credentials, http=http)
