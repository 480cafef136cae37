"""OpenID providers over real HTTP: a certified implementation, and one that lies.

The honest one is idpyoidc's server: it checks client, redirect URI, PKCE and code itself. The
hostile one answers every code with whatever token a test wants.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask
from idpyoidc.server import Server
from idpyoidc.server.configure import OPConfiguration
from idpyoidc.server.user_authn.user import UserAuthnMethod
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT = "cocreate-test"
SECRET = "a secret of the client, and 100% ~odd+signs"
Person = dict[str, Any]


@contextmanager
def served(app: flask.Flask) -> Iterator[str]:
    """The app on a free port; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Chosen(UserAuthnMethod):
    """Whoever the form of the provider named."""

    user = ""

    def authenticated_as(self, *_: Any, **__: Any) -> tuple[dict[str, str], int]:
        return {"uid": self.user}, int(time.time())


class Provider:
    """A provider whose people sign in by naming themselves."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.down = False
        self.issuer = ""
        self.app = flask.Flask("provider")
        self._server: Server | None = None

    @property
    def server(self) -> Server:
        if self._server is None:
            self._server = Server(_configuration(self.issuer))
            told = self._server.context.provider_info
            told["jwks_uri"] = f"{self.issuer}/jwks"
            told["scopes_supported"] = ["openid", "profile", "email"]
        return self._server

    def knows(self, subject: str, **claims: Any) -> None:
        """Let somebody of these claims sign in."""
        self.people[subject] = {"sub": subject, **claims}
        self.server.context.userinfo.db[subject] = self.people[subject]

    def trusts(self, redirect_uri: str) -> None:
        """Register the client."""
        self.server.context.cdb[CLIENT] = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [(redirect_uri, {})],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_post",
            "subject_type": "public",
            "allowed_scopes": ["openid", "profile", "email"],
            "add_claims": {"always": {"id_token": dict.fromkeys(CLAIMS)}},
        }

    def answer_at(self, app: flask.Flask) -> None:
        @app.before_request
        def stand() -> Any:
            return ("", 503) if self.down else None

        @app.get("/.well-known/openid-configuration")
        def configuration() -> Any:
            endpoint = self.server.get_endpoint("provider_config")
            args = endpoint.process_request()
            return flask.Response(
                endpoint.do_response(**args)["response"], mimetype="application/json"
            )

        @app.get("/jwks")
        def keys() -> Any:
            return flask.Response(
                self.server.keyjar.export_jwks_as_json(), mimetype="application/json"
            )

        @app.get("/authorization")
        def ask() -> str:
            buttons = "".join(f"<button name=sub value={sub}>{sub}</button>" for sub in self.people)
            return f"<!doctype html><title>Provider</title><form method=post>{buttons}</form>"

        @app.post("/authorization")
        def authorise() -> Any:
            endpoint = self.server.get_endpoint("authorization")
            Chosen.user = flask.request.form["sub"]
            parsed = endpoint.parse_request(flask.request.args.to_dict())
            if "error" in parsed:
                return parsed.to_dict(), 400
            done = endpoint.do_response(request=parsed, **endpoint.process_request(parsed))
            return flask.redirect(done["response"], 303)

        @app.post("/token")
        def exchange() -> Any:
            endpoint = self.server.get_endpoint("token")
            headers = {"authorization": flask.request.headers.get("authorization")}
            parsed = endpoint.parse_request(
                flask.request.form.to_dict(), http_info={"headers": headers}
            )
            if "error" in parsed:
                return parsed.to_dict(), 400
            args = endpoint.process_request(parsed)
            if "error" in args:
                return dict(args), 400
            return args["response_args"]


CLAIMS = ("name", "email", "email_verified", "amr")


def _configuration(issuer: str) -> OPConfiguration:
    server, oidc = "idpyoidc.server", "idpyoidc.server.oidc"
    usage = {"supports_minting": ["access_token", "id_token"], "max_usage": 1, "expires_in": 120}
    return OPConfiguration(
        {
            "issuer": issuer,
            "key_conf": {
                "key_defs": [
                    {"type": "RSA", "use": ["sig"]},
                    {"type": "EC", "crv": "P-256", "use": ["sig"]},
                ]
            },
            "preference": {"subject_types_supported": ["public"]},
            "endpoint": {
                "provider_config": {
                    "path": ".well-known/openid-configuration",
                    "class": f"{oidc}.provider_config.ProviderConfiguration",
                    "kwargs": {},
                },
                "authorization": {
                    "path": "authorization",
                    "class": f"{oidc}.authorization.Authorization",
                    "kwargs": {"response_types_supported": ["code"]},
                },
                "token": {
                    "path": "token",
                    "class": f"{oidc}.token.Token",
                    "kwargs": {"client_authn_method": ["client_secret_post"]},
                },
            },
            "authentication": {"user": {"acr": "named", "class": Chosen, "kwargs": {}}},
            "userinfo": {"class": f"{server}.user_info.UserInfo", "kwargs": {"db": {}}},
            "authz": {
                "class": f"{server}.authz.AuthzHandling",
                "kwargs": {"grant_config": {"usage_rules": {"authorization_code": usage}}},
            },
            "token_handler_args": {
                "key_conf": {
                    "key_defs": [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": "code"}]
                },
                "code": {"lifetime": 120},
                "token": {
                    "class": f"{server}.token.jwt_token.JWTToken",
                    "kwargs": {"lifetime": 60},
                },
                "id_token": {
                    "class": f"{server}.token.id_token.IDToken",
                    "kwargs": {"base_claims": dict.fromkeys(CLAIMS)},
                },
            },
            "add_on": {
                "pkce": {
                    "function": f"{server}.oauth2.add_on.pkce.add_support",
                    "kwargs": {"essential": True, "code_challenge_methods": {"S256": {}}},
                }
            },
            "session_params": {
                "encrypter": {
                    "kwargs": {
                        "keys": {
                            "key_defs": [
                                {"type": "OCT", "use": ["enc"], "kid": "password"},
                                {"type": "OCT", "use": ["enc"], "kid": "salt"},
                            ]
                        },
                        "iterations": 1,
                    }
                }
            },
        }
    )


@contextmanager
def provider() -> Iterator[Provider]:
    """The honest one, serving."""
    made = Provider()
    made.answer_at(made.app)
    with served(made.app) as issuer:
        made.issuer = issuer
        yield made


class Liar:
    """A provider that answers whatever a test wants. Unless told otherwise it says the truth."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "its own", "use": "sig"})
        self.metadata: dict[str, Any] = {}
        self.keys: list[dict[str, Any]] | None = None
        self.token: str | None = None
        self.app = flask.Flask("liar")
        self._answer_at(self.app)

    def honest(self) -> None:
        """Forget what tests wanted."""
        self.metadata, self.keys, self.token = {}, None, None

    def claims(self, asked: str, **others: Any) -> dict[str, Any]:
        """What a right token says; None leaves a claim out."""
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "somebody",
            "iat": now,
            "exp": now + 60,
            "nonce": asked,
        }
        return {name: value for name, value in (right | others).items() if value is not None}

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": "its own", **header}, claims, self.key)

    def _answer_at(self, app: flask.Flask) -> None:
        @app.get("/.well-known/openid-configuration")
        def configuration() -> Any:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorization",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                **self.metadata,
            }

        @app.get("/jwks")
        def keys() -> Any:
            return {"keys": [self.key.as_dict(private=False)] if self.keys is None else self.keys}

        @app.post("/token")
        def exchange() -> Any:
            return {"access_token": "x", "token_type": "Bearer", "id_token": self.token}


@contextmanager
def liar() -> Iterator[Liar]:
    """The hostile one, serving."""
    made = Liar()
    with served(made.app) as issuer:
        made.issuer = issuer
        yield made
