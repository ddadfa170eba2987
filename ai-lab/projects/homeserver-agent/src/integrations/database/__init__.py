"""An alert becomes a work item of the tracker: one, updated, closed when it ends, reopened when it comes back.

``plan`` decides over values; ``tracker`` reads the items and carries a plan out, through the lab's tool ``tracker``.
No database is opened here: the lab's belongs to ``ai-lab``.
"""
