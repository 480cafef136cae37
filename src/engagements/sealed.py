"""Everything that the workspaces' keys have sealed, so that none of it is left behind."""

from engagements.notes.sealed import NOTES, REVISIONS
from tenancy.mail.sealed import MAILS
from tenancy.workspaces.sealed import Sealed

SEALED: tuple[Sealed, ...] = (NOTES, REVISIONS, MAILS)
