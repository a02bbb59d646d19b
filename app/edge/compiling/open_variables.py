"""Variables that a compiled query leaves open: global ids, names and cursors, which never change its shape."""

from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLField,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

from app.edge.compiling.reads import reads_of

CURSORS = ("after", "before")
TEXTS = ("ID", "String")


def open_variables(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> tuple[str, ...]:
    """The names of the operation's text variables that stand only as what a root field finds one thing by, or as a
    page's cursor."""
    types = TypeInfo(schema)
    uses = _Uses(schema, types)
    visit(document, TypeInfoVisitor(types, uses))
    texts = [
        definition.variable.name.value
        for definition in operation.variable_definitions or ()
        if _named(definition.type) in TEXTS
    ]
    return tuple(name for name in texts if name not in uses.elsewhere)


class _Uses(Visitor):
    """Collects the variables that stand anywhere but as a whole argument that may be left open."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._schema, self._types = schema, types
        self.elsewhere: set[str] = set()

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, _path: Any, _ancestors: Any) -> None:
        """Note one use, unless it is the variable's own definition or may be left open."""
        if isinstance(parent, VariableDefinitionNode):
            return
        if not (isinstance(parent, ArgumentNode) and self._may_stay_open(parent.name.value)):
            self.elsewhere.add(node.name.value)

    def _may_stay_open(self, argument: str) -> bool:
        field, kind = self._types.get_field_def(), self._types.get_parent_type()
        if field is None or self._types.get_directive() is not None:
            return False
        if argument in CURSORS:
            return get_named_type(field.type).name.endswith("Connection")
        return kind is self._schema.query_type and _finds_by(field, argument)


def _finds_by(field: GraphQLField, argument: str) -> bool:
    reads = reads_of(field)
    return reads is not None and (reads.single or (reads.by_id and argument == "id"))


def _named(node: Any) -> str | None:
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    return inner.name.value if isinstance(inner, NamedTypeNode) else None
