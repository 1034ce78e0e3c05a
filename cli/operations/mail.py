"""`journeys mail test`: whether reminders would arrive, tried on day one and not in the first week."""

from typing import Annotated

import typer

from cli.operations.stack import AsJson, Data, explained

app = typer.Typer(help="The mail server of reminders.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def mail() -> None:
    """The mail server of reminders."""


@app.command("test")
def send_trial(
    address: Annotated[str, typer.Argument(help="Who gets the test mail, such as kim@council.example.")],
    *,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Send one test mail through the mail server of the system on this machine, as a reminder would be sent.

    Exit code: 0 the mail server took it, 1 it did not, with the reason.

    Example: journeys mail test kim@council.example
    """
    with explained():
        from stack import mail_trial

        server = mail_trial.send(data, address)
    if as_json:
        from cli.core import output as write

        write.as_json({"sent_to": address, "mail_server": server})
    else:
        typer.echo(f"The mail server {server} took the test mail for {address}. Look in that mailbox.")
