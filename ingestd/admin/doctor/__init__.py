"""The doctor: checks everything that ingestd needs, says how it stands and what to do.

Each check looks (`look_…`, in threads where it may hang) and then judges what was seen (`of_…`,
functions of values). Nothing is changed by it, and nothing left anywhere.
"""

