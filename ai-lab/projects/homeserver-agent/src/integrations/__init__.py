"""What connects the project's tools with the outside: each a pure plan, and a thin part that carries it out."""
