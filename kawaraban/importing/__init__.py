"""Foreign pages into canonical articles, with doubts and a conservation proof."""
