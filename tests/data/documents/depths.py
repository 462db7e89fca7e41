"""Lake Ohrid is 288 metres deep."""

DEPTH = 288
