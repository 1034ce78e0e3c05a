"""A claim file that was exported gives the recorded verdict, amount and explanation, whatever happened since."""

import json
from datetime import UTC, date, datetime, timedelta

from claim_random import claim_of
from claim_random_lived import lived
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.births import BORN
from domain.claims.claim_file import check
from domain.claims.journey_claim import claim_file_of
from domain.claims.reading import fit, read
from domain.errors import Rejected
from domain.evidence import EVIDENCE
from domain.family import Member
from domain.journey import commands as c
from domain.journey.commands import COMMAND
from domain.journey.events import EVENT, EventCorrected
from domain.journey.evolve import evolve, fold
from domain.journey.state import UNREFERRED
from domain.rules.spans import Span
from programmes import kept, load
from tests.domain.given import A_PLACE, ROOM, ask
from tests.facts import WithFacts, apart, decide

PACK = load("wirral-2012")
KEPT = kept(PACK.model_dump_json(by_alias=True).encode())


class History:
    """One family's path with the people and the evidence of a random claim file, in a random order."""

    def __init__(self, seed, chance, draw=claim_of):
        self.file, self.chance = draw(seed), chance
        people = self.file["family"]["members"]
        self.ids = {each["id"]: f"m{number}" for number, each in enumerate(people, 1)}
        days = [{name: each[name] for name in ("from", "to") if name in each} for each in people]
        self.members = tuple(
            Member(id=self.ids[each["id"]], role=each["role"], **told) for each, told in zip(people, days, strict=True)
        )
        self.born = {self.ids[each["id"]]: BORN.validate_python(each["born"]) for each in people if "born" in each}
        self.as_of = date.fromisoformat(self.file["as_of"])
        self.engaged = date.fromisoformat(self.file["engaged_from"])
        self.events, self.journey = [], UNREFERRED
        self.now = datetime(2016, 1, 1, tzinfo=UTC)

    def give(self, kind, day, **fields):
        """Carry out one command as the journal does, by way of JSON; a refusal leaves no trace."""
        self.now += timedelta(hours=1)
        given, facts = apart(ask(kind, day, **fields))
        command = WithFacts(COMMAND.validate_json(given.model_dump_json(by_alias=True)), facts)
        try:
            happened = decide(self.journey, command.model_copy(update={"at": self.now}), PACK)
        except Rejected:
            return
        for event in happened:
            self.events.append(event)
            corrected = isinstance(event, EventCorrected)
            self.journey = fold(self.events) if corrected else evolve(self.journey, event)

    def path(self):
        """Refer, identify and work with the family, on days around those that a claim asks for."""
        around = self.engaged - timedelta(days=9)
        referral = {"area": "wirral", "locality": "Leasowe", "programme": PACK.name, "programme_version": PACK.version}
        more = {"programme_hash": PACK.hash, "members": self.members, "referrer": "wirral-schools"}
        ids = {"journey_id": "journey:wirral:F-7K3Q-9D2X:1", "reference": "F-7K3Q-9D2X"}
        self.give(c.ReferFamily, around, **ids, **referral, **more)
        self.give(c.RecordConsent, around, consent_id="k1", basis="consent", purpose="family-support")
        self.give(c.IdentifyFamily, around, criteria=("poverty", "addiction"))
        self.give(c.AllocateKeyWorker, self.engaged, key_worker="kim", caseload=ROOM, places=A_PLACE)
        for kind, fields in (
            (c.RecordContact, {}),
            (c.AssessFamily, {"needs": ("debt",)}),
            (c.AgreePlan, {"needs": ("debt",)}),
        ):
            self.give(kind, self.engaged + timedelta(days=self.chance.randint(0, 40)), **fields)

    def learn(self, evidence):
        """Hear from partners, and now and then correct a step or withdraw the consent."""
        for item in evidence:
            told = {**item, "member": self.ids.get(item.get("member"))}
            self.give(c.RecordEvidence, self.as_of, evidence=EVIDENCE.validate_python(told))
            if self.chance.random() < 0.05:
                self.correct()
            if self.chance.random() < 0.02:
                self.give(c.WithdrawConsent, self.as_of, consent_id="k1")

    def correct(self):
        """Give an assessment, a contact or a plan another day."""
        steps = {"family-assessed", "contact-recorded", "plan-agreed"}
        chosen = [version for version, event in enumerate(self.events, 1) if event.type in steps]
        if chosen:
            version = self.chance.choice(chosen)
            event = self.events[version - 1]
            moved = event.model_copy(update={"on": self.engaged + timedelta(days=self.chance.randint(0, 400))})
            self.give(c.CorrectEvent, self.as_of, version=version, reason="misread", replacement=moved, original=event)


def reread(events):
    """Return events as they come back from the journal."""
    return [EVENT.validate_json(EVENT.dump_json(event, by_alias=True)) for event in events]


@given(
    st.integers(0, 10_000),
    st.randoms(use_true_random=False),
    st.floats(0, 1),
    st.sampled_from([claim_of, lived]),
    st.sampled_from([(), (Span(date(2013, 1, 8), date(2013, 3, 27)), Span(date(2014, 9, 2), date(2014, 12, 18)))]),
)
@settings(max_examples=60)
def test_an_exported_file_gives_the_recorded_decision(seed, chance, part, draw, terms):
    """Recorded part of the way through any history, exported at its end: the same report, byte for byte."""
    history = History(seed, chance, draw)
    history.path()
    evidence = history.file["evidence"]
    chance.shuffle(evidence)
    cut = int(part * len(evidence))
    history.learn(evidence[:cut])
    recorded_at = history.journey.version
    paid = {each["result"]: each["amount"] for each in history.file["paid"]}
    file = claim_file_of(history.journey, PACK, history.born, history.as_of, paid, terms=terms)
    recorded = check(file, PACK).model_dump_json(indent=2)
    history.learn(evidence[cut:])

    then = fold(reread(history.events[:recorded_at]))
    exported = claim_file_of(then, KEPT, history.born, history.as_of, paid, terms=terms)
    content = json.dumps(exported.model_dump(mode="json", by_alias=True)).encode()
    again = read(content)
    fit(again, KEPT)
    assert check(again, KEPT).model_dump_json(indent=2) == recorded


def test_the_histories_are_not_idle():
    """Among the histories of this test are claims that may be paid, and some that later evidence changed."""
    import random  # noqa: PLC0415 - the only place that needs one

    paid = changed = 0
    for seed in range(40):
        history = History(seed, random.Random(seed))
        history.path()
        evidence = history.file["evidence"]
        history.learn(evidence[: len(evidence) * 3 // 4])
        reports = [check(claim_file_of(history.journey, PACK, history.born, history.as_of, {}), PACK)]
        history.learn(evidence[len(evidence) * 3 // 4 :])
        reports.append(check(claim_file_of(history.journey, PACK, history.born, history.as_of, {}), PACK))
        paid += any(report.payable.amount for report in reports)
        changed += reports[0].results != reports[1].results
    assert paid > 0
    assert changed > 10
