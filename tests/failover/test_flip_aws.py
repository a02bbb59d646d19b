"""The sequence for Aurora says what it needs, and what it would do: it cannot run here."""

import os
import shlex
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "testing_payloads" / "failover" / "aws_rds_port_forward_failover_sequence.sh"
NEEDED = {
    "AURORA_CLUSTER": "cairn-cluster",
    "AWS_REGION": "eu-central-1",
    "BASTION_INSTANCE": "i-0123456789abcdef0",
    "DATABASE_USER": "probe",
    "DATABASE_PASSWORD": "it's secret",
    "DATABASE_NAME": "cairn",
}


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    command = ["/bin/bash", SCRIPT, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_each_variable_that_is_missing_is_named_with_what_it_is() -> None:
    refused = run("--dry-run", AWS_REGION="eu-central-1")
    assert refused.returncode == 1
    assert refused.stdout == ""
    for name in NEEDED.keys() - {"AWS_REGION"}:
        assert f"{name} is not set. It is " in refused.stderr
    assert "AWS_REGION is not set" not in refused.stderr


def test_a_dry_run_prints_its_commands_in_their_order() -> None:
    told = run("--dry-run", **NEEDED, AURORA_TARGET="member-2")
    assert told.returncode == 0, told.stderr
    commands = [shlex.split(line) for line in told.stdout.splitlines()]
    orders = [" ".join(words[:3]) for words in commands if words[0] == "aws"]
    forward = "aws ssm start-session"
    describe = "aws rds describe-db-clusters"
    assert orders == [describe, forward, forward, "aws rds failover-db-cluster", describe, forward, forward]
    failover = next(words for words in commands if words[2:3] == ["failover-db-cluster"])
    assert failover[3:7] == [
        *("--db-cluster-identifier", "cairn-cluster"),
        *("--target-db-instance-identifier", "member-2"),
    ]
    statements = [words[-1].removeprefix("--command=").split()[0] for words in commands if "psql" in words]
    assert statements == ["CREATE", "INSERT", "SELECT", "SELECT", "DROP"]


def test_a_dry_run_does_not_print_the_password() -> None:
    told = run("--dry-run", **NEEDED)
    assert "secret" not in told.stdout + told.stderr
