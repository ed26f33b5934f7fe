// Closes gaps: attaches their questions to an entry, or ignores them.

import { addPhrases, entryAddress, post, refusal } from "./edits.js";
import { get } from "./service.js";

const root = document.body.dataset.root;

function say(text) {
  document.getElementById("status").textContent = text;
}

/** The chosen questions of a gap. What something was taken out of cannot be taught. */
function chosen(gap, { whole = false } = {}) {
  return [...gap.querySelectorAll(".asked input:checked")].filter((box) => !whole || "whole" in box.dataset);
}

/** Put what was done in the place of a gap, and the focus on it. */
function close(gap, text, id) {
  const heading = gap.querySelector("h2");
  const note = document.createElement("p");
  note.textContent = text;
  if (id) {
    const link = document.createElement("a");
    link.href = `${root}entry/${encodeURIComponent(id)}`;
    link.textContent = "Look at it";
    note.append(" ", link);
  }
  gap.classList.add("closed");
  gap.replaceChildren(heading, note);
  heading.focus();
  say(text);
}

function fail(gap, text) {
  let note = gap.querySelector("p.failed");
  if (!note) {
    note = document.createElement("p");
    note.className = "failed";
    gap.append(note);
  }
  note.textContent = `Not done: ${text}.`;
  say(note.textContent);
}

/** Do something for a gap, once at a time, and say what became of it. */
async function run(gap, work) {
  if (gap.getAttribute("aria-busy")) return;
  gap.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    fail(gap, error instanceof TypeError ? "the service cannot be reached" : error.message);
  } finally {
    gap.removeAttribute("aria-busy");
  }
}

async function check(response) {
  const said = await refusal(response);
  if (said) throw new Error(said);
}

function texts(boxes) {
  if (!boxes.length) throw new Error("choose a question from which nothing was taken out");
  return boxes.map((box) => box.value);
}

async function attach(gap, id, term) {
  const questions = texts(chosen(gap, { whole: true }));
  await check(await addPhrases(entryAddress(root, id), questions));
  close(gap, `${questions.length === 1 ? "The question finds" : "The questions find"} ${term} from now on.`, id);
}

async function attachTo(gap, name) {
  const found = await get(entryAddress(root, name));
  await check(found);
  const { id, term } = await found.json();
  await attach(gap, id, term);
}

async function ignore(gap) {
  const questions = chosen(gap).map((box) => ({ question: box.value, glossary: box.dataset.glossary || null }));
  if (!questions.length) throw new Error("choose a question");
  await check(await post(`${root}v1/gaps:ignore`, { questions }));
  close(gap, "The questions are left out from now on.");
}

for (const gap of document.querySelectorAll("section.gap:not(.suggested)")) {
  gap.addEventListener("click", ({ target }) => {
    const { attach: id, term } = target.dataset ?? {};
    if (id) run(gap, () => attach(gap, id, term));
    else if (target.matches("[data-ignore]")) run(gap, () => ignore(gap));
  });
  gap.querySelector(".attach form").addEventListener("submit", (event) => {
    event.preventDefault();
    run(gap, () => attachTo(gap, event.target.elements.namedItem("entry").value));
  });
}
