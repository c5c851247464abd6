"""The calculators over HTTP: the rules of `grading`, nothing stored, nothing logged."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from api.calculators import graduation, subject, year
from api.calculators.models import (
    CalculatedModel,
    GraduationModel,
    Result,
    SubjectModel,
    YearModel,
)
from api.site import bodies, problems
from api.site.answering import json_response

_LIMIT: Final = 65_536  # bytes of a body; 60 subjects with long names take 30 kB
_Model = TypeVar("_Model", bound=BaseModel)


def install(app: FastAPI) -> None:
    """Add a route for each calculator."""
    _add(app, "subject", SubjectModel, subject.calculate,
         "The averages of one subject: semesters and year.")  # fmt: skip
    _add(app, "year", YearModel, year.calculate,
         "Level of study, conduct, promotion and title of a year.")  # fmt: skip
    _add(app, "graduation", GraduationModel, graduation.calculate, "The graduation score.")


def _add(
    app: FastAPI,
    name: str,
    model: type[_Model],
    calculate: Callable[[_Model], list[Result]],
    says: str,
) -> None:
    async def route(request: Request) -> Response:
        asked = await bodies.members(request, _LIMIT, model)
        return json_response({"results": calculate(asked)})

    app.add_api_route(
        f"/api/calculate/{name}",
        route,
        methods=["POST"],
        description=f"{says} By the rules of that year; each result explains itself.",
        response_model=CalculatedModel,
        responses=problems.declared(400, 409, 413, 415, 422),
        openapi_extra=_accepts(model),
        operation_id=f"calculate_{name}",
    )


def _accepts(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    content = {"application/json": {"schema": _inlined(schema, schema.pop("$defs", {}))}}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, defined: Mapping[str, Any]) -> Any:
    """The schema with models inside it where they are used: references would lead nowhere."""
    if isinstance(schema, list):
        return [_inlined(each, defined) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(defined[schema["$ref"].rpartition("/")[2]], defined)
    return {name: _inlined(each, defined) for name, each in schema.items()}
