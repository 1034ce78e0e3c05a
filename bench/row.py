"""One row of the benchmark: two figures taken in one run on one machine, and their ratio."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ours` and `theirs` in `unit`; for seconds less is better, for rates more."""

    name: str
    ours: float
    theirs: float
    against: str
    unit: str

    @property
    def ratio(self) -> float:
        """Ours over theirs."""
        return self.ours / self.theirs

    def line(self) -> str:
        """Return the row as text."""
        if self.unit == "s":
            figures = f"{self.ours * 1000:.2f} ms against {self.theirs * 1000:.2f} ms"
        else:
            figures = f"{self.ours:.1f} against {self.theirs:.1f} {self.unit}"
        return f"{self.name} / {self.against}: ratio {self.ratio:.2f} ({figures})"
