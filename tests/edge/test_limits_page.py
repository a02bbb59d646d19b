"""The page of limits tells the limits that hold."""

import re
from dataclasses import fields

from configuration.settings import PREFIX, Settings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "limits.md").read_text()
DEFAULTS = {PREFIX + field.name.upper(): field.default for field in fields(Settings)}


def test_every_limit_stands_in_the_page_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(CAIRN_MAX_\w+)` \| `(\d+)` \|", PAGE, re.MULTILINE))

    assert told == {name: str(default) for name, default in DEFAULTS.items() if name.startswith("CAIRN_MAX_")}


def test_what_the_page_says_of_other_settings_in_brackets_is_so() -> None:
    told = dict(re.findall(r"`(CAIRN_\w+)`[\w ]*?\((\d+)\)", PAGE))

    assert set(told) == {
        *("CAIRN_UPLOAD_MAX_MB", "CAIRN_SUBSCRIPTION_QUEUE", "CAIRN_OPERATION_STORE_SIZE", "CAIRN_WEBSOCKET_PING_S")
    }
    assert told == {name: str(DEFAULTS[name]) for name in told}


def test_the_deadline_in_the_page_is_the_one_that_holds() -> None:
    assert f"`CAIRN_OPERATION_DEADLINE_S`, {DEFAULTS['CAIRN_OPERATION_DEADLINE_S']} seconds by default" in PAGE
