"""Whatever decides about a lead decides alike: golden leads, generated ones, and a naive reader."""
