"""How the shipped heads were made; `python -m enrichment.training.<head>` makes them again."""
