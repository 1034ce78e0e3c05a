"""The words of messages: everything of the allowed categories is said, and nothing of any other, in every form."""

import json
from datetime import date, timedelta
from itertools import chain, combinations
from typing import get_args

import pytest
from jinja2 import UndefinedError

from activities.delivery import templates
from activities.delivery.channels import CHANNELS
from domain.categories import Category
from domain.family import Member
from domain.journey.disclosure import disclosed, payload
from domain.journey.effects import Notify, Remind
from domain.journey.state import Journey
from wiring.settings import Settings

CATEGORIES = get_args(Category)
SUBSETS = list(chain.from_iterable(combinations(CATEGORIES, size) for size in range(len(CATEGORIES) + 1)))
ON = date(1999, 12, 31)
MARKS = {
    "stage": {"markabout", "markstage"},
    "dates": {"1999-12-31"},
    "key-worker": {"markholder"},
    "criteria": {"markcriterion"},
    "needs": {"markneed"},
    "outcome": {"markoutcome"},
    "members": {"7001", "7002"},
}
REFERENCE = "markreference"
# A value for every field of a journey; what no category opens is marked too, and must never be seen.
SECRETS = {name: f"secret-{name}" for name in Journey.model_fields}
SEEN = {
    "reference": REFERENCE,
    "stage": "markstage",
    "key_worker": "markholder",
    "criteria": ("markcriterion",),
    "needs": ("markneed",),
    "outcome": "markoutcome",
    "members": (Member(id="m1", role="adult"),) * 7001 + (Member(id="m2", role="child"),) * 7002,
    "closed_on": ON + timedelta(days=1),
}
JOURNEY = Journey().model_copy(update=SECRETS | SEEN)
SETTINGS = Settings(database_url="", temporal_address="", secrets_dir="nowhere")
BY_NAME = {channel.name: channel for channel in (each(SETTINGS, None) for each in CHANNELS)}


def told(categories):
    """A partner's message of these categories, of a family that has a mark in every field."""
    message = Notify(
        effect_id="secret-effect",
        partner="secret-partner",
        about="markabout",
        on=ON,
        purpose="secret-purpose",
        categories=categories,
    )
    made = templates.notice(disclosed(message, JOURNEY))
    assert made.payload == payload(message, JOURNEY)
    return made


@pytest.mark.parametrize("categories", SUBSETS, ids="+".join)
def test_all_of_the_categories_is_said(categories):
    """For every set of categories, each form of the message says what they open, and the reference."""
    message = told(categories)
    allowed = set().union(*(MARKS[category] for category in categories))
    forms = {
        "text": f"{message.subject}\n{message.text}",
        "html": message.html,
        "webhook": json.dumps(BY_NAME["webhook"].says(message)),
        "govuk-notify": json.dumps(BY_NAME["govuk-notify"].says(message)),
    }
    for form, text in forms.items():
        assert marks(text) == allowed, form
        assert REFERENCE in text, form


@pytest.mark.parametrize("categories", SUBSETS, ids="+".join)
def test_nothing_outside_the_categories_leaves_by_any_channel(categories):
    """For every set of categories and every channel there is, no mark is seen but of the categories; no secret ever."""
    message = told(categories)
    allowed = set().union(*(MARKS[category] for category in categories))
    for name, channel in BY_NAME.items():
        text = json.dumps(channel.says(message))
        assert marks(text) <= allowed, name
        assert REFERENCE in text, name
        assert "secret" not in text.lower(), name


def marks(text):
    """The marks that are seen in a text."""
    return {mark for mark in set().union(*MARKS.values()) if mark in text.lower()}


def test_every_category_has_its_marks():
    """A new category is looked for here as well."""
    assert set(MARKS) == set(CATEGORIES)


def test_html_is_escaped_and_text_is_not():
    """A value cannot become markup; plain text says it as it is."""
    message = templates.notice({"reference": "F-1", "about": "closed", "key_worker": "<b>kim & co</b>"})
    assert "&lt;b&gt;kim &amp; co&lt;/b&gt;" in message.html
    assert "<b>kim & co</b>" in message.text


def test_a_missing_value_is_an_error():
    """No message goes out with a gap in it."""
    with pytest.raises(UndefinedError):
        templates.notice({"about": "closed"})


@pytest.mark.parametrize(("escalation", "said"), [(False, "is due on 1999-12-31"), (True, "is still outstanding")])
def test_a_reminder_says_the_same_in_both_forms(escalation, said):
    """Text and HTML name the work, its day and how to acknowledge it, and the family by reference alone."""
    message = Remind(
        effect_id="e",
        reminder_id="plan.1.1999-12-31.remind+0",
        work="plan",
        due_on=ON,
        to="holder",
        escalation=escalation,
    )
    message = templates.reminder(message, Journey(reference="F-1", stage="assessment", key_worker="kim"))
    for form in (message.text, message.html):
        assert said in form
        assert "F-1" in form
        assert "journeys ack F-1 plan.1.1999-12-31.remind+0" in form
    assert message.subject == f"{'Escalated: ' if escalation else ''}Plan for F-1, due 1999-12-31"
