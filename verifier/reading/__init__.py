"""From anything a person has – a text, a PDF, a photo – to the artefacts in it.

Start at `reader.read`. `codes` reads QR codes off an image and `pages` takes a PDF apart: in a
process of its own, `worker`, that `confined` watches. `artefacts` knows what looks like ours.
"""

from verifier.reading.reader import Reading, read

__all__ = ["Reading", "read"]
