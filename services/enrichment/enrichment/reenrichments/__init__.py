"""Reading every stored post again, after the encoder, a head or a codebook has changed."""
