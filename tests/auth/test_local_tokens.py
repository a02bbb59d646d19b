"""Tokens that Cairn signs for its own runner, and the key they are signed with."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.errors import Unauthenticated
from domain.shared.viewer import Scope
from infrastructure.auth.claims import TokenExpired, TokenNotYetValid
from infrastructure.auth.local_keys import KEY_FILE, KeyFileError, local_key
from infrastructure.auth.local_tokens import (
    AUDIENCE,
    ISSUER,
    BadLifetime,
    BadTokenName,
    LocalTokens,
    NotOurToken,
    UnknownScope,
)
from infrastructure.auth.tokens import BadToken
from tests.factories.tokens import NOON, KeyPair, StoppedClock, a_token, an_ec_key, an_rsa_key, forged, the_claims


@pytest.fixture
def local(tmp_path: Path, clock: StoppedClock) -> LocalTokens:
    return LocalTokens(tmp_path, clock)


async def test_a_token_says_for_whom_it_was_made(local: LocalTokens) -> None:
    claims = await local.verify(local.issue("Ana Trail"))
    assert (claims.issuer, claims.subject, claims.name) == ("cairn-local", "ana trail", "Ana Trail")


@pytest.mark.parametrize("name", ["ana trail", " ANA  Trail ", "Ana Trail"])
async def test_one_name_in_any_spelling_is_one_athlete(local: LocalTokens, name: str) -> None:
    assert (await local.verify(local.issue(name))).subject == "ana trail"


async def test_an_accent_is_the_same_however_it_was_typed(local: LocalTokens) -> None:
    typed = [(await local.verify(local.issue(name))).subject for name in ("Zoë", "Zoe\u0308")]
    assert typed[0] == typed[1]


@pytest.mark.parametrize("scopes", [None, []])
async def test_without_a_choice_a_token_allows_all_but_operations(local: LocalTokens, scopes: list[str] | None) -> None:
    claims = await local.verify(local.issue("ana", scopes=scopes))
    assert claims.scopes == {Scope.TRAINING_READ, Scope.TRAINING_WRITE, Scope.EVENTS_READ, Scope.EVENTS_PUBLISH}


async def test_chosen_scopes_are_the_only_ones(local: LocalTokens) -> None:
    assert (await local.verify(local.issue("ana", scopes=["operations"]))).scopes == {Scope.OPERATIONS}


def test_an_unknown_scope_is_refused_with_the_known_ones(local: LocalTokens) -> None:
    with pytest.raises(UnknownScope, match=r"'training:fly'.*training:read, training:write.*operations"):
        local.issue("ana", scopes=["training:read", "training:fly"])


@pytest.mark.parametrize("hours", [0, -1, 24 * 365 + 0.1, float("nan"), float("inf")])
def test_a_token_lives_for_at_most_a_year(local: LocalTokens, hours: float) -> None:
    with pytest.raises(BadLifetime):
        local.issue("ana", hours=hours)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x00b", "\ud800", "ﬃ" * 40])
def test_a_name_that_cannot_be_shown_is_refused(local: LocalTokens, name: str) -> None:
    with pytest.raises(BadTokenName):
        local.issue(name)


async def test_a_token_lives_as_long_as_was_asked(local: LocalTokens) -> None:
    assert (await local.verify(local.issue("ana", hours=1.5))).expires_at.timestamp() == NOON.timestamp() + 5400


async def test_a_local_token_expires(local: LocalTokens, clock: StoppedClock) -> None:
    token = local.issue("ana", hours=1)
    clock.forward(hours=1, seconds=30)
    with pytest.raises(TokenExpired):
        await local.verify(token)


async def test_a_token_of_tomorrow_is_refused_today(local: LocalTokens, clock: StoppedClock) -> None:
    token = local.issue("ana", hours=48)
    clock.forward(days=-1)
    with pytest.raises(TokenNotYetValid):
        await local.verify(token)


def test_two_tokens_of_one_moment_differ(local: LocalTokens) -> None:
    assert local.issue("ana") != local.issue("ana")


async def test_another_process_with_the_same_folder_believes_the_token(
    local: LocalTokens, tmp_path: Path, clock: StoppedClock
) -> None:
    assert await LocalTokens(tmp_path, clock).verify(local.issue("ana"))


async def test_another_folder_does_not_believe_the_token(
    local: LocalTokens, tmp_path: Path, clock: StoppedClock
) -> None:
    with pytest.raises(NotOurToken, match="cairn token"):
        await LocalTokens(tmp_path / "other", clock).verify(local.issue("ana"))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_the_public_key_signs_no_local_token(local: LocalTokens, tmp_path: Path, algorithm: str) -> None:
    secret = local_key(tmp_path).public_key().to_pem()
    token = forged(
        {"alg": algorithm, "typ": "JWT"},
        the_claims(ISSUER, aud=AUDIENCE),
        sign=lambda text: hmac.digest(secret, text, hashlib.sha256) if algorithm == "HS256" else b"",
    )
    with pytest.raises(BadToken, match="not signed in a way"):
        await local.verify(token)


@pytest.mark.parametrize("key", [an_ec_key(), an_rsa_key()])
async def test_a_stranger_s_key_signs_no_local_token(local: LocalTokens, key: KeyPair) -> None:
    with pytest.raises(NotOurToken):
        await local.verify(a_token(key, the_claims(ISSUER, aud=AUDIENCE)))


async def test_our_key_signs_with_its_own_algorithm_only(local: LocalTokens, tmp_path: Path) -> None:
    token = forged({"alg": "RS256"}, the_claims(ISSUER, aud=AUDIENCE), sign=local_key(tmp_path).sign)
    with pytest.raises(NotOurToken):
        await local.verify(token)


async def test_a_provider_s_token_is_told_apart_from_a_forged_one(local: LocalTokens) -> None:
    with pytest.raises(BadToken, match="another issuer"):
        await local.verify(a_token(an_ec_key(), the_claims("https://id.example")))


@pytest.mark.parametrize("changes", [{"aud": "another"}, {"iss": "https://elsewhere.example"}])
async def test_a_token_of_ours_for_another_use_is_refused(
    local: LocalTokens, tmp_path: Path, changes: dict[str, str]
) -> None:
    key = local_key(tmp_path)
    token = forged({"alg": "ES256"}, the_claims(ISSUER, **({"aud": AUDIENCE} | changes)), sign=key.sign)
    with pytest.raises(BadToken, match="another"):
        await local.verify(token)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
async def test_any_string_at_all_is_no_local_token(local: LocalTokens, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await local.verify(token)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(name=st.text(max_size=120))
async def test_a_name_is_refused_or_makes_a_token_that_is_believed(local: LocalTokens, name: str) -> None:
    try:
        token = local.issue(name)
    except BadTokenName:
        return
    assert (await local.verify(token)).name == name.strip()


def test_the_key_is_for_its_owner_alone(local: LocalTokens, tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path)]
    assert modes == [0o700, 0o600]


def test_a_key_that_others_could_read_is_closed_to_them(local: LocalTokens, tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.parent.chmod(0o755)
    path.chmod(0o644)
    local_key(tmp_path)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path)]
    assert modes == [0o700, 0o600]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: local_key(tmp_path).to_pem(), range(16)))
    assert len(set(keys)) == 1


def test_nothing_but_the_key_stays_in_its_folder(local: LocalTokens, tmp_path: Path) -> None:
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE.name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk",
        an_ec_key().public_pem,
        an_rsa_key().pem,
        KeyPair(None, "ES384", ec.generate_private_key(ec.SECP384R1())).pem,
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_file_that_is_no_key_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / KEY_FILE
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=r"local-es256\.pem.*Remove it"):
        local_key(tmp_path)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(KeyFileError, match=r"cannot be kept at .*data"):
        local_key(tmp_path / "data")


def test_a_link_out_of_the_data_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.pem"
    outside.write_bytes(an_ec_key().pem)
    outside.chmod(0o644)
    path = tmp_path / "data" / KEY_FILE
    path.parent.mkdir(parents=True)
    path.symlink_to(outside)
    with pytest.raises(KeyFileError):
        local_key(tmp_path / "data")
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
