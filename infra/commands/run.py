"""`frontdesk run`: the workspace."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from infra.local.workspace import Workspace

READY_SECONDS = 60


@click.command("run")
@click.option(
    "--port", default=8000, show_default=True, help="Where it listens, on 127.0.0.1. 0 takes a free one."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".frontdesk"),
    show_default=True,
    help="Its folder. Everything is kept there; a new folder starts afresh.",
)
@click.option("--at", default="", metavar="ISO", help="What time the clock of a new folder starts at.")
@click.option(
    "--rules",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Your rules file; it is watched. Without it, a sample salon is put into the folder.",
)
@click.option("--headless", is_flag=True, help="Opens no browser; prints `ready URL` when it is.")
@click.option(
    "--store", type=click.Choice(["sqlite", "dynamodb"]), default="sqlite", show_default=True,
    help="Where the state is kept. DynamoDB is found by the standard AWS_* variables.",
)  # fmt: skip
def command(port: int, data: Path, at: str, rules: Path | None, *, headless: bool, store: str) -> None:
    """Run the whole desk on this machine, with a local Slack, mailbox, phone and calendar.

    Nothing needs to be configured. Open http://127.0.0.1:8000/workspace and follow the first steps.
    """
    listening = _listen(port)
    from handlers import logs
    from handlers.domain.errors import RulesError
    from infra.local import environment
    from infra.local.workspace import Options, Workspace, place_rules, set_clock

    logs.set_up(logging.WARNING)  # what happens stands in the workspace's own log
    options = Options(data.resolve(), listening.getsockname()[1], rules.resolve() if rules else None, at)
    try:
        place_rules(options)
        set_clock(options)
        stand_ins = environment.prepare(options.folder, options.base_url, store)
        if store == "dynamodb":
            _make_table()
        from handlers.bootstrap import desk

        workspace = Workspace(options, desk(), stand_ins)
        workspace.open()
    except RulesError as refused:
        for fault in refused.faults:
            print(f"{rules or options.rules_path}:{fault}", file=sys.stderr)
        sys.exit(1)
    except FileNotFoundError as missing:
        _fail(f"There is no file {missing.filename}.")
    except ValueError as problem:
        _fail(str(problem))
    _serve(workspace, listening, headless=headless)


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError:
        _fail(f"Port {port} is taken. Stop what uses it, or choose another: frontdesk run --port {port + 1}")
    return listening


def _fail(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    sys.exit(1)


def _make_table() -> None:
    """The table, where there is none yet."""
    from botocore.exceptions import BotoCoreError, ClientError

    from handlers.adapters.dynamodb import create_table, make_client

    kind, _, name = os.environ["FRONTDESK_STORE"].partition(":")
    if kind != "dynamodb":
        return
    client = make_client()
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        create_table(client, name)
    except (BotoCoreError, ClientError) as problem:
        _fail(f"DynamoDB can't be reached: {problem}")


def _serve(workspace: Workspace, listening: socket.socket, *, headless: bool) -> None:
    import uvicorn

    from infra.local.app import build_app

    config = uvicorn.Config(
        build_app(workspace),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    greeter = threading.Thread(target=_greet, args=(workspace, server, headless), daemon=True)
    greeter.start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # Ctrl-C has stopped the server already
    finally:
        workspace.stop()
    if not headless:
        print("\nStopped. Your data stays; the same command goes on from here.")


def _greet(workspace: Workspace, server: object, headless: bool) -> None:
    """Once the server answers: sample data on a first start, then what to do next."""
    from infra.local.sample.seed import seed

    waited = 0.0
    while not getattr(server, "started", False):
        time.sleep(0.02)
        waited += 0.02
        if waited > READY_SECONDS:
            return
    workspace.work()
    seed(workspace)
    url = workspace.options.base_url
    if headless:
        print(f"ready {url}", flush=True)
        return
    rules = workspace.desk.rules.current()
    print(
        f"""
  {rules.business.name} is open: {rules.zone.say(workspace.clock.now())} ({rules.zone.name})

  Workspace       {url}/workspace
  Booking form    {url}/forms/book
  Your rules      {workspace.options.rules_path}
  Data            {workspace.options.folder}

  Next, in the workspace:
    1. Mailbox: write to the business as a customer
    2. Slack: approve the card in {rules.business.desk}
    3. Mailbox: pick one of the times

  Stop with Ctrl-C.
""",
        flush=True,
    )
    if sys.stdout.isatty():
        webbrowser.open(f"{url}/workspace")
