"""The canonical article: model, blocks, Markdown, front matter and check."""
