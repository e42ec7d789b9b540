"""The sentence encoder: one forward pass gives post vectors, statement vectors and the features of heads."""

import os

# Read by OpenMP when torch loads it. By default its threads spin while they wait for one another, which
# starves the other processes of a small machine, and is slower for the encoder itself as soon as one is busy.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
