"""Operations by their text: parsed, measured, validated and compiled once, in one bounded store."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)

from app.edge.compiling.compiled import CompiledOperation, compiled
from app.edge.compiling.plans import Plans
from app.edge.compiling.variables_at_once import VariablesAtOnce, variables_at_once
from app.edge.documents.limits import Limits, Measure, Sizes, measure_static, prepare_sizes
from app.edge.documents.persisted import document_text, hash_to_remember, text_hash
from app.edge.documents.trusted_documents import TrustedDocuments
from app.edge.documents.validation import parse_document, validate_document
from app.edge.documents.variables import Declared, declared_inputs, require_few_values
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from domain.shared.errors import BadUserInput

MOST_DOCUMENTS = 1_000
MOST_TOKENS = 60_000  # of all documents together: what is kept of one takes some hundred times its text
SEVERAL = "The document has several operations: say which with `operationName`."
NO_SUCH = "The document has no operation of the name that `operationName` says."
NONE = "The document has no operation, only fragments: there is nothing to run."


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """One operation of a valid document, within its limits as far as they need no variables."""

    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    sizes: Sizes
    compiled: CompiledOperation | None
    declared: Declared
    at_once: VariablesAtOnce | None = None

    @property
    def type(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


class OperationStore:
    """Finds the operation that a request means."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: Limits,
        trusted: TrustedDocuments | None = None,
        introspection: bool = True,
        suggestions: bool = True,
        most_documents: int = MOST_DOCUMENTS,
        most_tokens: int = MOST_TOKENS,
        plans: Plans | None = None,
    ) -> None:
        self._schema, self._limits, self._trusted = schema, limits, trusted
        self._introspection, self.suggestions = introspection, suggestions
        self._most_documents, self._most_tokens = most_documents, most_tokens
        self._plans = plans or Plans()
        self._documents: OrderedDict[str, dict[str | None, StoredOperation]] = OrderedDict()
        self._by_hash: dict[str, str] = {}  # of documents that clients registered, while they are kept
        self._tokens = 0

    def find(self, request: GraphQLRequest) -> StoredOperation:
        """The operation, valid and within the limits that need no variables; raises RequestRefused."""
        text = request.query
        if text is None or self._trusted is not None or request.extensions or request.document_id is not None:
            text = document_text(request, self._by_hash, self._trusted)
        operations = self._documents.get(text)
        if operations is None:
            operations = self._keep(text, self._prepared(text))
        else:
            self._documents.move_to_end(text)
        if self._trusted is None and (digest := hash_to_remember(request)):
            self._by_hash[digest] = text
        operation = _chosen(operations, request.operation_name)
        require_few_values(request.variables, operation.declared, self._limits)
        return operation

    def require_fit(self, operation: StoredOperation, variables: Mapping[str, Any]) -> Measure:
        """How much the operation asks for with these variables.

        Raises RequestRefused when that is too much. Whether they are what it declares is not looked at here.
        """
        measure = operation.sizes.measure(variables)
        measure.require_within(self._limits)
        return measure

    def _prepared(self, text: str) -> dict[str | None, StoredOperation]:
        document = parse_document(text, self._limits)
        nodes = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        for node in nodes:
            measure_static(self._schema, document, node).require_within(self._limits)
        errors = validate_document(
            self._schema, document, introspection=self._introspection, suggestions=self.suggestions
        )
        if errors:
            raise _refused(errors)
        return {node.name.value if node.name else None: self._operation(document, node) for node in nodes}

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode) -> StoredOperation:
        sizes = prepare_sizes(self._schema, document, node)
        name = node.name.value if node.name else None

        def require_fit(coerced: Mapping[str, Any]) -> None:
            sizes.measure(coerced).require_within(self._limits)

        quick = compiled(self._schema, document, node, require_fit=require_fit, plans=self._plans)
        declared, at_once = declared_inputs(self._schema, node), variables_at_once(self._schema, document, node)
        return StoredOperation(document, node, name, sizes, quick, declared, at_once)

    def _keep(self, text: str, operations: dict[str | None, StoredOperation]) -> dict[str | None, StoredOperation]:
        self._documents[text] = operations
        self._tokens += _tokens_of(operations)
        while len(self._documents) > self._most_documents or self._tokens > self._most_tokens:
            oldest, gone = self._documents.popitem(last=False)
            self._tokens -= _tokens_of(gone)
            self._by_hash.pop(text_hash(oldest), None)
        return operations


def _tokens_of(operations: dict[str | None, StoredOperation]) -> int:
    return next((operation.document.token_count or 0 for operation in operations.values()), 0)


def _chosen(operations: dict[str | None, StoredOperation], name: str | None) -> StoredOperation:
    if name is not None:
        if name not in operations:
            raise RequestRefused.because(NO_SUCH)
        return operations[name]
    if len(operations) != 1:
        raise RequestRefused.because(SEVERAL if operations else NONE)
    return next(iter(operations.values()))


def _refused(errors: list[GraphQLError]) -> RequestRefused:
    return RequestRefused([{**error.formatted, "extensions": {"code": BadUserInput.code}} for error in errors])
