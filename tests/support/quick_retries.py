"""Waiting for a hub on this machine: everything that takes seconds on the network takes fractions of one."""

from app.hub.download.retry_policy import RetryPolicy

QUICK = RetryPolicy(
    silent_seconds=0.4, tries=3, first_wait_seconds=0.02, longest_wait_seconds=0.05, longest_asked_seconds=2.0
)
