"""How many threads the libraries that compute take."""

from collections.abc import Mapping

_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def computing_threads(threads: int) -> Mapping[str, str]:
    """The environment of a process whose libraries are to compute with so many."""
    return dict.fromkeys(_VARIABLES, str(threads))
