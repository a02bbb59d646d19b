"""The schema is written by the rules, and a schema that is not is told so."""

import pytest
from graphql import build_schema

from app.schema import build_schema as build_cairn
from tests.edge.schema_lint import faults

SOUND = '''
"""All that can be read."""
type Query {
  """A run."""
  run("""Which one.""" id: ID!): Run
  """Runs."""
  runs("""How many.""" first: Int """From here.""" after: String """Many.""" last: Int """To here.""" before: String):
    RunConnection!
}
"""All that can be written."""
type Mutation {
  """Give a run a name."""
  nameRun("""Which name.""" input: NameRunInput!): RunPayload!
}
"""A run's name."""
input NameRunInput {
  """The run."""
  id: ID!
}
"""A named run."""
type RunPayload {
  """What was wrong."""
  userErrors: [UserError!]!
}
"""A mistake."""
type UserError {
  """In words."""
  message: String!
}
"""A thing."""
interface Node {
  """Unique."""
  id: ID!
}
"""A run."""
type Run implements Node {
  """Unique."""
  id: ID!
  """How far."""
  distanceM: Float!
  """Mean, in bpm."""
  heartRate: Float
  """How often."""
  laps: Int
  """Where from."""
  source: Source
}
"""Where a run came from."""
enum Source {
  """A recording."""
  A_FILE
}
"""Runs."""
type RunConnection {
  """The entries."""
  edges: [RunEdge!]!
  """Where it lies."""
  pageInfo: PageInfo!
  """How many."""
  totalCount: Int!
}
"""A run in a list."""
type RunEdge {
  """Its place."""
  cursor: String!
  """Itself."""
  node: Run!
}
"""Where a page lies."""
type PageInfo {
  """More."""
  hasNextPage: Boolean!
  """More before."""
  hasPreviousPage: Boolean!
  """First."""
  startCursor: String
  """Last."""
  endCursor: String
}
'''
UNDESCRIBED, NO_UNIT = "nothing describes it in a sentence.", "neither its name nor its description tells the unit."
NAMES = "a value is written like EASY_RUN, all else like startDate."
NO_REASON = "it is deprecated without a word of what to use instead."
PAGED = "a list in pages takes first, after, last and before, all optional."
ONE_INPUT, EDGE = "a mutation takes one argument, `input`, which it needs.", "its RunEdge has a cursor and a node"
EDGES = "a page has edges, pageInfo and totalCount, none of them null."


def test_the_schema_keeps_the_rules() -> None:
    assert faults(build_cairn()._schema) == []


def test_a_schema_by_the_rules_has_no_fault() -> None:
    assert faults(build_schema(SOUND)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ('"""A run."""\ntype', "type", f"Run: {UNDESCRIBED}"),
        ('"""How often."""', "", f"Run.laps: {UNDESCRIBED}"),
        ('"""How often."""', '"""How often"""', f"Run.laps: {UNDESCRIBED}"),
        ('"""Which one."""', "", f"Query.run(id:): {UNDESCRIBED}"),
        ('"""A recording."""', "", f"Source.A_FILE: {UNDESCRIBED}"),
        ('"""The run."""', "", f"NameRunInput.id: {UNDESCRIBED}"),
        ("laps:", "Laps:", f"Run.Laps: {NAMES}"),
        ("laps:", "lap_count:", f"Run.lap_count: {NAMES}"),
        ("A_FILE", "aFile", f"Source.aFile: {NAMES}"),
        ("Source", "source_kind", "source_kind: a type is written like TrainingPlan."),
        ("distanceM: Float!", "distance: Float!", f"Run.distance: {NO_UNIT}"),
        ("laps: Int", "movingTime: Int", f"Run.movingTime: {NO_UNIT}"),
        ("Mean, in bpm.", "Mean.", f"Run.heartRate: {NO_UNIT}"),
        ("laps: Int", "laps: Int @deprecated", f"Run.laps: {NO_REASON}"),
        ("A_FILE", 'A_FILE @deprecated(reason: "")', f"Source.A_FILE: {NO_REASON}"),
        ("input: NameRunInput!", "input: NameRunInput", f"Mutation.nameRun: {ONE_INPUT}"),
        ("input: NameRunInput!", "name: String!", f"Mutation.nameRun: {ONE_INPUT}"),
        ("NameRunInput", "NewName", "Mutation.nameRun: an input's type is named like CreatePlanInput."),
        ("): RunPayload!", "): RunPayload", "Mutation.nameRun: a mutation answers a payload that is never null."),
        ("): RunPayload!", "): Run", "Mutation.nameRun: a mutation answers a payload that is never null."),
        ("userErrors:", "faults:", "Mutation.nameRun: its payload has no userErrors."),
        ('"""From here.""" after: String', "", f"Query.runs: {PAGED}"),
        ("first: Int", "first: Int!", f"Query.runs: {PAGED}"),
        ("edges: [RunEdge!]!", "edges: [RunEdge]", f"RunConnection: {EDGES}"),
        ("node: Run!", "node: Run", f"RunConnection: {EDGE}, neither of them null."),
        ("startCursor: String", "startCursor: String!", "PageInfo: it is not what Relay has."),
        ("type Run implements Node", "type Run", "Run: it has an id, and yet is no Node."),
    ],
)
def test_a_schema_against_a_rule_is_told_so(right: str, wrong: str, fault: str) -> None:
    assert right in SOUND
    assert fault in faults(build_schema(SOUND.replace(right, wrong)))


def test_a_deprecation_with_a_reason_is_none() -> None:
    assert faults(build_schema(SOUND.replace("laps: Int", 'laps: Int @deprecated(reason: "Use lapCount.")'))) == []
