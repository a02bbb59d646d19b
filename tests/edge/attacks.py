"""Hostile documents, variables and bodies, each with the code of its refusal (or codes, where either will do)."""

LIMIT, INPUT, LARGE = "LIMIT_EXCEEDED", "BAD_USER_INPUT", "TOO_LARGE"
EITHER = f"{LIMIT} {INPUT}"


def doubling(levels: int, leaf: str) -> str:
    """Fragments of which each spreads the next one twice."""
    twice = " ".join(f"fragment A{n} on Query {{ ...A{n + 1} ...A{n + 1} }}" for n in range(levels))
    return f"{{ ...A0 }} {twice} fragment A{levels} on Query {{ {leaf} }}"


def times(count: int, text: str) -> str:
    """`text` many times, `N` in it counted."""
    return " ".join(text.replace("N", str(n)) for n in range(count))


def nested(levels: int, opening: str, core: str, closing: str) -> str:
    return opening * levels + core + closing * levels


DEEP = nested(10, "plan { workouts { edges { node { ", "id", " } } } }")
LISTS, LIST = nested(1_000, "[", "1", "]"), nested(1_000, "[", "Int", "]")
LITERAL = nested(1_000, "{a: ", "1", "}")
DUPLICATES = nested(6, "possibleDuplicates { ", "id", " }")
FRAGMENT = "fragment FN on Query { __typename }"
DOCUMENTS: list[tuple[str, str, str]] = [
    ("doubling fragments in 727 bytes", doubling(14, "viewer { id }").ljust(727), LIMIT),
    ("doubling fragments of 40 levels", doubling(40, "viewer { id }"), LIMIT),
    ("doubling fragments of typenames", doubling(40, "__typename"), LIMIT),
    ("doubling fragments of aliases", doubling(40, "a: __typename"), LIMIT),
    ("doubling fragments of directives", doubling(40, "__typename @include(if: true)"), LIMIT),
    ("a hundred and one aliases", "{ viewer { " + times(101, "aN: id") + " } }", LIMIT),
    ("aliases by fragments", "{ viewer { " + times(60, "...F") + " } } fragment F on Viewer { a: id b: id }", LIMIT),
    ("a flood of directives", "{ viewer { " + times(60, "aN: id @include(if: true) @skip(if: false)") + " } }", LIMIT),
    ("directives on fragments", "{ " + times(60, "... @include(if: true) { __typename }") + " }", LIMIT),
    ("a flood of root fields", "{ " + times(21, "aN: viewer { id }") + " }", LIMIT),
    ("the same root field over and over", "{ " + times(500, "__typename") + " }", LIMIT),
    ("mutations in a row", "mutation { " + times(30, 'aN: deletePlan(input: {id: "x"}) { deletedId }') + " }", LIMIT),
    ("forty levels", "{ node(id: 1) { ...R } } fragment R on Run { " + DEEP + " }", LIMIT),
    ("more levels than a parser can climb", "{a" * 2_400, EITHER),
    ("more tokens than are read", "{ viewer { " + "id " * 6_000 + "} }", LIMIT),
    ("more characters than are read", "{ viewer { id } } #" + "x" * 200_000, LIMIT),
    ("pages within pages", "{ runs(first: 100) { edges { node { " + DUPLICATES + " } } } }", LIMIT),
    ("a list literal of a thousand levels", f"{{ node(id: {LISTS}) {{ id }} }}", EITHER),
    ("an object literal of a thousand levels", f"{{ runs(filter: {LITERAL}) {{ totalCount }} }}", EITHER),
    ("a list type of a thousand levels", f"query($a: {LIST}) {{ node(id: $a) {{ id }} }}", EITHER),
    ("a whole number of 5,000 digits", "{ runs(first: " + "9" * 5_000 + ") { totalCount } }", INPUT),
    ("a fraction past all numbers", "{ runs(filter: {minDistanceM: 1e999}) { totalCount } }", INPUT),
    ("circular fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", INPUT),
    ("a fragment within itself", "{ ...A } fragment A on Query { viewer { id } ...A }", INPUT),
    ("two hundred unused fragments", "{ __typename } " + times(200, FRAGMENT), INPUT),
    ("a thousand unused fragments", "{ __typename } " + times(1_000, FRAGMENT), LIMIT),
    ("some hundred unknown fragments", "{ viewer { " + times(900, "...UN") + " } }", INPUT),
    ("a thousand unknown fields", "{ viewer { " + times(1_000, "xN") + " } }", INPUT),
    ("some hundred unused variables", "query(" + times(400, "$aN: Int") + ") { __typename }", INPUT),
    ("fields that collide", "{ viewer { a: id " + times(90, "a: timezone") + " } }", EITHER),
    ("a NUL between tokens", "{ \x00viewer { id } }", INPUT),
    ("a lone surrogate as an escape", '{ node(id: "\\ud800") { id } }', INPUT),
    ("the fields of every JavaScript object", "{ __proto__ { constructor { prototype } } }", INPUT),
    ("a document of nothing", "", INPUT),
    ("a document of fragments alone", "fragment A on Query { __typename }", INPUT),
    ("a schema instead of a document", "type Query { a: Int }", INPUT),
    ("several operations without a name", "query A { __typename } query B { __typename }", INPUT),
    ("several operations of one name", "query A { __typename } query A { viewer { id } }", INPUT),
    ("several unnamed operations", "{ __typename } { viewer { id } }", INPUT),
    ("a subscription by POST", 'subscription { job(id: "x") { id } }', INPUT),
    ("several subscriptions in one", 'subscription { a: job(id: "x") { id } b: job(id: "x") { id } }', INPUT),
]

PAGE, NODE = "query($n: Int) { runs(first: $n) { totalCount } }", "query($id: ID!) { node(id: $id) { id } }"
FILTER = "query($f: RunFilter) { runs(filter: $f) { totalCount } }"
ADD = "mutation($input: AddWorkoutsInput!) { addWorkouts(input: $input) { userErrors { message } } }"
STEPS = nested(480, '{"kind":"REPEAT","repetitions":2,"steps":[', '{"kind":"WORK"}', "]}")
WORKOUTS = '{"planId":"x","workouts":[{"name":"n","type":"REST","steps":[' + STEPS + "]}]}"
VARIABLES: list[tuple[str, str, str, str]] = [
    ("10,000 levels", NODE, '{"id":' + nested(10_000, "[", "1", "]") + "}", INPUT),
    ("900 levels of lists", NODE, '{"id":' + nested(900, "[", "1", "]") + "}", INPUT),
    ("900 levels of lists for an object", FILTER, '{"f":' + nested(900, "[", "1", "]") + "}", INPUT),
    ("480 steps within steps", ADD, '{"input":' + WORKOUTS + "}", INPUT),
    ("a number past every whole number", PAGE, '{"n":' + "9" * 400 + "}", INPUT),
    ("a number past 32 bits", PAGE, '{"n":2147483648}', INPUT),
    ("a number past every fraction", FILTER, '{"f":{"minDistanceM":1e999}}', INPUT),
    ("a number that is none", FILTER, '{"f":{"minDistanceM":NaN}}', INPUT),
    ("a fraction for a whole number", PAGE, '{"n":1.5}', INPUT),
    ("text for a number", PAGE, '{"n":"1"}', INPUT),
    ("a truth for a number", PAGE, '{"n":true}', INPUT),
    ("an object for an id", NODE, '{"id":{"$ne":null}}', INPUT),
    ("a list for an id", NODE, '{"id":["x","y"]}', INPUT),
    ("null for what must be there", NODE, '{"id":null}', INPUT),
    ("nothing for what must be there", NODE, "{}", INPUT),
    ("a lone surrogate", NODE, '{"id":"\\ud800"}', INPUT),
    ("a field of every JavaScript object", FILTER, '{"f":{"__proto__":{"admin":true}}}', INPUT),
    ("a list instead of variables", NODE, '["x"]', INPUT),
    ("text instead of variables", NODE, '"{}"', INPUT),
]
BODIES: list[tuple[str, bytes, int, str]] = [
    ("a batch", b'[{"query":"{__typename}"},{"query":"{__typename}"}]', 400, INPUT),
    ("a batch of batches", b"[[[]]]", 400, INPUT),
    ("a batch of a thousand", b"[" + b",".join([b'{"query":"{__typename}"}'] * 1_000) + b"]", 400, INPUT),
    ("an unknown operationName", b'{"query":"query A{__typename}","operationName":"B"}', 400, INPUT),
    ("an operationName of no operation", b'{"query":"{__typename}","operationName":"constructor"}', 400, INPUT),
    ("an operationName that is no text", b'{"query":"{__typename}","operationName":{"a":1}}', 400, INPUT),
    ("extensions that are no object", b'{"query":"{__typename}","extensions":"persistedQuery"}', 400, INPUT),
    ("a query that is an object", b'{"query":{"kind":"Document"}}', 400, INPUT),
    ("a body of a megabyte and more", b'{"query":"{__typename}","x":"' + b"x" * 1_000_000 + b'"}', 413, LARGE),
    ("a body of brackets", b"[" * 900_000, 400, INPUT),
    ("a body of braces", b'{"a":' * 150_000, 400, INPUT),
    ("a NUL in the JSON", b'{"query":"{__type\x00name}"}', 400, INPUT),
    ("bytes that are no text", b'{"query":"{__typename\xff\xfe}"}', 400, INPUT),
    ("a lone surrogate in the JSON", b'{"query":"{__typename} #\\ud800"}', 400, INPUT),
    ("an overlong UTF-8 sequence", b'{"query":"{__typename} #\xc0\x80"}', 400, INPUT),
    ("two JSON texts", b'{"query":"{__typename}"}{"query":"{__typename}"}', 400, INPUT),
]
