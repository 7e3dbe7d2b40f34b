"""Options with a closed set of values. The stage that acts on a choice imports it from here."""

from enum import Enum


class Until(Enum):
    """When to stop writing candidates."""

    FIRST = "first"
    """When one passes every test."""
    AGREED = "agreed"
    """When enough programs that pass also give the same outputs on further inputs."""
    ALL = "all"
    """When all are written."""


class EndpointStyle(Enum):
    """Which of a server's two services is called."""

    CHAT = "chat"
    """``/chat/completions``: the prompt's text is a user's message."""
    COMPLETIONS = "completions"
    """``/completions``: the model continues the prompt's text."""


class Quantize(Enum):
    """How weights are kept in memory."""

    AUTO = "auto"
    """Whatever fits into free memory; the choice is reported."""
    NONE = "none"
    EIGHT_BIT = "8bit"
    FOUR_BIT = "4bit"


class Checker(Enum):
    """Which comparison of outputs the figures follow."""

    GPTCC = "gptcc"
    APPS = "apps"
    """The comparison of the published APPS harness, for comparing with papers."""


class Preamble(Enum):
    """What is put before every program."""

    NONE = "none"
    APPS = "apps"
    """The imports of the published APPS harness."""
