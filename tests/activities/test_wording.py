"""The words of messages: everything of the allowed categories is said, and nothing of any other, in every form."""

import json
from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from jinja2 import UndefinedError

from activities.delivery import templates
from activities.delivery.govuk_notify import personalisation
from domain.categories import CATEGORIES
from domain.family import Member
from domain.journey.disclosure import disclosed, payload
from domain.journey.effects import Notify, Remind
from domain.journey.state import Journey

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


def forms(categories):
    """Every form in which a partner is told: text, HTML, the body of a webhook, what fills the template at Notify."""
    message = Notify(
        effect_id="secret-effect",
        partner="secret-partner",
        about="markabout",
        on=ON,
        purpose="secret-purpose",
        categories=categories,
    )
    words = templates.notice(disclosed(message, JOURNEY))
    return {
        "text": f"{words.subject}\n{words.text}",
        "html": words.html,
        "webhook": json.dumps(payload(message, JOURNEY)),
        "govuk-notify": json.dumps(personalisation(words)),
    }


@pytest.mark.parametrize("categories", SUBSETS, ids="+".join)
def test_nothing_outside_the_categories_is_said(categories):
    """For every set of categories and every form, the marks seen are the reference's and those of the categories."""
    allowed = set().union(*(MARKS[category] for category in categories))
    every = set().union(*MARKS.values())
    for form, text in forms(categories).items():
        assert {mark for mark in every if mark in text.lower()} == allowed, form
        assert REFERENCE in text, form
        assert "secret" not in text.lower(), form


def test_every_category_has_its_marks():
    """A new category is looked for here as well."""
    assert set(MARKS) == set(CATEGORIES)


def test_html_is_escaped_and_text_is_not():
    """A value cannot become markup; plain text says it as it is."""
    words = templates.notice({"reference": "F-1", "about": "closed", "key_worker": "<b>kim & co</b>"})
    assert "&lt;b&gt;kim &amp; co&lt;/b&gt;" in words.html
    assert "<b>kim & co</b>" in words.text


def test_a_missing_value_is_an_error():
    """No message goes out with a gap in it."""
    with pytest.raises(UndefinedError):
        templates.notice({"about": "closed"})


@pytest.mark.parametrize(("escalation", "said"), [(False, "is due on 1999-12-31"), (True, "is still owed")])
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
    words = templates.reminder(message, Journey(reference="F-1", stage="assessment", key_worker="kim"))
    for form in (words.text, words.html):
        assert said in form
        assert "F-1" in form
        assert "journeys ack F-1 plan.1.1999-12-31.remind+0" in form
    assert words.subject == f"{'Escalated: ' if escalation else ''}Plan for F-1, due 1999-12-31"
