"""Three plain pages that every footer leads to: accessibility, privacy, help."""

from msgspec import Struct

from frontend.access import ANYONE
from frontend.routes import page


class Part(Struct):
    heading: str
    text: str


class Statement(Struct):
    title: str
    lede: str
    parts: list[Part]


ACCESSIBILITY = Statement(
    "Accessibility",
    "Everybody who is asked to use Cocreate should be able to, on any device and with any help "
    "they use. We aim at WCAG 2.2, level AA.",
    [
        Part(
            "How it is checked",
            "Every page is opened in a browser by the tests of each version, wide and at 320 "
            "pixels, in light and dark, and examined with axe-core against WCAG 2.2 AA and best "
            "practice. Pages and forms work with a keyboard alone and without JavaScript.",
        ),
        Part(
            "Charts",
            "Each chart has a sentence that says what it shows, uses shape as well as colour, and "
            "offers its figures as a table.",
        ),
        Part(
            "What we have not done yet",
            "No independent audit has been made. The pages are in English only.",
        ),
        Part(
            "Tell us",
            "If something is in your way, tell the consultancy that invited you; they can reach "
            "the people who build Cocreate, and can give you what you need in another form.",
        ),
    ],
)
PRIVACY = Statement(
    "Privacy",
    "What is kept about you, who reads it, and what is never done with it.",
    [
        Part(
            "Who reads what you write",
            "Only the people that the label of a note names. The database itself holds this: "
            "neither the owner of the workspace nor an executive sponsor can read a note that is "
            "not for them. A sponsor reads what somebody published on purpose.",
        ),
        Part(
            "What is kept",
            "Your name, your e-mail address, your role in the work, and what you write here. Notes "
            "are encrypted under a key of your consultancy's workspace. The key of a passkey stays "
            "with you: we keep what checks it. There are no advertising or measuring cookies; "
            "one cookie keeps you signed in.",
        ),
        Part(
            "On your device",
            "What you write without a connection waits on your device, sealed for you, until it "
            "is sent. Signing out sends it first, or asks what is to become of it.",
        ),
        Part(
            "For how long",
            "Each note says on its page until when it is kept. Then it is destroyed, with its "
            "earlier versions and its files. If you leave, what you shared stays with those it "
            "was for, and what you kept to yourself is sealed until its time has come.",
        ),
        Part(
            "Patients",
            "Cocreate is about how people work together. Leave out anything that could identify a "
            "patient, and report incidents in your organisation's own system.",
        ),
        Part(
            "Your rights",
            "The consultancy you work with decides what is kept and for how long. Ask them for a "
            "copy of what concerns you, or to have it corrected or deleted.",
        ),
    ],
)
HELP = Statement(
    "Help",
    "The things that people ask most.",
    [
        Part(
            "The code does not come",
            "Look among unwanted mail, and check the address: it must be the one you were invited "
            "with. Hospital mail filters can take some minutes. Then ask for another code.",
        ),
        Part(
            "The code does not work",
            "A code works once, for ten minutes, and only in the browser that asked for it. Type "
            "it where you asked for it.",
        ),
        Part(
            "A page says that there is nothing here",
            "Either it does not exist, or it is not for you. Both look the same on purpose. If you "
            "think that you should see it, ask the person who sent you the link.",
        ),
        Part(
            "There is no signal where I write",
            "Open Cocreate once with a connection, and add it to your home screen. From then on "
            "the form opens without one. What has not been sent is listed under “Not sent yet”.",
        ),
        Part(
            "Anything else",
            "Ask the consultancy that invited you; every mail from Cocreate says who they are.",
        ),
    ],
)


@page("/accessibility", template="public/about.html", policy=ANYONE)
async def accessibility() -> Statement:
    """How accessible this is, how that is checked, and what is missing."""
    return ACCESSIBILITY


@page("/privacy", template="public/about.html", policy=ANYONE)
async def privacy() -> Statement:
    """What is kept, and who reads it."""
    return PRIVACY


@page("/help", template="public/about.html", policy=ANYONE)
async def help_page() -> Statement:
    """What people ask most."""
    return HELP


ABOUT = [accessibility, privacy, help_page]
