"""Looks after a home server: ``watch`` and ``collect``.

What decides takes values and gives values (``alerts``, ``integrations.database.plan``, ``integrations.github.plan``);
what acts is thin and has nothing left to choose. Start reading at :mod:`homeserver_agent.watch`.
"""
