"""Words that speak well or ill of things, and what a text has of them."""
