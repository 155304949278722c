import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median over the rounds, with the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        values = list(values)
        return cls(statistics.median(values), min(values), max(values))

    @classmethod
    def of_ratios(cls, ours: Iterable[float], peer: Iterable[float]) -> "Spread":
        """Each of our rounds is compared with the peer's run next to it, not with the peer's median."""
        return cls.of(one / other for one, other in zip(ours, peer, strict=True))


@dataclass(frozen=True)
class Bound:
    relation: str
    limit: float

    def holds(self, value: float) -> bool:
        match self.relation:
            case "at least":
                return value >= self.limit
            case "at most":
                return value <= self.limit
            case "under":
                return value < self.limit
        raise ValueError(self.relation)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `result` is what the bound is held against: a ratio (unit "x") or a value of our own; None: it was not
    measured."""

    what: str
    ours: str
    peer: str
    result: Spread | None
    unit: str
    bound: Bound | None

    @property
    def reached(self) -> bool | None:
        """Judged as it is shown, to three decimals. None where there is nothing to reach, or nothing was measured."""
        return self.bound.holds(round(self.result.median, 3)) if self.bound and self.result else None


@dataclass(frozen=True)
class Outcome:
    """What one benchmark found: lines of the table, remarks below it, and the raw numbers for --json."""

    figures: list[Figure]
    remarks: list[str]
    raw: dict
