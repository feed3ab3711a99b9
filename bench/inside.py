"""`python -m bench.inside COMMAND ...`: what needs the product's code, with its settings.

What is not in the arguments is read as JSON from standard input.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict

import django

from bench.calls import from_json


def main(command: str, *arguments: str) -> None:
    django.setup()
    from bench import asking, costs, data, grants, queries

    commands: dict[str, Callable[..., object]] = {
        "seed": lambda count: asdict(data.seed(int(count))),
        "queries": lambda: queries.count(from_json(sys.stdin.read())),
        "store-grants": lambda: grants.store(**json.loads(sys.stdin.read())),
        "end-tokens": lambda seconds, *ids: grants.end_in(float(seconds), ids),
        "count-fresh": grants.count_fresh,
        "fresh": lambda connection_id, seconds, rounds: asking.fresh(connection_id, int(seconds), int(rounds)),
        "callers": lambda connection_id, count: asking.at_once(connection_id, int(count)),
    }
    if command == "profile":
        print(costs.profile(from_json(sys.stdin.read())[arguments[0]]))
    else:
        print(json.dumps(commands[command](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
