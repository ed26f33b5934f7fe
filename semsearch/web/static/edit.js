// Saves the form of an entry, deletes and restores entries. A conflict comes back as a form with both texts.

import { entryAddress, refusal } from "./edits.js";
import { fetchPage, get, KEY, random, send } from "./service.js";
import { leaveWith } from "./owner.js";

const root = document.body.dataset.root;
const sent = { body: "", key: "" }; // a request that is sent again is carried out once
let saved = false;

function say(text) {
  document.getElementById("status").textContent = text;
}

function fail(text) {
  const place = document.getElementById("failed");
  place.textContent = `${text[0].toUpperCase()}${text.slice(1)}.`;
  place.hidden = false;
  place.focus();
  say(place.textContent);
}

/** Send an edit with its condition, under one name however often it is sent. */
function edit(address, method, body, etag, type = "application/json") {
  const text = body ? JSON.stringify(body) : null;
  const request = [method, address, etag, text].join("\n");
  if (sent.body !== request) Object.assign(sent, { body: request, key: random() });
  const headers = { Accept: "application/json", "Idempotency-Key": sent.key };
  if (text) headers["Content-Type"] = type;
  if (etag) headers["If-Match"] = etag;
  return send(address, { method, headers, body: text });
}

/** Do something once at a time, and say why it failed. */
async function run(place, work) {
  if (place.getAttribute("aria-busy")) return;
  place.setAttribute("aria-busy", "true");
  document.getElementById("failed").hidden = true;
  try {
    await work();
  } catch (error) {
    fail(error instanceof TypeError ? "not saved: the service cannot be reached; what you wrote is still here" : error.message);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// -- the form -------------------------------------------------------------------------------------------------------

const inputs = (form) => [...form.querySelectorAll("[data-was]")];
const plain = (text) => text.replaceAll("\r\n", "\n").trim();
const textOf = (input) => (input.type === "checkbox" ? (input.checked ? "on" : "") : plain(input.value));
const isChanged = (input) => textOf(input) !== plain(input.dataset.was);
const listed = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** The members that were changed, as the interface takes them. */
function changes(form) {
  const members = {};
  const extra = {};
  const box = form.elements.namedItem("markdown");
  for (const input of inputs(form)) {
    const { name } = input;
    if (input === box || !(isChanged(input) || (name === "definition" && isChanged(box)))) continue;
    if (name.startsWith("extra:")) extra[name.slice(6)] = textOf(input) || null;
    else if (name === "definition") members[box.checked ? "markdown" : "definition"] = textOf(input);
    else members[name] = "list" in input.dataset ? listed(input.value) : textOf(input);
  }
  const [name, text] = ["extra-name", "extra-text"].map((id) => document.getElementById(id).value.trim());
  if (name && text) extra[name] = text;
  return Object.keys(extra).length ? { ...members, extra } : members;
}

/** Show what is wrong at the fields that a refusal names. */
function showFaults(form, errors = []) {
  for (const { pointer, detail } of errors) {
    const name = pointer?.split("/")[1];
    const input = form.elements.namedItem(name === "markdown" ? "definition" : name ?? "");
    if (!input) continue;
    const note = document.createElement("p");
    note.className = "failed";
    note.id = `fault-${name}`;
    note.textContent = detail;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-errormessage", note.id);
    input.after(note);
  }
}

function clearFaults(form) {
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-errormessage");
  }
  for (const note of form.querySelectorAll(".field .failed")) note.remove();
}

async function refused(response, form) {
  const problem = await response.clone().json().catch(() => ({}));
  showFaults(form, problem.errors);
  throw new Error(`not saved: ${await refusal(response)}`);
}

async function save(editor, form) {
  clearFaults(form);
  const members = changes(form);
  if (!editor.dataset.id) return add(form, members);
  if (!Object.keys(members).length) throw new Error("nothing was changed");
  const address = entryAddress(root, editor.dataset.id);
  const response = await edit(address, "PATCH", members, editor.dataset.etag, "application/merge-patch+json");
  if (response.status === 412) return showConflict(editor, form);
  if (!response.ok) return refused(response, form);
  leave(editor.dataset.id, "The entry is saved.");
}

async function add(form, members) {
  const glossary = form.elements.namedItem("glossary").value;
  const body = { definition: "", ...members, glossary };
  const response = await edit(`${root}v1/entries`, "POST", body);
  if (!response.ok) return refused(response, form);
  leave((await response.json()).id, "The entry is added.");
}

/** Put the form with both texts in the place of this one. */
async function showConflict(editor, form) {
  const fields = Object.fromEntries(inputs(form).map((input) => [input.name, textOf(input)]));
  const body = JSON.stringify({ revision: Number(editor.dataset.revision), fields });
  const headers = { "Content-Type": "application/json" };
  const address = `${root}edit/${encodeURIComponent(editor.dataset.id)}`;
  const { page } = await fetchPage(address, { method: "POST", headers, body });
  const next = page.getElementById("editor");
  const [name, text] = ["extra-name", "extra-text"].map((id) => document.getElementById(id).value);
  editor.replaceWith(next);
  document.getElementById("extra-name").value = name;
  document.getElementById("extra-text").value = text;
  bind(next);
  next.querySelector("h1").focus();
  say("Not saved yet: somebody else has changed the entry");
}

function take(editor, button) {
  const { take: name, text, markdown } = button.dataset;
  const { elements } = editor.querySelector("form");
  elements.namedItem(name).value = text;
  if (markdown !== undefined) elements.namedItem("markdown").checked = markdown === "on";
  for (const one of button.closest(".conflict").querySelectorAll("button")) {
    one.setAttribute("aria-pressed", String(one === button));
  }
  say(button.textContent.replace("Take", "The form has"));
}

async function remove(editor) {
  const { id, etag } = editor.dataset;
  const name = document.getElementById("successor").value.trim();
  const successor = name && await idOf(name);
  const query = successor ? `?${new URLSearchParams({ successor })}` : "";
  const response = await edit(entryAddress(root, id) + query, "DELETE", null, etag);
  if (response.status === 412) throw new Error("not deleted: somebody has changed the entry meanwhile; load this page again");
  if (!response.ok) throw new Error(`not deleted: ${await refusal(response)}`);
  saved = true;
  leaveWith(`${root}history/${encodeURIComponent(id)}`, "The entry is deleted.");
}

/** The id of an entry of this id or name. */
async function idOf(name) {
  const found = await get(entryAddress(root, name));
  if (!found.ok) throw new Error(`not deleted: ${await refusal(found)}`);
  return (await found.json()).id;
}

function leave(id, text) {
  saved = true;
  leaveWith(`${root}entry/${encodeURIComponent(id)}`, text);
}

/** Let the buttons be pressed: only now does something listen to them. */
function enable(place) {
  for (const button of place.querySelectorAll("button[disabled]")) button.disabled = false;
}

function bind(editor) {
  const form = editor.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form, () => save(editor, form));
  });
  editor.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.take) take(editor, button);
    else if (button && "delete" in button.dataset) run(form, () => remove(editor));
  });
  enable(editor);
}

// -- the history ----------------------------------------------------------------------------------------------------

async function restore(list, revision) {
  const { id, etag } = list.dataset;
  const response = await edit(`${entryAddress(root, id)}/restore`, "POST", { revision }, etag);
  if (response.status === 412) throw new Error("not restored: somebody has changed the entry meanwhile; load this page again");
  if (!response.ok) throw new Error(`not restored: ${await refusal(response)}`);
  leave(id, `Revision ${revision} is restored.`);
}

const opened = document.getElementById("editor");
if (opened) {
  bind(opened);
  addEventListener("beforeunload", (event) => {
    const form = document.querySelector("#editor form");
    if (!saved && form && sessionStorage.getItem(KEY) && inputs(form).some(isChanged)) event.preventDefault();
  });
}
const versions = document.querySelector(".versions");
versions?.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-restore]");
  if (button) run(versions, () => restore(versions, Number(button.dataset.restore)));
});
if (versions) enable(versions);
