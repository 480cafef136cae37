"""What Maya and David wrote between sessions, mostly on a telephone."""

from engagements.demo.northmoor_papers import QUESTIONS
from engagements.demo.script import NotePart

NOTES = (
    NotePart(
        author="maya",
        kind="reflection",
        day=-252,
        at="21:35",
        body="""
            Told the surgeons' meeting. I had a slide and did not use it. I said that people who
            hold our retractors do not think they can tell us when we are wrong. Somebody looked
            at his phone. Somebody else said “fair”.

            I am not showing this to anyone yet. I want to see if I still think it went all right
            next week.
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-199,
        at="18:10",
        readers=("ros",),
        body="""
            Tried asking the newest person first. She said she did not have anything. I waited,
            like we said, and it was horrible, and then she asked whether we could have the
            warmer plugged in before and not during. We have been tripping over that cable for
            two years.

            What I noticed: I nearly answered for her.
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-141,
        at="02:40",
        readers=("ros",),
        body="""
            Between two cases. Long night. One of the practitioners stopped me at the door and
            said the count did not feel right to him, he could not say why. We counted again. It
            was fine. I thanked him and I meant it, and I was also cross about the time, and I
            think he could see both.

            Is it all right to be both? Ask Ros.
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-92,
        at="23:05",
        body="""
            I do not want to be the face of this any more. Everyone is so pleased with theatres.
            The pulse is up and I am asleep on the sofa at eight. If somebody asked me whether
            anyone here notices when I am overloaded, I would have to say no.

            Not for sharing. Just so that it is somewhere.
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-57,
        at="20:15",
        readers=("ros",),
        body="""
            Sorry about our session. The list ran over and I could have left and did not. I told
            myself it was for the patients. I think it was easier than sitting down.

            Please do not be nice about it. Can we find another date?
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-26,
        at="19:30",
        key="the porter",
        for_team=True,
        body="""
            For both of you. The look-back happened on four days out of five last week, and the
            one I missed was the one where it all went wrong. On the other four somebody else led
            it. On Thursday it was the porter. He said the corridor is the reason we start late
            twice a week, and he is right, and I have walked that corridor for nine years.
            """,
    ),
    NotePart(
        author="maya",
        kind="reflection",
        day=-3,
        at="22:10",
        key="late starts",
        readers=("ros",),
        files=(QUESTIONS,),
        body="""
            Imran showed us the late starts before anyone else saw them. It stung. Then it was a
            relief, because nobody was hiding it and nobody was shouting.

            What I want to bring next time: a surgeon said in the coffee room that the huddle is
            my hobby and it costs him a case a week. I said nothing. I knew the figures and I said
            nothing, because he is senior and he was smiling. So that is where I am with speaking
            up.

            It was not all like that. The new practitioner asked first today, without being asked.
            """,
    ),
    NotePart(
        author="david",
        kind="reflection",
        day=-237,
        at="07:10",
        readers=("imran",),
        body="""
            Left a question lying on the table at the matrons' meeting, as agreed. It lay there
            for what felt like a week. Then one of them picked it up and they argued about it,
            properly, for the first time since I have been here. I took notes to keep my mouth
            shut.

            Uncomfortable thought: they were better without me in it.
            """,
    ),
    NotePart(
        author="david",
        kind="reflection",
        day=-122,
        at="21:20",
        body="""
            Tomorrow is the day. I have written it on a card: what I saw, what it does to the
            others, what I need, what I will do to help. Four lines. I have been a nurse for
            thirty-one years and I am frightened of four lines.
            """,
    ),
    NotePart(
        author="david",
        kind="reflection",
        day=-69,
        at="23:50",
        readers=("imran",),
        body="""
            Home from the late shift in recovery. For the first hour everyone was very tidy. After
            that they forgot who I was and it was the best four hours I have had this year.

            Three things nobody had told me: the telephone that everyone rings is at the far end
            of the bay, the lock of the break room has been broken for months, and they decide by
            themselves when to hold a patient back and are never thanked for it. I thanked them.
            I have rung about the lock.
            """,
    ),
    NotePart(
        author="david",
        kind="reflection",
        day=-6,
        at="06:45",
        readers=("imran",),
        body="""
            One page, as promised, and I cannot get the last paragraph right. It is the one about
            what we will not do. Every version sounds either sorry for itself or like a policy.

            Perhaps it should just say: we are not opening the second coffee room this year,
            because the money went on two posts in recovery, and I decided that. Would you put
            your name under that? I think I would.
            """,
    ),
)
