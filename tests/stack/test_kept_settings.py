"""What `up` keeps beside the ports: the programme and mail, and how it refuses what it cannot use."""

import socket

import pytest

from stack import kept_settings
from stack.errors import PortTaken, StackError
from stack.kept_settings import KEPT, described, differing, kept, over, require_programme
from stack.ports import is_free, require_free
from wiring.settings import Settings

MAIL = {"JOURNEYS_SMTP_HOST": "mail.council.example", "JOURNEYS_SMTP_PORT": "587"}


def test_settings_not_given_are_those_of_the_last_time():
    """The environment goes over what was kept, an empty variable forgets one, and no other variable is kept."""
    before = {"JOURNEYS_PROGRAMME": "kent-2011", **MAIL}
    told = kept(before, {"JOURNEYS_SMTP_HOST": "other.example", "JOURNEYS_SMTP_PORT": " ", "JOURNEYS_TOKEN": "secret"})
    assert told == {"JOURNEYS_PROGRAMME": "kent-2011", "JOURNEYS_SMTP_HOST": "other.example"}


def test_a_process_gets_exactly_what_is_kept():
    """A variable that was forgotten does not come back by way of the shell's environment."""
    assert over({"PATH": "/bin", "JOURNEYS_SMTP_HOST": ""}, {}) == {"PATH": "/bin"}


def test_what_a_running_stack_does_not_have_is_named():
    """A variable that says something else than the stack that runs is named; one that says the same is not."""
    assert differing(MAIL, {**MAIL, "JOURNEYS_SMTP_PORT": "25"}) == ["JOURNEYS_SMTP_PORT"]


def test_what_is_kept_is_a_setting_and_no_secret():
    """Every kept variable is a setting of the processes, and the usual programme is theirs."""
    known = {f"JOURNEYS_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert set(KEPT) <= set(known)
    assert known["JOURNEYS_PROGRAMME"].default == kept_settings.USUAL


def test_status_says_that_no_mail_is_sent():
    """Without a mail server it is said that no reminder is sent; with one, which."""
    assert described({})[1] == "none: no reminder is sent; set JOURNEYS_SMTP_HOST"
    assert described(MAIL) == ("wirral-2012", "mail.council.example:587 (starttls)")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("packs/northshire.toml", "Set it to one of base, kent-2011. Add a pack of your own with: journeys programmes"),
        ("kent-2012", "did you mean kent-2011? Add a pack of your own with: journeys programmes add FILE"),
    ],
)
def test_a_programme_that_is_none_is_refused_in_one_line(name: str, said: str):
    """The line names the variable, its value and what to type."""
    with pytest.raises(StackError) as refused:
        require_programme({"JOURNEYS_PROGRAMME": name}, ["base", "kent-2011"])
    line = str(refused.value)
    assert (f"JOURNEYS_PROGRAMME names no programme: {name}" in line, said in line, "\n" in line) == (True, True, False)


def test_a_taken_port_offers_the_next_free_one():
    """The flag that is offered names a port that can be had."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(PortTaken, match="take the next free one with --ui-port") as taken:
            require_free(server.getsockname()[1], "Temporal's UI", "--ui-port")
        assert is_free(taken.value.free or 0)
