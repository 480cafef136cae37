"""The command line: `cocreate run | serve | worker | migrate | demo | keys | people | ...`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType

from engagements.measures.spc_reference import DocumentError, run
from tenancy.audit.chain import Mark
from tenancy.errors import Failure

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. An expected failure is one sentence on stderr and exit code 1."""
    chosen = _parser().parse_args(arguments)
    command: Command = chosen.command
    try:
        return command(chosen)
    except (Failure, DocumentError) as failure:
        print(f"cocreate: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cocreate", description="A workspace for consultancies that change culture."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        sub.set_defaults(command=command)
        return sub

    add("run", lambda _: _operations().run(demo=True), "start everything, with the demo")
    add(
        "serve",
        lambda _: _operations().run(demo=False),
        "serve the web; also the worker, unless DATABASE_APP_URL says that it runs elsewhere",
    )
    add("worker", lambda _: _operations().work(), "work through the jobs, beside the web")
    add("migrate", lambda _: _operations().migrate(), "prepare the database of DATABASE_URL")
    add("demo", lambda _: _operations().fill_demo(), "add the fictional demo, unless it is there")
    reach = add(
        "reach",
        lambda chosen: _operations().reach(repair=chosen.verb == "repair"),
        "compare what members reach with their assignments",
    )
    reach.add_argument("verb", choices=["check", "repair"])
    _add_keys(commands.add_parser("keys", help="check the keys of the workspaces, or renew them"))
    _add_people(commands.add_parser("people", help="help somebody who cannot sign in"))
    _add_retention(commands.add_parser("retention", help="show or destroy what is due"))
    _add_audit(commands.add_parser("audit", help="check that nobody changed the trail"))
    _add_sso(commands.add_parser("sso", help="say which domains a workspace's provider signs in"))
    spc = add("spc", _spc, "put series of figures through the SPC rules")
    spc.add_argument(
        "--profile",
        default="cocreate-1",
        choices=["cocreate-1", "nhsr-0.2.2"],
        help="whose rules (default: %(default)s)",
    )
    spc.add_argument("file", metavar="FILE.json", help="a list of input objects; - reads stdin")
    return parser


def _add_keys(keys: argparse.ArgumentParser) -> None:
    verbs = keys.add_subparsers(required=True, metavar="VERB")
    check = verbs.add_parser("check", help="say which keys are needed, and whether they are there")
    check.set_defaults(command=lambda _: _key_commands().check())
    master = verbs.add_parser("master", help="wrap all keys anew with the present master key")
    master.add_argument(
        "--new", action="store_true", help="make a new master key in its file first"
    )
    master.set_defaults(command=lambda chosen: _key_commands().master(new=chosen.new))
    workspace = verbs.add_parser("workspace", help="seal everything of a workspace with a new key")
    which = workspace.add_mutually_exclusive_group(required=True)
    which.add_argument("slug", metavar="SLUG", nargs="?", help="of the workspace")
    which.add_argument("--all", action="store_true", help="every workspace")
    workspace.set_defaults(command=lambda chosen: _key_commands().workspace(chosen.slug))


def _add_retention(retention: argparse.ArgumentParser) -> None:
    verbs = retention.add_subparsers(required=True, metavar="VERB")
    preview = verbs.add_parser("preview", help="count what would be destroyed, and destroy nothing")
    preview.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="by default today")
    preview.set_defaults(
        command=lambda chosen: _retention_commands().preview(chosen.slug, chosen.on)
    )
    run = verbs.add_parser("run", help="destroy what is due today, as is done every night")
    run.set_defaults(command=lambda chosen: _retention_commands().run(chosen.slug))
    for verb in (preview, run):
        verb.add_argument("--workspace", dest="slug", metavar="SLUG", help="by default every one")


def _add_audit(audit: argparse.ArgumentParser) -> None:
    verbs = audit.add_subparsers(required=True, metavar="VERB")
    verify = verbs.add_parser("verify", help="follow the chain, and name the first broken entry")
    verify.add_argument("slug", metavar="SLUG", nargs="?", help="by default every workspace")
    verify.add_argument(
        "--expect",
        dest="noted",
        type=_mark,
        metavar="NUMBER:HASH",
        help="an entry, as an earlier check said it, that must still be the same",
    )
    verify.set_defaults(
        command=lambda chosen: _audit_commands().verify_trails(chosen.slug, chosen.noted)
    )


def _mark(written: str) -> Mark:
    number, _, hash = written.partition(":")
    try:
        return Mark(int(number), bytes.fromhex(hash))
    except ValueError as failure:
        raise argparse.ArgumentTypeError("write it as NUMBER:HASH") from failure


def _audit_commands() -> ModuleType:
    return import_module("frontend.audit_commands")


def _add_people(people: argparse.ArgumentParser) -> None:
    verbs = people.add_subparsers(required=True, metavar="VERB")
    reset = verbs.add_parser(
        "reset-factors",
        help="take away a person's password, second factors and sessions, when they lost them",
    )
    reset.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
    reset.set_defaults(command=lambda chosen: _people_commands().reset(chosen.email))


def _people_commands() -> ModuleType:
    return import_module("frontend.people_commands")


def _add_sso(sso: argparse.ArgumentParser) -> None:
    verbs = sso.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("domains", help="list the domains that owners have named")
    listed.set_defaults(command=lambda _: _sso_commands().domains())
    confirm = verbs.add_parser(
        "confirm-domain", help="lead the addresses of a domain to the workspace's provider"
    )
    confirm.set_defaults(command=lambda chosen: _sso_commands().confirm(chosen.slug, chosen.domain))
    release = verbs.add_parser("release-domain", help="lead them there no longer")
    release.set_defaults(command=lambda chosen: _sso_commands().release(chosen.slug, chosen.domain))
    for verb in (confirm, release):
        verb.add_argument("slug", metavar="SLUG", help="of the workspace")
        verb.add_argument("domain", metavar="DOMAIN", help="such as trust.nhs.uk")


def _sso_commands() -> ModuleType:
    return import_module("frontend.sso_commands")


def _retention_commands() -> ModuleType:
    return import_module("frontend.retention_commands")


def _key_commands() -> ModuleType:
    return import_module("frontend.key_commands")


def _operations() -> ModuleType:
    """What serves; loaded when it is asked for, because `spc` and `--help` need none of it."""
    return import_module("frontend.operations")


def _spc(chosen: argparse.Namespace) -> int:
    try:
        documents = (
            sys.stdin.buffer.read() if chosen.file == "-" else Path(chosen.file).read_bytes()
        )
    except OSError as failure:
        print(f"cocreate: {chosen.file} cannot be read: {failure.strerror}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(run(documents, chosen.profile) + b"\n")
    return 0
