CREATE TABLE action_spans (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    count INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    run_us_sum INTEGER NOT NULL,
    run_us_max INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE action_run_times (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_spans (
    span_hours INTEGER NOT NULL,
    starts_hour INTEGER NOT NULL,
    tool TEXT NOT NULL,
    action TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    count INTEGER NOT NULL,
    sum REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    last REAL NOT NULL,
    last_position INTEGER NOT NULL,
    PRIMARY KEY (span_hours, starts_hour, tool, action, name, unit)
) STRICT, WITHOUT ROWID;

WITH spans (hours) AS (VALUES (1), (24), (0)),
ended AS (
    SELECT tool, action, status, started_position, started_at_ms,
        MIN(run_us, 35184372088832) AS run_us,
        (started_at_ms - ((started_at_ms % 3600000) + 3600000) % 3600000) / 3600000 AS hour
    FROM tool_executions WHERE status <> 'started'
)
INSERT INTO action_spans
SELECT hours,
    CASE hours WHEN 0 THEN 0 ELSE hour - ((hour % hours) + hours) % hours END AS starts,
    tool, action, COUNT(*),
    SUM(CASE WHEN status = 'succeeded' THEN 0 ELSE 1 END),
    SUM(CASE WHEN status = 'interrupted' THEN 1 ELSE 0 END),
    SUM(CASE WHEN status = 'interrupted' THEN 0 ELSE run_us END),
    MAX(CASE WHEN status = 'interrupted' THEN 0 ELSE run_us END),
    MAX(started_at_ms), MIN(started_position), MAX(started_position)
FROM ended CROSS JOIN spans GROUP BY hours, starts, tool, action;

WITH RECURSIVE octaves (shift, low) AS (
    SELECT 0, 0 UNION ALL
    SELECT shift + 1, CASE shift WHEN 0 THEN 128 ELSE low * 2 END FROM octaves WHERE shift < 39
),
spans (hours) AS (VALUES (1), (24), (0)),
ended AS (
    SELECT tool, action, MIN(run_us, 35184372088832) AS run_us,
        (started_at_ms - ((started_at_ms % 3600000) + 3600000) % 3600000) / 3600000 AS hour
    FROM tool_executions WHERE status IN ('succeeded', 'failed')
),
placed AS (
    SELECT tool, action, hour, shift * 64 + (run_us >> shift) AS bucket
    FROM ended JOIN octaves ON run_us >= low
        AND (shift = 39 OR run_us < CASE shift WHEN 0 THEN 128 ELSE low * 2 END)
)
INSERT INTO action_run_times
SELECT hours,
    CASE hours WHEN 0 THEN 0 ELSE hour - ((hour % hours) + hours) % hours END AS starts,
    tool, action, bucket, COUNT(*)
FROM placed CROSS JOIN spans GROUP BY hours, starts, tool, action, bucket;

WITH spans (hours) AS (VALUES (1), (24), (0)),
measured AS (
    SELECT tool, action, name, unit, value, tool_metrics.position AS position, started_position,
        (started_at_ms - ((started_at_ms % 3600000) + 3600000) % 3600000) / 3600000 AS hour
    FROM tool_metrics
    JOIN tool_executions ON tool_executions.execution_id = tool_metrics.execution_id
    WHERE status <> 'started'
),
spread AS (
    SELECT hours,
        CASE hours WHEN 0 THEN 0 ELSE hour - ((hour % hours) + hours) % hours END AS starts,
        tool, action, name, unit, value, position, started_position
    FROM measured CROSS JOIN spans
),
aged AS (
    SELECT hours, starts, tool, action, name, unit, value, started_position, ROW_NUMBER() OVER (
        PARTITION BY hours, starts, tool, action, name, unit ORDER BY position DESC
    ) AS age
    FROM spread
)
INSERT INTO metric_spans
SELECT hours, starts, tool, action, name, unit, COUNT(*), SUM(value), MIN(value), MAX(value),
    MAX(CASE WHEN age = 1 THEN value END), MAX(CASE WHEN age = 1 THEN started_position END)
FROM aged GROUP BY hours, starts, tool, action, name, unit;

DROP INDEX tool_executions_by_action;

CREATE INDEX tool_executions_by_action ON tool_executions (tool, action, status);

CREATE INDEX tool_executions_by_trouble
    ON tool_executions (status) WHERE status <> 'succeeded';
