"""The bureau of `tests.digitise`, whose school has issued diplomas, too."""

from tests.digitise.conftest import bureau, desk, either, on_postgresql, template

__all__ = ["bureau", "desk", "either", "on_postgresql", "template"]
