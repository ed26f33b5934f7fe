"use strict";

const form = document.getElementById("form");
const box = document.getElementById("q");
const within = form.elements.namedItem("glossary"); // absent when the index has one glossary
const statusLine = document.getElementById("status");
const list = document.getElementById("hits");
const why = document.getElementById("why");
const examples = document.getElementById("examples");
const curl = document.getElementById("curl");
const access = document.getElementById("access");
const keyBox = document.getElementById("key");
const needsKey = document.body.dataset.reading === "key";

const LIMIT = 10;
const LONG = 480; // characters of a definition shown before "show all"
const BEFORE = 140; // of those, before the sentence that answers
const KEY = "semsearch-key"; // where the key is kept, for this tab alone
const SLOW_MS = 200; // an answer that comes sooner needs no notice

const REASONS = {
  exact: "this name",
  form: "another form of this name",
  prefix: "name begins like this",
  meaning: "by meaning",
  fuzzy: "similar spelling",
  nearest: "nearest, not a match",
};

// The words below are those of semsearch/wording.py.
const VERDICTS = {
  exact: "Exact name",
  strong: "Strong match",
  possible: "Possible match",
  "no close match": "No close match",
};
const BY_SUM = "The sum decides its place.";
const BY_NAME = "Its name decides its place, before anything found by meaning.";
const BY_RERANKER = "The reranker decides its place, not the sum.";

let latest = 0; // number of the newest question: an older answer is never shown
let running = new AbortController();

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children); // strings become text, never markup
  return made;
}

/** Set the status line, of text or elements; a screen reader says it. */
function say(said, kind = "") {
  statusLine.className = kind && `is-${kind}`;
  statusLine.replaceChildren(...[said].flat());
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

/** Whether the definition is one sentence, which answers as a whole: nothing to point out. */
function isWhole(hit) {
  return Boolean(hit.sentence) && hit.sentence.text.length === hit.definition.length;
}

function definition(hit) {
  const text = Array.from(hit.definition);
  const sentence = isWhole(hit) ? null : hit.sentence;
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

/** The term with the words that the question also uses. */
function heading(hit) {
  const text = Array.from(hit.term);
  const made = element("h2");
  let at = 0;
  for (const { start, end } of hit.matched_term_words) {
    made.append(text.slice(at, start).join(""), element("b", "word", text.slice(start, end).join("")));
    at = end;
  }
  made.append(text.slice(at).join(""));
  return made;
}

function reason(hit) {
  const named = hit.matched_name && hit.matched_name !== hit.term ? ` (${hit.matched_name})` : "";
  return (REASONS[hit.matched_by] ?? hit.matched_by) + named;
}

function item(hit, isBest) {
  const facts = element("p", "facts", element("span", "", reason(hit)));
  if (within) facts.append(element("span", "", hit.glossary));
  facts.append(element("span", "", `similarity ${fixed(hit.similarity)}`));
  const kind = isBest ? "best" : isMatch(hit) ? "" : "nearest";
  return element(
    "li", kind, heading(hit), facts, ...definition(hit), explanation(hit),
  );
}

/** What speaks for a hit, closed until somebody asks. */
function explanation(hit) {
  const made = why.content.cloneNode(true).firstElementChild;
  made.querySelector("summary").setAttribute("aria-label", `Why ${hit.term}`);
  const facts = { "Found by": reason(hit) };
  if (hit.sentence) facts.Sentence = placed(hit.sentence, isWhole(hit) ? "all of it" : "");
  if (hit.matched_words.length) facts["Words in common"] = hit.matched_words.map((word) => placed(word)).join(", ");
  if (hit.rerank_score !== null) facts.Reranker = percent(hit.rerank_score);
  for (const [name, value] of Object.entries(facts)) {
    made.querySelector("dl").append(element("dt", "", name), element("dd", "", value));
  }
  const sum = fill(made.querySelector("tbody"), hit.score_parts);
  made.querySelector("tfoot").rows[0].cells[2].textContent = signed(sum);
  made.querySelector("p").textContent = `Score ${hit.score.toFixed(2)}. ${place(hit)}`;
  return made;
}

/** Fill the rows of the parts, most first, without those that are 0; return their sum. */
function fill(table, parts) {
  const found = [...table.rows].map((row) => {
    const value = parts[row.dataset.part];
    return { row, value, given: value * Number(row.dataset.weight) };
  });
  for (const { row, value, given } of found) {
    row.cells[1].textContent = `${fixed(value)} × ${row.dataset.weight.replace("-", "−")}`;
    row.cells[2].textContent = signed(given);
  }
  const said = found.filter(({ value }) => value).sort((a, b) => b.given - a.given);
  table.replaceChildren(...said.map(({ row }) => row));
  return said.reduce((sum, { given }) => sum + given, 0);
}

function place(hit) {
  if (hit.rerank_score !== null) return BY_RERANKER;
  return hit.matched_name === null ? BY_SUM : BY_NAME;
}

function placed(span, text = "") {
  return `${text || span.text} [${span.start}:${span.end}]`;
}

/** Two decimals with a proper minus; what rounds to zero has none. */
function fixed(number) {
  return number.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
}

function signed(number) {
  return (number > 0 ? "+" : "") + fixed(number);
}

/** Whole percents, rounded down and never 0 or 100: nothing is promised that is not known. */
function percent(share) {
  const whole = Math.floor(Math.round(share * 1e4) / 100);
  return whole ? `${Math.min(99, whole)} %` : "under 1 %";
}

function isMatch(hit) {
  return hit.matched_by !== "nearest";
}

/** The verdict, how sure it is, and how many hits match. */
function headline(answer) {
  const said = [""];
  if (answer.verdict !== "exact") said.push(percent(answer.confidence));
  if (answer.matches) said.push(`${answer.matches} of ${answer.hits.length} match`);
  if (answer.repaired) said.push(`read as “${answer.repaired}”`);
  const verdict = element("strong", "", VERDICTS[answer.verdict] ?? answer.verdict);
  return [verdict, said.join(" · ")];
}

/** Show the matches, and what is only near below them, in the order of the answer. */
function show(answer) {
  const { hits, no_close_match: unsure } = answer;
  const items = hits.map((hit, i) => item(hit, i === 0 && !unsure));
  const end = hits.findLastIndex(isMatch) + 1;
  const rest = element("ol", "", ...items.slice(end));
  rest.start = end + 1;
  list.replaceChildren();
  if (end) list.append(element("ol", "", ...items.slice(0, end)));
  if (end && end < hits.length) {
    const label = element("p", "divider", "Not matches, only the nearest entries:");
    label.id = "rest";
    rest.setAttribute("aria-labelledby", label.id);
    list.append(label);
  }
  if (end < hits.length) list.append(rest);
  if (!hits.length) say("There is no entry to show.", "unsure");
  else if (unsure) say([...headline(answer), ". The nearest entries:"], "unsure");
  else say(headline(answer), answer.verdict);
}

function fail(text) {
  list.replaceChildren();
  say(text, "wrong");
}

/** Fetch JSON, with the key where one is needed. */
function get(address, signal) {
  const key = needsKey ? sessionStorage.getItem(KEY) : null;
  const headers = { Accept: "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  return fetch(address, { signal, headers });
}

/** Let the visitor enter a key; one that was refused is forgotten. */
function askForKey() {
  sessionStorage.removeItem(KEY);
  access.hidden = false;
  keyBox.focus();
}

/** Fill in what the page does not say before there is a key. */
async function fillIn() {
  const response = await get("v1/glossaries");
  const glossaries = await response.json();
  if (response.status === 401) askForKey();
  if (!response.ok) return fail(sentence(glossaries.detail));
  const total = glossaries.reduce((sum, { entries }) => sum + entries, 0);
  document.getElementById("count").textContent = `${total} entries in ${glossaries.map(({ name }) => name).join(", ")}`;
  within.replaceChildren(within.options[0], ...glossaries.map(({ name }) => element("option", "", name)));
  within.value = new URLSearchParams(location.search).get("glossary") ?? "";
  within.parentElement.hidden = glossaries.length < 2;
}

/** Show the start: nothing asked. */
function rest() {
  document.body.classList.remove("asked");
  document.title = "semsearch";
  list.replaceChildren();
  examples.hidden = needsKey;
  say("");
  if (needsKey && !sessionStorage.getItem(KEY)) askForKey();
}

function showUsage(query) {
  const quoted = `q=${query || "your question"}`.replaceAll("'", "'\\''");
  const at = new URL("v1/search", location.href);
  const header = needsKey ? ' -H "Authorization: Bearer $SEMSEARCH_KEY"' : "";
  curl.textContent = `curl -G${header} '${at.origin}${at.pathname}' --data-urlencode '${quoted}'`;
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
  if (needsKey && !sessionStorage.getItem(KEY)) return askForKey();
  list.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say("Searching", "busy"), SLOW_MS);
  const wanted = new URLSearchParams({ q: query, limit: String(LIMIT) });
  if (asked.get("glossary")) wanted.set("glossary", asked.get("glossary"));
  try {
    const response = await get(`v1/search?${wanted}`, running.signal);
    const body = await response.json();
    if (number !== latest) return;
    if (response.status === 401) askForKey();
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

access.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, keyBox.value);
  access.reset();
  access.hidden = true;
  fillIn();
  ask();
  box.focus();
});

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

if (needsKey && sessionStorage.getItem(KEY)) fillIn();
ask();
