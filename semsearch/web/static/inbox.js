// Decides on suggestions of readers: adds the entry or changes it, then accepts; or refuses with a reason.

import { entryAddress, post, refusal } from "./edits.js";
import { send } from "./service.js";

const root = document.body.dataset.root;

async function check(response) {
  const said = await refusal(response);
  if (said) throw new Error(said);
  return response;
}

/** Add the suggested entry, or give the entry the edited definition. */
async function apply(item, form) {
  const fields = Object.fromEntries(new FormData(form));
  if (!item.dataset.entry) return check(await post(`${root}v1/entries`, fields));
  return check(await send(entryAddress(root, item.dataset.entry), {
    method: "PATCH",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/merge-patch+json",
      "If-Match": item.dataset.etag, // of what the form began with, so that no other edit is lost
    },
    body: JSON.stringify({ [item.dataset.member]: fields.definition }),
  }));
}

async function decide(item, accepted, reason) {
  await check(await post(`${root}v1/inbox/${item.dataset.id}/decision`, { accepted, reason }));
  const note = document.createElement("p");
  note.textContent = accepted ? "Accepted." : "Refused.";
  const heading = item.querySelector("h3");
  item.replaceChildren(heading, note);
  heading.focus();
  document.getElementById("status").textContent = note.textContent;
}

for (const item of document.querySelectorAll("section.suggested")) {
  item.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (item.getAttribute("aria-busy")) return;
    item.setAttribute("aria-busy", "true");
    const form = event.target;
    try {
      if (form.matches(".refusing")) await decide(item, false, form.elements.namedItem("reason").value);
      else {
        await apply(item, form);
        await decide(item, true, "");
      }
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
