"use strict";

const form = document.getElementById("form");
const box = document.getElementById("q");
const within = form.elements.namedItem("glossary"); // absent when the index has one glossary
const statusLine = document.getElementById("status");
const list = document.getElementById("hits");
const examples = document.getElementById("examples");
const curl = document.getElementById("curl");

const LIMIT = 10;
const LONG = 480; // characters of a definition shown before "show all"
const BEFORE = 140; // of those, before the sentence that answers
const SLOW_MS = 200; // an answer that comes sooner needs no notice

const REASONS = {
  exact: "this name",
  form: "another form of this name",
  prefix: "name begins like this",
  meaning: "by meaning",
  fuzzy: "similar spelling",
  nearest: "nearest, not a match",
};

let latest = 0; // number of the newest question: an older answer is never shown
let running = new AbortController();

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children); // strings become text, never markup
  return made;
}

/** Set the status line; a screen reader says it. */
function say(text, kind = "") {
  statusLine.className = kind && `is-${kind}`;
  statusLine.textContent = text;
}

/**
 * The definition from `from` to `to` with its marks. Offsets count characters, not UTF-16 units,
 * so `text` is an array of characters.
 */
function marked(text, from, to, sentence, words) {
  const paragraph = element("p", "definition");
  const cuts = new Set([from, to]);
  for (const span of [...words, ...(sentence ? [sentence] : [])]) {
    for (const at of [span.start, span.end]) if (at > from && at < to) cuts.add(at);
  }
  const places = [...cuts].sort((a, b) => a - b);
  const inside = (span, at) => span.start <= at && at < span.end;
  let mark = null;
  if (from > 0) paragraph.append("… ");
  for (let i = 0; i + 1 < places.length; i += 1) {
    const at = places[i];
    const piece = text.slice(at, places[i + 1]).join("");
    const node = words.some((w) => inside(w, at)) ? element("b", "word", piece) : piece;
    if (sentence && inside(sentence, at)) {
      if (!mark) paragraph.append((mark = element("mark", "sentence")));
      mark.append(node);
    } else {
      mark = null;
      paragraph.append(node);
    }
  }
  if (to < text.length) paragraph.append(" …");
  return paragraph;
}

function definition(hit) {
  const text = Array.from(hit.definition);
  // one sentence alone answers as a whole: nothing to point out
  const whole = hit.sentence && hit.sentence.start === 0 && hit.sentence.end === text.length;
  const sentence = whole ? null : hit.sentence;
  if (text.length <= LONG) return [marked(text, 0, text.length, sentence, hit.matched_words)];
  let from = Math.max(0, (sentence ? sentence.start : 0) - BEFORE);
  while (from > 0 && /\S/.test(text[from - 1])) from -= 1;
  let to = Math.min(text.length, Math.max(from + LONG, sentence ? sentence.end : 0));
  while (to < text.length && /\S/.test(text[to])) to += 1;
  const part = marked(text, from, to, sentence, hit.matched_words);
  if (from === 0 && to === text.length) return [part];
  const more = element("button", "more", "Show all");
  more.type = "button";
  more.addEventListener("click", () => {
    part.replaceWith(marked(text, 0, text.length, sentence, hit.matched_words));
    more.remove();
  });
  return [part, more];
}

function item(hit, isBest) {
  const facts = element("p", "facts");
  const reason = REASONS[hit.matched_by] ?? hit.matched_by;
  const named = hit.matched_name && hit.matched_name !== hit.term ? ` (${hit.matched_name})` : "";
  facts.append(element("span", "", reason + named));
  if (within) facts.append(element("span", "", hit.glossary));
  facts.append(element("span", "", `similarity ${hit.similarity.toFixed(2)}`));
  return element("li", isBest ? "best" : "", element("h2", "", hit.term), facts, ...definition(hit));
}

function percent(share) {
  return `${Math.min(99, Math.round(share * 100))} %`;
}

function show(answer) {
  const unsure = answer.no_close_match;
  const read = answer.repaired ? ` (read as “${answer.repaired}”)` : "";
  list.className = unsure ? "is-nearest" : "";
  list.replaceChildren(...answer.hits.map((hit, i) => item(hit, i === 0 && !unsure)));
  if (!answer.hits.length) say("There is no entry to show.", "unsure");
  else if (unsure) say(`No close match${read}. The nearest entries:`, "unsure");
  else say(`${answer.hits[0].term} — ${percent(answer.confidence)} sure${read}`);
}

function fail(text) {
  list.replaceChildren();
  say(text, "wrong");
}

/** Show the start: nothing asked. */
function rest() {
  document.body.classList.remove("asked");
  document.title = "semsearch";
  list.replaceChildren();
  examples.hidden = false;
  say("");
}

function showUsage(query) {
  const quoted = `q=${query || "your question"}`.replaceAll("'", "'\\''");
  const at = new URL("v1/search", location.href);
  curl.textContent = `curl -G '${at.origin}${at.pathname}' --data-urlencode '${quoted}'`;
}

/** Ask what the address says, and show the answer unless something newer was asked meanwhile. */
async function ask() {
  const asked = new URLSearchParams(location.search);
  const query = (asked.get("q") ?? "").trim();
  box.value = query;
  if (within) within.value = asked.get("glossary") ?? "";
  showUsage(query);
  running.abort();
  running = new AbortController();
  latest += 1;
  const number = latest;
  list.removeAttribute("aria-busy");
  if (!query) return rest();

  document.body.classList.add("asked");
  document.title = `${query} – semsearch`;
  examples.hidden = true;
  list.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say("Searching", "busy"), SLOW_MS);
  const wanted = new URLSearchParams({ q: query, limit: String(LIMIT) });
  if (asked.get("glossary")) wanted.set("glossary", asked.get("glossary"));
  try {
    const response = await fetch(`v1/search?${wanted}`, {
      signal: running.signal,
      headers: { Accept: "application/json" },
    });
    const body = await response.json();
    if (number !== latest) return;
    if (response.ok) show(body);
    else fail(sentence(body.detail ?? "The service refused the question"));
  } catch (error) {
    if (number === latest && error.name !== "AbortError") {
      fail("The service cannot be reached. Is it still running?");
    }
  } finally {
    clearTimeout(slow);
    if (number === latest) list.removeAttribute("aria-busy");
  }
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function go(parameters) {
  const search = parameters.size ? `?${parameters}` : "";
  if (search !== location.search) history.pushState(null, "", location.pathname + search);
  ask();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const parameters = new URLSearchParams();
  if (box.value.trim()) parameters.set("q", box.value.trim());
  if (within && within.value) parameters.set("glossary", within.value);
  go(parameters);
});
if (within) within.addEventListener("change", () => box.value.trim() && form.requestSubmit());

examples.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(new URL(link.href).searchParams);
});

addEventListener("popstate", ask);
addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});

ask();
