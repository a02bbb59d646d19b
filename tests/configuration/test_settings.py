"""A setting that is unknown or makes no sense stops the start, by name; one that is empty was not given."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configuration.settings import AuthMode, BadSetting, Environment, Settings, load_settings

SERVERS = {"CAIRN_DATABASE_URL": "postgresql://cairn:s3cret@db/cairn", "CAIRN_REDIS_URL": "redis://:s3cret@queue"}
OIDC = {"CAIRN_OIDC_ISSUER": "https://login.example.com/realms/running", "CAIRN_OIDC_AUDIENCE": "cairn"}


@pytest.mark.parametrize("environment", Environment)
def test_every_environment_can_be_loaded_once_its_issuer_is_set(environment: Environment) -> None:
    assert load_settings({"CAIRN_ENVIRONMENT": environment, **OIDC}).environment is environment


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(BadSetting, match=r"There is no setting CAIRN_PROT\. Settings: .*CAIRN_PORT"):
        load_settings({"CAIRN_PROT": "8080"})


def test_an_unknown_setting_is_named_even_when_it_is_empty() -> None:
    with pytest.raises(BadSetting, match="CAIRN_PROT"):
        load_settings({"CAIRN_PROT": ""})


def test_variables_of_others_are_none_of_our_business() -> None:
    assert load_settings({"PORT": "1", "CAIRNS": "many"}) == Settings()


@pytest.mark.parametrize(
    "name", ["CAIRN_PORT", "CAIRN_HOST", "CAIRN_LOCAL_ATHLETE", "CAIRN_GRAPHIQL", "CAIRN_DATA_DIR"]
)
def test_an_empty_value_is_not_given(name: str) -> None:
    assert load_settings({name: " "}) == Settings()


def test_an_empty_value_leaves_what_the_environments_file_says() -> None:
    assert load_settings({"CAIRN_ENVIRONMENT": "multi-db", "CAIRN_OIDC_ISSUER": ""}).oidc_issuer is not None


def test_the_environment_wins_over_the_file() -> None:
    assert load_settings({"CAIRN_ENVIRONMENT": "docker", "CAIRN_HOST": "10.0.0.1"}).host == "10.0.0.1"


def test_an_option_wins_over_the_environment() -> None:
    assert load_settings({"CAIRN_PORT": "1"}, port=2).port == 2


def test_an_option_that_was_not_given_changes_nothing() -> None:
    assert load_settings({"CAIRN_PORT": "1"}, port=None).port == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CAIRN_PORT", "http", "CAIRN_PORT is 'http', which is not a whole number"),
        ("CAIRN_PORT", "65536", "a number from 0 to 65535"),
        ("CAIRN_PORT", "-1", "a number from 0 to 65535"),
        ("CAIRN_GRAPHIQL", "yes", "true or false"),
        ("CAIRN_ENVIRONMENT", "mars", "one of local, docker, multi-db, production"),
        ("CAIRN_AUTH_MODE", "none", "one of local, oidc"),
        ("CAIRN_AUTH_MODE", "oidc", "set CAIRN_OIDC_ISSUER and CAIRN_OIDC_AUDIENCE too"),
        ("CAIRN_OIDC_ISSUER", "login.example.com", "CAIRN_OIDC_ISSUER must start with https://"),
        ("CAIRN_LOG_LEVEL", "LOUD", "it takes DEBUG, INFO, WARNING, ERROR"),
        ("CAIRN_UPLOAD_MAX_MB", "0", "CAIRN_UPLOAD_MAX_MB is 0; it takes a number from 1 to 500"),
        ("CAIRN_WORKER_CONCURRENCY", "65", "from 1 to 64"),
        ("CAIRN_DATABASE_POOL_SIZE", "0", "from 1 to 1000"),
        ("CAIRN_LOCAL_ATHLETE", "x" * 101, "1 to 100 printable characters"),
        ("CAIRN_LOCAL_ATHLETE", "a\tb", "1 to 100 printable characters"),
        ("CAIRN_CORS_ORIGINS", "https://app.example.com/", "an origin is like https://app.example.com"),
        ("CAIRN_CORS_ORIGINS", "app.example.com", "an origin is like https://app.example.com"),
    ],
)
def test_a_malformed_setting_is_named_with_what_it_takes(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting, match=name) as refusal:
        load_settings({name: value})
    assert says in str(refusal.value)


def test_an_empty_host_would_mean_every_network_and_is_refused() -> None:
    with pytest.raises(BadSetting, match="CAIRN_HOST is empty"):
        load_settings({}, host="")


@pytest.mark.parametrize("only", SERVERS)
def test_one_server_of_ones_own_needs_the_other(only: str) -> None:
    with pytest.raises(BadSetting, match="Set both CAIRN_DATABASE_URL and CAIRN_REDIS_URL"):
        load_settings({only: SERVERS[only]})


def test_servers_of_ones_own_are_not_embedded() -> None:
    assert (load_settings(SERVERS).embedded, load_settings({}).embedded) == (False, True)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://db",
        "postgresql://a:5432,b:5433/cairn",
        "postgresql://u:p%2Fw@[::1]:5432/cairn",
        "postgresql://u:p@/cairn?host=/run/postgresql",
    ],
)
def test_an_address_of_postgresql_may_take_every_form_that_it_has(url: str) -> None:
    assert load_settings(SERVERS | {"CAIRN_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("url", ["redis://q", "redis://q:6379/", "rediss://u:p@q/3", "unix://:p@/run/valkey.sock"])
def test_an_address_of_redis_may_take_every_form_that_it_has(url: str) -> None:
    assert load_settings(SERVERS | {"CAIRN_REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("CAIRN_DATABASE_URL", "mysql://u:s3cret@db"),
        ("CAIRN_DATABASE_URL", "u:s3cret@db/cairn"),
        ("CAIRN_DATABASE_URL", "postgresql://u:s3cret/x@db/cairn"),
        ("CAIRN_DATABASE_URL", "postgresql://u:s3cret@db:0/cairn"),
        ("CAIRN_DATABASE_URL", "postgresql://u:s3cret@a:5432,b:70000/cairn"),
        ("CAIRN_DATABASE_URL", "postgresql://u:s3cret@[::1/cairn"),
        ("CAIRN_REDIS_URL", "http://:s3cret@q"),
        ("CAIRN_REDIS_URL", "redis://:s3cret@q:port"),
        ("CAIRN_REDIS_URL", "redis://:s3cret@q/first"),
        ("CAIRN_REDIS_URL", "unix://"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_and_its_password_is_not_told(name: str, url: str) -> None:
    with pytest.raises(BadSetting, match=name) as refusal:
        load_settings(SERVERS | {name: url})
    assert "s3cret" not in str(refusal.value)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_an_address_is_taken_or_refused_by_name(text: str) -> None:
    for name in SERVERS:
        try:
            load_settings(SERVERS | {name: text, **OIDC})
        except BadSetting as refusal:
            assert "CAIRN_" in str(refusal)  # noqa: PT017 - whether it is raised depends on the text


def test_data_lie_in_the_data_home_of_whoever_runs_cairn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert load_settings({}).data_folder == Path("/somewhere/cairn")


def test_without_a_data_home_data_lie_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    assert load_settings({}).data_folder == Path("/home/ada/.local/share/cairn")


def test_a_home_that_is_nobodys_is_told_in_a_line() -> None:
    with pytest.raises(BadSetting, match="Set CAIRN_DATA_DIR"):
        _ = load_settings({"CAIRN_DATA_DIR": "~nobody-of-this-name/data"}).data_folder


def test_local_mode_is_the_default_and_production_is_not_local() -> None:
    assert load_settings({}).auth_mode is AuthMode.LOCAL
    assert load_settings({"CAIRN_ENVIRONMENT": "production", **OIDC}).auth_mode is AuthMode.OIDC
