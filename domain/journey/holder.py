"""Who holds the family: allocation and handover, both within the caseload cap, and the waiver that exceeds it."""

from collections.abc import Sequence
from typing import assert_never

from domain.access import may_waive
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Caseload, Facts
from domain.journey.guards import found_eligible, is_helped, no_place
from domain.journey.refusals import happened, is_held, out_of_order
from domain.journey.state import Journey, Owed
from domain.programme.programme import Programme

Holding = c.AllocateKeyWorker | c.AcceptHandover


def decide_holder(
    journey: Journey, command: c.HolderCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Return what an allocation or a handover makes happen; raise `Rejected` where it does not fit."""
    match command:
        case c.AllocateKeyWorker():
            return _allocate(journey, command, facts, programme)
        case c.OfferHandover():
            return _offer_handover(journey, command, facts)
        case c.WithdrawHandover():
            return _withdraw_handover(journey, command)
        case c.AcceptHandover():
            return _accept_handover(journey, command, facts, programme)
        case c.RefuseHandover():
            return _refuse_handover(journey, command)
        case _:
            assert_never(command)


def _allocate(journey: Journey, command: c.AllocateKeyWorker, facts: Facts, programme: Programme) -> list[e.AnyEvent]:
    """Give an eligible family its key worker, within the caseload cap and the places of the programme."""
    if journey.key_worker is not None and journey.key_worker == command.key_worker:
        return []
    if journey.key_worker is not None:
        raise out_of_order(
            journey,
            "allocated",
            f"{journey.key_worker} holds it; use: journeys offer-handover {journey.reference} --to NAME",
        )
    found_eligible(journey, programme)
    is_helped(journey)
    happened(command.on, command.at, journey.identified_on, "allocated on")
    worker, counted = _counted(journey, command.key_worker, facts.caseload)
    waiver = _waiver(journey, command, counted, no_place(programme, facts.places))
    return [e.KeyWorkerAllocated(at=command.at, on=command.on, key_worker=worker, waiver=waiver)]


def _offer_handover(journey: Journey, command: c.OfferHandover, facts: Facts) -> list[e.AnyEvent]:
    """Offer the family to another key worker; the holder keeps it until the offer is accepted."""
    is_held(journey, "handed over")
    happened(command.on, command.at, journey.key_worker_from, "offered on")
    if command.to == journey.key_worker:
        raise Rejected(
            "same-holder", f"{command.to} already holds {journey.reference}", "name another key worker with --to"
        )
    if journey.handover_to == command.to:
        return []
    _, counted = _counted(journey, command.to, facts.caseload)
    return [e.HandoverOffered(at=command.at, on=command.on, to=command.to, to_team=counted.team, to_area=counted.area)]


def _withdraw_handover(journey: Journey, command: c.WithdrawHandover) -> list[e.AnyEvent]:
    """Take an offer back; without one there is nothing to do."""
    is_held(journey, "handed over")
    if journey.handover_to is None:
        return []
    happened(command.on, command.at, _open_offer(journey).since, "withdrawn on")
    return [e.HandoverWithdrawn(at=command.at, on=command.on)]


def _accept_handover(
    journey: Journey, command: c.AcceptHandover, facts: Facts, programme: Programme
) -> list[e.AnyEvent]:
    """Take over an offered family, within the caseload cap and the key workers of the programme."""
    if journey.key_worker == command.key_worker:
        return []
    offer = _open_offer(journey)
    if journey.handover_to != command.key_worker:
        raise Rejected(
            "not-offered",
            f"{journey.reference} is offered to {journey.handover_to}",
            f"offer it to {command.key_worker}: journeys offer-handover {journey.reference} --to {command.key_worker}",
        )
    happened(command.on, command.at, offer.since, "accepted on")
    worker, counted = _counted(journey, command.key_worker, facts.caseload)
    waiver = _waiver(journey, command, counted, no_place(programme, facts.places))
    return [e.HandoverAccepted(at=command.at, on=command.on, key_worker=worker, waiver=waiver)]


def _refuse_handover(journey: Journey, command: c.RefuseHandover) -> list[e.AnyEvent]:
    """Decline the offer; the holder is told, with the reason."""
    happened(command.on, command.at, _open_offer(journey).since, "refused on")
    return [e.HandoverRefused(at=command.at, on=command.on, reason=command.reason)]


def _counted(journey: Journey, key_worker: str | None, caseload: Caseload | None) -> tuple[str, Caseload]:
    """Return who is to take the family and what was counted; refuse one who is unknown or leaving."""
    worker = key_worker or (caseload.worker if caseload else "")
    if caseload is None or not caseload.known:
        sought = worker or f"in {journey.area}"
        raise Rejected(
            "unknown-key-worker",
            f"no key worker {sought}",
            "list the names: journeys staff list; or add one: journeys staff add NAME --email ADDRESS",
        )
    if caseload.leaving:
        raise Rejected(
            "on-leave",
            f"{worker} is on leave and takes no families",
            "choose another key worker: journeys staff list",
        )
    return worker, caseload


def _waiver(journey: Journey, command: Holding, caseload: Caseload, full: Rejected | None) -> str | None:
    """Return the waiver under which the family is held, None within the bounds; refuse where they stand."""
    if command.waiver is not None and not may_waive(command.actor):
        raise Rejected(
            "waiver-not-allowed", "only a manager may exceed a cap", "ask a manager to do it with --waiver CODE"
        )
    bound = _no_room(journey, command, caseload) or full
    if bound is None:
        return None
    if command.waiver is None:
        raise bound
    return command.waiver


def _no_room(journey: Journey, command: Holding, caseload: Caseload) -> Rejected | None:
    """Return why the key worker takes no further family, None where there is room."""
    if caseload.held < caseload.cap:
        return None
    if command.key_worker is None:
        return _full(journey, caseload, "no key worker has room")
    reason = f"{command.key_worker} holds {caseload.held} families, the cap is {caseload.cap}"
    return _full(journey, caseload, reason)


def _full(journey: Journey, caseload: Caseload, reason: str) -> Rejected:
    """Return the refusal of an allocation for want of room: it says who has room, else the place in the queue."""
    if caseload.room:
        return Rejected("caseload-full", reason, f"choose one who has room: {' or '.join(caseload.room)}")
    queued = f"{journey.reference} is number {caseload.place} in the queue" if caseload.place else "nobody has room"
    return Rejected(
        "caseload-full",
        f"{reason}; {queued}",
        "wait until a place becomes free, or ask a manager to do it with --waiver CODE",
    )


def _open_offer(journey: Journey) -> Owed:
    """Return the offered handover that waits for an answer; refuse where there is none."""
    offer = journey.owes("handover-answer")
    if offer is None:
        raise out_of_order(
            journey, "taken over", f"offer it first: journeys offer-handover {journey.reference} --to NAME"
        )
    return offer
