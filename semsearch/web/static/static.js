// Finds terms by name on a static site. The names are a script, since a page opened as a file must not fetch files.

const MAX_FOUND = 12;
const search = document.querySelector(".by-name");
const box = search.querySelector("input");
const list = search.querySelector("ul");
const status = search.querySelector("[role=status]");
const start = document.body.dataset.root;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let names = null; // promise of [folded name, name, path], in order

function load() {
  names ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${start}names.js`;
    script.onload = () => resolve(globalThis.semsearchNames.map(([name, path]) => [fold(name), name, path]));
    script.onerror = reject;
    document.head.append(script);
  });
  return names;
}

/** Names that begin with the typed text, then names that contain it; each page once. */
function found(all, typed) {
  const begin = all.filter(([folded]) => folded.startsWith(typed));
  const within = begin.length < MAX_FOUND ? all.filter(([folded]) => folded.indexOf(typed) > 0) : [];
  return [...new Map([...begin, ...within].map((one) => [one[2], one]).reverse()).values()].reverse().slice(0, MAX_FOUND);
}

async function show() {
  const typed = fold(box.value.trim());
  const all = await load();
  if (typed !== fold(box.value.trim())) return; // the text has changed meanwhile
  const shown = typed ? found(all, typed) : [];
  list.replaceChildren(...shown.map(([, name, path]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = start + path;
    link.textContent = name;
    item.dir = "auto";
    item.append(link);
    return item;
  }));
  status.textContent = typed ? `${shown.length || "none"} found` : "";
}

const failed = () => { status.textContent = "The names cannot be read"; };
search.hidden = false;
box.addEventListener("focus", () => load().catch(failed), { once: true });
box.addEventListener("input", () => show().catch(failed));
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter") list.querySelector("a")?.click();
  if (event.key === "Escape") list.replaceChildren();
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
