"""The benchmark: the server of `make run` under load, each row beside two yardsticks. `make bench` runs it.

The process that measures imports no Django. What needs the product's code (`data`, `queries`, `costs`, `grants`,
`asking`) is run by `inside`, a process of its own with the server's environment, and answers with JSON or text on
standard output.
"""
