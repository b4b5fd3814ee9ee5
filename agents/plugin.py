"""MCP tools as a Semantic Kernel plugin: the model sees each tool's own schema, the tool gets checked arguments."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import override

from pydantic import Field, JsonValue
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.filters.functions.function_invocation_context import FunctionInvocationContext
from semantic_kernel.functions import KernelFunctionMetadata, KernelParameterMetadata, KernelPlugin
from semantic_kernel.functions.function_result import FunctionResult
from semantic_kernel.functions.kernel_function import KernelFunction

from agents.mcp_errors import ToolFailed
from agents.mcp_tools import Tool
from agents.tool_arguments import ToolArguments, UnusableSchema
from telemetry.genai import execute_tool

_DEFINITION = "definition"

logger = logging.getLogger(__name__)

type CallTool = Callable[[str, Mapping[str, JsonValue]], Awaitable[str]]


class ToolFunction(KernelFunction):
    """Calls the tool with exactly the declared arguments that the model gave; a failure is a result it can read."""

    arguments: ToolArguments = Field(exclude=True)
    call: CallTool = Field(exclude=True)

    @override
    async def _invoke_internal(self, context: FunctionInvocationContext) -> None:
        with execute_tool(self.plugin_name or "", self.name) as traced:
            try:
                result = await self.call(self.name, self.arguments.read(context.arguments))
            except ToolFailed as failure:
                traced.fail(type(failure.__cause__ or failure).__name__)
                result = json.dumps({"error": str(failure)}, ensure_ascii=False)
            traced.record_content(context.arguments, result)
        context.result = FunctionResult(function=self.metadata, value=result)

    @override
    async def _invoke_internal_stream(self, context: FunctionInvocationContext) -> None:
        """Never asked for: kernels invoke the tools of a streaming answer whole."""
        raise NotImplementedError


def plugin(agent_name: str, tools: Sequence[Tool], call: CallTool) -> KernelPlugin:
    """Leaves out, with a warning, a tool whose arguments cannot reach it."""
    functions: list[ToolFunction] = []
    for tool in tools:
        try:
            functions.append(_function(agent_name, tool, call))
        except UnusableSchema as error:
            logger.warning("%s: dropped the tool %s: %s", agent_name, tool.name, error)
    return KernelPlugin(name=agent_name, functions=functions)


def offer_tools(
    configuration: FunctionCallChoiceConfiguration, settings: PromptExecutionSettings, choice: FunctionChoiceType
) -> None:
    """Hands each tool's schema to the model whole; Semantic Kernel's own way keeps only properties and required."""
    definitions = [
        function.additional_properties[_DEFINITION]
        for function in configuration.available_functions or ()
        if function.additional_properties
    ]
    if definitions:
        # Plain assignment makes pydantic copy and check everything that is already set, at every call.
        vars(settings).update(tools=definitions, tool_choice=choice.value)


def _function(agent_name: str, tool: Tool, call: CallTool) -> ToolFunction:
    arguments = ToolArguments(tool.input_schema)
    parameters = [
        KernelParameterMetadata(name=name, is_required=name in arguments.required, schema_data=schema)
        for name, schema in arguments.properties.items()
    ]
    metadata = KernelFunctionMetadata(
        name=tool.name,
        plugin_name=agent_name,
        description=tool.description,
        parameters=parameters,
        is_prompt=False,
    )
    function = {
        "name": metadata.fully_qualified_name,
        "description": tool.description,
        "parameters": arguments.schema,
    }
    metadata.additional_properties = {_DEFINITION: {"type": "function", "function": function}}
    return ToolFunction(metadata=metadata, arguments=arguments, call=call)
