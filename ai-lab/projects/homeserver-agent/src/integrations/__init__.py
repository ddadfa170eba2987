"""What connects the project's tools with the outside."""
