"""Each environment's file of defaults holds every setting, no secret, and what that environment needs."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from configuration.settings import PREFIX, AuthMode, BadSetting, Environment, Settings, load_settings, read_env_file

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "configuration"
KNOWN_SETTINGS = {PREFIX + field.name.upper() for field in fields(Settings)}


@pytest.mark.parametrize("environment", Environment)
def test_every_setting_stands_in_every_env_file(environment: Environment) -> None:
    lines = read_env_file(CONFIGURATION / f"{environment}.env")
    assert set(lines) == KNOWN_SETTINGS
    assert lines["CAIRN_ENVIRONMENT"] == environment


def test_the_local_file_is_the_defaults() -> None:
    assert load_settings({}) == Settings()


def test_production_does_not_start_before_its_issuer_is_set() -> None:
    with pytest.raises(BadSetting, match="set CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE"):
        load_settings({"CAIRN_ENVIRONMENT": "production"})


def test_production_shows_neither_graphiql_nor_the_schema() -> None:
    issuer = {"CAIRN_OIDC_ISSUER": "https://login.example.com", "CAIRN_OIDC_AUDIENCE": "cairn"}
    settings = load_settings({"CAIRN_ENVIRONMENT": "production"} | issuer)
    assert (settings.auth_mode, settings.graphiql, settings.introspection) == (AuthMode.OIDC, False, False)


@pytest.mark.parametrize("environment", Environment)
def test_no_env_file_holds_a_credential(environment: Environment) -> None:
    lines = read_env_file(CONFIGURATION / f"{environment}.env")
    assert (lines["CAIRN_DATABASE_URL"], lines["CAIRN_REDIS_URL"]) == ("", "")


def test_the_operations_guide_explains_every_setting() -> None:
    table = re.findall(r"^\| `(CAIRN_\w+)` \|", (ROOT / "docs" / "operations.md").read_text(), flags=re.MULTILINE)
    assert sorted(table) == sorted(KNOWN_SETTINGS)
