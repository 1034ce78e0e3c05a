"""Evidence: the kinds, their fields, and what is refused."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.evidence import EVIDENCE, EVIDENCE_KINDS, MODELS, ahead

BASE = {"id": "e1", "member": "c1", "source": "wirral-schools", "observed_on": "2013-01-05"}
SPAN = {"from": "2013-01-01", "to": "2013-01-04"}
FIELDS = {
    "school-attendance": SPAN | {"sessions": 10, "authorised": 2, "unauthorised": 8},
    "exclusion": {"on": "2013-01-01", "type": "fixed"},
    "offence": {"on": "2013-01-01", "proven": True},
    "asb-incident": {"on": "2013-01-01", "action": "warning"},
    "police-callout": {"on": "2013-01-01"},
    "domestic-abuse-incident": {"on": "2013-01-01"},
    "homelessness-application": {"on": "2013-01-01"},
    "eviction-notice": {"on": "2013-01-01"},
    "out-of-work-benefit": SPAN | {"benefit": "jsa"},
    "employment": SPAN | {"hours": 30.0},
    "work-programme": SPAN,
    "esf-provision": SPAN,
    "treatment": SPAN | {"status": "engaged"},
    "child-status": SPAN | {"status": "cin"},
    "service-involvement": SPAN | {"service": "camhs"},
    "return": SPAN | {"of": "offence"},
}


def written(kind, /, **changes):
    return BASE | FIELDS[kind] | {"kind": kind} | changes


def faults(raw):
    with pytest.raises(ValidationError) as caught:
        EVIDENCE.validate_python(raw)
    return [fault["msg"] for fault in caught.value.errors()]


def test_every_kind_of_the_design_is_known():
    """The kinds are those of DESIGN section 7 and `return`, each with one model."""
    assert set(EVIDENCE_KINDS) == set(FIELDS) == set(MODELS)


@pytest.mark.parametrize("kind", EVIDENCE_KINDS)
def test_a_piece_of_evidence_comes_back_as_it_was_written(kind):
    """JSON names go in and come out as given, `from` included."""
    raw = written(kind)
    read = EVIDENCE.validate_python(raw)
    assert json.loads(EVIDENCE.dump_json(read)) == raw
    assert isinstance(read, MODELS[kind])
    assert EVIDENCE.validate_json(EVIDENCE.dump_json(read)) == read


def test_unknown_fields_are_dropped():
    """A partner's note is not stored."""
    read = EVIDENCE.validate_python(written("exclusion", note="free text about a child"))
    assert "note" not in read.model_dump()


@pytest.mark.parametrize("kind", ["employment", "out-of-work-benefit", "work-programme", "treatment"])
def test_a_status_without_an_end_is_open(kind):
    """An absent `to` means still open."""
    raw = written(kind)
    del raw["to"]
    assert EVIDENCE.validate_python(raw).to is None


@pytest.mark.parametrize("kind", ["school-attendance", "employment", "return"])
def test_an_end_before_its_beginning_is_refused(kind):
    """`to` before `from` is refused in words that say what to do."""
    assert faults(written(kind, to="2012-12-31")) == [
        "Value error, `to` (2012-12-31) is before `from` (2013-01-01); swap or correct them"
    ]


@pytest.mark.parametrize("kind", ["school-attendance", "employment", "return"])
def test_a_span_of_one_day_is_allowed(kind):
    """`to` on the same day as `from` is one day."""
    assert EVIDENCE.validate_python(written(kind, to="2013-01-01")).to.day == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"sessions": 0, "authorised": 0, "unauthorised": 0},
        {"authorised": -1},
        {"unauthorised": -1},
        {"sessions": "10"},
        {"sessions": 9},
    ],
)
def test_impossible_session_counts_are_refused(changes):
    """Sessions are above nought, absences are not negative, and together never above the sessions."""
    assert faults(written("school-attendance", **changes))


@pytest.mark.parametrize(
    "wrong", ["2013-1-5", "20130105", "2013-01-05T00:00:00", 20130105, 1357344000, "2013-02-30", None]
)
def test_only_a_plain_day_is_a_date(wrong):
    """A time stamp, a number or a day that does not exist is refused."""
    assert faults(written("exclusion", on=wrong))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("exclusion", {"type": "temporary"}),
        ("offence", {"proven": "yes"}),
        ("offence", {"proven": 1}),
        ("treatment", {"status": "maybe"}),
        ("return", {"of": "return"}),
        ("return", {"to": None}),
        ("employment", {"hours": -1}),
        ("employment", {"hours": float("inf")}),
        ("asb-incident", {"id": ""}),
        ("asb-incident", {"kind": "rumour"}),
    ],
)
def test_codes_outside_the_contract_are_refused(kind, changes):
    """A code or value that the contract does not name is refused."""
    assert faults(written(kind, **changes))


@pytest.mark.parametrize(
    ("kind", "field"),
    [("asb-incident", "action"), ("out-of-work-benefit", "benefit"), ("service-involvement", "service")],
)
@pytest.mark.parametrize("word", ["JSA", " jsa ", "Told Wren Nobody to stop", "café", "a" * 200])
def test_what_was_stored_reads_as_it_stands(kind, field, word):
    """A partner's word that was stored is read unchanged, whatever the doors ask of it today."""
    assert getattr(EVIDENCE.validate_python(written(kind, **{field: word})), field) == word


def test_the_sample_feed_is_understood():
    """Every event of the sample partner feed holds a known kind with its fields."""
    feed = Path(__file__).parents[2] / "samples" / "partner-events.ndjson"
    for line in feed.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        kind = event["type"].removeprefix("family-journeys.evidence.")
        read = EVIDENCE.validate_python(BASE | event["data"] | {"kind": kind})
        assert read.kind == kind


@pytest.mark.parametrize(
    ("kind", "days", "expected"),
    [
        ("exclusion", {"on": "2013-01-06"}, "on"),
        ("employment", {"from": "2013-01-06", "to": "2013-01-07"}, "from"),
        ("employment", {"to": "2013-01-06"}, "to"),
        ("return", {"to": "2013-01-06"}, "to"),
        ("return", {"to": "2013-01-05"}, None),
        ("employment", {"to": None}, None),
    ],
)
def test_a_day_after_the_observation_is_named(kind, days, expected):
    """The first field is named whose day lies after the day on which it was observed; that day itself may."""
    assert ahead(EVIDENCE.validate_python(written(kind, **days))) == expected


def test_evidence_is_written_as_it_was_before_it_could_be_put_right():
    """Fields that say how evidence hangs together stand in it only where they say something."""
    plain = EVIDENCE.validate_python(written("employment"))
    assert plain.model_dump().keys() & {"replaces", "recorded", "spell"} == set()
    put_right = EVIDENCE.validate_python(written("employment", replaces="e0", recorded=3, spell="7"))
    assert json.loads(EVIDENCE.dump_json(put_right)) == written("employment", replaces="e0", recorded=3, spell="7")
    told = BASE | {"kind": "withdrawal", "withdraws": "e1"}
    assert json.loads(EVIDENCE.dump_json(EVIDENCE.validate_python(told))) == told
