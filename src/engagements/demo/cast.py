"""Who is who in the demo. Everybody here is fictional."""

from msgspec import Struct

from tenancy.database.context import Role

WORKSPACES = ("northlight", "tidewater")
"""The slugs of the demo's consultancies."""


class DemoPerson(Struct, frozen=True):
    """Somebody whom a newcomer may sign in as."""

    key: str
    name: str
    email: str
    role: Role
    title: str
    about: str


NORTHLIGHT = (
    DemoPerson(
        "ros",
        "Ros Hartley",
        "ros@northlight.example",
        "owner",
        "Director",
        "leads the work at Northmoor Vale",
    ),
    DemoPerson(
        "imran",
        "Imran Qureshi",
        "imran@northlight.example",
        "consultant",
        "Senior consultant",
        "coaches at Northmoor Vale, leads Harbour Community",
    ),
    DemoPerson(
        "bethan",
        "Bethan Pryce",
        "bethan@northlight.example",
        "associate",
        "Associate",
        "sees only the engagement she is assigned to",
    ),
    DemoPerson(
        "maya",
        "Maya Osei",
        "maya.osei@northmoorvale.example",
        "participant",
        "Clinical director, theatres",
        "is coached, and writes reflections on her phone",
    ),
    DemoPerson(
        "david",
        "David Llewellyn",
        "david.llewellyn@northmoorvale.example",
        "participant",
        "Chief nurse",
        "is coached, and owns agreed actions",
    ),
    DemoPerson(
        "sunita",
        "Sunita Rao",
        "sunita.rao@northmoorvale.example",
        "participant",
        "Matron, theatres",
        "comes to the workshops, and sees her own actions",
    ),
    DemoPerson(
        "helen",
        "Helen Marsh",
        "helen.marsh@northmoorvale.example",
        "sponsor",
        "Chief executive",
        "reads the portal before the board meets",
    ),
)
WHO_LEFT = DemoPerson(
    "huw",
    "Huw Morgan",
    "huw@northlight.example",
    "associate",
    "Associate",
    "worked at Northmoor Vale, and left",
)
"""A former colleague: what he wrote for the team is still read, and he signs in no more."""

WHO_IS_AWAY = DemoPerson(
    "owen",
    "Owen Bright",
    "owen@northlight.example",
    "associate",
    "Associate",
    "is on parental leave, so his access is paused",
)
NEWCOMER = DemoPerson(
    "aisha",
    "Aisha Rahman",
    "aisha.rahman@northlight.example",
    "associate",
    "Associate",
    "is invited, and has not answered yet",
)
SUPPORT = "support@cocreate.example"
"""Who runs the installation; they were let in once."""

TIDEWATER = (
    DemoPerson(
        "tess",
        "Tess Wainwright",
        "tess@tidewater.example",
        "owner",
        "Director",
        "owns the other consultancy, and sees nothing of this one",
    ),
)
