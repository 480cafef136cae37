"""What docker-compose.yml and the Dockerfile promise, read from the files: no engine is needed."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = PROJECT / "tests" / "data" / "compose-spec" / "compose-spec.json"


@pytest.fixture(scope="module")
def text() -> str:
    return (PROJECT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def compose(text: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def environment(compose: dict[str, Any], service: str) -> dict[str, str]:
    variables: dict[str, str] = compose["services"][service]["environment"]
    return variables


def documented() -> set[str]:
    return set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(compose)


def test_every_part_of_the_product_is_a_service(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"web", "worker", "migrate", "db", "pgbouncer", "mailpit"}


def test_every_image_is_pinned_to_a_tag(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        _, _, tag = service["image"].partition(":")
        assert tag not in {"", "latest"}, name


def test_the_database_is_postgresql_18(compose: dict[str, Any]) -> None:
    assert re.fullmatch(r"postgres:18\b.*", compose["services"]["db"]["image"])


def test_every_variable_is_documented_and_every_documented_one_is_used(text: str) -> None:
    assert set(re.findall(r"\$\{(\w+)", text)) == documented()


def test_what_is_passed_on_only_where_it_is_set_is_documented_as_left_out(
    compose: dict[str, Any],
) -> None:
    passed_on = {name for name, value in environment(compose, "web").items() if value is None}
    example = (PROJECT / ".env.example").read_text()

    assert passed_on == set(re.findall(r"^# (\w+)=$", example, re.MULTILINE))


@pytest.mark.parametrize(
    "name", ["COCREATE_MASTER_KEY", "COCREATE_OLD_MASTER_KEYS", "COCREATE_FILES"]
)
def test_web_and_worker_have_the_same_keys_and_the_same_files(
    compose: dict[str, Any], name: str
) -> None:
    assert environment(compose, "web")[name] == environment(compose, "worker")[name]
    assert compose["services"]["web"]["volumes"] == compose["services"]["worker"]["volumes"]


@pytest.mark.asvs("13.2.3")
def test_the_example_holds_no_secret() -> None:
    example = (PROJECT / ".env.example").read_text().splitlines()
    for name in ("POSTGRES_PASSWORD", "COCREATE_APP_PASSWORD", "COCREATE_MASTER_KEY"):
        assert f"{name}=" in example


@pytest.mark.asvs("13.2.3")
def test_a_missing_secret_stops_the_start(text: str) -> None:
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == {"POSTGRES_PASSWORD", "COCREATE_APP_PASSWORD", "COCREATE_MASTER_KEY"}


@pytest.mark.asvs("13.2.2", "13.3.2")
@pytest.mark.parametrize("service", ["web", "worker"])
def test_only_the_migration_knows_the_owner_of_the_database(
    compose: dict[str, Any], service: str
) -> None:
    assert "DATABASE_URL" in environment(compose, "migrate")
    assert "DATABASE_URL" not in environment(compose, service)
    assert not any(
        "POSTGRES_PASSWORD" in (value or "") for value in environment(compose, service).values()
    )


def test_web_reaches_the_database_through_the_pooler_and_says_so(compose: dict[str, Any]) -> None:
    pooler = environment(compose, "pgbouncer")
    assert pooler["POOL_MODE"] == "transaction"
    assert f"@pgbouncer:{pooler['LISTEN_PORT']}/" in environment(compose, "web")["DATABASE_APP_URL"]
    assert environment(compose, "web")["DATABASE_POOLER"] == pooler["POOL_MODE"]


def test_the_worker_reaches_the_database_directly_because_it_listens(
    compose: dict[str, Any],
) -> None:
    assert "@db:5432/" in environment(compose, "worker")["DATABASE_APP_URL"]
    assert "DATABASE_POOLER" not in environment(compose, "worker")


@pytest.mark.parametrize("service", ["web", "worker"])
def test_nothing_starts_before_the_migration_has_succeeded(
    compose: dict[str, Any], service: str
) -> None:
    wait = compose["services"][service]["depends_on"]["migrate"]
    assert wait["condition"] == "service_completed_successfully"


def test_ports_are_open_on_this_machine_only(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.asvs("13.2.2")
def test_the_image_serves_as_an_ordinary_user_and_reports_its_health() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^USER (?!root|0\b)", dockerfile, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n.*/health/ready", dockerfile, re.MULTILINE)
    assert 'CMD ["cocreate", "serve"]' in dockerfile


def test_the_image_is_built_with_the_same_uv_as_a_clone() -> None:
    fetched = re.search(r"^uv_fetched=(\S+)$", (PROJECT / "scripts/bootstrap.sh").read_text(), re.M)
    assert fetched
    assert f"uv=={fetched[1]}\n" in (PROJECT / "Dockerfile").read_text()


@pytest.mark.asvs("13.4.1", "15.2.3")
def test_the_image_holds_what_the_product_needs_and_nothing_of_its_making() -> None:
    """Neither the history, nor tests, nor a key or a setting of whoever builds it."""
    first, *others = [
        line
        for line in (PROJECT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert first == "*"
    assert {line for line in others if line.startswith("!")} == {
        *("!pyproject.toml", "!uv.lock", "!README.md", "!migrations", "!src")
    }
