//! One operation a file: what the command line, MCP and tests call.
