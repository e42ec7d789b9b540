// What keys mean, and where a selection lies; nothing here touches the page.

const CODE_KEYS = "1234567890qwetyiopasdfghjklzxcvbm";
const ACTIONS = { n: "none", "?": "cannot_tell", u: "undo", r: "reload", Enter: "save" };

/** The key of each code by its place: digits first, then letters that mean nothing else; the rest have none. */
export function keyOf(place) {
  return CODE_KEYS[place] ?? "";
}

/** What a key press asks for: `{code: place}`, `{action: name}`, or null for what belongs to the browser or a field. */
export function meaningOf(press, codes) {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.repeat) return null;
  if (press.isTyping) return press.key === "Enter" ? { action: "save" } : null;
  if (press.isOnControl && (press.key === "Enter" || press.key === " ")) return null;
  const key = keyPressed(press);
  const place = key.length === 1 ? CODE_KEYS.indexOf(key) : -1;
  if (place >= 0 && place < codes) return { code: place };
  return ACTIONS[key] ? { action: ACTIONS[key] } : null;
}

/** The key by its meaning; digits by their place, because French keyboards write them with Shift only. */
function keyPressed({ key, code }) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code ?? "");
  if (digit && !ACTIONS[key]) return digit[1];
  return key.length === 1 ? key.toLowerCase() : key;
}

/** Half-open range of the post in Unicode code points, of a range of UTF-16 units within an item that begins at `start`. */
export function spanOf(text, from, to, start) {
  if (from >= to) return null;
  const points = (end) => Array.from(text.slice(0, end)).length;
  return { start: start + points(from), end: start + points(to) };
}

/** The answer to send: codes if any are chosen; without any, saving asks for a choice and gives null. */
export function answerOf(kind, chosen) {
  if (kind === "none" || kind === "cannot_tell") return { answer: kind, codes: [] };
  return chosen.length ? { answer: "codes", codes: chosen } : null;
}
