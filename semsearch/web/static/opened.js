// A service that records questions is told which hits are opened: followed, or unfolded. Nothing says by whom.

import { PAGE_LOAD, send } from "./service.js";

const answer = document.getElementById("answer");
const root = document.body.dataset.root;
const told = new Set(); // what was told, once each

function tell(hit) {
  const asked = new URLSearchParams(location.search);
  const question = asked.get("q")?.trim();
  const body = JSON.stringify({ question, id: hit.dataset.id, glossary: asked.get("glossary") || null });
  if (!question || told.has(body)) return;
  told.add(body);
  send(`${root}v1/search:opened`, {
    method: "POST",
    keepalive: true, // the page may be left meanwhile
    headers: { "Content-Type": "application/json", "X-Page-Load": PAGE_LOAD },
    body,
  }).catch(() => {}); // readers have no part in it
}

function follow(event) {
  const hit = event.target.closest("a")?.closest(".hit[data-id]");
  if (hit) tell(hit);
}

answer?.addEventListener("click", follow);
answer?.addEventListener("auxclick", follow); // opened in a new tab
answer?.addEventListener("toggle", ({ target }) => {
  if (target.open && target.parentElement.matches(".hit[data-id]")) tell(target.parentElement);
}, true); // does not bubble
