//! Projects, ideas, work items, milestones: values, states and rules, nothing else.
