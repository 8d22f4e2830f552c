"""What an operator asks for beside running it: the overview, a search, retry, reconcile, doctor.

Nothing here prints or exits: commands do, and the status page.
"""
