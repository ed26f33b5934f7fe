// Shows what can be edited to whoever has a key in this tab, and what became of the last edit.

import { fetchPage } from "./service.js";

const SAID = "semsearch-said"; // what the next page shows, in this tab only

/** Go to a page that says what was done. */
export function leaveWith(address, text) {
  sessionStorage.setItem(SAID, text);
  location.assign(address);
}

function showSaid() {
  const text = sessionStorage.getItem(SAID);
  if (!text) return;
  sessionStorage.removeItem(SAID);
  const note = document.createElement("p");
  note.className = "said";
  note.tabIndex = -1;
  note.textContent = text;
  document.getElementById("main").prepend(note);
  note.focus();
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

/** Complete a page that was asked for without the key of the tab. */
export async function complete() {
  if (document.querySelector("form.access")) return; // the page itself needs the key first
  showSaid();
  const place = document.querySelector(".owners:not([data-may-edit]), details.teaching");
  if (!place) return;
  try {
    const { page } = await fetchPage(location.href);
    const found = page.querySelector(".owners[data-may-edit]");
    if (found) place.replaceWith(found);
  } catch {
    // the page is as it is for everybody
  }
}
