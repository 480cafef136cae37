"""Every pair of colours that meets on a page can be told apart, in daylight and in the dark."""

import re
from pathlib import Path

import pytest

import frontend

SHEETS = Path(frontend.__file__).parent / "static" / "css"
GROUND = (SHEETS / "app.css").read_text()
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", GROUND)
}

PAGE = ("paper", "surface", "sunk")
TINTED = ("paper", "surface", "accent-soft")

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in (*PAGE, "accent-soft")),
    *((ink, ground) for ink in ("accent", "accent-hover") for ground in (*PAGE, "accent-soft")),
    *(("on-accent", ground) for ground in ("accent", "accent-hover")),
    *(("error", ground) for ground in ("paper", "surface")),
    *((who, f"{who}-soft") for who in ("me", "named", "team")),
    *((who, ground) for who in ("me", "named", "team") for ground in ("paper", "surface")),
    *(("ink", f"{who}-soft") for who in ("me", "named", "team")),
    *((word, "paper") for word in ("spc-improve", "spc-concern", "spc-neutral", "spc-target")),
    ("spc-concern", "surface"),
    ("paper", "ink"),
]

GRAPHICS = [
    *((edge, ground) for edge in ("control", "accent", "error") for ground in TINTED),
    *(
        (mark, ground)
        for mark in ("spc-improve", "spc-concern", "spc-neutral", "spc-common", "spc-target")
        for ground in ("paper", "band")
    ),
    *(("paper", mark) for mark in ("spc-improve", "spc-concern", "spc-neutral")),
    ("control", "band"),
    ("ink-2", "band"),
    *((edge, "surface") for edge in ("me", "named", "team")),
]


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(ink: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), GRAPHICS)
def test_marks_and_controls_stand_out_from_their_ground(
    mark: str, ground: str, scheme: int
) -> None:
    assert contrast(TOKENS[mark][scheme], TOKENS[ground][scheme]) >= 3


def test_every_colour_is_checked_or_is_a_hairline() -> None:
    checked = {name for pair in TEXT + GRAPHICS for name in pair}
    assert set(TOKENS) - checked == {"line"}


def test_every_colour_is_a_token() -> None:
    components = (SHEETS / "components.css").read_text()
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", components) == []
    without_tokens = re.sub(r"--[\w-]+: [^;]+;", "", GROUND)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", without_tokens) == []


def test_every_token_that_is_used_is_defined() -> None:
    sheets = GROUND + (SHEETS / "components.css").read_text()
    used = set(re.findall(r"var\(--([\w-]+)", sheets))
    assert used <= set(re.findall(r"--([\w-]+):", sheets))


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
