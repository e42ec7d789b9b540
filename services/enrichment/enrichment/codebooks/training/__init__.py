"""Training of heads, from prototypes and labels, and what cross-validation says of them."""
