"""The parts of a rule, found so that none is left out."""

from mutating import mutants
from tenancy.database.walls import EVERYONE


def test_the_parts_of_a_policy_are_what_and_and_or_put_together() -> None:
    rule = "a = any(b) AND ((c IN ('d', 'e') AND f) OR (g AND true))"

    found = {str(mutant) for mutant in mutants(rule)}

    parts = ("a = any(b)", "c IN ('d', 'e')", "f", "g")
    both = {f"{part} {when} holds" for part in parts for when in ("always", "never")}
    assert found == both | {f"{EVERYONE} never holds"}
