"""Tests of attached files attach and open them as people do."""

from attaching import attach, openers, opens

__all__ = ["attach", "openers", "opens"]
