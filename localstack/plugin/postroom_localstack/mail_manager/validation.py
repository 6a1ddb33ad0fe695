"""What the front end of the service refuses: everything the model constrains.

The texts and the paths have the form that SES v1 was seen to answer with
(docs/facts.md 1.3); for Mail Manager they are assumed. Values of sensitive members
are not repeated in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from . import errors, patterns

_NUMBERS = ("integer", "long", "double", "float")


def check(shape: StructureShape | None, request: Mapping[str, Any]) -> None:
    """Refuse a request, which has no nulls in it, with everything that is wrong with it."""
    found = list(_structure(shape, request, "")) if shape is not None else []
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise errors.validation(f"{count}: {'; '.join(found)}")


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        _expect(value, Mapping, path)
        yield from _structure(shape, value, path)
    elif isinstance(shape, ListShape):
        _expect(value, (list, tuple), path)
        yield from _range(shape, len(value), None, path, "length")
        for number, each in enumerate(value, 1):
            place = f"{path}.{number}.member"
            if each is None:
                yield _said(None, place, "Member must not be null")
            else:
                yield from _problems(shape.member, each, place)
    elif shape.type_name == "string":
        _expect(value, str, path)
        yield from _string(shape, value, path)
    elif shape.type_name in _NUMBERS:
        _expect(value, (int, float), path)
        yield from _range(shape, value, value, path, "value")
    elif shape.type_name == "boolean":
        _expect(value, bool, path)


def _structure(shape: StructureShape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    given = [name for name in shape.members if name in value]
    if shape.is_tagged_union and len(given) != 1:
        # [M]: the model says "union"; the text is assumed.
        yield f"Exactly one member must be set at '{path}', and {len(given)} are"
    for name in shape.required_members:
        if name not in given:
            yield _said(None, _joined(path, name), "Member must not be null")
    for name in given:
        yield from _problems(shape.members[name], value[name], _joined(path, name))


def _string(shape: Shape, value: str, path: str) -> Iterator[str]:
    shown = None if shape.metadata.get("sensitive") else value
    yield from _range(shape, len(value), shown, path, "length")
    if "enum" in shape.metadata and value not in shape.metadata["enum"]:
        allowed = ", ".join(shape.metadata["enum"])
        yield _said(shown, path, f"Member must satisfy enum value set: [{allowed}]")
    pattern = shape.metadata.get("pattern")
    # Too long already: there is no point in matching it.
    if pattern and len(value) <= shape.metadata.get("max", len(value)) and not patterns.matches(pattern, value):
        yield _said(shown, path, f"Member must satisfy regular expression pattern: {pattern}")


def _range(shape: Shape, size: float, shown: Any, path: str, what: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _said(shown, path, f"Member must have {what} greater than or equal to {least}")
    if most is not None and size > most:
        yield _said(shown, path, f"Member must have {what} less than or equal to {most}")


def _said(shown: Any, path: str, constraint: str) -> str:
    value = f"Value '{shown}'" if shown is not None else "Value"
    return f"{value} at '{path}' failed to satisfy constraint: {constraint}"


def _joined(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _expect(value: Any, kind: Any, path: str) -> None:
    if not isinstance(value, kind):
        raise errors.serialization(f"Unexpected value type at '{path}'")
