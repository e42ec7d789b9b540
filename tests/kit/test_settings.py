"""Settings: every variable has a name that is known, and a typing error is an error."""

import pytest
from probe.app import ProbeSettings
from pydantic import ValidationError

from kit.settings import CLIENT_VARIABLES, ServiceSettings, UnknownVariableError


def test_a_service_reads_its_own_and_the_common_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE_COLOUR", "red")
    monkeypatch.setenv("POURQUOI_HTTP_PORT", "8123")
    settings = ProbeSettings.load()
    assert (settings.colour, settings.http_port) == ("red", 8123)


def test_fields_can_be_given_by_name() -> None:
    assert ProbeSettings(colour="green").colour == "green"


@pytest.mark.parametrize("name", ["POURQUOI_HTP_PORT", "PROBE_COLOR"])
def test_a_misspelt_variable_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownVariableError, match=name):
        ProbeSettings.load({name: "1"})


def test_variables_of_others_are_none_of_our_business() -> None:
    environment = {"INGEST_WHATEVER": "1", "PATH": "/bin", **dict.fromkeys(CLIENT_VARIABLES, "x")}
    assert ProbeSettings.load(environment).colour == "blue"


def test_a_value_of_the_wrong_type_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POURQUOI_HTTP_PORT", "http")
    with pytest.raises(ValidationError, match="POURQUOI_HTTP_PORT"):
        ProbeSettings.load()


def test_every_field_names_a_variable_and_says_what_it_is_for() -> None:
    for name, field in ServiceSettings.model_fields.items():
        assert isinstance(field.validation_alias, str), name
        assert field.description, name
        assert field.description.endswith("."), name


def test_secrets_do_not_show() -> None:
    settings = ServiceSettings(service_key="pq_1_geheim", cursor_secret="geheim")
    assert "geheim" not in repr(settings)
