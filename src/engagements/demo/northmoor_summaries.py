"""What the coaches wrote for those they coach: what was said, agreed between the two of them."""

from engagements.demo.script import NotePart

NOTES = (
    NotePart(
        author="ros",
        kind="session",
        session="maya-1",
        at="17:45",
        readers=("maya",),
        body="""
            Maya, three threads in your words, for you to correct:

            - “I am the last person they would tell.” You want to know whether that is still true.
            - You would like to stop translating between surgeons and theatre staff, and have them
              talk.
            - You are tired of being the one who stays calm.

            You said you would tell the surgeons' meeting plainly what the pulse said, without
            softening it. You asked me to ask you how it went, and not before.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="david-1",
        at="12:30",
        readers=("david",),
        body="""
            David, what stayed with me this morning: you described the best ward you ever worked
            on, and in the whole story nobody was in charge. When I said so you were quiet, and
            then you said, “I have been trying to be the sister of two thousand people.”

            You would like to try leaving one question unanswered in each meeting, and see who
            picks it up.
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="maya-3",
        at="18:15",
        readers=("maya",),
        body="""
            You told me about the morning when the registrar said, in front of everyone, that she
            was not ready, and the list waited six minutes. What you did: you thanked her before
            anybody could groan. What it was like: “My heart was going. I thought they would laugh
            at both of us.”

            Nobody laughed. You noticed that you had been bracing for a room that was no longer
            there.

            Between now and next time: once a week, thank the person who slows you down for a good
            reason, where others can hear it.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="david-3",
        at="11:40",
        readers=("david",),
        body="""
            You had the conversation. It took nine minutes, after seven months of waiting for the
            right week, and you told me her first words were “thank you for saying it to me and
            not about me”. I would like you to keep that sentence somewhere.

            You want to spend a late shift in recovery, alone and with no agenda. We spoke about
            what you will say when people ask why you are there. You settled on the truth: “To
            see what I have stopped seeing.”
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="maya-4",
        at="17:20",
        readers=("maya",),
        body="""
            You came with a list of eleven things and we did one. The one was this: you said yes
            to a third extra list because you did not want to be the clinical director who cannot
            cope. Then you said that you would have told any colleague of yours to say no.

            What you want to try: ask for a day before you answer. Not a no. A day.
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="maya-6",
        at="18:40",
        readers=("maya",),
        body="""
            Maya, shorter than usual because you asked for that.

            - The late starts: you would rather hear it from the figures than from the corridor.
              Imran will bring them to you and Sunita first.
            - The look-back after every list is yours, you said, and it slips on the days when it
              would matter most. You want a different role to lead it each day, so that it does
              not wait for you.
            - You asked what I see. I see somebody who no longer stays calm for everyone, and
              whose team has not fallen over.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="david-4",
        at="10:15",
        readers=("david",),
        body="""
            We spent the hour on the promise from the read-back: to tell people what changed after
            the listening rounds, even where the answer is nothing yet. You have a draft of four
            pages. You read me the first line and stopped yourself: “I would not read this.”

            So: one page, three things that changed, two that will not and why, one that we do not
            know. You will answer the three questions from the read-back in the bulletin first.
            """,
    ),
)
