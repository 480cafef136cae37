"""Processor time of processes, from Linux's /proc."""

from pathlib import Path


def seconds_of(pid: int, *, with_children: bool = False) -> float:
    """What a process has spent in all its threads, with its children where asked for."""
    spent = sum(_nanoseconds(task) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9
    return spent + (sum(seconds_of(child) for child in _children(pid)) if with_children else 0)


def _nanoseconds(task: Path) -> int:
    """The first figure of `schedstat`: exact, where `stat` counts hundredths of a second."""
    return int((task / "schedstat").read_text().split()[0])


def _children(pid: int) -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if _parent(entry) == pid]


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None
