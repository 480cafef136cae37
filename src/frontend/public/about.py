"""Four plain pages that every footer leads to: accessibility, privacy, security, help."""

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
            "Your account has a copy of what is kept about you, to download. The consultancy you "
            "work with decides what is kept and for how long: ask them to have anything corrected "
            "or deleted.",
        ),
    ],
)
SECURITY = Statement(
    "Security",
    "People say here what they would say nowhere else. This is what keeps it to those it is for, "
    "and what we do not claim.",
    [
        Part(
            "Workspaces are kept apart by the database",
            "Each record belongs to one workspace, and PostgreSQL itself answers nothing of "
            "another: a mistake in our program cannot show one consultancy’s records to the next. "
            "The product does not start on a database where this wall is missing anywhere. What "
            "is another’s looks the same as what does not exist.",
        ),
        Part(
            "So are the people in a workspace",
            "Who reads a note is a rule of the database as well. An owner sees every engagement’s "
            "record and no note that is not for them. A sponsor sees what was published on "
            "purpose. Who leaves reads nothing more from that moment.",
        ),
        Part(
            "Notes and files are encrypted",
            "With AES-256-GCM, under a key of the workspace, which is wrapped by a key that is "
            "kept outside the database. Both can be renewed while people work. A copy of the "
            "database alone opens nothing.",
        ),
        Part(
            "Signing in",
            "By passkey, by password with an authenticator app, by an organisation’s own sign-in, "
            "or by a code that works only in the browser that asked for it, so that a mail "
            "scanner which opens links gets nowhere. Owners can ask everybody for a second "
            "factor. What could do lasting harm asks for a fresh proof. All of it is in every "
            "plan.",
        ),
        Part(
            "Those who run the server",
            "They enter a workspace only when one of its owners consents, for a limited time, by "
            "name. What they opened is in the trail, owners are written to, and what people wrote "
            "stays closed to them.",
        ),
        Part(
            "The trail",
            "Who did what to which thing is recorded without a word of its text. Each entry is "
            "chained to the one before, so that a change is found. Owners read it and take it "
            "with them.",
        ),
        Part(
            "How we know",
            "Each version is tested before it is released: every page as every role, from inside "
            "and from another workspace; each rule of the database taken away once, to see that "
            "the tests notice. It is held against OWASP ASVS 5.0, levels 1 and 2, requirement by "
            "requirement, with the gaps named.",
        ),
        Part(
            "What we do not claim",
            "No outside firm has tested this product, and software alone has no certificate: "
            "Cyber Essentials, ISO 27001 and the Data Security and Protection Toolkit are about "
            "the organisation that runs it. Ask the consultancy that invited you for theirs.",
        ),
        Part(
            "You have found a weakness",
            "Tell the consultancy that invited you, or whoever runs this server, before anybody "
            "else. They can reach the people who build Cocreate.",
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


@page("/security", template="public/about.html", policy=ANYONE)
async def security() -> Statement:
    """How confidentiality is held, how that is shown, and what is not claimed."""
    return SECURITY


@page("/help", template="public/about.html", policy=ANYONE)
async def help_page() -> Statement:
    """What people ask most."""
    return HELP


ABOUT = [accessibility, privacy, security, help_page]
