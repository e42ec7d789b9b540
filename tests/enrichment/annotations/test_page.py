"""The page that people code on: its files, what they may load, and that everything they ask for is there."""

import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import httpx2
import pytest

from enrichment.app import service
from kit.service import build_app

PAGE = files("enrichment.annotations.page")
SCRIPTS = ("annotate.js", "keys.js", "words.js")
SCRIPT = (PAGE / "annotate.js").read_text(encoding="utf-8")
MARKUP = (PAGE / "annotate.html").read_text(encoding="utf-8")
TASK = "0199aaaa-0000-7000-8000-000000000001"


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def attributes(self, name: str) -> list[str]:
        return [value for _, given in self.found if (value := given.get(name))]


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """The application without its engines: the page needs none."""
    transport = httpx2.ASGITransport(build_app(service, service.settings()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as found:
        yield found


async def test_the_page_and_its_files_load_nothing_of_others(client: httpx2.AsyncClient) -> None:
    for path in ("/annotate", *(f"/annotate/{name}" for name in (*SCRIPTS, "annotate.css"))):
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        assert answer.status_code == 200, path
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "http://" not in answer.text
        assert "https://" not in answer.text


async def test_every_file_has_its_media_type_and_there_are_no_others(client: httpx2.AsyncClient) -> None:
    kinds = {path: (await client.get(path)).headers["content-type"] for path in ("/annotate", "/annotate/keys.js")}
    assert kinds == {"/annotate": "text/html; charset=utf-8", "/annotate/keys.js": "text/javascript; charset=utf-8"}
    for stranger in ("annotate.html", "endpoints.py", "%2e%2e%2fapp.py"):
        assert (await client.get(f"/annotate/{stranger}")).status_code == 404


async def test_the_policy_is_kept_no_inline_script_style_or_handler() -> None:
    page = Elements(MARKUP)
    scripts = [given for tag, given in page.found if tag == "script"]
    assert [given["src"] for given in scripts] == ["annotate/annotate.js"]
    assert "style" not in [tag for tag, _ in page.found]
    assert not any(name.startswith("on") or name == "style" for _, given in page.found for name in given)
    assert "innerHTML" not in SCRIPT
    assert "eval(" not in SCRIPT


async def test_every_address_is_relative_so_that_a_gateways_prefix_holds() -> None:
    addresses = Elements(MARKUP).attributes("src") + Elements(MARKUP).attributes("href")
    addresses += re.findall(r'from "([^"]+)"', SCRIPT) + re.findall(r"`(v1/[^`]*)`", SCRIPT)
    assert len(addresses) >= 5
    assert not any(address.startswith(("/", "http")) for address in addresses)


async def test_the_address_of_a_task_leads_to_the_page_behind_a_gateway_too(client: httpx2.AsyncClient) -> None:
    plain = await client.get(f"/v1/annotation-tasks/{TASK}/page")
    behind = await client.get(f"/v1/annotation-tasks/{TASK}/page", headers={"X-Forwarded-Prefix": "/enrichment"})
    assert (plain.status_code, plain.headers["location"]) == (307, f"/annotate?task={TASK}")
    assert behind.headers["location"] == f"/enrichment/annotate?task={TASK}"


async def test_every_endpoint_that_the_page_calls_exists_and_takes_what_it_sends() -> None:
    called = set(re.findall(r'call\("(\w+)"', SCRIPT))
    paths: dict[str, Any] = build_app(service, service.settings()).openapi()["paths"]
    methods = {name: set(paths[f"/v1/annotation-tasks/{{task_id}}/{name}"]) for name in called}
    assert {name: methods[name] & {"get", "post"} for name in ("guide", "next", "undo")} == {
        "guide": {"get"},
        "next": {"get"},
        "undo": {"post"},
    }
    assert "post" in methods["annotations"]
    parameters = {each["name"] for each in paths["/v1/annotation-tasks/{task_id}/next"]["get"]["parameters"]}
    assert {"slot_id", "coder"} <= parameters


async def test_everything_can_be_reached_named_and_heard() -> None:
    page = Elements(MARKUP)
    ids = page.attributes("id")
    inputs = [given["id"] for tag, given in page.found if tag == "input"]
    assert len(ids) == len(set(ids))
    assert set(inputs) == {"task", "key", "coder", "note"}
    assert set(inputs) <= set(page.attributes("for"))
    assert {"alert", "status"} <= set(page.attributes("role"))
    assert set(re.findall(r'element\("(\w+)"\)', SCRIPT)) <= set(ids)
    keys = {
        given["id"]: given.get("aria-keyshortcuts") for tag, given in page.found if tag == "button" and "id" in given
    }
    assert keys == {"save": "Enter", "none": "n", "cannot_tell": "?", "undo": "u", "reload": "r"}
    key = next(given for tag, given in page.found if given.get("id") == "key")
    assert (key["type"], key["autocomplete"]) == ("password", "off")


async def test_the_key_stays_in_the_tab() -> None:
    assert "sessionStorage" in SCRIPT
    assert not re.search(r"localStorage|document\.cookie", SCRIPT)
    assert 'URLSearchParams(location.search).get("task")' in SCRIPT


def run_script(program: str) -> Any:
    """What a program that imports the page's modules prints as JSON."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("The keys of the page are tried out with Node.js, which is not here.")
    imports = "".join(
        f"const {name} = await import({json.dumps(str(PAGE / f'{name}.js'))});\n" for name in ("keys", "words")
    )
    command = [node, "--input-type=module", "-e", f"{imports}console.log(JSON.stringify({program}))"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("press", "meaning"),
    [
        ({"key": "1"}, {"code": 0}),
        ({"key": "0"}, None),
        ({"key": "&", "code": "Digit1"}, {"code": 0}),
        ({"key": "3", "code": "Numpad3"}, {"code": 2}),
        ({"key": "4"}, None),
        ({"key": "n"}, {"action": "none"}),
        ({"key": "N"}, {"action": "none"}),
        ({"key": "?", "code": "Minus"}, {"action": "cannot_tell"}),
        ({"key": "u"}, {"action": "undo"}),
        ({"key": "Enter"}, {"action": "save"}),
        ({"key": "Tab"}, None),
        ({"key": "1", "ctrlKey": True}, None),
        ({"key": "n", "metaKey": True}, None),
        ({"key": "n", "repeat": True}, None),
        ({"key": "n", "isTyping": True}, None),
        ({"key": "Enter", "isTyping": True}, {"action": "save"}),
        ({"key": "Enter", "isOnControl": True}, None),
    ],
    ids=str,
)
def test_keys_mean_what_the_page_says(press: dict[str, Any], meaning: Any) -> None:
    assert run_script(f"keys.meaningOf({json.dumps(press)}, 3)") == meaning


def test_twelve_codes_have_twelve_keys_of_which_none_means_something_else() -> None:
    found = run_script("[...Array(40).keys()].map(keys.keyOf)")
    given = [key for key in found if key]
    assert found[:12] == [*"1234567890", "q", "w"]
    assert len(given) == len(set(given)) == 33
    assert not set(given) & set("nur?")


def test_spans_count_code_points_whatever_the_browser_counts() -> None:
    assert run_script('keys.spanOf("😡😡 ab", 5, 7, 10)') == {"start": 13, "end": 15}
    assert run_script('keys.spanOf("ab", 1, 1, 0)') is None


def test_saving_without_a_code_sends_nothing() -> None:
    assert run_script('[keys.answerOf("codes", []), keys.answerOf("codes", ["a"]), keys.answerOf("none", ["a"])]') == [
        None,
        {"answer": "codes", "codes": ["a"]},
        {"answer": "none", "codes": []},
    ]


def test_the_page_speaks_french_to_the_french_and_english_to_all_others() -> None:
    languages = '[["fr-CA", "en"], ["de", "fr"], ["de"], []]'
    assert run_script(f"{languages}.map((each) => words.wordsFor(each).language)") == ["fr", "fr", "en", "en"]
    english, french = run_script('["en", "fr"].map((each) => Object.keys(words.wordsFor([each])).sort())')
    assert english == french
    assert set(Elements(MARKUP).attributes("data-word")) <= set(english)
    assert set(re.findall(r"words\.(?!js)(\w+)", SCRIPT)) <= set(english)
