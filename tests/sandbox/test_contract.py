"""The sandbox's own description of its API says what Kanbert's page says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ingestd.sandbox import Store, create_app
from ingestd.sandbox.app import PREFIX
from ingestd.sandbox.filters.fields import ALIASES, FIELDS, OPERATORS
from ingestd.sandbox.paging import SORTABLE

_PAGE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "kanbert-openapi.yaml").read_text(encoding="utf-8")
)
with Store() as _store:
    _OURS: dict[str, Any] = create_app(_store, tokens={}).openapi()

_METHODS = {"get", "post", "patch", "put", "delete"}
_COMPARED_AS_THEY_ARE = ("format", "pattern", "minLength", "maxLength")


def _operations(document: dict[str, Any], prefix: str = "") -> dict[tuple[str, str], Any]:
    """Return the operations by method and path, with the parameters of their path."""
    return {
        (method, path.removeprefix(prefix)): {
            **operation,
            "parameters": item.get("parameters", []) + operation.get("parameters", []),
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    }


_THEIR_OPERATIONS = _operations(_PAGE)
_OUR_OPERATIONS = _operations(_OURS, PREFIX)
_EACH_OPERATION = pytest.mark.parametrize("key", list(_THEIR_OPERATIONS), ids=" ".join)


def _resolved(node: Any, document: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _shape(schema: Any, document: dict[str, Any]) -> Any:
    """Return what a schema demands, however it is written down."""
    schema = _resolved(schema, document)
    alternatives = [_resolved(each, document) for each in schema.get("anyOf", [])]
    alternatives = [each for each in alternatives if "type" in each]
    null = [each for each in alternatives if each["type"] == "null"]
    others = [each for each in alternatives if each["type"] != "null"]
    if len(others) == 1:
        return {**_shape(others[0], document), "nullable": bool(null)}
    if others:
        return {"any of": [_shape(each, document) for each in others], "nullable": bool(null)}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    shape: dict[str, Any] = {
        "type": [each for each in types if each != "null"],
        "nullable": "null" in types,
        "enum": {each for each in schema.get("enum", []) if each is not None},
        "required": set(schema.get("required", [])),
        "properties": {
            name: _shape(each, document) for name, each in schema.get("properties", {}).items()
        },
    }
    if "items" in schema:
        shape["items"] = _shape(schema["items"], document)
    if isinstance(schema.get("additionalProperties"), dict):
        shape["values"] = _shape(schema["additionalProperties"], document)
    return shape | {key: schema[key] for key in _COMPARED_AS_THEY_ARE if key in schema}


def _content(message: Any, document: dict[str, Any]) -> dict[str, Any]:
    content = _resolved(message, document).get("content", {})
    return {kind: _shape(each["schema"], document) for kind, each in content.items()}


def test_there_are_the_same_operations() -> None:
    assert set(_OUR_OPERATIONS) == set(_THEIR_OPERATIONS)
    assert len(_OUR_OPERATIONS) == 7


@_EACH_OPERATION
def test_an_operation_has_the_same_name_heading_and_scopes(key: tuple[str, str]) -> None:
    theirs, ours = _THEIR_OPERATIONS[key], _OUR_OPERATIONS[key]

    for said in ("operationId", "tags", "x-required-scopes", "security"):
        assert ours[said] == theirs[said]


@_EACH_OPERATION
def test_an_operation_has_the_same_parameters(key: tuple[str, str]) -> None:
    def parameters(operation: Any, document: dict[str, Any]) -> Any:
        resolved = [_resolved(each, document) for each in operation["parameters"]]
        return {
            (each["name"], each["in"], each["required"]): _shape(each["schema"], document)
            for each in resolved
        }

    theirs, ours = _THEIR_OPERATIONS[key], _OUR_OPERATIONS[key]

    assert parameters(ours, _OURS) == parameters(theirs, _PAGE)


@_EACH_OPERATION
def test_an_operation_takes_the_same_body(key: tuple[str, str]) -> None:
    theirs, ours = _THEIR_OPERATIONS[key], _OUR_OPERATIONS[key]

    assert _content(ours.get("requestBody", {}), _OURS) == _content(
        theirs.get("requestBody", {}), _PAGE
    )


@_EACH_OPERATION
def test_an_operation_answers_the_same(key: tuple[str, str]) -> None:
    def answers(operation: Any, document: dict[str, Any]) -> dict[str, Any]:
        return {status: _content(each, document) for status, each in operation["responses"].items()}

    theirs, ours = _THEIR_OPERATIONS[key], _OUR_OPERATIONS[key]

    assert answers(ours, _OURS) == answers(theirs, _PAGE)


def test_the_same_fields_can_be_filtered_by_the_same_operators() -> None:
    parameters = _THEIR_OPERATIONS["get", "/incoming-invoices"]["parameters"]
    theirs = next(each for each in parameters if each["name"] == "filter")["x-filter-fields"]

    words = {name: {name} for name in frozenset().union(*OPERATORS.values())}
    for alias, name in ALIASES.items():
        if alias.isalpha():
            words[name].add(alias)
    ours = {
        name: (field.kind, frozenset().union(*(words[each] for each in OPERATORS[field.kind])))
        for name, field in FIELDS.items()
    }

    assert ours == {
        name: (each["type"], frozenset(each["operators"])) for name, each in theirs.items()
    }


def test_the_same_fields_can_be_sorted() -> None:
    parameters = _THEIR_OPERATIONS["get", "/incoming-invoices"]["parameters"]
    theirs = next(each for each in parameters if each["name"] == "sort")["x-sort-fields"]

    assert list(SORTABLE) == theirs


def test_pages_have_the_same_size_by_default() -> None:
    def default(operations: dict[tuple[str, str], Any]) -> int:
        parameters = operations["get", "/incoming-invoices"]["parameters"]
        size = next(each for each in parameters if each["name"] == "page[size]")
        return int(size["schema"]["default"])

    assert default(_OUR_OPERATIONS) == default(_THEIR_OPERATIONS)
