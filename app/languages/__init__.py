"""Chooses the language of the window and opens its catalog, before anything else is imported."""
