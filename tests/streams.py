"""Streams of events as the domain makes them: a whole path from referral to close, and random walks from a seed."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from domain.calendar import add_months, calendar_of
from domain.errors import Rejected
from domain.evidence import EVIDENCE
from domain.family import Member
from domain.journey import commands as ask
from domain.journey.agenda import Deadline, agenda
from domain.journey.commands import AnyCommand
from domain.journey.effects import Effect
from domain.journey.events import AnyEvent
from domain.journey.evolve import fold
from domain.journey.facts import Caseload
from domain.journey.progress import Progress
from domain.journey.replies import Rejection, Reply
from domain.journey.state import Journey
from domain.journey.stream import Answered, Change, Loaded, Recorded, fingerprint
from domain.programme.programme import Programme
from store.chain import event_id
from store.journal import append, load
from store.pool import Conn
from tests.facts import apart, give

REFERENCE = "F-7K3Q-9D2X"
START = date(2012, 5, 1)
RASH = 0.3  # how often a random walk asks without looking whether it fits
ROOM = Caseload(known=True, held=0, cap=10)


def _sourced(**fields: Any) -> dict[str, Any]:
    return {"source": "the tests", "confidence": "verified", **fields}


def _clock(work: str, owner: str = "holder", **within: int) -> dict[str, Any]:
    span = {"within": _sourced(**within)} if within else {}
    ladder = [{"at": -2}, {"at": 0}, {"at": 3, "escalate": True}]
    return {"work": work, "owner": owner, "escalate_to": "manager", "ladder": ladder, **span}


PROGRAMME = Programme.model_validate(
    {
        "name": "streams",
        "version": "1",
        "title": "Clocks for every piece of work",
        "source": "the tests",
        "hash": "5" * 64,
        "eligibility": _sourced(at_least=1, criteria=[_sourced(id="poverty", title="Poverty")]),
        "caseload": _sourced(families=10),
        "clocks": [
            _clock("identification", "coordinator", working_days=5),
            _clock("allocation", "coordinator", working_days=5),
            _clock("first-contact", working_days=5),
            _clock("assessment", working_days=20),
            _clock("plan", working_days=10),
            _clock("intervention-start", working_days=5),
            _clock("plan-review", months=3),
            _clock("check"),
            _clock("regression-response", working_days=5),
            _clock("handover-answer", "manager", working_days=3),
            _clock("clawback-decision", "manager", working_days=10),
            _clock("close", "coordinator", working_days=10),
        ],
        "checks": _sourced(months=[6, 12], grace_months=2),
        "evaluations": _sourced(months=[6, 12]),
        "agreements": [
            _sourced(
                partner="police",
                purposes=["family-support"],
                categories=["stage"],
                lawful_basis="public-task",
                valid_from=START,
                channel="webhook",
            )
        ],
        "notices": [
            _sourced(event=event, partners=["police"], purpose="family-support", categories=["stage"])
            for event in ("family-referred", "stepped-down", "journey-closed")
        ],
    }
)


@dataclass(frozen=True)
class Step:
    """One command carried out: what it made, and everything that follows from it."""

    command: AnyCommand
    before: Loaded
    progress: Progress
    reply: Reply

    @property
    def journey(self) -> Journey:
        """The journey after it."""
        return self.progress.journey

    @property
    def events(self) -> list[AnyEvent]:
        """What it made happen."""
        return [new.event for new in self.progress.new]

    @property
    def effects(self) -> list[Effect]:
        """What is to be done in the world."""
        return [effect for _, effect in self.progress.effects]

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """What falls due after it."""
        return agenda(self.journey, PROGRAMME, calendar_of(PROGRAMME.nation))

    def change(self) -> Change:
        """The step as the journal takes it."""
        return Change(
            journey_id=self.before.journey_id,
            expected_version=self.before.version,
            last_hash=self.before.last_hash,
            events=self.progress.new,
            journey=self.journey,
            deadlines=self.deadlines,
            owed=self.progress.owed(),
            answers=[Answered(self.reply, fingerprint(self.before.journey_id, self.command))],
            effects=self.progress.effects,
        )


def journey_id_of(reference: str = REFERENCE, number: int = 1) -> str:
    return f"journey:wirral:{reference}:{number}"


def step(loaded: Loaded, order: Any) -> Step:
    """Decide a command on a stream, without letting time pass; a rejection is a reply without events."""
    command, facts = apart(order)
    progress, rejection = Progress(loaded, command.at, PROGRAMME), None
    try:
        progress.advance(command, facts)
    except Rejected as fault:
        rejection = Rejection(code=fault.code, reason=fault.reason, remedy=fault.remedy)
    reply = Reply(
        command_id=command.command_id,
        journey_id=loaded.journey_id,
        version=progress.journey.version,
        stage=progress.journey.stage,
        happened=tuple(new.event.type for new in progress.new),
        rejection=rejection,
    )
    return Step(command, loaded, progress, reply)


def in_memory(stream: Sequence[AnyEvent], journey_id: str) -> Loaded:
    """A stream as the journal would load it, with nothing answered and nothing open."""
    recorded = [
        Recorded(version, event, event_id(journey_id, version), "coordinator:ann", "c", event.at, event.at, bytes(32))
        for version, event in enumerate(stream, start=1)
    ]
    return Loaded(journey_id, recorded)


def play(orders: Sequence[AnyCommand], journey_id: str) -> list[Step]:
    """Carry out commands one after the other, in memory."""
    stream: list[AnyEvent] = []
    steps = []
    for order in orders:
        steps.append(step(in_memory(stream, journey_id), order))
        stream += steps[-1].events
    return steps


async def carry_out(conn: Conn, journey_id: str, command: AnyCommand) -> Step:
    """Load, decide and append, as the activity does; no retry."""
    done = step(await load(conn, journey_id, [command.command_id]), command)
    await append(conn, done.change())
    return done


async def store(conn: Conn, orders: Sequence[AnyCommand], journey_id: str) -> list[Step]:
    """Carry out commands one after the other, in the journal."""
    return [await carry_out(conn, journey_id, order) for order in orders]


class Orders:
    """Commands to one journey, each with an id of its own, given at noon of the day they are about."""

    def __init__(self, reference: str = REFERENCE, number: int = 1, key_worker: str = "kim") -> None:
        self.reference, self.number, self.key_worker = reference, number, key_worker
        self._ids = itertools.count(1)

    def give(self, kind: Any, day: date, /, **fields: Any) -> Any:
        """Any command, about `day`."""
        on = {"on": day} if "on" in kind.model_fields else {}
        name = f"{self.reference}:{self.number}:c{next(self._ids)}"
        at = datetime.combine(day, time(12), tzinfo=UTC)
        return give(kind, **{"command_id": name, "at": at, "actor": "coordinator:ann", **on, **fields})

    def refer(self, day: date = START) -> AnyCommand:
        """The referral of an adult and a child by the police."""
        return self.give(
            ask.ReferFamily,
            day,
            journey_id=journey_id_of(self.reference, self.number),
            reference=self.reference,
            area="wirral",
            locality="Leasowe",
            programme=PROGRAMME.name,
            programme_version=PROGRAMME.version,
            programme_hash=PROGRAMME.hash,
            members=(Member(id="m1", role="adult"), Member(id="m2", role="child")),
            referrer="police",
            criteria=("poverty",),
        )

    def allocate(self, day: date) -> AnyCommand:
        """The allocation to this path's key worker, who has room."""
        return self.give(ask.AllocateKeyWorker, day, key_worker=self.key_worker, caseload=ROOM)

    def job(self, day: date, number: int, hours: float | None = None) -> AnyCommand:
        """Evidence that the adult found work."""
        fields = {"id": f"job-{number}", "member": "m1", "source": "jobcentre", "observed_on": day, "from": day}
        evidence = EVIDENCE.validate_python({"kind": "employment", "hours": hours, **fields})
        return self.give(ask.RecordEvidence, day, evidence=evidence)


def whole_path(reference: str = REFERENCE, number: int = 1, key_worker: str = "kim") -> list[AnyCommand]:
    """Every stage from refer to close, with evidence, passing time, a correction, step-up and both checks."""
    orders = Orders(reference, number, key_worker)
    days = (START + timedelta(days=distance) for distance in itertools.count(0, 4))
    give, on = orders.give, lambda: next(days)
    down = date(2012, 9, 3)
    start = [
        orders.refer(on()),
        give(ask.RecordConsent, on(), consent_id="c1", basis="consent", purpose="family-support"),
        give(ask.PassTime, on()),
        give(ask.IdentifyFamily, on(), criteria=("poverty",)),
        orders.allocate(on()),
        orders.job(on(), 1, 37.0),
        give(ask.RecordContact, on()),
    ]
    stream = [event for each in play(start, journey_id_of(reference, number)) for event in each.events]
    return [
        *start,
        give(ask.AssessFamily, on(), needs=("debt", "school")),
        give(ask.AgreePlan, on(), needs=("debt",)),
        give(ask.CorrectEvent, on(), **_correction(stream)),
        give(ask.StartIntervention, on()),
        give(ask.StepDown, date(2012, 8, 1)),
        give(ask.StepUp, date(2012, 8, 6), reason="crisis"),
        give(ask.StepDown, down),
        give(ask.PassTime, add_months(down, 6)),
        give(ask.RecordCheck, add_months(down, 6), verdict="sustained"),
        give(ask.PassTime, add_months(down, 12)),
        give(ask.RecordCheck, add_months(down, 12), verdict="sustained"),
        give(ask.CloseJourney, add_months(down, 12), outcome="sustained"),
        orders.job(add_months(down, 13), 2, 16.5),
    ]


def _correction(stream: Sequence[AnyEvent]) -> dict[str, Any]:
    """What is needed to say that the first contact was a call; a rejection when there was none."""
    place = next((place for place, event in enumerate(stream, 1) if event.type == "contact-recorded"), None)
    original = stream[place - 1] if place else None
    called = {"type": "contact-recorded", "at": datetime(2012, 5, 20, tzinfo=UTC), "on": START, "kind": "call"}
    replacement = original.model_copy(update={"kind": "call"}) if original else called
    return {"version": place or 1, "reason": "wrong-kind", "original": original, "replacement": replacement}


def random_walk(seed: int, length: int = 40) -> Iterator[tuple[str, AnyCommand]]:
    """Commands for a random journey that closes late if at all, some of them rejected; same seed, same walk."""
    chance = random.Random(seed)
    reference = f"F-{seed:04d}-WALK"
    orders, journey_id = Orders(reference), journey_id_of(reference)
    day, stream = START, []
    for turn in range(length):
        day += timedelta(days=chance.choice([0, 1, 3, 9, 20, 45]))
        for _ in range(1 if chance.random() < RASH else 8):  # mostly something that fits
            order = orders.refer(day) if turn == 0 else _any_order(orders, chance, day, stream, turn)
            done = step(in_memory(stream, journey_id), order)
            if done.events:
                break
        stream = [*stream, *done.events]
        yield journey_id, order


def _any_order(orders: Orders, chance: random.Random, day: date, stream: Sequence[AnyEvent], turn: int) -> AnyCommand:
    give, state = orders.give, fold(stream)
    due = [reminder.id for reminder in state.reminders if reminder.state == "due"] or ["none"]
    live = [reminder.id for reminder in state.reminders if reminder.live] or ["none"]
    choices = [
        lambda: give(ask.PassTime, day),
        lambda: give(ask.RecordReminder, day, reminder_id=chance.choice(due)),
        lambda: give(ask.RecordReminder, day, reminder_id=chance.choice(due), fault="failed", reason="no-address"),
        lambda: give(ask.AcknowledgeReminder, day, reminder_id=chance.choice(live)),
        lambda: give(ask.IdentifyFamily, day, criteria=("poverty",)),
        lambda: orders.allocate(day),
        lambda: give(ask.RecordContact, day),
        lambda: give(ask.AssessFamily, day, needs=("debt",)),
        lambda: give(ask.AgreePlan, day, needs=("debt",)),
        lambda: give(ask.StartIntervention, day),
        lambda: give(ask.ReviewPlan, day),
        lambda: give(ask.StepDown, day),
        lambda: give(ask.StepUp, day, reason="crisis"),
        lambda: give(ask.RecordCheck, day, verdict=chance.choice(["sustained", "regressed", "insufficient"])),
        lambda: give(ask.OfferHandover, day, to="lee", caseload=ROOM),
        lambda: give(ask.RefuseHandover, day, reason="too-far"),
        lambda: give(ask.AcceptHandover, day, key_worker="lee", caseload=ROOM),
        lambda: orders.job(day, turn, chance.choice([None, 16.0, 37.5])),
        lambda: give(ask.CorrectEvent, day, **_correction(stream)),
    ]
    if turn > 30:
        choices.append(lambda: give(ask.CloseJourney, day, outcome="moved-away"))
    return chance.choice(choices)()
