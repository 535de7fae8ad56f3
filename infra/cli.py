"""The `frontdesk` command. A subcommand's module is imported only when it runs, so `frontdesk read` starts fast."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from handlers.domain.errors import FrontdeskError, RulesError

COMMANDS = {
    "read": (
        "infra.commands.read",
        "Read requests: service, date, time, party and contact, each with its quote.",
    ),
    "rules": ("infra.commands.rules", "Check a rules file, or print its JSON Schema."),
    "run": ("infra.commands.run", "Start the workspace: Frontdesk whole, on this machine."),
    "slots": (
        "infra.commands.slots",
        "Find the slots to propose for a request, and why others are not offered.",
    ),
}
"""Name -> (module that defines `command`, help line). Listing them imports none of them."""


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            known = ", ".join(self.list_commands(ctx))
            raise click.ClickException(f"there is no command {args[0]!r}; choose from: {known}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: frontdesk run. Help on one command: frontdesk rules --help.",
)
@click.version_option(package_name="frontdesk", message="%(prog)s %(version)s")
def cli() -> None:
    """Frontdesk: a Slack-first booking bot for salons, clinics and restaurants.

    Customers ask by form, mail or text; Frontdesk finds times that obey your rules and your calendar, and books
    exactly one person into each.
    """


def main() -> None:
    """The entry point: bad input is one line on stderr and exit 1, never a traceback."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str], command: click.Command = cli) -> int:
    """The exit code: 0 done, 1 bad input, 2 wrong usage, 130 interrupted."""
    try:
        code = command.main(args=args, prog_name="frontdesk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as e:
        click.echo(e.format_message())
        return 0
    except BrokenPipeError:
        sys.stdout = None  # the reader went away (`| head`): nobody is left to tell, not even on exit
        return 1
    except (click.ClickException, click.Abort, KeyboardInterrupt, FrontdeskError, OSError, UnicodeError) as e:
        message, code = _said(e)
        click.echo(f"frontdesk: {' '.join(message.split())}", err=True)
    return code if isinstance(code, int) else 0


def _said(error: BaseException) -> tuple[str, int]:
    match error:
        case click.ClickException():
            ctx = error.ctx if isinstance(error, click.UsageError) else None
            return error.format_message() + (
                f" (see: {ctx.command_path} --help)" if ctx else ""
            ), error.exit_code
        case click.Abort() | KeyboardInterrupt():
            return "stopped", 130
        case RulesError():
            count = len(error.faults)
            more = f" (and {count - 1} more; see: frontdesk rules check)" if count > 1 else ""
            return f"the rules are not valid: {error.faults[0]}{more}", 1
        case UnicodeError():
            return "the input is not UTF-8 text; save it as UTF-8 and try again", 1
        case OSError() if error.filename:
            return f"{error.filename}: {error.strerror}", 1
    return str(error), 1


if __name__ == "__main__":
    main()
