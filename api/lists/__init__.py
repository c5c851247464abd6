"""Lists to be verified: `reading` takes them apart, `work` verifies their rows, `results` tells.

What is kept meanwhile, `store.lists` says; who may know of it, `sealing`; `webhooks` tell that a
list is done. Routes stand in `api.site.listing`.
"""
