"""Planned: files a finding as a work item, through the ``ai-lab`` command line. Nothing is here yet."""
