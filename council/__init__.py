"""Council: a public-private council (협의체), from the convened meeting to the answered opinion."""

__version__ = "0.1.0"
