"""JSON Schemas from type hints, and values checked and built by the same hints.

Understood: ``str``, ``int``, ``float``, ``bool``, ``None``, ``Any``, ``list[T]``, ``dict[str, T]``, unions,
``Literal``, ``Enum`` with JSON values, and dataclasses, which take no unknown key. ``Annotated`` adds a
description (a text), a :class:`Range` or a :class:`Length`.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from enum import Enum
from typing import Annotated, Any, Literal, Union

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class SchemaError(TypeError):
    """A type hint that has no JSON Schema: a mistake that the tool's first start shows."""


class Misfit(ValueError):
    """A value that does not fit its type; says where and why."""


@dataclasses.dataclass(frozen=True)
class Range:
    """The least and the most of a number, both included; ``None`` leaves a side open."""

    minimum: float | None = None
    maximum: float | None = None


@dataclasses.dataclass(frozen=True)
class Length:
    """The least and the most characters of a text or items of a list; ``None`` leaves a side open."""

    minimum: int | None = None
    maximum: int | None = None


_PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def root_schema(hint: Any) -> dict[str, Any]:
    """The schema of a type, with its dialect."""
    return {"$schema": DIALECT, **schema_of(hint)}


def schema_of(hint: Any, _within: tuple[Any, ...] = ()) -> dict[str, Any]:
    """The schema of a type. Raises :class:`SchemaError` for one that has none."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return {**schema_of(arguments[0], _within), **_remarks(arguments[1:], arguments[0])}
    if hint is Any:
        return {}
    if hint is None or hint is type(None):
        return {"type": "null"}
    if hint in (list, dict):
        return {"type": "array" if hint is list else "object"}
    if isinstance(hint, type) and hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one, _within) for one in arguments]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], _within)}
    if origin is dict and arguments[0] is str:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], _within)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if _is_dataclass(hint):
        return _dataclass_schema(hint, _within)
    raise SchemaError(f"{hint!r} has no JSON Schema")


def _dataclass_schema(hint: Any, within: tuple[Any, ...]) -> dict[str, Any]:
    if hint in within:
        raise SchemaError(f"{hint.__name__} contains itself: give the schema as a dict")
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, field_hint, default in _fields(hint):
        properties[name] = schema_of(field_hint, (*within, hint))
        if default is dataclasses.MISSING:
            required.append(name)
        else:
            properties[name]["default"] = to_json(default)
    schema: dict[str, Any] = {"title": hint.__name__}
    # Without a documentation of its own, a dataclass has its signature there.
    document = inspect.cleandoc(hint.__doc__ or "")
    if document and not document.startswith(f"{hint.__name__}("):
        schema["description"] = document
    return {
        **schema,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _remarks(remarks: tuple[Any, ...], hint: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    kind = "Items" if typing.get_origin(hint) is list or hint is list else "Length"
    for remark in remarks:
        if isinstance(remark, str):
            schema["description"] = remark
        elif isinstance(remark, Range):
            schema |= _bounds("minimum", "maximum", remark)
        elif isinstance(remark, Length):
            schema |= _bounds(f"min{kind}", f"max{kind}", remark)
    return schema


def _bounds(least: str, most: str, bounds: Range | Length) -> dict[str, Any]:
    both = {least: bounds.minimum, most: bounds.maximum}
    return {key: value for key, value in both.items() if value is not None}


def from_json(hint: Any, value: Any, at: str = "") -> Any:
    """Builds a value of the type from JSON. Raises :class:`Misfit`, which says where and why."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        built = from_json(arguments[0], value, at)
        _check_remarks(arguments[1:], built, at)
        return built
    if hint is Any:
        return value
    if hint is None or hint is type(None):
        return _checked(value is None, value, "null", at)
    if hint is float and type(value) is int:
        return float(value)
    if hint in (list, dict) or (isinstance(hint, type) and hint in _PLAIN):
        # By the exact type: a bool is an int in Python and none in JSON.
        return _checked(type(value) is hint, value, _PLAIN.get(hint, hint.__name__), at)
    if origin in (Union, types.UnionType):
        return _from_union(arguments, value, at)
    if origin is Literal:
        fits = any(type(one) is type(value) and one == value for one in arguments)
        return _checked(fits, value, f"one of {list(arguments)}", at)
    if origin is list:
        _checked(type(value) is list, value, "array", at)
        return [from_json(arguments[0], item, f"{at}[{i}]") for i, item in enumerate(value)]
    if origin is dict:
        _checked(type(value) is dict, value, "object", at)
        return {key: from_json(arguments[1], item, f"{at}.{key}") for key, item in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        fitting = [one for one in hint if type(one.value) is type(value) and one.value == value]
        _checked(bool(fitting), value, "a known value", at)
        return fitting[0]
    return _dataclass_from_json(hint, value, at)


def _from_union(choices: tuple[Any, ...], value: Any, at: str) -> Any:
    misfits = []
    for choice in choices:
        try:
            return from_json(choice, value, at)
        except Misfit as misfit:
            misfits.append(str(misfit))
    raise Misfit(" or ".join(misfits))


def _dataclass_from_json(hint: Any, value: Any, at: str) -> Any:
    _checked(type(value) is dict, value, "object", at)
    fields = {name: (field_hint, default) for name, field_hint, default in _fields(hint)}
    unknown = next((key for key in value if key not in fields), None)
    if unknown is not None:
        raise Misfit(f"{_place(at)}unknown field `{unknown}`, expected {_names(fields)}")
    for name, (_, default) in fields.items():
        if default is dataclasses.MISSING and name not in value:
            raise Misfit(f"{_place(at)}missing field `{name}`")
    built = {key: from_json(fields[key][0], item, f"{at}.{key}") for key, item in value.items()}
    try:
        return hint(**built)
    except ValueError as refused:
        # A dataclass may check more in its `__post_init__`.
        raise Misfit(f"{_place(at)}{refused}") from refused


def _check_remarks(remarks: tuple[Any, ...], value: Any, at: str) -> None:
    for remark in remarks:
        if isinstance(remark, (Range, Length)) and value is not None:
            measured = value if isinstance(remark, Range) else len(value)
            least = remark.minimum is None or measured >= remark.minimum
            most = remark.maximum is None or measured <= remark.maximum
            if not (least and most):
                what = "" if isinstance(remark, Range) else "a length of "
                raise Misfit(
                    f"{_place(at)}{what}{measured} is outside {remark.minimum} to {remark.maximum}"
                )


def _checked(fits: bool, value: Any, expected: str, at: str) -> Any:
    if not fits:
        raise Misfit(f"{_place(at)}expected {expected}, got {_shown(value)}")
    return value


def to_json(value: Any) -> Any:
    """The value as JSON has it: dataclasses as objects, enums as their values, tuples as arrays."""
    if _is_dataclass(type(value)):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return to_json(value.value)
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    return value


def _fields(hint: Any) -> list[tuple[str, Any, Any]]:
    """Name, type and default of a dataclass's fields; ``MISSING`` without a default."""
    hints = typing.get_type_hints(hint, include_extras=True)
    fields = []
    for field in dataclasses.fields(hint):
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        fields.append((field.name, hints[field.name], default))
    return fields


def _is_dataclass(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _names(fields: dict[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in fields) or "none"


def _place(at: str) -> str:
    return f"{at.removeprefix('.')}: " if at else ""


def _shown(value: Any) -> str:
    """The value's JSON type: the value itself may be long or secret."""
    if value is None:
        return "null"
    if isinstance(value, (bool, int, float, str)):
        return _PLAIN[type(value)]
    return "array" if isinstance(value, list) else "object"
