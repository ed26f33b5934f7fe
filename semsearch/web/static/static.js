// Finds terms on a static site by name, and by meaning where the site has the files for it.
// The names are a script, since a page opened as a file must not fetch files.

const MAX_FOUND = 12;
const MAX_BY_MEANING = 6;
const MAX_WEAK = 3;
const QUESTION_WORDS = 3; // so many words are a question, not a name
const PAUSE_MS = 350; // without typing, before a question is asked
const search = document.querySelector(".by-name");
const box = search.querySelector("input");
const list = search.querySelector("ul");
const status = search.querySelector("[role=status]");
const start = document.body.dataset.root;
const hasMeaning = "meaning" in search.dataset;
const canAsk = hasMeaning && location.protocol !== "file:"; // browsers fetch nothing from the disk
const onlyNames = hasMeaning
  ? "No name fits. Browsers search by meaning only if a web server serves these files."
  : "No name fits. This site finds names only.";

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let names = null; // promise of [folded name, name, path], in order
let meaning = null; // promise of the search by meaning, from the first question on
let pause = 0;

function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });
}

function load() {
  names ??= script(`${start}names.js`)
    .then(() => globalThis.semsearchNames.map(([name, path]) => [fold(name), name, path]));
  return names;
}

function loadMeaning() {
  meaning ??= script(search.dataset.meaning).then(() => globalThis.semsearchMeaning(start));
  meaning.catch(() => { meaning = null; }); // the next question tries again
  return meaning;
}

/** Names that begin with the typed text, then names that contain it; each page once. */
function found(all, typed) {
  const begin = all.filter(([folded]) => folded.startsWith(typed));
  const within = begin.length < MAX_FOUND ? all.filter(([folded]) => folded.indexOf(typed) > 0) : [];
  return [...new Map([...begin, ...within].map((one) => [one[2], one]).reverse()).values()].reverse().slice(0, MAX_FOUND);
}

function linked(name, path) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = start + path;
  link.textContent = name;
  item.dir = "auto";
  item.append(link);
  return item;
}

function note(text) {
  const item = document.createElement("li");
  item.className = "note";
  item.textContent = text;
  return item;
}

const typedNow = () => fold(box.value.trim());

/** Show what is found by name; a question is then also asked by meaning, at once or after a pause. */
async function show({ isComplete = false } = {}) {
  clearTimeout(pause);
  const typed = typedNow();
  const all = await load();
  if (typed !== typedNow()) return; // the text has changed meanwhile
  const shown = typed ? found(all, typed) : [];
  list.replaceChildren(...shown.map(([, name, path]) => linked(name, path)));
  status.textContent = typed ? `${shown.length || "none"} found` : "";
  if (!typed) return;
  if (!canAsk) {
    if (!shown.length) list.append(note(onlyNames));
  } else if (isComplete) await ask(typed, shown);
  else if (typed.split(/\s+/).length >= QUESTION_WORDS) {
    pause = setTimeout(() => ask(typed, shown), PAUSE_MS);
  }
}

/** Add what is found by meaning behind the names. */
async function ask(typed, shown) {
  const byName = shown.map(([, name, path]) => linked(name, path));
  const waits = note("Loading the search by meaning …");
  if (!meaning) list.append(waits);
  try {
    const { find } = await loadMeaning();
    if (typed !== typedNow()) return;
    const known = new Set(shown.map(([, , path]) => path));
    const { found: near, isWeak } = find(box.value, MAX_BY_MEANING + known.size);
    const others = near.filter(([, path]) => !known.has(path)).slice(0, isWeak ? MAX_WEAK : MAX_BY_MEANING);
    const heading = isWeak ? "Nothing matches well. The nearest:" : "By meaning:";
    const items = others.map(([term, path]) => linked(term, path));
    list.replaceChildren(...byName, ...(items.length ? [note(heading), ...items] : []));
    status.textContent = isWeak
      ? `${shown.length || "none"} found by name, nothing matches well by meaning`
      : `${shown.length || "none"} found by name, ${items.length} by meaning`;
  } catch {
    if (typed !== typedNow()) return;
    list.replaceChildren(...byName, note("Only names can be found: the search by meaning cannot be loaded."));
    status.textContent = `${shown.length || "none"} found by name; the search by meaning cannot be loaded`;
  }
}

const failed = () => { status.textContent = "The names cannot be read"; };
search.hidden = false;
box.addEventListener("focus", () => load().catch(failed), { once: true });
box.addEventListener("input", () => show().catch(failed));
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    const first = list.querySelector("a");
    if (first) first.click();
    else show({ isComplete: true }).catch(failed);
  }
  if (event.key === "Escape") {
    clearTimeout(pause);
    list.replaceChildren();
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest?.("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
});
if (location.protocol === "file:") {
  for (const map of document.querySelectorAll(".map")) {
    map.insertAdjacentText("beforebegin", "Browsers draw the map only if a web server serves these files. The table shows the same.");
  }
}
