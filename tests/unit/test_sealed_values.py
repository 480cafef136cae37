"""Sealing by itself: what was changed does not open, and no two values begin alike."""

import os

import pytest

from tenancy.database.sealing import MARK, NONCE, OpenSafe
from tenancy.errors import Unavailable
from tenancy.ids import new_id


@pytest.fixture
def safe() -> OpenSafe:
    return OpenSafe(new_id(), {1: os.urandom(32)})


@pytest.mark.asvs("11.3.2", "11.3.3")
def test_no_bit_of_a_sealed_value_can_be_changed(safe: OpenSafe) -> None:
    sealed = safe.seal(b"in confidence", belongs_to=b"note 1")
    assert safe.open(sealed, belongs_to=b"note 1") == b"in confidence"
    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(Unavailable):
            safe.open(bytes(changed), belongs_to=b"note 1")


@pytest.mark.asvs("11.3.3")
def test_no_part_of_a_sealed_value_can_be_left_out_or_added(safe: OpenSafe) -> None:
    sealed = safe.seal(b"in confidence", belongs_to=b"note 1")
    for length in range(len(sealed)):
        with pytest.raises(Unavailable):
            safe.open(sealed[:length], belongs_to=b"note 1")
    with pytest.raises(Unavailable):
        safe.open(sealed + b"\0", belongs_to=b"note 1")


@pytest.mark.asvs("11.3.3")
def test_what_a_value_belongs_to_cannot_be_changed(safe: OpenSafe) -> None:
    sealed = safe.seal(b"in confidence", belongs_to=b"note 1")
    for other in (b"note 2", b"note 1 ", b"note", b""):
        with pytest.raises(Unavailable):
            safe.open(sealed, belongs_to=other)


@pytest.mark.asvs("11.5.1")
def test_of_a_million_values_no_two_have_one_nonce(safe: OpenSafe) -> None:
    seen = {safe.seal(b"", belongs_to=b"")[MARK : MARK + NONCE] for _ in range(1_000_000)}
    assert len(seen) == 1_000_000
