"""Logs are appended to, shown from their end, and do not grow without bound."""

from stack import logs


def test_a_long_log_begins_again(tmp_path):
    """A log past its limit is kept once as `.1`; a part that holds it open goes on at the start of the empty file."""
    path = tmp_path / "worker.log"
    with logs.open_log(path) as held:
        held.write(b"old " * 10)
        held.flush()
        logs.rotate(path, limit=20)
        held.write(b"new")
    assert path.read_bytes() == b"new"
    assert (tmp_path / "worker.log.1").read_bytes() == b"old " * 10


def test_tail(tmp_path):
    """The tail is the last lines, and empty when there is no log."""
    path = tmp_path / "worker.log"
    assert logs.tail(path) == ""
    path.write_text("\n".join(str(number) for number in range(100)))
    assert logs.tail(path, lines=2) == "98\n99"
