"""Everything that the workspaces' keys have sealed, so that none of it is left behind."""

from engagements.notes.attachment_sealed import SealedFiles
from engagements.notes.sealed import NOTES, REVISIONS
from engagements.upward.sealed import APPROVALS, PROPOSALS
from tenancy.files.store import Files
from tenancy.mail.sealed import MAILS
from tenancy.sso.sealed import SECRETS
from tenancy.workspaces.sealed import Sealed


def sealed_in(files: Files) -> tuple[Sealed, ...]:
    """All kinds of sealed records, those in the database and those in the store of files."""
    return NOTES, REVISIONS, MAILS, SECRETS, PROPOSALS, APPROVALS, SealedFiles(files)
