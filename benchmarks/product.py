"""The product as it is served, built from the environment."""

from litestar.types import ASGIApp

from frontend.app import build
from tenancy.database.pool import Database
from tenancy.settings import read_settings
from tenancy.workspaces.keys import Keyring


def app() -> ASGIApp:
    settings = read_settings()
    assert settings.database_app_url is not None and settings.master_key is not None
    keyring = Keyring(settings.master_key)
    return build(settings, Database(settings.database_app_url, keyring), keyring)
