"""
Flows: when and in which order things happen.

`compose` puts the house together, `stages` are the plain steps (both without Prefect); `publish`, `release`, `verify`
and `publisher` are thin Prefect flows over them. Only those four import Prefect. May import `renderers` and
`kawaraban`, never `desk`. No file here is named after a standard module.
"""

import logging

# what breaks is said as a sentence; its traceback goes where an entry point sends logs, and nowhere by default
logging.getLogger(__name__).addHandler(logging.NullHandler())
