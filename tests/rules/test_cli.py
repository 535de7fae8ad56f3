"""`frontdesk`: help without imports, one calm line for bad input, faults as FILE:LINE:COL."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import jsonschema
import pytest
from click.testing import CliRunner

from handlers.domain.errors import Fault, NotFound, RulesError
from infra.cli import COMMANDS, cli, run
from tests.rules.sample import GOOD


def rules_file(tmp_path, text, name="rules.yml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_valid_file_gets_one_calm_line_and_the_length_of_its_texts(tmp_path):
    path = rules_file(tmp_path, GOOD)
    result = CliRunner().invoke(cli, ["rules", "check", path], standalone_mode=False)
    assert result.return_value == 0
    first, *lengths = result.output.splitlines()
    assert first == f"{path}: fine. Fig Studio: 2 services on 3 resources."
    assert "  confirmation: 1 text (87 of 160 characters)" in lengths


def test_faults_are_printed_with_file_line_and_column_and_good_files_still_count(tmp_path, capsys):
    good = rules_file(tmp_path, GOOD)
    bad = rules_file(tmp_path, GOOD.replace("minutes: 60", "minutes: sixty"), "bad.yml")
    assert run(["rules", "check", bad, good]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"{bad}:41:14: ")
    assert out[1].startswith(f"{good}: fine.")
    assert not [line for line in out if "bad.yml: fine" in line]


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"version: \xff", "UTF-8"), (b"", "empty"), (b"\x00\x01", "control character")],
)
def test_bad_input_is_one_line_and_exit_1(tmp_path, capsys, content, says):
    path = tmp_path / "rules.yml"
    if content is not None:
        path.write_bytes(content)
    assert run(["rules", "check", str(path)]) == 1
    said = capsys.readouterr()
    (line,) = (said.out + said.err).splitlines()
    assert says in line
    assert str(path) in line


def test_a_folder_is_not_a_rules_file(tmp_path, capsys):
    assert run(["rules", "check", str(tmp_path)]) == 1
    assert "directory" in capsys.readouterr().err.lower()


def test_the_schema_is_json(capsys):
    assert run(["rules", "schema"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_a_command_that_does_not_exist_names_those_that_do(capsys):
    assert run(["bok"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert all(name in line for name in COMMANDS)


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"], ["rules"], ["rules", "check", "--help"]])
def test_help_is_help(args, capsys):
    assert run(args) == 0
    assert "Usage: frontdesk" in capsys.readouterr().out


def test_wrong_usage_is_one_line_that_points_to_help(capsys):
    assert run(["rules", "check"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "frontdesk rules check --help" in line


def test_listing_commands_imports_none_of_them():
    code = (
        "import sys; from infra.cli import run; run(['--help']); "
        "bad = [m for m in sys.modules if m.startswith(('infra.commands.', 'yaml', 'pydantic', 'boto3'))]; "
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (RulesError([Fault(3, 1, "no"), Fault(4, 1, "no")]), 1, "3:1: no (and 1 more"),
        (NotFound("file", "x"), 1, "no file 'x'"),
        (FileNotFoundError(2, "No such file or directory", "in.jsonl"), 1, "in.jsonl: No such file"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), 1, "UTF-8"),
        (click.Abort(), 130, "stopped"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_an_error_on_purpose_is_one_line(error, code, says, capsys):
    @click.command()
    def fails():
        raise error

    assert run([], fails) == code
    (line,) = capsys.readouterr().err.strip().splitlines()  # click ends the ^C line
    assert says in line


def test_a_mistake_of_ours_is_not_hidden():
    @click.command()
    def fails():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([], fails)
