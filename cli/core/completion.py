"""Completion for the shell: the script that makes Tab finish commands, options and their values."""

from typing import Annotated, Literal

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def completion(shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="bash, zsh or fish.")]) -> None:
    """Print the completion script of a shell.

    For bash and zsh put eval "$(journeys completion bash)" into its start file; fish reads its completions folder.

    Example: journeys completion bash
    """
    # Not among the names that the module exports by its types, but where its own option finds it.
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    typer.echo(get_completion_script(prog_name="journeys", complete_var="_JOURNEYS_COMPLETE", shell=shell))
