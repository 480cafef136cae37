"""One indicator of 36 points through the SPC rules, beside the rules written as a textbook does.

The rival looks at every rule point by point over its windows and gives the same verdicts; it
stands in where R is not installed.

Run: python benchmarks/spc.py
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from statistics import fmean
from time import process_time

from engagements.measures.spc import chart
from engagements.measures.spc_sentence import sentence

POINTS = 36
INDICATORS = 1_000
ROUNDS = 9
GOAL_MICROSECONDS = 100
DAYS = [date(2022 + i // 12, i % 12 + 1, 1) for i in range(POINTS)]


def textbook(values: Sequence[float]) -> list[str]:
    """The verdict on every value, each rule as its sentence reads, window by window."""
    centre = fmean(values)
    ranges = [abs(values[i] - values[i - 1]) for i in range(1, len(values))]
    average = fmean(ranges)
    average = fmean([moving for moving in ranges if moving < 3.267 * average])
    outer, inner = 2.66 * average, 2 * (2.66 / 3) * average
    return [verdict(values, i, centre, outer, inner) for i in range(len(values))]


def verdict(values: Sequence[float], i: int, centre: float, outer: float, inner: float) -> str:
    value = values[i]
    side = "Above" if value > centre else "Below"
    if abs(value - centre) > outer:
        return f"{side} {'UCL' if value > centre else 'LCL'}"
    sevens = [values[j : j + 7] for j in range(max(0, i - 6), i + 1) if j + 7 <= len(values)]
    for seven in reversed(sevens):
        if all(b > a for a, b in pairwise(seven)):
            return "7 Point Trend (Increasing)"
        if all(b < a for a, b in pairwise(seven)):
            return "7 Point Trend (Decreasing)"
    threes = [values[j : j + 3] for j in range(max(0, i - 2), i + 1) if j + 3 <= len(values)]
    for three in threes:
        near = sum(inner < abs(x - centre) <= outer for x in three)
        if near >= 2 and one_sided(three, centre) and inner < abs(value - centre):
            return f"2 in 3 {side} CL"
    if any(one_sided(seven, centre) for seven in sevens):
        return f"7 Points {side} CL"
    return "Common Cause"


def one_sided(window: Sequence[float], centre: float) -> bool:
    return all(x > centre for x in window) or all(x < centre for x in window)


def ours(values: Sequence[float]) -> list[str]:
    points = chart(zip(DAYS, values, strict=True), direction="increase").points
    return [point.rule for point in points]


def with_sentence(values: Sequence[float]) -> str:
    return sentence(chart(zip(DAYS, values, strict=True), direction="increase"))


def microseconds(work: Callable[[Sequence[float]], object], series: list[list[float]]) -> float:
    """The processor time of one series, the best of several rounds over all."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        for values in series:
            work(values)
        times.append(process_time() - start)
    return min(times) / len(series) * 1e6


def main() -> None:
    chance = Random(36)
    series = [
        [chance.gauss(50, 5) + i * chance.choice((0, 0.3)) for i in range(POINTS)]
        for _ in range(INDICATORS)
    ]
    different = sum(ours(values) != textbook(values) for values in series)
    rival = microseconds(textbook, series)
    print(f"{INDICATORS} indicators of {POINTS} points; {different} judged differently")
    print(f"{'way':<24}{'microseconds each':>20}{'times faster':>16}")
    for name, work in (
        ("textbook", textbook),
        ("chart", ours),
        ("chart and sentence", with_sentence),
    ):
        taken = rival if work is textbook else microseconds(work, series)
        print(f"{name:<24}{taken:>20.1f}{rival / taken:>16.1f}")
    print(f"goal for a chart: under {GOAL_MICROSECONDS} microseconds")


if __name__ == "__main__":
    main()
