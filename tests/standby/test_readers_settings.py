"""The setting that names a standby."""

import pytest
from svcs import Registry

from configuration.settings import BadSetting, Settings
from di.readers import register_readers
from domain.shared.ports import Reader
from infrastructure.database.engine import Database
from infrastructure.machine.clock import SystemClock
from infrastructure.reading.reader import PostgresReader
from infrastructure.reading.view import Views


def test_a_standby_without_its_writer_is_refused() -> None:
    with pytest.raises(BadSetting, match="set CAIRN_DATABASE_URL, its writer's, too"):
        Settings(database_reader_url="postgresql://db:5001/cairn")


def test_an_address_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(BadSetting, match="CAIRN_DATABASE_READER_URL must start with"):
        Settings(database_url="postgresql://db/cairn", redis_url="redis://db", database_reader_url="mysql://db")


def test_without_the_setting_nothing_stands_between_a_query_and_the_writer() -> None:
    database = Database("postgresql://db/cairn")
    readers = register_readers(Registry(), database, Settings())
    reader: Reader = PostgresReader(database, Views(()), SystemClock(), readers)
    assert reader.for_queries is reader
