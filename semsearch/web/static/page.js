// Live answers while typing, access keys, and keyboard shortcuts. Every page also works without this script.
// Only the service renders pages: this script fetches a page and inserts a part of it.

import { suggest } from "./combobox.js";
import { fetchPage, get, KEY, PAGE_LOAD } from "./service.js";

const form = document.querySelector("form.ask");
const box = document.getElementById("q");
const within = form.elements.namedItem("glossary"); // absent where there is one glossary
const spoken = form.elements.namedItem("lang"); // absent where there is one language
const root = document.body.dataset.root;

const PAUSE_MS = 250; // without a keystroke before a question is asked automatically
const MIN_CHARS = 3; // of a question that is asked automatically
const SLOW_MS = 200; // before screen readers hear of the search
const REST_MS = 150; // without scrolling before the position is stored
const MAX_CACHED = 20; // answers cached for going back

const cache = new Map(); // URL → title and nodes of an answer
let latest = 0; // number of the latest question, whose answer alone is shown
let running = new AbortController();
let pause = 0;

function status() {
  return document.getElementById("status");
}

/** Announce a text to screen readers. */
function announce(text) {
  if (status()) status().textContent = text;
}

function unreachable() {
  return document.getElementById("unreachable").content.cloneNode(true);
}

// -- asking ---------------------------------------------------------------------------------------------------------

const answer = document.getElementById("answer"); // on the search page only
const shownAtLoad = answer && location.search ? location.href : ""; // its question was recorded then

/** What a service that records questions is told, so that it counts each once. */
function loadHeader(address) {
  if (!("records" in answer.dataset)) return {};
  return { "X-Page-Load": address === shownAtLoad ? "again" : PAGE_LOAD };
}

function addressOf(question) {
  const parameters = new URLSearchParams();
  if (question) parameters.set("q", question);
  if (within && within.value) parameters.set("glossary", within.value);
  if (spoken && spoken.value) parameters.set("lang", spoken.value);
  return root + (parameters.size ? `?${parameters}` : "");
}

/** Put the URL of a question into the history. A question being typed has one entry, which Enter makes permanent. */
function pushQuestion(address, isDraft) {
  const state = { draft: isDraft, scroll: 0 };
  const same = new URL(address, location.href).href === location.href;
  if (same || history.state?.draft) history.replaceState(state, "", address);
  else {
    history.replaceState({ ...history.state, scroll: scrollY }, "");
    history.pushState(state, "", address);
  }
}

/** Show the answer of the present URL, unless a later question was asked meanwhile. */
async function ask({ scroll = 0, again = false } = {}) {
  const address = location.href;
  running.abort();
  running = new AbortController();
  latest += 1;
  const number = latest;
  if (!again && cache.has(address)) return show(...cache.get(address), scroll);
  answer.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => announce("Searching"), SLOW_MS);
  try {
    const { page, response } = await fetchPage(address, { signal: running.signal, headers: loadHeader(address) });
    if (number !== latest) return;
    const found = page.getElementById("answer") ?? page.querySelector(".state");
    const nodes = found.id === "answer" ? [...found.childNodes] : [found];
    show(page.title, nodes, scroll);
    if (response.ok) store(address, page.title, nodes);
    else retryWhenOverloaded(response);
  } catch (error) {
    if (number === latest && error.name !== "AbortError") show(document.title, [...unreachable().childNodes], 0);
  } finally {
    clearTimeout(slow);
    if (number === latest) answer.removeAttribute("aria-busy");
  }
}

function store(address, title, nodes) {
  cache.delete(address);
  cache.set(address, [title, nodes]);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value);
}

function show(title, nodes, scroll) {
  answer.removeAttribute("aria-busy");
  document.title = title;
  answer.replaceChildren(...nodes);
  document.body.classList.toggle("asked", Boolean(box.value.trim()));
  announce(summary());
  showKeyForm();
  scrollTo(0, scroll);
}

/** The announcement of an answer: how sure it is, the best hits, and what is said of outdated ones. */
function summary() {
  const verdict = answer.querySelectorAll(".verdict > label, .verdict > strong, .verdict > span, .state :is(h1, h2)");
  const best = answer.querySelectorAll(".hit.best");
  const hits = best.length ? [...best] : [answer.querySelector(".hit")];
  const named = hits.flatMap((hit) => [hit?.querySelector("h2"), hit?.querySelector(".status, .outdated")]);
  return [...verdict, ...named].map((part) => part?.innerText.replace(/\s+/g, " ").trim()).filter(Boolean).join(". ");
}

/** Ask again after the time that an overloaded service states. */
function retryWhenOverloaded(response) {
  if (response.status !== 503) return;
  const number = latest;
  const seconds = Number(response.headers.get("retry-after")) || 2;
  setTimeout(() => number === latest && ask({ again: true }), seconds * 1000 * (1 + Math.random()));
}

function askNow(question) {
  clearTimeout(pause);
  pushQuestion(addressOf(question), false);
  ask();
}

function askAfterPause() {
  clearTimeout(pause);
  const question = box.value.trim();
  if (question.length && question.length < MIN_CHARS) return;
  pause = setTimeout(() => {
    const address = addressOf(question);
    if (new URL(address, location.href).href === location.href) return;
    pushQuestion(address, true);
    ask();
  }, PAUSE_MS);
}

function restoreFromUrl() {
  clearTimeout(pause);
  const asked = new URLSearchParams(location.search);
  box.value = asked.get("q") ?? "";
  if (within) within.value = asked.get("glossary") ?? "";
  if (spoken) spoken.value = asked.get("lang") ?? "";
  ask({ scroll: history.state?.scroll ?? 0 });
}

const names = suggest(box, {
  find: async (typed, signal) => {
    const wanted = new URLSearchParams({ q: typed, limit: "8" });
    if (within && within.value) wanted.set("glossary", within.value);
    if (spoken && spoken.value) wanted.set("lang", spoken.value);
    const response = await get(`${root}v1/suggest?${wanted}`, { signal });
    return response.ok ? response.json() : [];
  },
  hrefOf: (id) => `${root}entry/${encodeURIComponent(id)}`,
  showsGlossary: Boolean(within),
});

if (answer) {
  history.scrollRestoration = "manual";
  if (location.search) store(location.href, document.title, [...answer.childNodes]);
  document.body.classList.toggle("asked", Boolean(box.value.trim()));
  box.addEventListener("input", askAfterPause);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    names.close();
    askNow(box.value.trim());
  });
  within?.addEventListener("change", () => askNow(box.value.trim()));
  spoken?.addEventListener("change", () => askNow(box.value.trim()));
  addEventListener("popstate", restoreFromUrl);
  answer.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.href);
    const isQuestion = to.origin === location.origin && to.pathname === new URL(root, location.href).pathname;
    if (!isQuestion || link.classList.contains("again")) return;
    event.preventDefault();
    box.value = to.searchParams.get("q") ?? "";
    askNow(box.value);
  });
  answer.addEventListener("stale", ({ detail }) => { // cached answers are out of date
    cache.clear();
    if (detail.again) ask({ again: true });
  });
  let resting = 0;
  addEventListener("scroll", () => {
    clearTimeout(resting); // browsers limit how often the history may be written to
    resting = setTimeout(() => history.replaceState({ ...history.state, scroll: scrollY }, ""), REST_MS);
  }, { passive: true });
  const { scroll } = history.state ?? {};
  if (scroll) addEventListener("load", () => setTimeout(() => scrollTo(0, scroll), 50)); // after the box, which takes the focus
}

// -- keys -----------------------------------------------------------------------------------------------------------

/** Show the form for a key if the page needs one. */
function showKeyForm() {
  const access = document.querySelector("form.access");
  if (!access) return;
  access.hidden = false;
  access.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, access.querySelector("input").value);
    openWithKey();
  });
  access.querySelector("input").focus();
}

/** Load this page with the stored key. */
async function openWithKey() {
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  try {
    const { page, response } = await fetchPage(location.href);
    if (response.status === 401) sessionStorage.removeItem(KEY);
    document.title = page.title;
    if (response.ok) return replaceAll(page);
    main.replaceChildren(...page.getElementById("main").childNodes);
    showKeyForm();
    announce(page.querySelector(".state p")?.textContent ?? "");
  } catch {
    main.replaceChildren(unreachable());
  } finally {
    main.removeAttribute("aria-busy");
  }
}

/** Replace the whole page, and run its scripts again, since they read the document when they start. */
function replaceAll(page) {
  document.body.replaceWith(page.body);
  for (const script of page.querySelectorAll("head script[src]")) {
    const address = new URL(script.getAttribute("src"), location.href);
    import(`${address.pathname}?opened=${Date.now()}`);
  }
}

if (document.querySelector("form.access")) {
  if (sessionStorage.getItem(KEY)) openWithKey();
  else showKeyForm();
} else if (sessionStorage.getItem(KEY)) {
  import("./owner.js").then(({ complete }) => complete());
}

addEventListener("keydown", (event) => {
  const place = document.getElementById("q");
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isControlK = event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!isSlash && !isControlK) return;
  event.preventDefault();
  place.focus();
  place.select();
});
