"""Make the list of breached passwords that nobody may choose, from published lists of them.

    python scripts/breached_passwords.py pwdb-100k.txt probable-304k.txt probable-wpa-204k.txt

`src/tenancy/passwords/NOTICE` names the lists and where they come from. What is shorter than a
password may be is left out.
"""

import sys
from pathlib import Path

from tenancy.passwords.breached import BYTES, LIST, digest
from tenancy.passwords.strength import SHORTEST


def main(lists: list[Path]) -> None:
    known = {
        digest(word)
        for path in lists
        for word in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(word) >= SHORTEST
    }
    LIST.write_bytes(b"".join(sorted(known)))
    print(f"{len(known):,} passwords of {SHORTEST} and more characters, {BYTES} bytes each.")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
