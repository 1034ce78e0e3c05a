"""A person who joins a family, weighed against everybody we know: whoever may be the same is a question first."""

from collections.abc import Mapping, Sequence

from domain.access import Actor, may
from domain.errors import Rejected
from domain.intake.known_families import Comparison, Home, IdentityAnswer, Referred, compare
from domain.intake.questions import GivenAnswer, Question, Reader
from domain.intake.referral import Person
from domain.journey.events import MemberJoined
from domain.journey.stream import Recorded
from gateway.http.problems import IdentityQuestion
from gateway.intake.identity import Family, as_person, known_families, said
from gateway.journeys.families import family as known_family
from gateway.journeys.families import spelled
from gateway.services import Services
from store import intake, vault
from store.pool import Conn

OF_OTHERS: tuple[IdentityAnswer, ...] = ("not-the-same", "left", "also-of")
SHARED_HOME = Home(lines="the home of the family")
OF_ITS_OWN: tuple[IdentityAnswer, ...] = ("not-the-same",)


class Joining:
    """A person who is to join a family (`own`), and the families of people who may be the same."""

    def __init__(self, own: str, person: Person, families: Mapping[str, Family]) -> None:
        self.own = own
        self._families = families
        self._facts = as_person(person, str(person.line)).facts
        compared = {reference: self._compare(family) for reference, family in families.items()}
        self.alike = {reference: each for reference, each in compared.items() if each.pairs}

    def answered(self, answers: Sequence[GivenAnswer], actor: Actor) -> dict[str, IdentityAnswer]:
        """Return what was answered, by reference; raise `IdentityQuestion` for what must be answered first."""
        given = {spelled(answer.reference): answer.answer for answer in answers}
        for reference, answer in given.items():
            self._possible(reference, answer, actor)
        if open_ := [each for reference, each in sorted(self.alike.items()) if reference not in given]:
            raise self._question(open_, names=may(actor, "read-names"))
        return given

    def _compare(self, family: Family) -> Comparison:
        """Hold the person against a family: one home with those they join, and of others' homes nothing is known."""
        if family.record.reference == self.own:
            known = family.known.model_copy(update={"home": SHARED_HOME})
            return compare(Referred(people=(self._facts,), home=SHARED_HOME), known)
        return compare(Referred(people=(self._facts,)), family.known)

    def _possible(self, reference: str, answer: IdentityAnswer, actor: Actor) -> None:
        allowed = self._answers(reference)
        if answer not in allowed:
            remedy = f"use {' or '.join(f'--{each} {reference}' for each in allowed)}"
            raise Rejected("contradicting-answers", f"--{answer} says nothing of one person who joins", remedy)
        if answer != "not-the-same" and not may(actor, "refer"):
            raise Rejected("not-allowed", f"a {actor.role} may not say who is of {reference} too", "ask a coordinator")

    def _answers(self, reference: str) -> tuple[IdentityAnswer, ...]:
        return OF_ITS_OWN if reference == self.own else OF_OTHERS

    def _question(self, open_: Sequence[Comparison], *, names: bool) -> IdentityQuestion:
        questions = [self._asked(each, names=names) for each in open_]
        reason = "; ".join(each.reason for each in questions)
        answers = " or ".join(answer for each in questions for answer in each.answers)
        return IdentityQuestion("possible-match", reason, f"answer with {answers}, and say --why", questions)

    def _asked(self, comparison: Comparison, *, names: bool) -> Question:
        family = self._families[comparison.reference]
        reader = Reader(Referred(people=(self._facts,)), family.known, names=names)
        own = comparison.reference == self.own
        again = tuple(f"--member {pair.member}" for pair in comparison.pairs) if own else ()
        answers = (*again, *(f"--{answer} {comparison.reference}" for answer in self._answers(comparison.reference)))
        told = reader.question(comparison, family.stands)
        return told.model_copy(update={"answers": answers, "missing": ()})


async def joining(services: Services, conn: Conn, own: str, person: Person, answers: Sequence[GivenAnswer]) -> Joining:
    """Find the families of people whom a new member of the family `own` may be."""
    people = [as_person(person, "m1")]
    numbers = services.vault.digests(people)
    found = {match.reference for match in await vault.find_people(conn, numbers)}
    found |= set(await services.vault.find_alike(conn, people))
    found |= {(await known_family(conn, answer.reference))[-1].reference for answer in answers}
    return Joining(own, person, await known_families(services, conn, found))


async def record_answers(conn: Conn, weighed: Joining, answers: Sequence[GivenAnswer], joined: Recorded) -> None:
    """Keep what was answered about each family, with who is like whom; `joined` tells who joined, when and by whom."""
    if not isinstance(joined.event, MemberJoined):
        raise TypeError(f"nobody joins by {joined.event.type}")
    for given in answers:
        compared = weighed.alike.get(spelled(given.reference))
        member = joined.event.member.id
        answer = intake.IdentityAnswer(
            key=joined.command_id,
            reference=weighed.own,
            about=spelled(given.reference),
            answer=given.answer,
            why=given.why,
            actor=joined.actor,
            at=joined.recorded_at,
            since=joined.event.on,
            people=[
                {"member": member, "other": pair.member, "fields": said(pair.weighing.fields)}
                for pair in (compared.pairs if compared else ())
            ],
        )
        await intake.record_answer(conn, answer)
