"""
The `kawaraban` command.

    parser     the commands, their options and their help, in both languages (light: imported by every call)
    main       runs one command: root, language, errors, exit codes
    words      language of the locale, times and states as people read them
    tables     rich tables and progress            documents   the JSON of `--json`, with its stable keys
    writing    init, new, import, check, schema    publishing  publish
    planning   plan, set-up                        serving     serve
    scheduling schedule, hold, resume
    ending     withdraw, rollback, verify
    looking    status, show, log                   telling    record, settle        building   build
    adopting   adopt
    channels   channels (adding: channels add, asked by asking, answered by abilities)

Everything heavy is imported inside the command that needs it: `--help` must stay quick.
"""

from desk.cli.main import main

__all__ = ["main"]
