"""`python -m insight serve | migrate | openapi`."""

from insight.app import service
from kit.service import main

if __name__ == "__main__":
    main(service)
