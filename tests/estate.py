"""What a rich world holds: its people, its things by name and engagement, and their canaries."""

from collections import defaultdict
from uuid import UUID

from canaries import Aviary, Thing, Work
from tenancy.files.store import Files
from world import Consultancy, Person


class Estate:
    """What was built: people by key, things by name and engagement, and their canaries."""

    def __init__(self, files: Files, issuer: str) -> None:
        self.files = files
        self.issuer = issuer
        """Of the provider of every workspace."""
        self.aviary = Aviary()
        self.people: dict[str, Person] = {}
        self.worlds: dict[str, Consultancy] = {}
        self._things: dict[tuple[str, Work], list[Thing]] = defaultdict(list)

    def things(self, name: str, work: Work) -> list[Thing]:
        """The things that routes call by `name`, such as "session" or "note"."""
        return self._things[name, work]

    def ids_of(self, work: Work) -> set[UUID]:
        """The ids of everything and everybody of an engagement of another workspace."""
        mine = self.every(work)
        world = self.worlds[mine[0].workspace]
        people = {world.alice.id, world.bob.id, world.pat.id, world.sam.id}
        return people | {id for thing in mine for id in thing.path.values()}

    def every(self, work: Work) -> list[Thing]:
        """All things of an engagement."""
        return [
            thing
            for (_, where), things in self._things.items()
            if where == work
            for thing in things
        ]

    def has(self, name: str, thing: Thing) -> None:
        self._things[name, thing.work].append(thing)
