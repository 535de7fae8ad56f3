"""How fast Slack is answered: `python -m tests.benchmarks.slack [--rounds N]`.

Warm: signed requests through the Lambda entry's own app, real services on an embedded store on disk, Slack's API
stood in for on loopback; milliseconds. Cold: a fresh process from start to the first answer, against a bare
process that builds Bolt, Mangum and a boto3 DynamoDB client and answers one request; median seconds of processor
time (a busy machine makes the clock on the wall meaningless), of wall time, and the ratio. One JSON line each.

The DynamoDB store is measured too where the local DynamoDB of the tests is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from blocks.payloads import Ref
from handlers.adapters.dynamodb import DynamoStore, create_table
from handlers.adapters.sqlite import SqliteStore
from handlers.bootstrap import build_desk
from handlers.domain.request import RequestState
from handlers.services.journal import Journal
from handlers.services.rules import RulesSource
from handlers.settings import Settings
from tests.fakes import FakeCalendar, FakeClock, FakeFiles, FakeIds, FakeMailer, FakeTexter
from tests.slack.fake_slack import FakeSlack
from tests.slack.office import SECRET, Office
from tests.slack.samples import NOW, RULES, request
from tests.state import dynoxide

TABLE = "frontdesk-state"

SIGNED = """
import hashlib, hmac, time
def signed(body, secret):
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": stamp,
               "x-slack-signature": f"v0={digest}"}
    http = {"method": "POST", "path": "/slack/events", "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"}
    return {"version": "2.0", "routeKey": "$default", "rawPath": "/slack/events", "rawQueryString": "",
            "headers": headers, "requestContext": {"http": http}, "body": body, "isBase64Encoded": False}
BODY = "command=%2Fbook&text=help&user_id=U0MEI&team_id=T1&channel_id=C1&trigger_id=t&response_url="
"""
BARE = (
    """
import boto3
from mangum import Mangum
from slack_bolt import App
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
client = boto3.client("dynamodb", region_name="us-east-1")
app = App(name="bare", process_before_response=True, signing_secret="a-signing-secret",
          token_verification_enabled=False,
          authorize=lambda enterprise_id, team_id: AuthorizeResult(
              enterprise_id=enterprise_id, team_id=team_id, bot_token="x", bot_id="B", bot_user_id="U"))
@app.command("/book")
def book(ack):
    ack("hello")
handler = Mangum(SlackRequestHandler(app), lifespan="off")
"""
    + SIGNED
    + """
assert handler(signed(BODY, "a-signing-secret"), None)["statusCode"] == 200
"""
)
OURS = (
    """
from bot.slack import handler
"""
    + SIGNED
    + """
answer = handler(signed(BODY, "a-signing-secret"), None)
assert answer["statusCode"] == 200 and "booking form" in answer["body"], answer
"""
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=200, help="warm requests of each kind")
    arguments.add_argument("--starts", type=int, default=7, help="fresh processes of each kind")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, FakeSlack() as slack:
        office = open_office(Path(folder), slack)
        warm(office, given.rounds)
        cold(Path(folder), given.starts)


def open_office(folder: Path, slack: FakeSlack) -> Office:
    settings = Settings(
        secrets=("a-key-for-links-that-is-long-enough",),
        slack_bot_token="xoxb-1",
        slack_signing_secret=SECRET,
        slack_api_url=slack.url + "api/",
    )
    desk = build_desk(
        settings,
        store=SqliteStore(str(folder / "frontdesk.db")),
        clock=FakeClock(NOW),
        ids=FakeIds(),
        calendar=FakeCalendar(),
        mailer=FakeMailer(),
        texter=FakeTexter(),
        files=FakeFiles(),
    )
    desk.rules.update(RULES, "U0ROSA")
    return Office.open(desk, slack)


def warm(office: Office, rounds: int) -> None:
    for n in range(rounds + 5):
        office.has(request(RequestState.DRAFT, id=f"rq{n:010d}"))
    kinds: dict[str, Callable[[int], object]] = {
        "/book": lambda _: office.command(""),
        "/book colour for Ana Fri 2pm": lambda _: office.command("colour for Ana Fri 2pm +65 8123 4567"),
        "approve a draft": lambda n: office.click("request.approve", Ref(id=f"rq{n:010d}").pack()),
    }
    for name, act in kinds.items():
        took = []
        for n in range(rounds + 5):
            began = time.perf_counter()
            act(n)
            took.append((time.perf_counter() - began) * 1000)
        took = sorted(took[5:])
        say(
            warm=name,
            rounds=rounds,
            p50_ms=round(statistics.median(took), 1),
            p99_ms=round(took[min(len(took) - 1, int(len(took) * 0.99))], 1),
        )


def cold(folder: Path, starts: int) -> None:
    env = {
        **os.environ,
        "FRONTDESK_STORE": f"sqlite:{folder / 'frontdesk.db'}",
        "SLACK_SIGNING_SECRET": SECRET,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with ExitStack() as stack:
        ours = {"sqlite": env}
        if dynoxide.PROGRAM.exists():
            endpoint = stack.enter_context(dynoxide.running(folder))
            _rules_in_dynamodb(endpoint)
            ours["dynamodb"] = {**env, "FRONTDESK_STORE": f"dynamodb:{TABLE}", "AWS_ENDPOINT_URL": endpoint}
        _compare(env, ours, starts)


def _rules_in_dynamodb(endpoint: str) -> None:
    client = dynoxide.client(endpoint)
    create_table(client, TABLE)
    store = DynamoStore(TABLE, client)
    clock = FakeClock(NOW)
    RulesSource(store, clock, Journal(store, clock, FakeIds())).update(RULES, "U0ROSA")
    client.close()


def _compare(env: dict[str, str], ours: dict[str, dict[str, str]], starts: int) -> None:
    fresh("import", OURS, env)  # bytecode is there, as in a deployed package
    times: dict[str, list[tuple[float, float]]] = {"bare": [], **{name: [] for name in ours}}
    for _ in range(starts):
        times["bare"].append(fresh("bare", BARE, env))
        for name, setting in ours.items():
            times[name].append(fresh(name, OURS, setting))
    bare = [statistics.median(kind) for kind in zip(*times["bare"], strict=True)]
    say(
        cold="bare Bolt + Mangum + boto3 DynamoDB client",
        starts=starts,
        cpu_s=round(bare[0], 3),
        wall_s=round(bare[1], 3),
    )
    for name in ours:
        took = [statistics.median(kind) for kind in zip(*times[name], strict=True)]
        say(
            cold=f"bot.slack on {name}",
            starts=starts,
            cpu_s=round(took[0], 3),
            wall_s=round(took[1], 3),
            ratio=round(took[0] / bare[0], 2),
        )


def fresh(name: str, code: str, env: dict[str, str]) -> tuple[float, float]:
    """(processor seconds, wall seconds) of one process."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def say(**line: object) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
