"""`python -m bench.inside seed COUNT | queries | profile ROW`: what needs the product's code, with its settings.

`queries` and `profile` read the rows' calls as JSON from standard input.
"""

import json
import sys
from dataclasses import asdict

import django

from bench.calls import from_json


def main(command: str, *arguments: str) -> None:
    django.setup()
    from bench import costs, data, queries

    if command == "seed":
        print(json.dumps(asdict(data.seed(int(arguments[0])))))
    elif command == "queries":
        print(json.dumps(queries.count(from_json(sys.stdin.read()))))
    else:
        print(costs.profile(from_json(sys.stdin.read())[arguments[0]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
