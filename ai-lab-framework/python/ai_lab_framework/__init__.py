"""What a Python tool of AI Lab imports. Standard library only.

Start reading at :class:`BaseAITool`; a complete tool is in its documentation.
"""

from .base_ai_tool import REQUEST_BYTES, BaseAITool, action
from .context import ToolContext
from .profiles import ErrorClass, Profile
from .result import ToolError, ToolResult
from .schemas import Length, Range, SchemaError

__all__ = [
    "REQUEST_BYTES",
    "BaseAITool",
    "ErrorClass",
    "Length",
    "Profile",
    "Range",
    "SchemaError",
    "ToolContext",
    "ToolError",
    "ToolResult",
    "action",
]
