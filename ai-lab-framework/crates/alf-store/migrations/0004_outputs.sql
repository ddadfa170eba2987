CREATE INDEX tool_executions_by_kept_output
    ON tool_executions (output) WHERE output >= '@' AND output < 'A';

CREATE INDEX tool_executions_by_kept_input
    ON tool_executions (input) WHERE input >= '@' AND input < 'A';
