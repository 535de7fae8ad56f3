"""`frontdesk rules`: check a rules file, or print the schema editors use."""

from __future__ import annotations

import json
from pathlib import Path

import click

from handlers.domain.errors import RulesError
from handlers.domain.rules import load
from handlers.domain.rules.lengths import text_lengths
from handlers.domain.rules.source import decode


@click.group()
def command() -> None:
    """Check a rules file, or print its JSON Schema."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check each FILE; print every fault as FILE:LINE:COL: message. Of a valid one, how long its texts become.

    Exit code 0 when all are valid, 1 otherwise.
    """
    return max(_check(file) for file in files)


def _check(file: Path) -> int:
    try:
        rules = load(decode(file.read_bytes()))
    except RulesError as e:
        for fault in e.faults:
            click.echo(f"{file}:{fault}")
        return 1
    except OSError as e:
        click.echo(f"frontdesk: {file}: {e.strerror}", err=True)
        return 1
    resources, services = len(rules.resources), len(rules.services)
    click.echo(f"{file}: fine. {rules.business.name}: {services} services on {resources} resources.")
    click.echo("As texts, with usual names and times:")
    for length in text_lengths(rules):
        click.echo(f"  {length}")
    return 0


@command.command()
def schema() -> None:
    """Print the JSON Schema of a rules file, for an editor that checks while you type."""
    from handlers.domain.rules.schema import schema as made

    click.echo(json.dumps(made(), indent=2))
