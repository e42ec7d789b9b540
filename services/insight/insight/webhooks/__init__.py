"""Published insights on their way to partners: signed, retried, replayable."""
