// Every page works without this file. With it, answers come while one types, keys open what needs one, and
// keys of the keyboard find the box. Pages are made by the service alone: this fetches the next one and takes its part.

import { suggest } from "./combobox.js";
import { fetchPage, get, KEY } from "./service.js";

const form = document.querySelector("form.ask");
const box = document.getElementById("q");
const within = form.elements.namedItem("glossary"); // absent where there is one glossary
const spoken = form.elements.namedItem("lang"); // absent where there is one language
const root = document.body.dataset.root;

const PAUSE_MS = 250; // without a keystroke, before a question is asked by itself
const SHORTEST = 3; // letters of a question that is asked by itself
const SLOW_MS = 200; // an answer that comes sooner needs no notice
const REST_MS = 150; // without scrolling, before the place is kept
const KEPT = 20; // answers kept for going back

const kept = new Map(); // address → what was shown there
let latest = 0; // number of the newest question: an older answer is never shown
let running = new AbortController();
let pause = 0;

function status() {
  return document.getElementById("status");
}

/** Let a screen reader say something. */
function say(text) {
  if (status()) status().textContent = text;
}

function unreachable() {
  return document.getElementById("unreachable").content.cloneNode(true);
}

// -- asking ---------------------------------------------------------------------------------------------------------

const answer = document.getElementById("answer"); // only the page that asks has one

function addressOf(question) {
  const parameters = new URLSearchParams();
  if (question) parameters.set("q", question);
  if (within && within.value) parameters.set("glossary", within.value);
  if (spoken && spoken.value) parameters.set("lang", spoken.value);
  return root + (parameters.size ? `?${parameters}` : "");
}

/**
 * Put the address of a question into the history: what is still being typed has one entry of its own, which Enter
 * keeps.
 */
function enter(address, isDraft) {
  const state = { draft: isDraft, scroll: 0 };
  const same = new URL(address, location.href).href === location.href;
  if (same || history.state?.draft) history.replaceState(state, "", address);
  else {
    history.replaceState({ ...history.state, scroll: scrollY }, "");
    history.pushState(state, "", address);
  }
}

/** Show what the address says, unless something newer was asked meanwhile. */
async function ask({ scroll = 0, again = false } = {}) {
  const address = location.href;
  running.abort();
  running = new AbortController();
  latest += 1;
  const number = latest;
  if (!again && kept.has(address)) return show(...kept.get(address), scroll);
  answer.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => say("Searching"), SLOW_MS);
  try {
    const { page, response } = await fetchPage(address, running.signal);
    if (number !== latest) return;
    const found = page.getElementById("answer") ?? page.querySelector(".state");
    const nodes = found.id === "answer" ? [...found.childNodes] : [found];
    show(page.title, nodes, scroll);
    if (response.ok) keep(address, page.title, nodes);
    else whenRefused(response);
  } catch (error) {
    if (number === latest && error.name !== "AbortError") show(document.title, [...unreachable().childNodes], 0);
  } finally {
    clearTimeout(slow);
    if (number === latest) answer.removeAttribute("aria-busy");
  }
}

function keep(address, title, nodes) {
  kept.delete(address);
  kept.set(address, [title, nodes]);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

function show(title, nodes, scroll) {
  answer.removeAttribute("aria-busy");
  document.title = title;
  answer.replaceChildren(...nodes);
  document.body.classList.toggle("asked", Boolean(box.value.trim()));
  say(summary());
  showKeyForm();
  scrollTo(0, scroll);
}

/** What a screen reader says of an answer. */
function summary() {
  const verdict = answer.querySelector(".verdict, .state h1, .state h2");
  const first = answer.querySelector(".hit h2");
  return [verdict?.innerText, first?.innerText].filter(Boolean).join(". ");
}

/** A service with too much to do says when to come back. */
function whenRefused(response) {
  if (response.status !== 503) return;
  const number = latest;
  const seconds = Number(response.headers.get("retry-after")) || 2;
  setTimeout(() => number === latest && ask({ again: true }), seconds * 1000 * (1 + Math.random()));
}

function settle(question) {
  clearTimeout(pause);
  enter(addressOf(question), false);
  ask();
}

function draft() {
  clearTimeout(pause);
  const question = box.value.trim();
  if (question.length && question.length < SHORTEST) return;
  pause = setTimeout(() => {
    const address = addressOf(question);
    if (new URL(address, location.href).href === location.href) return;
    enter(address, true);
    ask();
  }, PAUSE_MS);
}

function followAddress() {
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
  if (location.search) keep(location.href, document.title, [...answer.childNodes]);
  document.body.classList.toggle("asked", Boolean(box.value.trim()));
  box.addEventListener("input", draft);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    names.close();
    settle(box.value.trim());
  });
  within?.addEventListener("change", () => settle(box.value.trim()));
  spoken?.addEventListener("change", () => settle(box.value.trim()));
  addEventListener("popstate", followAddress);
  answer.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const to = new URL(link.href);
    const isQuestion = to.origin === location.origin && to.pathname === new URL(root, location.href).pathname;
    if (!isQuestion || link.classList.contains("again")) return;
    event.preventDefault();
    box.value = to.searchParams.get("q") ?? "";
    settle(box.value);
  });
  answer.addEventListener("stale", ({ detail }) => { // something that was kept is not so any more
    kept.clear();
    if (detail.again) ask({ again: true });
  });
  let resting = 0;
  addEventListener("scroll", () => {
    clearTimeout(resting); // browsers limit how often the history may be written to
    resting = setTimeout(() => history.replaceState({ ...history.state, scroll: scrollY }, ""), REST_MS);
  }, { passive: true });
  const { scroll } = history.state ?? {};
  if (scroll) addEventListener("load", () => setTimeout(() => scrollTo(0, scroll), 50)); // behind the box, which takes the focus
}

// -- keys -----------------------------------------------------------------------------------------------------------

/** Show the form for a key where one is needed. */
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

/** Show the page of this address as whoever has the key may see it. */
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
    say(page.querySelector(".state p")?.textContent ?? "");
  } catch {
    main.replaceChildren(unreachable());
  } finally {
    main.removeAttribute("aria-busy");
  }
}

/** Take all of a page: its scripts are loaded anew, since they look at what is there when they begin. */
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
