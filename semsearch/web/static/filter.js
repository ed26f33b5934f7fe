// Filters the terms of a glossary while one types. Without this script the form does it.

import { fetchPage } from "./service.js";

const PAUSE_MS = 150; // without a keystroke
const form = document.querySelector("form.filter");
const box = form.querySelector("input");
let running = new AbortController();
let pause = 0;

async function filter() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const wanted = new URLSearchParams(box.value.trim() ? { filter: box.value.trim() } : {});
  const address = new URL(`${form.getAttribute("action")}${wanted.size ? `?${wanted}` : ""}`, location.href);
  try {
    const { page, response } = await fetchPage(address, { signal });
    const listed = page.getElementById("listed");
    if (signal.aborted || !response.ok || !listed) return;
    document.getElementById("listed").replaceChildren(...listed.childNodes);
    document.querySelector(".letters").replaceChildren(...page.querySelector(".letters").childNodes);
    history.replaceState(history.state, "", address);
  } catch {
    // the form asks again, and shows what is wrong
  }
}

box.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(filter, PAUSE_MS);
});
