"""Browser tests have windows of a real Chromium."""

from windows import chromium, window

__all__ = ["chromium", "window"]
