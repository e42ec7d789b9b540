// The page on which people code: one item at a time, by keyboard. Every address is relative, so that it works behind
// a gateway's prefix.

import { answerOf, keyOf, meaningOf, spanOf } from "./keys.js";
import { wordsFor } from "./words.js";

const element = (id) => document.getElementById(id);
const words = wordsFor(navigator.languages);
const stored = (name) => sessionStorage.getItem(`pourquoi.${name}`) ?? "";
const store = (name, value) => sessionStorage.setItem(`pourquoi.${name}`, value);
const state = { task: "", guide: null, item: null, isBusy: false };

class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function call(path, { body, ...query } = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  const address = `v1/annotation-tasks/${encodeURIComponent(state.task)}/${path}?${new URLSearchParams(given)}`;
  const headers = { Authorization: `Bearer ${stored("key")}` };
  if (body) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(address, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refused(0, words.away);
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, content.detail ?? `HTTP ${answer.status}`);
  return content;
}

/** Runs one step at a time; what the service refuses is shown, and a key that it does not know is asked for again. */
async function step(work) {
  if (state.isBusy) return;
  state.isBusy = true;
  element("problem").textContent = "";
  try {
    await work();
  } catch (error) {
    element("problem").textContent = error.message;
    if (error.status === 401) enter();
  } finally {
    state.isBusy = false;
  }
}

function enter() {
  element("entry").hidden = false;
  element("work").hidden = true;
  element("task").value = state.task;
  element(state.task ? "key" : "task").focus();
}

async function begin() {
  state.guide = await call("guide");
  element("entry").hidden = true;
  element("work").hidden = false;
  element("title").textContent = `${state.guide.codebook} ${state.guide.version}`;
  document.title = `${state.guide.codebook} · Pourquoi`;
  element("asked").textContent = words[state.guide.choice];
  element("codes").replaceChildren(...state.guide.codes.map(codeEntry));
  await next();
}

async function next() {
  const slot = stored(`slot.${state.task}`);
  const found = await call("next", { slot_id: slot, coder: stored("coder") });
  state.item = found.item;
  store(`slot.${state.task}`, found.item?.slot_id ?? "");
  showProgress(found.progress);
  showItem(found.item, found.progress);
}

function showProgress({ done, left }) {
  element("bar").max = Math.max(1, done + left);
  element("bar").value = done;
  element("count").textContent = words.progress(done, left);
}

function showItem(item, progress) {
  element("item").lang = item?.language ?? "";
  for (const part of ["before", "text", "after"]) element(part).textContent = item?.[part] ?? "";
  element("answer").reset();
  element("status").textContent = item ? "" : progress.left ? words.waiting : words.finished;
  for (const id of ["save", "none", "cannot_tell"]) element(id).disabled = !item;
  element("item").focus();
}

async function answer(kind) {
  if (!state.item) return;
  const chosen = [...element("codes").querySelectorAll("input:checked")].map((input) => input.value);
  const given = answerOf(kind, chosen);
  if (!given) {
    element("status").textContent = words.choose;
    return;
  }
  const body = { slot_id: state.item.slot_id, ...given, note: element("note").value, span: selectedSpan() };
  if (stored("coder")) body.coder = stored("coder");
  await call("annotations", { body });
  store(`slot.${state.task}`, "");
  await next();
}

async function undo() {
  await call("undo", { body: stored("coder") ? { coder: stored("coder") } : {} });
  store(`slot.${state.task}`, "");
  await next();
  element("status").textContent = words.undone;
}

/** The selected words of the item, if any are selected. */
function selectedSpan() {
  const selection = getSelection();
  const node = element("text").firstChild;
  if (!node || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (range.startContainer !== node || range.endContainer !== node) return null;
  return spanOf(node.data, range.startOffset, range.endOffset, state.item.start);
}

function make(tag, text = "", properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}

function codeEntry(code, place) {
  const entry = make("li"), label = make("label"), key = keyOf(place);
  const type = state.guide.choice === "one" ? "radio" : "checkbox";
  const input = make("input", "", { type, name: "code", value: code.code, id: `code-${place}` });
  if (key) input.setAttribute("aria-keyshortcuts", key);
  label.append(input, " ", ...(key ? [make("kbd", key), " "] : []), make("strong", code.title || code.code));
  const definition = make("p", code.definition, { id: `definition-${place}` });
  input.setAttribute("aria-describedby", definition.id);
  entry.append(label, definition, ...rules(code), ...examples(code));
  return entry;
}

function rules(code) {
  return ["includes", "excludes"]
    .filter((rule) => code[rule].length)
    .map((rule) => make("p", `${words[rule]}: ${code[rule].join("; ")}`));
}

function examples(code) {
  const given = Object.values(code.examples).flatMap(({ positive, negative }) => [
    ...positive.map((text) => `${words.yes}: ${text}`),
    ...negative.map((text) => `${words.no}: ${text}`),
  ]);
  if (!given.length) return [];
  const list = make("ul"), details = make("details");
  list.append(...given.map((text) => make("li", text)));
  details.append(make("summary", words.examples), list);
  return [details];
}

const ACTIONS = {
  save: () => answer("codes"),
  none: () => answer("none"),
  cannot_tell: () => answer("cannot_tell"),
  undo,
  reload: next,
};

function press(event) {
  if (element("work").hidden) return;
  const { key, code, ctrlKey, metaKey, altKey, isComposing, repeat, target } = event;
  const isTyping = target === element("note");
  const isOnControl = target.matches("button, summary");
  const pressed = { key, code, ctrlKey, metaKey, altKey, isComposing, repeat, isTyping, isOnControl };
  const meaning = meaningOf(pressed, state.guide.codes.length);
  if (!meaning) return;
  event.preventDefault();
  if (meaning.action) step(ACTIONS[meaning.action]);
  else choose(element(`code-${meaning.code}`));
}

/** Where one code at most fits, choosing it is the answer. */
function choose(input) {
  input.click();
  if (input.type === "radio") step(ACTIONS.save);
}

function start() {
  document.documentElement.lang = words.language;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
  for (const id of ["none", "cannot_tell", "undo", "reload"]) element(id).addEventListener("click", () => step(ACTIONS[id]));
  element("answer").addEventListener("submit", (event) => {
    event.preventDefault();
    step(ACTIONS.save);
  });
  element("entry").addEventListener("submit", (event) => {
    event.preventDefault();
    for (const name of ["key", "coder"]) store(name, element(name).value.trim());
    element("key").value = "";
    state.task = element("task").value.trim();
    step(begin);
  });
  document.addEventListener("keydown", press);
  state.task = new URLSearchParams(location.search).get("task") ?? "";
  if (state.task && stored("key")) step(begin);
  else enter();
}

start();
