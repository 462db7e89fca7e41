"""Tarn: a desktop chat for language models that run on the user's own computer."""

__version__ = "0.1.0"
