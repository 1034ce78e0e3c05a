"""Channels and the addresses they need: what is kept of an address, and what is refused with its remedy."""

from typing import get_args

import pytest

from domain.channels import ADDRESS_OF, ADDRESSES, BESIDE_EMAIL, FOR_PEOPLE, AddressName, ChannelName, checked


def test_every_channel_has_its_address():
    """Whatever an agreement may name says which address it needs, and every name of an address is one's."""
    assert set(ADDRESS_OF) == set(get_args(ChannelName))
    assert [address.name for address in ADDRESSES] == list(get_args(AddressName))


def test_people_are_reached_by_mail_and_never_by_a_webhook():
    """Everybody has an e-mail address; what else a person may have is no URL."""
    assert FOR_PEOPLE[0] == "email"
    assert not {"email", "webhook_url"} & set(BESIDE_EMAIL)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("email", "kim@council.example", "kim@council.example"),
        ("webhook_url", "https://partner.example/hook", "https://partner.example/hook"),
        ("webhook_url", "HTTPS://Partner.example", "https://partner.example/"),
        ("webhook_url", "http://127.0.0.1:8080/hook", "http://127.0.0.1:8080/hook"),
        ("webhook_url", "http://[::1]/hook", "http://[::1]/hook"),
        ("webhook_url", "http://localhost/hook", "http://localhost/hook"),
    ],
)
def test_what_is_kept(name, given, kept):
    """An address is kept in one form."""
    assert checked({name: given}) == {name: kept}


@pytest.mark.parametrize(
    ("name", "given", "fault"),
    [
        ("email", "kim", "email: not one e-mail address; write it like kim@council.example"),
        ("email", "a@b.example,c@d.example", "email: not one e-mail address; write it like kim@council.example"),
        ("webhook_url", "hook", "webhook_url: not an address; write it like https://partner.example/hook"),
        ("webhook_url", "", "webhook_url: not an address; write it like https://partner.example/hook"),
        (
            "webhook_url",
            "http://partner.example/hook",
            "webhook_url: without https messages would not be encrypted; write it with https://",
        ),
    ],
)
def test_what_is_refused(name, given, fault):
    """An address that no message can be sent to is refused with its field, the fault and the remedy."""
    with pytest.raises(ValueError, match="; ") as refused:
        checked({name: given})
    assert str(refused.value) == fault
