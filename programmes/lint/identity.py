"""What tells the entries of a pack's lists apart: the same for a check of repeats and for a comparison of two packs."""

from programmes.lint.issues import Table

# By the list's name; any other list of tables is told apart by `id` or `name`, or where it has neither by its order.
KEYS: dict[str, tuple[str, ...]] = {
    "clocks": ("work",),
    "agreements": ("partner", "valid_from"),
    "notices": ("event", "purpose", "partners"),
    "tariffs": ("from",),
    "ladder": ("at", "escalate"),
    "terms": ("area", "school_year", "from"),
}


def identity(name: str, entry: Table) -> str | None:
    """Return what tells an entry of the list `name` from the others; None where only its order does."""
    keys = KEYS.get(name) or next(((key,) for key in ("id", "name") if key in entry), ())
    parts = [_word(entry[key]) for key in keys if entry.get(key) not in (None, False)]
    return " ".join(parts) or None


def _word(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
