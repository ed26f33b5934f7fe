// Previews of linked terms on hover and focus. A preview stays under the pointer and closes on Escape (WCAG 1.4.13).
// Touch opens the page instead.

import { get } from "./service.js";

const OPEN_MS = 250; // a pointer that passes sooner opens nothing
const CLOSE_MS = 200; // time to move the pointer to the preview
const MAX_CHARS = 280; // of a definition

const entries = new Map(); // id → promise of an entry
const card = document.createElement("div");
card.className = "preview";
card.id = "preview";
card.setAttribute("role", "tooltip");
card.hidden = true;
(document.getElementById("main") ?? document.body).append(card);

let shown = null; // the link of the open preview
let timer = 0;

function read(id) {
  if (!entries.has(id)) {
    const root = document.body.dataset.root;
    entries.set(id, get(`${root}v1/entries/${encodeURIComponent(id)}`).then((response) => {
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.json();
    }));
    entries.get(id).catch(() => entries.delete(id));
  }
  return entries.get(id);
}

function beginning(text) {
  const plain = text.replace(/\s+/g, " ");
  if (plain.length <= MAX_CHARS) return plain;
  const end = plain.lastIndexOf(". ", MAX_CHARS);
  return end > MAX_CHARS / 3 ? plain.slice(0, end + 1) : `${plain.slice(0, plain.lastIndexOf(" ", MAX_CHARS))} …`;
}

function place(link) {
  const at = link.getBoundingClientRect();
  const width = card.offsetWidth;
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
  const below = at.bottom + card.offsetHeight + 8 < innerHeight;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(below ? at.bottom + 4 : at.top - card.offsetHeight - 4) + scrollY}px`;
}

async function open(link) {
  shown?.removeAttribute("aria-describedby");
  shown = link;
  try {
    const entry = await read(link.dataset.id);
    if (shown !== link) return;
    const term = document.createElement("strong");
    term.textContent = entry.term;
    const text = document.createElement("p");
    text.textContent = beginning(entry.definition);
    term.dir = text.dir = "auto";
    card.replaceChildren(term, text);
    card.hidden = false;
    link.setAttribute("aria-describedby", card.id);
    place(link);
  } catch {
    close(); // the page of the term shows the error
  }
}

function close() {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  card.hidden = true;
}

function later(act, ms) {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

const termOf = (event) => event.target.closest?.("a[data-id]");

addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const link = termOf(event);
  if (link && link !== shown) later(() => open(link), OPEN_MS);
  else if (link || card.contains(event.target)) clearTimeout(timer);
  else if (shown?.matches(":focus-visible")) clearTimeout(timer); // stays open while its link has the focus
  else if (shown) later(close, CLOSE_MS);
  else if (!document.activeElement?.matches("a[data-id]:focus-visible")) clearTimeout(timer); // a link with focus opens
});
addEventListener("focusin", (event) => {
  const link = termOf(event);
  if (link && link.matches(":focus-visible")) later(() => open(link), OPEN_MS);
  else if (shown) close();
  else clearTimeout(timer);
});
addEventListener("focusout", (event) => {
  const isPointedAt = shown?.matches(":hover") || card.matches(":hover");
  if (event.target === shown && !isPointedAt) close();
});
addEventListener("keydown", (event) => event.key === "Escape" && close());
addEventListener("resize", close); // it would stand elsewhere, or beyond the edge
addEventListener("pagehide", close);
