"""Schemas from type hints, and values that fit them or do not."""

import unittest
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal, Optional

from ai_lab_framework.schemas import (
    Length,
    Misfit,
    Range,
    SchemaError,
    from_json,
    schema_of,
    to_json,
)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: float
    y: float = 0.0


@dataclass
class Path:
    """A way through points."""

    points: list[Point]
    colour: Colour = Colour.RED
    tags: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.points) == 1:
            raise ValueError("one point is no way")


@dataclass
class Knot:
    inner: "Knot | None" = None


class Schemas(unittest.TestCase):
    def test_each_kind_of_hint_has_its_schema(self) -> None:
        point = {
            "title": "Point",
            "type": "object",
            "additionalProperties": False,
            "properties": {"x": {"type": "number"}, "y": {"type": "number", "default": 0.0}},
            "required": ["x"],
        }
        cases: list[tuple[Any, Any]] = [
            (str, {"type": "string"}),
            (bool, {"type": "boolean"}),
            (None, {"type": "null"}),
            (Any, {}),
            (list, {"type": "array"}),
            (dict, {"type": "object"}),
            # The older way of writing it is another type at run time.
            (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]}),  # noqa: UP045
            (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
            (Literal["a", 1], {"enum": ["a", 1]}),
            (Colour, {"enum": ["red", "blue"]}),
            (Annotated[int, Range(1)], {"type": "integer", "minimum": 1}),
            (Annotated[str, Length(1, 9)], {"type": "string", "minLength": 1, "maxLength": 9}),
            (
                Annotated[list[str], Length(maximum=2), "Words."],
                {
                    "type": "array",
                    "items": {"type": "string"},
                    "maxItems": 2,
                    "description": "Words.",
                },
            ),
            (
                Path,
                {
                    "title": "Path",
                    "description": "A way through points.",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "points": {"type": "array", "items": point},
                        "colour": {"enum": ["red", "blue"], "default": "red"},
                        "tags": {
                            "type": "object",
                            "additionalProperties": {"type": "integer"},
                            "default": {},
                        },
                    },
                    "required": ["points"],
                },
            ),
        ]
        for hint, schema in cases:
            self.assertEqual(schema_of(hint), schema, hint)

    def test_a_hint_without_a_schema_is_refused(self) -> None:
        for hint in (set[int], dict[int, str], bytes, Knot):
            with self.assertRaises(SchemaError):
                schema_of(hint)

    def test_values_are_built_and_told_apart(self) -> None:
        path = Path([Point(1.0), Point(2.0, 3.0)], Colour.BLUE, {"n": 1})
        value = {
            "points": [{"x": 1}, {"x": 2.0, "y": 3.0}],
            "colour": "blue",
            "tags": {"n": 1},
        }
        self.assertEqual(from_json(Path, value), path)
        self.assertEqual(
            to_json((path, Colour.RED)),
            [
                {
                    "points": [{"x": 1.0, "y": 0.0}, {"x": 2.0, "y": 3.0}],
                    "colour": "blue",
                    "tags": {"n": 1},
                },
                "red",
            ],
        )
        for hint, given in ((int | None, None), (Literal["a", 1], 1), (int | str, "x")):
            self.assertEqual(from_json(hint, given), given)

    def test_a_misfit_says_where_and_why(self) -> None:
        cases: list[tuple[Any, Any, str]] = [
            (int, True, "expected integer, got boolean"),
            (int, 1.0, "expected integer, got number"),
            (str, None, "expected string, got null"),
            (list[int], [1, "x"], "[1]: expected integer, got string"),
            (dict[str, int], {"a": []}, "a: expected integer, got array"),
            (dict[str, int], [], "expected object, got array"),
            (Path, {"points": [{"y": 1.0}]}, "points[0]: missing field `x`"),
            (
                Path,
                {"points": [{"x": 1, "z": 2}]},
                "points[0]: unknown field `z`, expected `x`, `y`",
            ),
            (Path, {"points": [{"x": 1}]}, "one point is no way"),
            (Path, {"points": [], "colour": "green"}, "colour: expected a known value, got string"),
            (Literal["a", 1], True, "expected one of ['a', 1], got boolean"),
            (int | str, {}, "expected integer, got object or expected string, got object"),
            (Annotated[int, Range(1, 5)], 6, "6 is outside 1 to 5"),
            (Annotated[str, Length(1)], "", "a length of 0 is outside 1 to None"),
        ]
        for hint, value, why in cases:
            with self.assertRaises(Misfit) as caught:
                from_json(hint, value)
            self.assertEqual(str(caught.exception), why)


if __name__ == "__main__":
    unittest.main()
