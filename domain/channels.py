"""The channels by which a message leaves, and the address that each needs: their names and forms, nothing that sends.

The CLI reads this page as it starts: what is slow to load is loaded when an address is checked.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

ChannelName = Literal["webhook", "email", "govuk-notify", "sms"]
AddressName = Literal["webhook_url", "email", "mobile"]
LONGEST_EMAIL = 254
# One plain address: without quotes, and without what begins an encoded word, a route or a comment, so that mail can be
# made of it and goes to it alone. The last label begins with a letter: of an address in digits it is a number.
_LOCAL, _LABEL, _TAIL = r"[A-Za-z0-9!#$&'*+/^_~-]+", "[A-Za-z0-9]", "(?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL_FORM = rf"^{_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}{_TAIL}\.)*[A-Za-z]{_TAIL}$"


class Address(NamedTuple):
    """A field of a receiver; `check` returns it as it is kept, or raises `ValueError`: the fault; the remedy."""

    name: AddressName
    help: str
    check: Callable[[str], str]
    of_people: bool = True


def _https(text: str) -> str:
    """Refuse a URL that would carry messages unencrypted to another machine; they would not be sent either."""
    from pydantic import HttpUrl, ValidationError  # noqa: PLC0415 - slow to load

    from domain.loopback import is_loopback  # noqa: PLC0415

    try:
        url = HttpUrl(text)
    except ValidationError:
        raise ValueError("not an address; write it like https://partner.example/hook") from None
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise ValueError("without https messages would not be encrypted; write it with https://")
    if url.username or url.password:
        raise ValueError("the address holds a name or a password; leave them out, for each message is signed")
    return str(url)


def is_email(text: str) -> bool:
    """Tell whether mail can be made of an address, and would go to it alone."""
    return len(text) <= LONGEST_EMAIL and re.fullmatch(EMAIL_FORM.strip("^$"), text) is not None


def _email(text: str) -> str:
    if not is_email(text):
        raise ValueError("not one e-mail address; write it like kim@council.example")
    return text


def _mobile(text: str) -> str:
    """Return a mobile number as E.164 writes it; one without a country is British.

    Numbers from 07700 900000 on belong to nobody, and Notify takes some of them for tries:
    https://docs.notifications.service.gov.uk/rest-api.html#send-test-messages
    """
    import phonenumbers  # noqa: PLC0415 - slow to load
    from phonenumbers import PhoneNumberFormat, PhoneNumberType  # noqa: PLC0415

    refused = ValueError("not a mobile number; write it like 07700 900123, or abroad like +353 85 012 3456")
    if not re.fullmatch(r"[+(0-9][0-9 ()./-]*", text, re.ASCII):
        raise refused
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        raise refused from None
    kept = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    mobile = phonenumbers.number_type(number) in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if not mobile and not re.fullmatch(r"\+447700900[0-9]{3}", kept):
        raise refused
    return kept


WEBHOOK_URL = Address("webhook_url", "URL that receives notifications by webhook; https.", _https, of_people=False)
EMAIL = Address("email", "E-mail address, for the channels email and govuk-notify.", _email)
MOBILE = Address("mobile", "Mobile number, for the channel sms.", _mobile)
ADDRESS_OF: Mapping[ChannelName, Address] = {
    "webhook": WEBHOOK_URL,
    "email": EMAIL,
    "govuk-notify": EMAIL,
    "sms": MOBILE,
}
ADDRESSES = tuple(dict.fromkeys(ADDRESS_OF.values()))
BESIDE_EMAIL: Mapping[str, Address] = {  # what our own people may have; each of them has an e-mail address
    address.name: address for address in ADDRESSES if address.of_people and address is not EMAIL
}
FOR_PEOPLE = tuple(name for name, address in ADDRESS_OF.items() if address.of_people)


def checked(given: Mapping[AddressName, str]) -> dict[str, str]:
    """Return addresses as they are kept; raise `ValueError` with the field, the fault and the remedy."""
    kept: dict[str, str] = {}
    for address in ADDRESSES:
        if address.name in given:
            try:
                kept[address.name] = address.check(given[address.name])
            except ValueError as fault:
                raise ValueError(f"{address.name}: {fault}") from None
    return kept
