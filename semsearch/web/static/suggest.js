// Sends what a reader suggests to whoever keeps the glossary. Answers come and go, so the document listens.

import { post, refusal } from "./edits.js";

const root = document.body.dataset.root;

async function sendIt(form) {
  const fields = Object.fromEntries(new FormData(form));
  try {
    const response = await post(`${root}v1/inbox`, fields);
    const said = await refusal(response);
    if (said) throw new Error(said);
    const { id } = await response.json();
    const note = document.createElement("p");
    note.tabIndex = -1;
    note.textContent = "Thank you. ";
    const link = document.createElement("a");
    link.href = `${root}suggestion/${id}`;
    link.textContent = "What becomes of it";
    note.append(link);
    form.replaceWith(note);
    note.focus();
  } catch (error) {
    const place = form.querySelector("p.hint");
    place.setAttribute("role", "alert");
    place.textContent = `Not sent: ${error instanceof TypeError ? "the service cannot be reached" : error.message}.`;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.to-owner")) return;
  event.preventDefault();
  sendIt(event.target);
});
