"""Each thing that keeps the servers from starting is one sentence that says what to do."""

import re
from pathlib import Path

import pytest

from infrastructure.embedded.servers import CannotStart
from tests.embedded.processes import first_line, host, in_a_mount, python_for_nobody, server_ids


def refusal(servers) -> str:
    with pytest.raises(CannotStart) as refused:
        servers.start()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_second_cairn_on_the_same_folder_is_told_which_process_holds_it(data_folder, embedded):
    process = host(data_folder)
    server_ids(process)
    assert f"Another Cairn already runs on {data_folder} (process {process.pid})." in refusal(embedded(data_folder))
    process.communicate()


def test_a_refused_second_start_does_the_first_no_harm(data_folder, embedded):
    first, second = embedded(data_folder), embedded(data_folder)
    first.start()
    refusal(second)
    second.stop()
    assert first.fallen() == []
    assert (data_folder / "run" / "valkey.sock").exists()
    assert "Another Cairn" in refusal(embedded(data_folder))


def test_the_same_folder_under_another_name_is_still_taken(place, data_folder, embedded):
    embedded(data_folder).start()
    (place / "alias").symlink_to(data_folder)
    assert "Another Cairn already runs" in refusal(embedded(place / "alias"))


def test_a_file_in_place_of_the_folder_is_named(place, embedded):
    (place / "data").write_text("")
    assert f"The data folder {place / 'data'} is a file" in refusal(embedded(place / "data"))


def test_a_folder_below_a_file_is_refused(place, embedded):
    (place / "file").write_text("")
    assert "is a file, or lies below one" in refusal(embedded(place / "file" / "data"))


def test_a_folder_on_a_read_only_disk_is_refused(place):
    process = host(place / "data", wrapper=in_a_mount("ro", place))
    assert f"The data folder {place / 'data'} cannot be written: its disk is read-only." in first_line(process)
    assert process.communicate()[1] == ""


def test_a_folder_of_somebody_else_is_refused(place, root):
    place.chmod(0o755)
    process = host(place / "data", python=python_for_nobody(), user=65534, group=65534, extra_groups=[])
    assert "is closed to this user (Permission denied" in first_line(process)
    assert process.communicate()[1] == ""


def test_data_of_another_postgres_are_refused_and_left_alone(data_folder, embedded):
    version = data_folder / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("17\n")
    said = refusal(embedded(data_folder))
    assert "were written by PostgreSQL 17; this Cairn brings PostgreSQL 18" in said
    assert version.read_text() == "17\n"


def test_a_disk_too_small_for_a_new_database_is_refused_before_anything_is_made(place):
    process = host(place / "data", wrapper=in_a_mount("size=20m", place))
    assert re.search(r"Only \d+ MB are free .* a new database takes 150 MB", first_line(process))
    process.communicate()


def test_a_disk_that_is_full_is_named(place, finished_start):
    fill = f'cp -r {finished_start} "$0"/data; dd if=/dev/zero of="$0"/fill bs=1M 2>/dev/null; exec "$@"'
    wrapper = in_a_mount("size=100m", place)
    process = host(place / "data", wrapper=[*wrapper, "sh", "-c", fill, str(place)])
    said = first_line(process)
    assert said.startswith("refused:")
    assert re.search("is full|No space left on device", said)
    assert process.communicate()[1] == ""


def test_what_postgres_said_last_is_passed_on(data_folder, embedded):
    (data_folder / "postgres" / "cluster" / "global" / "pg_control").unlink()
    assert re.search(r"PostgreSQL failed: .*could not open file .*pg_control", refusal(embedded(data_folder)))


def test_what_valkey_said_last_is_passed_on(data_folder, embedded):
    manifest = next((data_folder / "valkey").glob("appendonlydir/*.manifest"))
    manifest.write_text("nonsense\n")
    assert re.search(r"Valkey failed: .*manifest", refusal(embedded(data_folder)))


@pytest.mark.parametrize("path", ["/proc/cairn/data", "/dev/null/data"])
def test_a_path_where_no_folder_can_be_is_refused(embedded, path):
    assert f"The data folder {path}" in refusal(embedded(Path(path)))


def test_a_refusal_frees_the_folder(data_folder, embedded):
    version = data_folder / "postgres" / "cluster" / "PG_VERSION"
    version.write_text("17\n")
    refusal(embedded(data_folder))
    version.write_text("18\n")
    embedded(data_folder).start()
