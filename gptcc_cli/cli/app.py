"""The command line, made from the table of commands.

A command's options and help are its options class; its work is a function. Both are imported when
the command is named, so that ``gptcc --help`` and ``gptcc check`` on a cached file stay fast. Typer
splits the command line, shows help and completes; values are read as their definitions say, because
Typer's own reader imports pydantic, which takes longer than everything else that those two commands
do.
"""

import gc
import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from enum import Enum
from importlib import import_module
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

import gptcc_cli
from gptcc_cli.options import COMMANDS, CommandEntry, GroupEntry
from gptcc_cli.options.definition import Parameter, build, parameters_of

_SETTINGS: dict[str, Any] = {
    # Plain help: rich alone would take as long as all the rest of `gptcc --help`.
    "rich_markup_mode": None,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


def make_app() -> TyperGroup:
    """Return the ``gptcc`` command; what is below it is made when it is named."""
    app = typer.Typer(**{**_SETTINGS, "add_completion": True}, name="gptcc", cls=_LazyGroup)
    app.callback(invoke_without_command=True)(_gptcc)
    return _group(app, COMMANDS)


class _LazyGroup(TyperGroup):
    """A group that shows its table as help, without making the commands."""

    has_options = True
    table: Mapping[str, CommandEntry | GroupEntry]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before a command's name."""
        self.has_options = not args or args[0].startswith("-")
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the group's own options; none where a command's name comes first."""
        return super().get_params(ctx) if self.has_options else []

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the table of commands."""
        with formatter.section("Commands"):
            width = formatter.width - 6 - max(map(len, self.table))
            rows = [(name, _shortened(entry.summary, width)) for name, entry in self.table.items()]
            formatter.write_dl(rows)


class _LazyCommands(dict[str, Any]):
    """Commands by name, made when they are asked for."""

    def __init__(self, table: Mapping[str, CommandEntry | GroupEntry]) -> None:
        super().__init__(dict.fromkeys(table))
        self._table = table

    def __getitem__(self, name: str) -> Any:
        if super().__getitem__(name) is None:
            self[name] = _made(name, self._table[name])
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - dict.get makes nothing

    def items(self) -> Any:
        return [(name, self[name]) for name in self]


class _OptionsCommand(TyperCommand):
    """A command whose values are read as the definitions of its options say."""

    parameters: Mapping[str, Parameter]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read a command line into ``ctx.params``."""
        if ctx.resilient_parsing:  # a shell completes
            return super().parse_args(ctx, args)
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        for param in self.get_params(ctx):
            if param.name not in self.parameters and param.name in given:
                param.handle_parse_result(ctx, given, rest)  # --help
        if rest:
            ctx.fail(f"unexpected extra argument(s) ({' '.join(rest)})")
        for param in self.get_params(ctx):
            if (parameter := self.parameters.get(param.name or "")) is None:
                continue
            value, source = param.consume_value(ctx, given)
            if value in (None, ()) or source.name == "DEFAULT":
                if parameter.default is MISSING:
                    ctx.fail(f"missing argument {parameter.definition.metavar!r}")
                continue
            try:
                ctx.params[parameter.name] = _read(parameter, value)
            except ValueError as error:
                names = parameter.definition.names or (parameter.definition.metavar or "",)
                hint = " / ".join(map(repr, names))
                if source.name == "ENVIRONMENT":
                    hint += f" (from {parameter.definition.envvar})"
                raise typer.BadParameter(str(error), ctx=ctx, param_hint=hint) from None
        ctx.args = rest
        return rest

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what follows the command in a line of usage."""
        params = [param for param in self.get_params(ctx) if param.param_type_name == "argument"]
        return ["[OPTIONS]", *(self._argument_name(param) for param in params)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, by the names that usage has, and the options."""
        arguments, options = [], []
        for param in self.get_params(ctx):
            if (record := param.get_help_record(ctx)) is None:
                continue
            if param.param_type_name == "argument":
                arguments.append((self._argument_name(param), record[1]))
            else:
                options.append(record)
        for title, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def _argument_name(self, param: Any) -> str:
        return self.parameters[param.name].definition.metavar or param.name


def _read(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(parameter.read(one) for one in value)
    return parameter.read(value)


def _made(name: str, entry: CommandEntry | GroupEntry) -> Any:
    if isinstance(entry, GroupEntry):
        app = typer.Typer(**_SETTINGS, name=name, cls=_LazyGroup, help=entry.summary)
        app.callback(invoke_without_command=True)(_show_help_unless_called)
        return _group(app, entry.commands)
    app = typer.Typer(**_SETTINGS)
    parameters = parameters_of(entry.options_type)
    app.command(name, cls=_OptionsCommand)(_callback(entry, parameters))
    command = typer.main.get_command(app)
    assert isinstance(command, _OptionsCommand)
    command.parameters = {parameter.name: parameter for parameter in parameters}
    return command


def _group(app: typer.Typer, table: Mapping[str, CommandEntry | GroupEntry]) -> TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, _LazyGroup)
    group.table = table
    group.commands = _LazyCommands(table)
    return group


def _callback(entry: CommandEntry, parameters: tuple[Parameter, ...]) -> Callable[..., None]:
    """Return a function with the signature that Typer makes options of."""

    def callback(context: typer.Context) -> None:
        options = build(entry.options_type, context.params)
        run = _imported(f"gptcc_cli.commands.{entry.run}")
        gc.enable()
        raise typer.Exit(run(options) or 0)

    def with_values(context: typer.Context, **_: Any) -> None:
        callback(context)

    inputs = [_signature_parameter(parameter) for parameter in parameters]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    with_values.__signature__ = inspect.Signature([context, *inputs])  # type: ignore[attr-defined]
    with_values.__doc__ = entry.options_type.__doc__
    return with_values


def _signature_parameter(parameter: Parameter) -> inspect.Parameter:
    definition = parameter.definition
    common: dict[str, Any] = {
        "help": parameter.help,
        "metavar": parameter.metavar,
        "envvar": definition.envvar,
        "autocompletion": _completer(parameter),
    }
    kind: Any = bool if parameter.type is bool else list[str] if parameter.multiple else str
    if getattr(parameter.type, "__origin__", None) is tuple and definition.parse is None:
        kind = tuple[str, str]
    default = _shown_default(parameter)
    if not definition.names:
        info = typer.Argument(**common, show_default=default is not None)
    else:
        info = typer.Option(
            *definition.names, **common, show_default=default not in (None, False) or "..."
        )
        info.show_default = default not in (None, False)
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, info],
        default=None if parameter.multiple else default,
    )


def _shown_default(parameter: Parameter) -> Any:
    """Return a default as a command line would give it."""
    default = parameter.default
    if default is MISSING or default is None or isinstance(default, bool):
        return None if default is MISSING else default
    if isinstance(default, Enum):
        return default.value
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _completer(parameter: Parameter) -> Callable[..., Any] | None:
    """Return what completes a value in a shell; ``None``: the shell offers files."""
    name, choices = parameter.definition.complete, parameter.choices

    def complete(context: typer.Context, incomplete: str) -> Any:
        if choices:
            return [choice for choice in choices if choice.startswith(incomplete)]
        return _imported(f"gptcc_cli.cli.completion:complete_{name}")(context, incomplete)

    return complete if name or choices else None


def _imported(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _shortened(text: str, width: int) -> str:
    """Return a summary's first sentence, cut at a word to fit."""
    text = text.partition(". ")[0].rstrip(".") + "."
    if len(text) <= width:
        return text
    return text[: width - 3].rsplit(" ", 1)[0] + "..."


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gptcc {gptcc_cli.__version__}")
        raise typer.Exit()


def _show_help_unless_called(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def _gptcc(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Write many candidate programs for a problem, and print one that passes its samples.

    Start with: gptcc solve problem.txt
    """
    del version
    _show_help_unless_called(context)
    assert context.invoked_subcommand is not None
    if context.invoked_subcommand != "config":
        from gptcc_cli.options.settings import file_defaults

        context.default_map = file_defaults(context.invoked_subcommand)
