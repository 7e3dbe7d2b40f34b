"""A model behind an OpenAI-compatible server, as a ``Generator``.

Importing this package imports no HTTP client; making an ``EndpointGenerator`` does.
"""

from gptcc_cli.generation.endpoint.endpoint_generator import EndpointGenerator, EndpointStyle

__all__ = ["EndpointGenerator", "EndpointStyle"]
