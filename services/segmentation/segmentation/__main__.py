"""`python -m segmentation serve | migrate | openapi`."""

from kit.service import main
from segmentation.app import service

if __name__ == "__main__":
    main(service)
