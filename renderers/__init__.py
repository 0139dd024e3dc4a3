"""
Renderers: an article and the public facts in, a Variant out. Pure: no network, no clock, no database, no file written.

Each has one public `render(article, publication, channel, facts) -> Variant`, its `templates/`, and, for the folders
that are written whole (site, feed), `edition`. Below the four lie `carried` (what of an article a channel carries at
all), `html` (the walker that hands each node to a Jinja2 macro), `text` (plain text) and `pictures` (recipes).
May import `kawaraban`, never each other, a flow, Prefect, requests or SQLAlchemy. A new one: a folder with `render`,
an entry point in the group `kawaraban.renderers`, golden files under `tests/golden/`.
"""
