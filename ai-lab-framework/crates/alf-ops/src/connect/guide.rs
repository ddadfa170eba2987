//! The lines that a client's model reads in the lab's guide: AGENTS.md, GEMINI.md, CLAUDE.md.

/// What they say. The server says it as well; a guide is read even when its instructions are not.
pub(super) const LINES: &str = "\
## Tools of this lab

- The tools of the MCP server `ai-lab` are this lab's: checked, limited, and recorded. Use them rather than a shell for what they do.
- A call that takes longer than 45 s answers with an execution id: ask `lab_result` for the rest. So does a long output.
- What destroys something first answers with a plan and a code. Show the plan to the person; pass the code as `confirm` only when they agree.
- `lab_session` with `do` = `show` tells where the work stopped; keep decisions and open points there with `do` = `note`.
";
