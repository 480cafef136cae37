"""What Ros and Imran wrote at Northmoor Vale for themselves and for each other."""

from engagements.demo.northmoor_papers import FOR_THE_BOARD, THE_WALL
from engagements.demo.script import NotePart

NOTES = (
    NotePart(
        author="ros",
        kind="working",
        session="contract",
        at="18:05",
        body="""
            Helen speaks about theatres as if it were another organisation. Three times she said
            “they”, and once “my theatres”, with real warmth. She is braver than she thinks, and
            more alone.

            My hunch: the executive team has never said aloud what it is afraid of finding. If we
            start with theatres only, we become the fourth review.

            Watch my wish to rescue. I liked her very quickly.
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="exec-1",
        at="12:20",
        for_team=True,
        body="""
            Ninety minutes on one question: what is this for? Eleven answers on the wall, four of
            them about the regulator. Then silence, and Helen said, “I would like to stop being
            surprised.” That was the sentence people copied down.

            Agreed:

            - the name for staff is Working Together, with no logo and no launch
            - nothing from a conversation comes back with a name on it
            - the executives go first: the first thing we look at is how they work together

            Airtime: Helen about half, finance and operations most of the rest. David spoke twice,
            and both times the room changed direction.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="listening",
        at="11:15",
        for_team=True,
        body="""
            Fourteen people over two hours, most of them standing up with toast. What I heard more
            than once, in no order:

            - “You only get asked what you think once it has gone wrong.”
            - Names are on the board now, and people like it. Nobody could say who started it.
            - New staff learn in the first week which surgeons you can ask twice.
            - The wards ring too late, said theatres. Theatres never pick up, said the ward clerk.

            Sunita does a quiet thing at the start of the day: she asks the newest person what
            would make the list easier. Nobody calls it anything. I would like us to notice it
            with her before we propose a method.
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="read-back",
        at="17:10",
        for_team=True,
        body="""
            We put the four scores on the floor and asked people to stand where they would have
            put them. Psychological safety split the room by role, and everyone could see it:
            consultants at seven, theatre practitioners at four. Nobody had to say it.

            Maya stayed in the middle and said, “I thought it was better than this. I think I
            thought it was better because of where I stand.” It cost her something.

            What they asked of us: come back within the year and say what changed, even if it is
            nothing. David has taken that one.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="exec-2",
        at="13:00",
        for_team=True,
        body="""
            Helen was called away to the region, so the team met without its chief executive for
            the first time in this work. For twenty minutes they waited for somebody to chair.
            Then David asked who would like to, and operations did it well.

            The real disagreement came out at last: is a late start a failure of discipline or a
            sign that the morning is impossible? Two people hold each view and have held them for
            a year in corridors. They did not settle it. They did say it in one room.

            For next time: they want Helen to hear it from them and not from us. I agreed.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="choosing",
        at="16:45",
        for_team=True,
        files=(THE_WALL,),
        body="""
            They threw out our list of nine ideas in ten minutes, which was the best ten minutes
            of the day. What they chose:

            - a huddle of four minutes before the first case, the most junior voice first
            - a look-back of one minute after the last, whoever is still there
            - nothing else for six months

            Sunita: “If it needs a form, it is dead.” There will be no form.
            """,
    ),
    NotePart(
        author="ros",
        kind="working",
        session="maya-2",
        at="15:30",
        body="""
            I gave advice today, twice, and both times her shoulders went down a little. She did
            not need a better plan for the surgeons' meeting. She needed somebody to hear that it
            frightened her.

            Next time: ask what it was like, then wait. Count to ten if I have to.
            """,
    ),
    NotePart(
        author="imran",
        kind="working",
        session="david-2",
        at="10:20",
        body="""
            David is kind to everybody and clear with almost nobody. He knows it. He told me about
            a hard conversation that he has put off for four months and said, laughing, that he
            was “waiting for the right week”.

            I laughed with him, and I wish I had not. It is the work. Bring it back gently.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="huddles",
        at="17:00",
        for_team=True,
        body="""
            We practised with real mornings that people remembered, in mixed groups. First round:
            the senior person spoke, then asked “any questions?” while standing up. We all
            laughed, because everybody does it.

            Second round, seated, newest person first. A healthcare assistant asked whether the
            second table was really free, because it had been promised twice. It had. That would
            have been a forty-minute delay at half past ten.

            Filming it for the intranet was suggested. I think it would turn practice into
            performance, so I would rather let that go.
            """,
    ),
    NotePart(
        author="ros",
        kind="session",
        session="exec-3",
        at="12:10",
        for_team=True,
        body="""
            They told Helen, themselves, what they had disagreed about without her. She listened
            to the end, thanked them, and asked what they needed from her to keep disagreeing in
            the room. I have not seen this team do that before.

            Corridor vetoes named as a habit, with examples, nobody blamed. They will each watch
            for one in themselves until we meet again.

            Still careful: nobody has yet said no to Helen directly.
            """,
    ),
    NotePart(
        author="ros",
        kind="working",
        session="maya-6",
        at="16:20",
        body="""
            Something has shifted since the cancelled session. She came in and said, “I am not
            fine, and I would like not to be asked to fix it for ten minutes.” So I did not.

            A hypothesis to hold lightly: the late starts are where her two loyalties meet. She
            asked for the huddle, and she answers for the clock. If the figures are used against
            the huddle, she will carry it alone unless David stands beside her in public. #PS1
            """,
        again="""
            Something has shifted since the cancelled session. She came in and said, “I am not
            fine, and I would like not to be asked to fix it for ten minutes.” So I did not.

            A hypothesis to hold lightly: the late starts are where her two loyalties meet. She
            asked for the huddle, and she answers for the clock. If the figures are used against
            the huddle, she will carry it alone unless David stands beside her in public. #PS1

            For supervision: why did I want so much to fix it?
            """,
        too_late="""
            Something has shifted since the cancelled session. She came in and said, “I am not
            fine, and I would like not to be asked to fix it for ten minutes.” So I did not. It
            was the best session so far.

            A hypothesis to hold lightly: the late starts are where her two loyalties meet. She
            asked for the huddle, and she answers for the clock. If the figures are used against
            the huddle, she will carry it alone unless David stands beside her in public. #PS1
            """,
    ),
    NotePart(
        author="imran",
        kind="working",
        day=-24,
        at="20:50",
        readers=("ros",),
        body="""
            Ros, I have done what we promised Maya and looked at the late starts properly. They
            have been above their average for months now, and the rules call it a concern. I
            looked at it three ways and it does not go away.

            It began at about the time that the first huddles did. That is not proof of anything:
            two anaesthetic posts have been empty for as long, and the new booking rules came in
            then too. But we should say it before somebody else does, and we should say it to Maya
            and Sunita first. I will ring them both tomorrow.
            """,
    ),
    NotePart(
        author="imran",
        kind="session",
        session="look-backs",
        at="16:50",
        for_team=True,
        body="""
            We opened with the chart that nobody likes. Long quiet. Then one of the anaesthetists
            said the lists that start late are not the lists that huddle longest, as far as he can
            tell, and could we please look before we argue.

            So: late starts list by list, at the huddle, with no names of surgeons, for four
            weeks. I bring the figures. They decide what they mean.

            Sunita could not come. Two theatres were short and she covered one of them herself.
            That is also a finding.
            """,
    ),
    NotePart(
        author="ros",
        kind="working",
        session="helen-review",
        at="18:30",
        body="""
            Helen wants one sentence for the board, and I know the one she would like: that it is
            working. I said what we can say: more people feel safe to speak up than at any time
            since it has been asked, observed alongside the work, and the late starts beside it.

            She sighed and said, “You never give me the easy half.” Then she asked to open her
            report with the late starts. I drove home rather moved.
            """,
    ),
    NotePart(
        author="ros",
        kind="working",
        day=-2,
        at="09:40",
        for_team=True,
        files=(FOR_THE_BOARD,),
        body="""
            For the board, a first go at what we cannot claim:

            - that the programme caused the rise: the pulse was already moving in one directorate
            - that teamworking is worse: the interval includes no change at all
            - that the huddle causes late starts, or that it does not: four weeks of looking first

            And what I think we can ask of them: protect the four minutes, go and see one, and
            do not ask for a dashboard before the teams have read their own figures.

            [] Send David the sentences we can stand behind @Imran Qureshi

            [] Ask Helen which figure she would miss least
            """,
    ),
)
