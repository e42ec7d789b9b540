"""The service's guide names every setting with its default."""

import re
from pathlib import Path

from insight.settings import InsightSettings

README = Path(__file__).resolve().parents[2] / "services" / "insight" / "README.md"


def test_every_setting_is_in_the_guide_with_its_meaning() -> None:
    documented = dict(re.findall(r"^\| `(INSIGHT_\w+)` \| `[^`]+` \| (.+) \|$", README.read_text(), re.MULTILINE))
    declared = {
        str(field.validation_alias): field.description
        for field in InsightSettings.model_fields.values()
        if str(field.validation_alias).startswith("INSIGHT_")
    }
    assert documented == declared
