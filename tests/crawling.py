"""Finding every page by its links, as a person would who opens each of them once."""

import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin, urlsplit

from litestar import Litestar
from litestar.handlers import BaseRouteHandler

from frontend.access import routes_of
from served import Visitor

HREF = re.compile(r'href="([^"#]+)')
OF_EACH = 6
"""How many pages of one route are opened."""
PARAMETER = re.compile(r"\{[^}]+\}")


def page_routes(app: Litestar) -> dict[str, BaseRouteHandler]:
    """The routes that show a page, by their path in the router."""
    return {
        path: handler
        for path, handler in routes_of(app)
        if "page" in handler.opt and "GET" in getattr(handler, "http_methods", ())
    }


def route_of(path: str, routes: Iterable[str]) -> str | None:
    """The route that answers a path; one with fewer parameters comes first."""
    for route in sorted(routes, key=lambda each: each.count("{")):
        pattern = PARAMETER.sub("[^/]+", route)
        if re.fullmatch(pattern, path):
            return route
    return None


async def crawl(visitor: Visitor, start: str, routes: Iterable[str]) -> dict[str, str]:
    """The fullest page of each route that links lead to from `start`: its address, by route.

    Raises:
        AssertionError: a link leads nowhere.
    """
    routes = list(routes)
    fullest: dict[str, tuple[int, str]] = {}
    queued, waiting = Counter[str](), [start]
    seen = {start}
    while waiting:
        address = waiting.pop(0)
        answer = await visitor.page(address)
        assert answer.status_code in {200, 303}, f"{address} answers {answer.status_code}"
        links = [unescape(link) for link in HREF.findall(answer.text)]
        if answer.status_code == 303:
            links = [answer.headers["location"]]
        elif route := route_of(urlsplit(address).path, routes):
            fullest[route] = max(fullest.get(route, (0, "")), (len(answer.text), address))
        for target in (urljoin(address, link) for link in links):
            route = route_of(urlsplit(target).path, routes)
            if route and target not in seen and not urlsplit(target).netloc:
                seen.add(target)
                queued[route] += 1
                if queued[route] <= OF_EACH:
                    waiting.append(target)
    return {route: address for route, (_, address) in fullest.items()}
