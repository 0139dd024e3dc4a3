"""
The desk: what editors touch. `cli` is the `kawaraban` command, `skeleton/` what `init` copies.

May import everything below it; nobody imports it.
"""
