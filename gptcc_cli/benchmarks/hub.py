"""Files of data sets on the hub, one by one.

Data sets that come with a loading script can no longer be loaded; their files can still be
fetched, and that is all that is done here. Needs no ``datasets``.
"""

from pathlib import Path

from gptcc_cli.errors import ProblemError, UsageError


def fetch(address: str) -> Path:
    """Return a file of a data set, from the hub's cache or the hub.

    Args:
        address: ``OWNER/NAME/PATH/IN/REPOSITORY``.

    Raises:
        UsageError: the address has no file.
        ProblemError: it is neither cached nor to be had.
    """
    parts = address.split("/", 2)
    if len(parts) < 3 or not all(parts):
        raise UsageError(
            f"'hub:{address}' names no file", hint="write hub:OWNER/NAME/FILE, such as test.jsonl"
        )
    import huggingface_hub
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    repository = "/".join(parts[:2])
    try:
        return Path(huggingface_hub.hf_hub_download(repository, parts[2], repo_type="dataset"))
    except LocalEntryNotFoundError as error:
        raise ProblemError(
            f"{parts[2]!r} of the data set {repository} is not cached, and the hub is out of reach",
            hint="give the benchmark as a path: gptcc eval DIRECTORY, or a .jsonl file",
        ) from error
    except (EntryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ProblemError(
            f"{parts[2]!r} of the data set {repository} can't be fetched: {reason}",
            hint="give the benchmark as a path: gptcc eval DIRECTORY, or a .jsonl file",
        ) from error
