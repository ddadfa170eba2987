"""Planned: pushes the work item of a finding to GitHub as an issue. Nothing is here yet."""
