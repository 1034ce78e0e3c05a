"""Hypothesis strategies for every event and every command, from small pools so that they meet one another."""

from datetime import UTC, date, datetime
from typing import Any, get_args

from given import LATER, MEMBERS, REFERRAL, REFERRED_ON, noon
from hypothesis import strategies as st

from domain.case_words import Closing, ConcernAnswer, ConcernKind, DoCode, NoteKind, Relation
from domain.claims.states import ClaimState
from domain.evidence import EVIDENCE
from domain.family import Basis, Consent, Member, Role, Scheme
from domain.journey.commands import AnyCommand, Command, CorrectEvent, Judged, Personal, Proposed, Restored, Same
from domain.journey.effects import Notify, Remind
from domain.journey.events import (
    AnyEvent,
    CheckVerdict,
    ClawbackDecision,
    ContactField,
    ContactKind,
    Correctable,
    Counterpart,
    DeliveryFault,
    ErasureReason,
    FamilyMerged,
    FamilyReferred,
    IdentifierChange,
    JoinedReferral,
    Joining,
    JourneyClosed,
    Leaving,
    Outcome,
    PersonField,
    ReviewOutcome,
    Verdict,
)
from domain.journey.events.families import Change
from domain.journey.evolve import fold
from domain.journey.facts import Caseload, Facts, Household, PlacesTaken, StillOpen, Taken
from domain.journey.state import Journey
from domain.programme.clocks import Holder, Work
from domain.programme.eligibility import Judgement
from domain.stays import Away
from tests.facts import WithFacts

EVENTS = get_args(get_args(AnyEvent)[0])
COMMANDS = get_args(get_args(AnyCommand)[0])
CORRECTABLE = get_args(get_args(Correctable)[0])

days = st.dates(date(2011, 6, 1), date(2016, 6, 1))
moments = st.datetimes(datetime(2011, 6, 1), datetime(2016, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
reminders = st.sampled_from(["plan.4.2012-06-13.remind+0", "check.8.2013-06-03.remind+0", "x"])
effects = st.sampled_from(["j:1:1", "j:2:1"])
workers = st.sampled_from(["kim", "lee", "max"])
partners = st.sampled_from(["police", "schools", "library"])
needs = st.lists(st.sampled_from(["debt", "school", "health"]), min_size=1, max_size=3).map(tuple)
criteria = st.lists(st.sampled_from(["poverty", "addiction", "crime", "noise"]), max_size=3).map(tuple)
consents = st.sampled_from(["k1", "k2"])


_theirs = FamilyReferred.model_validate(
    {
        **REFERRAL,
        "at": noon(REFERRED_ON),
        "on": REFERRED_ON,
        "reference": "F-2222-2222",
        "journey_id": "journey:wirral:F-2222-2222:1",
    }
)
_ended = JourneyClosed(at=noon(LATER), on=LATER, outcome="moved-away")
_merged = FamilyMerged(at=noon(LATER), on=LATER, into="F-7K3Q-9D2X", reason="referred-twice", people=())


def _one_of(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))


def _built(kind: Any, /, **instead: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    by_name = FIELDS | {"verdict": _verdict(kind), "outcome": _outcome(kind)} | instead
    return st.builds(kind, **{name: by_name[name] for name in kind.model_fields if name != "type"})


def _verdict(kind: Any) -> st.SearchStrategy[Any]:
    return _one_of(CheckVerdict if "check" in kind.model_fields["type"].default else Verdict)


def _outcome(kind: Any) -> st.SearchStrategy[Any]:
    return _one_of(ReviewOutcome if "review" in kind.model_fields["type"].default else Outcome)


basis = st.builds(
    Consent,
    id=consents,
    basis=_one_of(Basis),
    purpose=st.just("family-support"),
    on=days,
    expires_on=st.none() | days,
    withdrawn_on=st.none() | days,
)
observations = st.builds(
    lambda number, source, day, proven: EVIDENCE.validate_python(
        {"id": f"e{number}", "kind": "offence", "source": source, "observed_on": day, "on": day, "proven": proven}
    ),
    st.integers(1, 9),
    partners,
    days,
    st.booleans(),
)
verdicts = st.builds(
    Judged,
    result=st.sampled_from(["work", "school"]),
    verdict=_one_of(Verdict),
    amount=st.integers(0, 4000),
    claim_id=st.none() | st.just("claim-1"),
)
claims = st.sampled_from(["claim-1", "claim-2"])
_LOST = {
    "claim_id": claims,
    "result": st.sampled_from(["work", "school"]),
    "limb": st.sampled_from(["in-work", "practice"]),
    "verdict_before": st.just("met"),
    "verdict_after": _one_of(Verdict),
    "amount_before": st.just(700),
    "amount_after": st.sampled_from([0, 700]),
    "as_of": days,
    "cause": st.sampled_from(["a", "b"]),
}

messages = st.one_of(
    st.builds(
        Remind,
        effect_id=effects,
        reminder_id=reminders,
        work=_one_of(Work),
        due_on=days,
        to=_one_of(Holder),
        escalation=st.booleans(),
    ),
    st.builds(
        Notify,
        effect_id=effects,
        partner=partners,
        about=st.just("stepped-down"),
        on=days,
        purpose=st.just("family-support"),
        categories=st.just(("stage",)),
        version=st.integers(0, 40),
    ),
)

names = st.sampled_from(["m1", "m2", "m3", "m4"])
some_away = st.sampled_from([(), (Away(from_=date(2012, 7, 1), to=date(2012, 7, 31)),)])
people = st.builds(Member, id=names, role=_one_of(Role), from_=st.none() | days, to=st.none() | days, away=some_away)
households = st.builds(
    Household,
    people=st.sampled_from([("m1", "m2"), ("m1", "m2", "m3", "m4")]),
    news=st.booleans(),
    taken=st.sampled_from([(), (), (Taken(scheme="upn", reference="F-2222-2222", member_id="m1"),)]),
    moved_that_day=st.booleans(),
)

# One strategy a field name: events and commands speak of the same things by the same names.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "at": moments,
    "on": days,
    "command_id": st.just("c-1"),
    "actor": st.just("coordinator:ann"),
    "seen_version": st.none() | st.integers(0, 9),
    "journey_id": st.just("journey:wirral:F-7K3Q-9D2X:1"),
    "reference": st.just("F-7K3Q-9D2X"),
    "area": st.just("wirral"),
    "locality": st.just("Leasowe"),
    "programme": st.just("test"),
    "programme_version": st.just("1"),
    "programme_hash": st.just("abc"),
    "members": st.sampled_from([MEMBERS, (*MEMBERS, MEMBERS[0])]),
    "referrer": partners,
    "earlier": st.just(()),
    "criteria": criteria,
    "eligible": st.booleans(),
    "cohort": st.sampled_from([None, "supported", "comparison"]),
    "judged": st.none() | st.builds(Judgement, eligible=st.booleans()),
    "places": st.none()
    | st.builds(PlacesTaken, families=st.integers(0, 3), key_workers=st.integers(0, 3), holds=st.booleans()),
    "consent": basis,
    "consent_id": consents,
    "basis": _one_of(Basis),
    "purpose": st.just("family-support"),
    "partners": st.lists(partners, max_size=2).map(tuple),
    "categories": st.just(()),
    "expires_on": st.none() | days,
    "key_worker": workers,
    "to": workers,
    "to_team": st.none() | st.just("north"),
    "to_area": st.none() | st.just("wirral"),
    "waiver": st.none() | st.just("sibling-group"),
    "caseload": st.none() | st.builds(Caseload, known=st.booleans(), held=st.integers(0, 11), cap=st.just(10)),
    "kind": _one_of(ContactKind),
    "needs": needs,
    "reason": st.just("misread"),
    "months": st.sampled_from([6, 12]),
    "version": st.integers(1, 40),
    "evidence": observations,
    "reminder_id": reminders,
    "effect_id": effects,
    "evidence_id": st.sampled_from(["e1", "e2", "withdrawn:e1"]),
    "of_another_family": st.booleans(),
    "of": effects,
    "message": messages,
    "work": _one_of(Work),
    "generation": st.integers(1, 40),
    "due_on": days,
    "planned_for": moments,
    "late": st.booleans(),
    "escalation": st.booleans(),
    "because": st.just("assess"),
    "fault": st.none() | _one_of(DeliveryFault),
    "partner": partners,
    "about": st.just("stepped-down"),
    "request_id": st.sampled_from(["request.6.2013-06-03", "x"]),
    "check_on": days,
    "kinds": st.just(("employment",)),
    "evaluation_id": st.sampled_from(["evaluation.6.2012-12-11", "x"]),
    "as_of": days,
    "result": st.sampled_from(["work", "school"]),
    "member": people,
    "member_id": names,
    "how": _one_of(Joining),
    "role": _one_of(Role),
    "why": _one_of(Leaving),
    "fields": st.just(("surname",)),
    "from_": st.none() | days | st.just("always"),
    "never_away": st.booleans(),
    "scheme": _one_of(Scheme),
    "change": _one_of(IdentifierChange),
    "corrected": st.none() | st.just("mistyped"),
    "personal": st.none() | st.just(Personal(sealed="c2VhbGVk", digest="d")),
    "household": st.none() | households | households,
    "results": st.lists(verdicts, max_size=2).map(tuple),
    "amount": st.integers(0, 4000),
    "claim_id": st.none() | st.just("claim-1"),
    "limb": _LOST["limb"],
    "verdict_before": _LOST["verdict_before"],
    "verdict_after": _LOST["verdict_after"],
    "amount_before": _LOST["amount_before"],
    "amount_after": _LOST["amount_after"],
    "cause": _LOST["cause"],
    "decision": _one_of(ClawbackDecision),
    "family_erased": st.booleans(),
    "despite_claims": st.booleans(),
    "entry": st.sampled_from(["N1", "A1", "A2", "MT1", "V1", "S1", "R1", "C1", "C2"]),
    "by": st.sampled_from(["coordinator:ann", "partner:police"]),
    "need": st.sampled_from(["debt", "school", "poverty"]),
    "owner": st.sampled_from(["key-worker", "m1", "m9", "partner:police", "partner:library"]),
    "do": st.none() | _one_of(DoCode),
    "present": st.sampled_from([("m1",), ("m1", "partner:schools"), ("m9",)]),
    "absent": st.sampled_from([(), ("partner:police",), ("m1",)]),
    "next_on": st.none() | days,
    "score": st.integers(0, 10),
    "relation": _one_of(Relation),
    "to_member_id": names,
    "answer": _one_of(ConcernAnswer),
    "still_open": st.none()
    | st.builds(
        StillOpen,
        newest=st.sampled_from([f"journey:wirral:F-7K3Q-9D2X:{number}" for number in (1, 1, 2)]),
        claims=st.sampled_from([(), (), ("claim-1",)]),
        concerns=st.sampled_from([(), (), ("C1",)]),
        evaluations=st.sampled_from([0, 0, 1]),
    ),
    "claim_state": st.none() | _one_of(ClaimState),
    "proposed": st.lists(st.builds(Proposed, **_LOST), max_size=2).map(tuple),
    "restored": st.lists(
        st.builds(Restored, claim_id=claims, result=_LOST["result"], cause=_LOST["cause"]), max_size=2
    ).map(tuple),
}
replacements = st.one_of([_built(kind) for kind in CORRECTABLE])
FIELDS |= {
    "replacement": replacements,
    "original": st.none() | replacements,
    "named": st.none() | st.just("stepped-up"),
}

_REFERENCES = st.sampled_from(["F-2222-2222", "F-7K3Q-9D2X"])
_COUNTERPARTS = st.lists(
    st.builds(Counterpart, member=names, here=names, known=st.booleans(), numbers=st.just(())), max_size=3
).map(tuple)
_SAME = st.lists(st.builds(Same, member=names, here=names), max_size=2).map(tuple)
_SEVERAL = st.lists(observations, max_size=2).map(tuple)
_MEMBERS = st.lists(people, max_size=3).map(tuple)
_OTHERS = [Journey(), *(fold([_theirs, *more]) for more in ((), (_ended,), (_merged,)))]
FIELDS |= {
    "into": _REFERENCES,
    "out_of": _REFERENCES,
    "people": _COUNTERPARTS,
    "gone": st.lists(names, max_size=2).map(tuple),
    "referrals": st.lists(st.builds(JoinedReferral, on=days, referrer=partners, criteria=st.just(())), max_size=2).map(
        tuple
    ),
    "same": _SAME,
    "with_survivor": st.booleans(),
    "other": st.none() | st.sampled_from(_OTHERS),
    "numbers": st.just({}),
    "merged": st.sampled_from([(), ("journey:wirral:F-2222-2222:1",)]),
}

_SPECIAL: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "add-member": {"member_id": st.none() | names},
    "correct-member": {
        "to": st.none() | days | st.just("open"),
        "role": st.none() | _one_of(Role),
        "fields": st.lists(_one_of(PersonField), max_size=2, unique=True).map(tuple),
    },
    "member-corrected": {"fields": st.lists(_one_of(PersonField), max_size=2, unique=True).map(tuple)},
    "change-contacts": {"fields": st.lists(_one_of(ContactField), min_size=1, max_size=2, unique=True).map(tuple)},
    "contacts-changed": {"fields": st.lists(_one_of(ContactField), min_size=1, max_size=2, unique=True).map(tuple)},
    "reminder-fell-due": {"to": _one_of(Holder)},
    "move-deadline": {"to": days},
    "close": {"to": st.sampled_from([None, None, None, "kent"])},
    "journey-closed": {"to": st.sampled_from([None, "kent"])},
    "reminder-not-sent": {"fault": _one_of(DeliveryFault)},
    "notification-not-sent": {"fault": _one_of(DeliveryFault)},
    "clawback-proposed": {"claim_id": claims},
    "clawback-withdrawn": {"claim_id": claims},
    "clawback-decided": {"claim_id": claims},
    "decide-clawback": {"claim_id": claims},
    "erase": {"reason": _one_of(ErasureReason)},
    "family-erased": {"reason": _one_of(ErasureReason)},
    **{name: {"of": _REFERENCES} for name in ("merge-family", "undo-merge")},
    **{
        name: {"of": _REFERENCES, "how": _one_of(Change), "evidence": _SEVERAL, "members": _MEMBERS}
        for name in ("take-in", "family-taken-in")
    },
    "split-family": {"members": st.lists(names, min_size=1, max_size=2).map(tuple)},
    "merge-undone": {
        "of": _REFERENCES,
        "members": _MEMBERS,
        "evidence": st.lists(st.sampled_from(["e1", "e2"]), max_size=2).map(tuple),
    },
    **{name: {"evidence": _SEVERAL} for name in ("restore-family", "family-restored")},
    **{name: {"about": _one_of(NoteKind)} for name in ("add-note", "note-added")},
    **{name: {"how": _one_of(Closing)} for name in ("close-action", "action-closed")},
    **{name: {"kind": _one_of(ConcernKind)} for name in ("raise-concern", "concern-raised")},
}


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Any instance of one event or command; a command that rests on facts comes with any of them."""
    built = _built(kind, **_SPECIAL.get(kind.model_fields["type"].default, {}))
    if not issubclass(kind, Command) or not (kind.needs_facts or kind is CorrectEvent):
        return built
    return st.builds(WithFacts, built, st.builds(Facts, **{name: FIELDS[name] for name in Facts.model_fields}))


events = st.one_of([of(kind) for kind in EVENTS])
commands = st.one_of([of(kind) for kind in COMMANDS])
