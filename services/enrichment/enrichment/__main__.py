"""`python -m enrichment serve | migrate | openapi`."""

from enrichment.app import service
from kit.service import main

main(service)
