"""Who may talk to whom: the policies follow the real calls, which are acyclic."""

from graphlib import TopologicalSorter
from itertools import product
from typing import Any

from kit.local.launcher import SERVICES

CALLS = {(spec.name, callee) for spec in SERVICES for callee in spec.calls}
EVENTS = [("ingest", "enrichment"), ("enrichment", "segmentation"), ("segmentation", "insight")]


def policy(manifests: Any, service: str) -> dict[str, Any]:
    spec: dict[str, Any] = manifests.one("NetworkPolicy", f"pourquoi-{service}")["spec"]
    return spec


def peers(rules: list[dict[str, Any]], direction: str, port: object) -> list[dict[str, Any]]:
    return [peer for rule in rules if port in _ports(rule) for peer in rule.get(direction, [{}])]


def _ports(rule: dict[str, Any]) -> list[object]:
    return [port["port"] for port in rule.get("ports", [])]


def named(found: list[dict[str, Any]]) -> set[str]:
    expressions = [expression for peer in found for expression in peer["podSelector"]["matchExpressions"]]
    return {value for expression in expressions for value in expression["values"]}


def called(manifests: Any, service: str) -> set[str]:
    return named(peers(policy(manifests, service)["egress"], "to", 9000))


def test_grpc_goes_only_where_it_goes_on_a_laptop(default: Any, services: list[str]) -> None:
    calls = {(caller, callee) for caller in services for callee in called(default, caller)}

    assert calls == CALLS


def test_a_call_that_one_side_may_make_the_other_side_takes(default: Any, services: list[str]) -> None:
    for caller, callee in product(services, services):
        admitted = named(peers(policy(default, callee).get("ingress", []), "from", "grpc"))
        assert (callee in called(default, caller)) <= (caller in admitted)


def test_no_service_calls_one_that_consumes_its_events(default: Any, services: list[str]) -> None:
    downstream = {service: {consumer for owner, consumer in EVENTS if owner == service} for service in services}
    upward = {service: called(default, service) for service in services}

    TopologicalSorter(upward).prepare()
    for service in services:
        assert not upward[service] & downstream[service]


def test_every_call_has_an_address_of_a_headless_service(default: Any, services: list[str]) -> None:
    for caller in services:
        environment = default.one("Deployment", f"pourquoi-{caller}")["spec"]["template"]["spec"]["containers"][0][
            "env"
        ]
        targets = {item["value"] for item in environment if item.get("value", "").startswith("dns:///")}
        assert targets == {f"dns:///pourquoi-{callee}-grpc:9000" for callee in called(default, caller)}
        for callee in called(default, caller):
            assert f"pourquoi-{callee}-grpc" in default.of("Service")


def test_nobody_reaches_rest_by_default(default: Any, services: list[str]) -> None:
    for service in services:
        assert peers(policy(default, service).get("ingress", []), "from", "http") == []


def test_gateway_prometheus_and_named_clients_reach_rest(full: Any, services: list[str]) -> None:
    for service in services:
        (peer,) = peers(policy(full, service)["ingress"], "from", "http")
        (expression,) = peer["namespaceSelector"]["matchExpressions"]
        assert set(expression["values"]) == {"gateways", "monitoring", "crm"}


def test_every_service_reaches_its_own_database_nats_and_dns(default: Any, services: list[str]) -> None:
    for service in services:
        egress = policy(default, service)["egress"]
        (database,) = peers(egress, "to", 5432)
        (nats,) = peers(egress, "to", 4222)
        assert database["podSelector"]["matchLabels"] == {"cnpg.io/cluster": f"pourquoi-{service}-db"}
        assert nats["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "nats"}
        assert peers(egress, "to", 53) == [{}]


def test_nats_in_another_namespace_is_reached_there(full: Any) -> None:
    (nats,) = peers(policy(full, "ingest")["egress"], "to", 4222)

    assert nats["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "nats"}


def test_only_sources_and_webhooks_reach_the_internet_and_nothing_private_through_it(
    default: Any, services: list[str]
) -> None:
    outward = {service: peers(policy(default, service)["egress"], "to", 443) for service in services}

    assert [service for service in services if outward[service]] == ["ingest", "insight"]
    for service in ("ingest", "insight"):
        blocked = {block for peer in outward[service] for block in peer["ipBlock"]["except"]}
        assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"} <= blocked


def test_an_oidc_issuer_a_collector_and_extra_rules_open_their_ways(full: Any, services: list[str]) -> None:
    for service in services:
        egress = policy(full, service)["egress"]
        assert peers(egress, "to", 443)
        assert peers(egress, "to", 4317)[0]["namespaceSelector"]["matchLabels"] == {
            "kubernetes.io/metadata.name": "monitoring"
        }
        assert egress[-1] == {"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}]}


def test_a_database_admits_its_service_its_instances_and_the_operator(default: Any, services: list[str]) -> None:
    for service in services:
        ingress = policy(default, f"{service}-db")["ingress"]
        selectors = [peer.get("podSelector", {}).get("matchLabels", {}) for peer in peers(ingress, "from", 5432)]
        assert [labels.get("app.kubernetes.io/name") for labels in selectors if labels] == [service, None]
        assert selectors[1] == {"cnpg.io/cluster": f"pourquoi-{service}-db"}
        assert ingress[-1]["from"][0]["namespaceSelector"]["matchLabels"] == {
            "kubernetes.io/metadata.name": "cnpg-system"
        }


def test_routes_strip_the_name_of_the_service(full: Any, default: Any, services: list[str]) -> None:
    assert default.of("HTTPRoute") == {}
    for service in services:
        route = full.one("HTTPRoute", f"pourquoi-{service}")["spec"]
        (rule,) = route["rules"]
        rewrite, prefix = rule["filters"]
        assert route["parentRefs"] == [{"name": "public", "namespace": "gateways"}]
        assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": f"/{service}"}}]
        assert rewrite["urlRewrite"]["path"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}
        assert prefix["requestHeaderModifier"]["set"] == [{"name": "X-Forwarded-Prefix", "value": f"/{service}"}]
        assert rule["backendRefs"] == [{"name": f"pourquoi-{service}", "port": 8000}]
