// Decides on suggestions of readers: adds the entry or changes it, then accepts; or refuses with a reason.

import { entryAddress, post, refusal } from "./edits.js";
import { send } from "./service.js";

const root = document.body.dataset.root;

async function check(response) {
  const said = await refusal(response);
  if (said) throw new Error(said);
  return response;
}

/**
 * Add the suggested entry, or give the entry the edited definition. The service does it once for each
 * suggestion, however often it is sent: an answer may be lost. Return whether an earlier form was taken.
 */
async function apply(item, form) {
  const fields = Object.fromEntries(new FormData(form));
  const once = { "Idempotency-Key": `suggestion-${item.dataset.id}` };
  const response = await (item.dataset.entry
    ? send(entryAddress(root, item.dataset.entry), {
        method: "PATCH",
        headers: {
          Accept: "application/json",
          "Content-Type": "application/merge-patch+json",
          "If-Match": item.dataset.etag, // of what the form began with, so that no other edit is lost
          ...once,
        },
        body: JSON.stringify({ [item.dataset.member]: fields.definition }),
      })
    : post(`${root}v1/entries`, fields, once));
  if (response.status === 422 && (await response.clone().json()).type === "/problems/key-reused") return true;
  await check(response);
  return false;
}

async function decide(item, accepted, reason, said) {
  await check(await post(`${root}v1/inbox/${item.dataset.id}/decision`, { accepted, reason }));
  const note = document.createElement("p");
  note.textContent = said;
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
      if (form.matches(".refusing")) await decide(item, false, form.elements.namedItem("reason").value, "Refused.");
      else {
        const isEarlier = await apply(item, form);
        await decide(item, true, "", isEarlier ? "Accepted, with the text that you sent first." : "Accepted.");
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
