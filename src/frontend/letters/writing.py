"""Writing a letter: its facts, as they are when it is sent or shown."""

from collections.abc import Callable

import css_inline

from frontend.assets import files
from frontend.pages import render
from tenancy.mail.delivery import Written
from tenancy.mail.service import Letter


def writer(public_url: str) -> Callable[[Letter], Written]:
    """A function that writes letters whose links begin with `public_url`."""

    def write(letter: Letter) -> Written:
        values = {**letter.facts, "to_name": letter.to_name, "site": public_url}
        folder = f"letters/{letter.letter}"
        html = render(f"{folder}/letter.html", **values)
        css = files()["css/letter.css"].body.decode()
        return Written(
            subject=" ".join(render(f"{folder}/subject.txt", **values).split()),
            text=render(f"{folder}/letter.txt", **values).strip() + "\n",
            html=css_inline.inline(html, extra_css=css, load_remote_stylesheets=False),
        )

    return write
