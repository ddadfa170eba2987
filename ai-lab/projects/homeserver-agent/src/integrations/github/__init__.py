"""Carries what changed on to GitHub, where the project is linked: by ``ai-lab github``, with its plan and its limits.

``plan`` decides over values; ``exchange`` calls. What becomes of an item there, and of a conflict, is ``ai-lab``'s.
"""
