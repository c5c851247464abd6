"""Telling people that something is ready for them: by mail and by short message.

`words` are what is said, `mail` and `gateway` who takes it there, `sending` when it is tried. What
is to be sent stands in `store.notices` first.
"""
