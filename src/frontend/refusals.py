"""What access refuses, each with a sentence that says what to do first."""

from tenancy.errors import Failure


class NotSignedIn(Failure):
    """Nobody is signed in, and somebody must be."""

    def __init__(self) -> None:
        super().__init__("Sign in to open this page.")


class LeftWorkspace(NotSignedIn):
    """Whose session this was is no member of the workspace any more."""

    def __init__(self, workspace: str) -> None:
        Failure.__init__(self, f"You no longer have access to {workspace}.")


class AccessPaused(LeftWorkspace):
    """Whose session this was is a member whom an owner suspended."""

    def __init__(self, workspace: str) -> None:
        Failure.__init__(self, f"Your access to {workspace} is paused.")


class SecondFactorNeeded(Failure):
    """The workspace opens to nobody of this role who has not proved a second factor."""

    def __init__(self, workspace: str) -> None:
        super().__init__(f"{workspace} asks for a second factor. Set one up, or prove yours.")


class SsoNeeded(Failure):
    """The workspace opens to nobody of this role whom its own provider has not signed in."""

    def __init__(self, workspace: str, slug: str) -> None:
        super().__init__(f"{workspace} asks you to sign in with your organisation’s own account.")
        self.slug = slug


class NotFresh(Failure):
    """What is asked for needs a factor that was proved in the last minutes."""

    def __init__(self) -> None:
        super().__init__("Confirm first that it is you: this needs a fresh proof.")


class TokenUnknown(NotSignedIn):
    """A program sent a token that does not work, or does not any more."""

    def __init__(self) -> None:
        Failure.__init__(
            self,
            "This token does not work: it is wrong, has expired, or was revoked. Make another.",
        )


class NotForTokens(Failure):
    """A token asked for what its scopes do not open, or no token's do."""

    def __init__(self, scope: str | None) -> None:
        super().__init__(
            f"This needs a token with the scope {scope}. Make one that has it."
            if scope
            else "No token opens this. Sign in to do it yourself."
        )


class CrossSite(Failure):
    """A change was asked for by another site, or without the session's token."""

    def __init__(self) -> None:
        super().__init__(
            "This page was open too long to be sent safely. Load it again, then repeat."
        )
