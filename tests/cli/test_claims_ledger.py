"""`journeys claims` against a real gateway and database: a decision listed, explained, exported and checked offline."""

import csv
import hashlib
import io
import json

import pytest

from domain.claims.claim_file import check
from domain.claims.reading import read
from programmes import kept
from tests.cli.conftest import Cli
from tests.domain.claim_story import AS_OF, AT_WORK, BORN, JOB_ENDED, PACK, RESULT
from tests.doors import NOON, Doors
from tests.ledger import Ledger
from wiring.references import new_reference


@pytest.fixture
async def ledger(doors: Doors):
    """The gateway's own database with one claim of a family of this test."""
    ledger = Ledger(doors.services.pool, doors.services.vault)
    ledger.reference = new_reference()
    own = {"reference": ledger.reference, "journey_id": f"journey:wirral:{ledger.reference}:1"}
    events = [AT_WORK[0].model_copy(update=own), *AT_WORK[1:]]
    ledger.journey = await ledger.open(PACK, events, BORN)
    await ledger.evaluate(ledger.journey, AS_OF)
    [ledger.claim] = await ledger.claims(ledger.reference)
    doors.engine.clock = ledger.now
    yield ledger
    doors.engine.clock = NOON


async def late(ledger):
    """Hear that the job had ended."""
    from tests.activities.test_clawbacks import heard  # noqa: PLC0415

    await ledger.live(ledger.journey, *heard(JOB_ENDED))


async def test_an_exported_claim_checks_offline_to_the_recorded_report(cli: Cli, ledger, tmp_path):
    """Whatever came since, file and pack give verdict, amount and explanation as they were recorded, to the byte."""
    await late(ledger)
    claim, pack = tmp_path / "claim.json", tmp_path / "pack.json"
    claim.touch(0o644)
    ran = await cli(
        "claims", "export", ledger.reference, "--claim", ledger.claim.claim_id, "--out", str(claim), "--pack", str(pack)
    )
    assert (ran.code, ran.err) == (0, "")
    checked = await cli("claims", "check", str(claim), "--pack", str(pack), "--json")
    recorded = (await cli.ok("claims", "explain", ledger.claim.claim_id))[0]["report"]
    assert (checked.code, checked.out) == (0, f"{recorded}\n")
    told = json.loads(claim.read_text())
    assert [sorted(member) for member in told["family"]["members"]] == [["born", "id", "role"]] * 2
    assert [path.stat().st_mode & 0o777 for path in (claim, pack)] == [0o600] * 2  # dates of birth


async def test_the_same_claim_on_today_s_evidence_is_another_answer(cli: Cli, ledger, tmp_path):
    """With --now the file holds what came since, and nothing is payable any more."""
    await late(ledger)
    claim = tmp_path / "claim.json"
    await cli("claims", "export", ledger.reference, "--claim", ledger.claim.claim_id, "--now", "--out", str(claim))
    assert (await cli("claims", "check", str(claim))).code == 1


async def test_a_file_of_another_pack_version_is_refused(cli: Cli, ledger, tmp_path):
    """A decision under other rules is another decision: the check names the hash and the remedy, and exits 2."""
    told = (await cli("claims", "export", ledger.reference, "--claim", ledger.claim.claim_id)).out
    claim = tmp_path / "claim.json"
    claim.write_text(json.dumps(json.loads(told) | {"programme_hash": "0" * 64}))
    ran = await cli("claims", "check", str(claim))
    assert (ran.code, ran.out) == (2, "")
    for said in ("programme_hash", "another version of troubled-families-2012", "--pack"):
        assert said in ran.err


async def test_a_pack_that_was_changed_is_refused(cli: Cli, ledger, tmp_path):
    """The kept pack proves itself by its hash."""
    claim, pack = tmp_path / "claim.json", tmp_path / "pack.json"
    await cli(
        "claims", "export", ledger.reference, "--claim", ledger.claim.claim_id, "--out", str(claim), "--pack", str(pack)
    )
    pack.write_text(pack.read_text().replace('"value": 1600', '"value": 1700'))
    ran = await cli("claims", "check", str(claim), "--pack", str(pack))
    assert (ran.code, "it was changed" in ran.err) == (2, True)
    pack.write_text("no pack")
    ran = await cli("claims", "check", str(claim), "--pack", str(pack))
    assert (ran.code, "not a kept pack" in ran.err) == (2, True)


async def test_a_pack_of_an_older_release_still_proves_itself(cli: Cli, ledger, tmp_path):
    """A pack kept before its model knew a field has the hash it had then."""
    claim, pack = tmp_path / "claim.json", tmp_path / "pack.json"
    await cli("claims", "export", ledger.reference, "--claim", ledger.claim.claim_id, "--out", str(claim))
    old = {
        name: value
        for name, value in PACK.model_dump(mode="json", by_alias=True).items()
        if name not in {"hash", "windows"}
    }
    hash_then = hashlib.sha256(
        json.dumps(old, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    pack.write_text(json.dumps(old | {"hash": hash_then}))
    claim.write_text(json.dumps(json.loads(claim.read_text()) | {"programme_hash": hash_then}))
    assert (await cli("claims", "check", str(claim), "--pack", str(pack))).code == 0


async def test_explain_tells_the_tree_what_was_known_and_what_was_learned(cli: Cli, ledger):
    """The tree with sources and confidence, what was known, the evidence that came since, and the proposal."""
    await late(ledger)
    for asked in (ledger.claim.claim_id, ledger.reference):
        out = (await cli("claims", "explain", asked)).out
        for said in (
            "employment: met",
            "(unverified)",
            "sources of the figures",
            "known at that time: 2 pieces",
            "j2",
            "on today's evidence: not met, £0",
            "clawback proposed",
        ):
            assert said in out, said


async def test_list_filters_and_csv(cli: Cli, ledger):
    """The ledger is narrowed by state, result, programme and day, and written as CSV."""
    own = ("--reference", ledger.reference)
    assert [row["claim_id"] for row in await cli.ok("claims", "list", *own, "--state", "eligible")] == [
        ledger.claim.claim_id
    ]
    for words in (
        ("--state", "paid"),
        ("--result", "progress-to-work"),
        ("--programme", "wirral-2012"),
        ("--since", "2013-06-02"),
    ):
        assert await cli.ok("claims", "list", *own, *words) == []
    everything = await cli.ok("claims", "list", "--state", "eligible", "--result", RESULT, "--since", "2013-06-01")
    assert ledger.claim.claim_id in [row["claim_id"] for row in everything]
    [row] = csv.DictReader(io.StringIO((await cli("claims", "list", *own, "--csv")).out))
    assert (row["claim_id"], row["amount"], row["state"]) == (ledger.claim.claim_id, "1600", "eligible")


async def test_a_manager_decides_a_proposed_clawback(cli: Cli, ledger):
    """Show tells of the proposal; after the decision the claim is clawed back, and there is nothing left to decide."""
    words = ("claims", "decide", ledger.claim.claim_id, "claw-back", "--why", "evidence-late")
    assert "no clawback" in (await cli(*words)).err
    await late(ledger)
    assert "because of employment" in (await cli("show", ledger.reference)).out
    assert (await cli.ok(*words))["happened"] == ["clawback-decided"]
    assert [row["state"] for row in await cli.ok("claims", "list", "--reference", ledger.reference)] == ["clawed-back"]
    assert (await cli(*words)).code == 1


async def test_wrong_questions_about_claims(cli: Cli, ledger, doors: Doors):
    """Unknown claims, claims of others and other days are refused with a remedy; roles see what they may."""
    export = ("claims", "export", ledger.reference, "--claim")
    for words, code, said in (
        (("claims", "explain", "a:b"), 1, "no claim a:b"),
        (("claims", "explain", await doors.referred()), 1, "has no key worker yet"),
        ((*export, "a:b"), 1, "no claim"),
        ((*export, ledger.claim.claim_id, "--as-of", "2013-01-01"), 2, "was decided as of 2013-05-20"),
        ((*export, ledger.claim.claim_id, "--out", "/nowhere/x"), 2, "cannot be written"),
        (("claims", "decide", "a:b", "uphold", "--why", "x"), 1, "no claim"),
        (("claims", "export", await doors.referred()), 1, "has no key worker yet"),
    ):
        ran = await cli(*words)
        assert (ran.code, said in ran.err) == (code, True), (words, ran)
    async with doors.client("key-worker", "kim") as client:
        assert (await client.get(f"/v1/journeys/{ledger.reference}/claim-file")).status_code == 403
    async with doors.client("auditor", "aud") as client:
        assert (await client.get(f"/v1/journeys/{ledger.reference}/claim-file?as_of=2013-05-20")).status_code == 200
        refused = await client.post(
            f"/v1/claims/{ledger.claim.claim_id}/decide", json={"decision": "uphold", "reason": "x"}
        )
        assert refused.status_code == 403


async def test_an_auditor_gets_no_dates_of_birth(ledger, doors: Doors):
    """Who may not read names gets ages in the place of dates of birth, and comes to the same report from them."""
    path = f"/v1/journeys/{ledger.reference}/claim-file"
    for asked in ({"claim": ledger.claim.claim_id}, {"as_of": "2013-05-20"}):
        files = {}
        for role in ("manager", "auditor"):
            async with doors.client(role, "aud") as client:
                files[role] = (await client.get(path, params=asked)).json()
        born = {
            role: [member.get("born") for member in file["file"]["family"]["members"]] for role, file in files.items()
        }
        assert ([None] * len(born["auditor"]), True) == (born["auditor"], all(born["manager"])), asked
        reports = [
            check(read(json.dumps(file["file"]).encode()), kept(json.dumps(file["pack"]).encode()))
            for file in files.values()
        ]
        assert reports[0] == reports[1]


async def test_a_family_without_a_claim_is_told_what_is_missing(cli: Cli, doors: Doors):
    """Each limb that is not met stands with what was found and what is asked, in JSON too."""
    reference, _ = await doors.allocated()
    out = (await cli("claims", "explain", reference)).out
    for said in (f"{reference} has no claim", "Missing", "evidence is missing", f"journeys claims export {reference}"):
        assert said in out, said
    told = await cli.ok("claims", "explain", reference)
    assert (told["reference"], told["met"], bool(told["missing"])) == (reference, [], True)


async def test_the_list_of_claims_ends_with_its_total(cli: Cli, ledger):
    """How many claims and how many pounds, so that nobody adds up by hand."""
    out = (await cli("claims", "list", "--reference", ledger.reference)).out
    assert out.splitlines()[-1] == "total: 1 claim, £1,600"
