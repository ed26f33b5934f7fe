// Whoever has a key to edit says which hit was looked for: the question becomes a phrase that finds it.

import { fetchPage, KEY } from "./service.js";

const answer = document.getElementById("answer");
const root = document.body.dataset.root;

function say(text) {
  document.getElementById("status").textContent = text;
}

/** Tell the page that what it keeps of answers is not so any more. */
function stale(again) {
  answer.dispatchEvent(new CustomEvent("stale", { detail: { again } }));
}

async function teach(button) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true"); // the focus stays on it
  const { id, question, term } = button.dataset;
  try {
    // only owners need it
    const { addPhrases, entryAddress, refusal } = await import("./edits.js");
    const refused = await refusal(await addPhrases(entryAddress(root, id), [question]));
    if (refused) throw new Error(refused);
    button.textContent = "Thank you, this finds it now";
    button.removeAttribute("aria-label");
    say(`“${question}” finds ${term} from now on`);
    stale(false);
  } catch (error) {
    button.removeAttribute("aria-disabled");
    const said = error instanceof TypeError ? "the service cannot be reached" : error.message;
    say(`Not added: ${said}`);
    note(button, `Not added: ${said}.`);
  }
}

/** Show below a button what came of it. */
function note(button, text) {
  const place = button.parentElement.querySelector("span") ?? document.createElement("span");
  place.textContent = text;
  button.after(place);
}

/** Use a key if it is one to edit with. */
async function useKey(form) {
  const before = sessionStorage.getItem(KEY);
  const place = form.querySelector("p");
  sessionStorage.setItem(KEY, form.querySelector("input").value);
  try {
    const { page } = await fetchPage(location.href);
    if (page.querySelector("#answer[data-may-edit]")) {
      document.querySelector("details.teaching").replaceWith(page.querySelector(".owners"));
      stale(true);
      document.getElementById("q").focus();
      say("Each hit can be chosen as the one you were looking for");
      return;
    }
    place.textContent = "This key may not edit.";
  } catch {
    place.textContent = "The service cannot be reached.";
  }
  if (before) sessionStorage.setItem(KEY, before);
  else sessionStorage.removeItem(KEY);
  say(place.textContent);
}

if (answer) {
  answer.addEventListener("click", (event) => {
    const button = event.target.closest(".teach button");
    if (button) teach(button);
  });
  const teaching = document.querySelector("details.teaching");
  if (teaching) {
    teaching.hidden = false;
    const form = teaching.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      useKey(form);
    });
  }
  // the page itself was asked for without the key that the tab has
  const isBare = !("mayEdit" in answer.dataset) && new URLSearchParams(location.search).get("q");
  if (isBare && sessionStorage.getItem(KEY)) stale(true);
}
