"""From a typed async method to an MCP tool that is strict about its arguments and safe about its errors."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from mcp.server.fastmcp import Context
from mcp.server.fastmcp.tools import Tool
from mcp.server.fastmcp.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.types import CallToolResult, RequestParams, TextContent, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mcp_servers.tracing import tool_span

CUSTOMER_KEY = "semker/customer_id"
TRACE_KEY = "traceparent"
UNEXPECTED = "Something went wrong while looking this up. Please try again later."

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """What the customer may be told about a request that cannot be answered."""


@dataclass(frozen=True)
class Caller:
    """Who asks, from the request's `_meta`; a tool that declares a parameter `caller` receives it."""

    known_id: str | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, meta: RequestParams.Meta | None) -> "Caller":
        extras = (meta.model_extra if meta else None) or {}
        customer, trace = extras.get(CUSTOMER_KEY), extras.get(TRACE_KEY)
        return cls(
            known_id=customer if isinstance(customer, str) and customer else None,
            traceparent=trace if isinstance(trace, str) else None,
        )

    @property
    def customer_id(self) -> str:
        """Raises `Refusal` when nobody is identified."""
        if self.known_id is None:
            raise Refusal("No customer is identified for this request.")
        return self.known_id


class Result(BaseModel):
    """Base of what tools return; `summary` is one sentence that may be shown to the customer as it is."""

    model_config = ConfigDict(frozen=True)
    summary: str


Amount = Annotated[str, Field(pattern=r"^-?\d+\.\d{2}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12, description="Month as a number from 1 to 12")]
Year = Annotated[int, Field(ge=2000, le=2100, description="Year of the month; without it, the most recent such month")]

type Handler = Callable[..., Awaitable[Result]]


def tool[F: Handler](title: str) -> Callable[[F], F]:
    """Offers a method as a tool; its docstring is the description. `title` must read well after "Looking up "."""

    def mark(handler: F) -> F:
        setattr(handler, "tool_title", title)  # noqa: B010 - a function has no such attribute for the type checker
        return handler

    return mark


def tools_of(service: object) -> list[Tool]:
    methods = (getattr(service, name) for name in vars(type(service)))
    return [SafeTool.of(method, method.tool_title) for method in methods if hasattr(method, "tool_title")]


class PlainSchema(GenerateJsonSchema):
    """An optional value may be left out; that it may be null as well is not worth an `anyOf` to a model."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


class StrictArguments(ArgModelBase):
    model_config = ConfigDict(extra="forbid")


class SafeTool(Tool):
    """Refuses unknown arguments and never shows an exception; a `Result` is valid, so nothing checks it again."""

    caller_parameter: ClassVar[str] = "caller"

    @classmethod
    def of(cls, handler: Handler, title: str) -> "SafeTool":
        signature = inspect.signature(handler, eval_str=True)
        parameters = {
            name: (given.annotation, ... if given.default is given.empty else given.default)
            for name, given in signature.parameters.items()
            if name != cls.caller_parameter
        }
        name = handler.__name__
        arguments = create_model(f"{name}_arguments", __base__=StrictArguments, **parameters)  # type: ignore[call-overload]
        result: type[Result] = signature.return_annotation
        return cls(
            fn=handler,
            name=name,
            title=title,
            description=inspect.getdoc(handler) or "",
            parameters=arguments.model_json_schema(schema_generator=PlainSchema),
            fn_metadata=FuncMetadata(
                arg_model=arguments,
                output_model=result,
                output_schema=result.model_json_schema(schema_generator=PlainSchema),
            ),
            is_async=True,
            context_kwarg=cls.caller_parameter if cls.caller_parameter in signature.parameters else None,
            annotations=ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False),
        )

    async def run(
        self,
        arguments: dict[str, Any],
        context: Context[Any, Any, Any] | None = None,
        convert_result: bool = False,
    ) -> CallToolResult:
        caller = Caller.of(context.request_context.meta if context else None)
        with tool_span(self.name, caller.traceparent) as fail:
            try:
                return success(await self._result(arguments, caller))
            except ValidationError as error:
                fail("invalid_arguments")
                return failure(self._complaint(error))
            except Refusal as refusal:
                fail("refused")
                return failure(str(refusal))
            except Exception:
                fail("unexpected")
                logger.exception("Tool %s failed", self.name)
                return failure(UNEXPECTED)

    async def _result(self, arguments: dict[str, Any], caller: Caller) -> Result:
        """Raises `ValidationError` for the arguments alone; one of the tool's own is none of the caller's business."""
        given = self.fn_metadata.arg_model.model_validate(arguments).model_dump_one_level()
        if self.context_kwarg:
            given[self.context_kwarg] = caller
        try:
            result: Result = await self.fn(**given)
        except ValidationError as error:
            raise RuntimeError("a tool's own values are not valid") from error
        return result

    def _complaint(self, error: ValidationError) -> str:
        """What is wrong with the arguments, without repeating any value of theirs."""
        known = ", ".join(self.fn_metadata.arg_model.model_fields) or "none"
        problems = []
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            if problem["type"] == "extra_forbidden":
                problems.append(f"{self.name} does not accept all of the given arguments; it accepts: {known}")
            else:
                problems.append(f"{name}: {problem['msg']}")
        return "Invalid arguments. " + "; ".join(dict.fromkeys(problems)) + "."


def success(result: Result) -> CallToolResult:
    text = result.model_dump_json(exclude_none=True)
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structuredContent=result.model_dump(mode="json", exclude_none=True),
    )


def failure(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], isError=True)
