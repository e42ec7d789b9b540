"""The command line of the ingest service."""

from ingest.app import service
from kit.service import main

if __name__ == "__main__":
    main(service)
