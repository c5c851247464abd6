"""Modules that are loaded when a command needs them, without looking for garbage meanwhile."""

import gc
import sys
from importlib import import_module
from types import ModuleType


def load(name: str) -> ModuleType:
    """The module of that name.

    What a first import makes is new and stays: looking for garbage in it takes a third of the time
    that loading all parts takes, and again and again while a server runs.
    """
    collects = gc.isenabled()
    if name in sys.modules or not collects:
        return import_module(name)
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()
