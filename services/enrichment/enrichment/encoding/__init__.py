"""The sentence encoder: one forward pass gives post vectors, statement vectors and the features of heads."""
