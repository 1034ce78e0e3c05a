"""The settings that `up` keeps with the ports, so that the next `up` needs no variables: the programme and mail.

None is a secret: the mail server's user and password are files of the secrets folder.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from stack.errors import StackError

PROGRAMME, MAIL_HOST = "JOURNEYS_PROGRAMME", "JOURNEYS_SMTP_HOST"
KEPT = (PROGRAMME, MAIL_HOST, "JOURNEYS_SMTP_PORT", "JOURNEYS_SMTP_TLS", "JOURNEYS_SMTP_CA_FILE", "JOURNEYS_MAIL_FROM")
USUAL = "wirral-2012"  # as in wiring/settings.py; a test holds them to each other


def kept(before: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings from now on: those of the environment over those before; an empty one forgets the setting."""
    given = {name: environment[name].strip() for name in KEPT if name in environment}
    return {name: value for name, value in {**before, **given}.items() if value and name in KEPT}


def differing(running: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """Return the settings that the environment gives and a running stack has otherwise."""
    given = kept(running, environment)
    return [name for name in KEPT if given.get(name) != running.get(name)]


def over(environment: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with exactly these of the kept settings."""
    return {name: value for name, value in environment.items() if name not in KEPT} | dict(settings)


def require_programme(settings: Mapping[str, str], known: list[str]) -> None:
    """Raise `StackError` in one line when the programme of the settings is none of the `known`."""
    name = settings.get(PROGRAMME, USUAL)
    if name in known:
        return
    shown = "".join(symbol if symbol.isprintable() else "?" for symbol in name)[:80]
    near = get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"Set it to one of {', '.join(known)}."
    raise StackError(
        f"{PROGRAMME} names no programme: {shown}. {remedy} Add a pack of your own with: journeys programmes add FILE"
    )


def described(settings: Mapping[str, str]) -> tuple[str, str]:
    """Return the programme and the mail server as `status` shows them."""
    host = settings.get(MAIL_HOST)
    port, tls = settings.get("JOURNEYS_SMTP_PORT", "25"), settings.get("JOURNEYS_SMTP_TLS", "starttls")
    mail = f"{host}:{port} ({tls})" if host else f"none: no reminder is sent; set {MAIL_HOST}"
    return settings.get(PROGRAMME, USUAL), mail
