// Decides on suggestions of readers: adds the entry or changes it, which accepts; or refuses with a reason.

import { post, refusal } from "./edits.js";

const root = document.body.dataset.root;

/** Send a decision. The service makes it once, however often it is sent: an answer may be lost. */
async function decide(item, decision, headers) {
  const response = await post(`${root}v1/inbox/${item.dataset.id}/decision`, decision, headers);
  const refused = await refusal(response);
  if (refused) throw new Error(refused);
  return response;
}

/** Accept a suggestion with what the form says, and return what was done, in words. */
async function accept(item, form) {
  const fields = Object.fromEntries(new FormData(form));
  const isChange = Boolean(item.dataset.entry);
  const edit = isChange ? { change: { [item.dataset.member]: fields.definition } } : { add: fields };
  const headers = isChange ? { "If-Match": item.dataset.etag } : {}; // so that no other edit is lost
  const response = await decide(item, { accepted: true, ...edit }, headers);
  return response.headers.has("idempotency-replayed") ? "Accepted, with the text that you sent first." : "Accepted.";
}

function show(item, said) {
  const note = document.createElement("p");
  note.textContent = said;
  const heading = item.querySelector("h3");
  item.replaceChildren(heading, note);
  heading.focus();
  document.getElementById("status").textContent = said;
}

for (const item of document.querySelectorAll("section.suggested")) {
  item.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (item.getAttribute("aria-busy")) return;
    item.setAttribute("aria-busy", "true");
    const form = event.target;
    try {
      if (form.matches(".refusing")) {
        await decide(item, { accepted: false, reason: form.elements.namedItem("reason").value });
        show(item, "Refused.");
      } else show(item, await accept(item, form));
    } catch (error) {
      const note = item.querySelector(".failed") ?? document.createElement("p");
      note.className = "failed";
      note.setAttribute("role", "alert");
      note.textContent = `Not done: ${error instanceof TypeError ? "the service cannot be reached" : error.message}.`;
      item.append(note);
    } finally {
      item.removeAttribute("aria-busy");
    }
  });
}
