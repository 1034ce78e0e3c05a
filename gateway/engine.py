"""Moved to wiring/engine.py: import from there."""

from wiring.engine import Engine, Unavailable

__all__ = ["Engine", "Unavailable"]
