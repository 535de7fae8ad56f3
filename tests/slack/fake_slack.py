"""A small Slack Web API on loopback: records calls, keeps messages and views, answers as it is told."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass
class Call:
    method: str
    args: dict[str, Any]


@dataclass
class FakeSlack:
    """`script[method]` is a queue of answers: a dict is the body, (status, headers, body) says more."""

    calls: list[Call] = field(default_factory=list)
    script: dict[str, deque[Any]] = field(default_factory=lambda: defaultdict(deque))
    messages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    # --- for tests ---------------------------------------------------------------------------------------------

    def of(self, method: str) -> list[dict[str, Any]]:
        return [c.args for c in self.calls if c.method == method]

    def answer(self, method: str, *answers: Any) -> None:
        self.script[method].extend(answers)

    @property
    def response_url(self) -> str:
        return f"{self.url}response/1"

    @property
    def responses(self) -> list[dict[str, Any]]:
        return self.of("response")

    def only_view(self) -> dict[str, Any]:
        (view,) = self.views.values()
        return view

    def only_message(self) -> dict[str, Any]:
        (message,) = self.messages.values()
        return message

    # --- the server --------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kind = self.headers.get("Content-Type", "")
                args = (
                    json.loads(raw or b"{}")
                    if "json" in kind
                    else {k: v[0] for k, v in parse_qs(raw.decode()).items()}
                )
                method = self.path.strip("/").split("/", 1)[-1]
                if self.path.startswith("/response"):
                    method = "response"
                status, headers, body = fake._handle(method, args)
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, str(value))
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, method: str, args: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, Any]]:
        with self._lock:
            self.calls.append(Call(method, args))
            if self.script[method]:
                scripted = self.script[method].popleft()
                return scripted if isinstance(scripted, tuple) else (200, {}, scripted)
            return 200, {}, self._do(method, args)

    def _do(self, method: str, args: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911 - a method each
        match method:
            case "chat.postMessage":
                ts = f"{1_700_000_000 + len(self.messages)}.000100"
                self.messages["C0DESK", ts] = args
                return {"ok": True, "channel": "C0DESK", "ts": ts}
            case "chat.update":
                key = args["channel"], args["ts"]
                if key not in self.messages:
                    return {"ok": False, "error": "message_not_found"}
                self.messages[key] = {**self.messages[key], **args}
                return {"ok": True, "channel": key[0], "ts": key[1]}
            case "conversations.history" if args["channel"].startswith("#"):
                return {"ok": False, "error": "channel_not_found"}
            case "conversations.history":
                found = [{"ts": ts, "metadata": m.get("metadata")} for (_, ts), m in self.messages.items()]
                return {"ok": True, "messages": found}
            case "views.open" | "views.push":
                id_ = f"V{len(self.views) + 1}"
                self.views[id_] = {**args["view"], "id": id_, "hash": "h1"}
                return {"ok": True, "view": self.views[id_]}
            case "views.update":
                id_ = args["view_id"]
                if id_ not in self.views:
                    return {"ok": False, "error": "not_found"}
                if args.get("hash") and args["hash"] != self.views[id_]["hash"]:
                    return {"ok": False, "error": "hash_conflict"}
                version = int(self.views[id_]["hash"][1:]) + 1
                self.views[id_] = {**args["view"], "id": id_, "hash": f"h{version}"}
                return {"ok": True, "view": self.views[id_]}
            case "views.publish":
                self.homes[args["user_id"]] = args["view"]
                return {"ok": True, "view": {"id": "VHOME", "hash": "h1"}}
            case "response":
                return {"ok": True}
            case _:
                return {"ok": False, "error": "unknown_method"}
