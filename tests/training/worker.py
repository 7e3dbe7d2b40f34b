"""One process of a run, for tests that start several or kill one.

``python -m tests.training.worker SETTINGS`` with a JSON object: ``model``, ``directory``,
``changes`` to the tiny recipe, ``n_problems``. Every event of the main process is a line.
"""

import json
import os
import sys
from pathlib import Path

from gptcc_cli.errors import GptccError
from gptcc_cli.training.events import Began, Event, Saved, Updated
from gptcc_cli.training.run import train
from tests.training.conftest import make_plan, tiny_recipe


def say(*parts: object) -> None:
    sys.stdout.write(" ".join(map(str, parts)) + "\n")
    sys.stdout.flush()


def tell(event: Event) -> None:
    match event:
        case Began(first_update=first):
            say("began", first)
        case Updated(update=update, loss=loss, n_tokens=n_tokens):
            say("update", update, repr(loss), n_tokens)
        case Saved(path=path):
            say("saved", path.name)
        case _:
            say("validated")


def main(settings: dict) -> int:
    recipe = tiny_recipe(**settings["changes"])
    world = int(os.environ.get("WORLD_SIZE", "1"))
    plan, loaded = make_plan(
        Path(settings["model"]), recipe, settings.get("n_problems", 24), world=world
    )
    try:
        outcome = train(plan, loaded, Path(settings["directory"]), device="cpu", listen=tell)
    except GptccError as error:
        say("error", error.message, "hint", error.hint)
        return int(error.exit_code)
    say("outcome", outcome.finished, outcome.update)
    return 0 if outcome.finished else 130


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1])))
