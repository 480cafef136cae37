"""The sample, for owners: what it is, and removing it by one press."""

from litestar.di import NamedDependency
from msgspec import Struct

from engagements.sample.queries import Sample, sample_of
from engagements.sample.service import Removal, remove
from frontend.access import OWNERS
from frontend.routes import deed, page
from tenancy.database.pool import Transaction

WHERE = "/settings/sample"


class SamplePage(Struct):
    """The sample, as long as it is there."""

    sample: Sample | None


class Removed(Struct):
    removed: bool


@page(WHERE, template="workspace/settings/sample.html", policy=OWNERS)
async def show_sample(tx: NamedDependency[Transaction]) -> SamplePage:
    """What goes when the sample is removed."""
    return SamplePage(await sample_of(tx))


@deed(
    WHERE,
    policy=OWNERS,
    body=Removal,
    again=show_sample,
    then=lambda _: "",
    says="The sample was removed. All that is here now is your own.",
)
async def remove_sample(
    tx: NamedDependency[Transaction], draft: NamedDependency[Removal]
) -> Removed:
    """Remove the sample client with everything below it. It cannot be brought back."""
    await remove(tx, draft)
    return Removed(True)


SAMPLE = [show_sample, remove_sample]
