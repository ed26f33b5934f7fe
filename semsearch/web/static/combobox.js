// Suggests names while typing: a combobox with list autocomplete and manual selection (ARIA Authoring Practices
// Guide). Enter asks the question unless a name is selected.

let lists = 0;

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children); // strings become text, never markup
  return node;
}

/** The name, with the typed text in bold. */
function marked(name, typed) {
  const at = name.toLocaleLowerCase().indexOf(typed.toLocaleLowerCase());
  if (at < 0) return [name];
  return [name.slice(0, at), element("b", {}, name.slice(at, at + typed.length)), name.slice(at + typed.length)];
}

/**
 * Add suggestions to an input.
 *
 * @param {HTMLInputElement} box the input
 * @param {object} options `find(typed, signal)` returns the names, `hrefOf(id)` the URL of an entry, `showsGlossary`
 *   whether to show the glossary of a name
 */
export function suggest(box, { find, hrefOf, showsGlossary }) {
  lists += 1;
  const list = element("ul", { id: `names-${lists}`, class: "names", role: "listbox", "aria-label": "Terms" });
  list.hidden = true;
  box.closest(".box").after(list);
  const status = element("p", { class: "unseen", role: "status" });
  list.after(status);
  for (const [key, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) box.setAttribute(key, value);

  let active = -1;
  let latest = 0;
  let running = new AbortController();

  function close() {
    latest += 1; // ignores a pending response
    running.abort();
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(at) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = list.children[at];
    if (!option) return box.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function open(names, typed) {
    active = -1;
    box.removeAttribute("aria-activedescendant");
    list.replaceChildren(...names.map(({ id, name, term, glossary }, i) => {
      const option = element("li", { id: `${list.id}-${i}`, role: "option", "aria-selected": "false", "data-href": hrefOf(id) });
      option.append(element("span", { dir: "auto" }, ...marked(name, typed)));
      if (name !== term) option.append(element("span", { class: "of", dir: "auto" }, term));
      if (showsGlossary) option.append(element("span", { class: "of" }, glossary));
      return option;
    }));
    list.hidden = !names.length;
    box.setAttribute("aria-expanded", String(names.length > 0));
    status.textContent = names.length ? `${names.length} ${names.length === 1 ? "term" : "terms"}` : "";
  }

  async function look() {
    const typed = box.value.trim();
    running.abort();
    running = new AbortController();
    latest += 1;
    const number = latest;
    if (!typed) return close();
    try {
      const names = await find(typed, running.signal);
      if (number === latest && document.activeElement === box) open(names, typed);
    } catch (error) {
      if (error.name !== "AbortError" && number === latest) close(); // asking shows the error
    }
  }

  box.addEventListener("input", look);
  box.addEventListener("blur", () => setTimeout(close, 150)); // a click on a name comes first
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
  box.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!count) return event.key === "ArrowDown" && box.value.trim() ? (event.preventDefault(), look()) : undefined;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active < 0 ? (step > 0 ? 0 : count - 1) : active + step < 0 || active + step >= count ? -1 : active + step);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.href);
    } else if (event.key === "Escape") {
      if (count) {
        event.preventDefault(); // the browser would clear the box
        close();
      }
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) choose(-1);
  });
  return { close };
}
