// Names while one types: a combobox with a list and manual selection, by the ARIA Authoring Practices Guide. The list
// holds names alone; a question is asked by Enter as long as no name is chosen.

let made = 0;

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children); // strings become text, never markup
  return node;
}

/** The name, with what was typed in it shown. */
function marked(name, typed) {
  const at = name.toLocaleLowerCase().indexOf(typed.toLocaleLowerCase());
  if (at < 0) return [name];
  return [name.slice(0, at), element("b", {}, name.slice(at, at + typed.length)), name.slice(at + typed.length)];
}

/**
 * Make a box offer names.
 *
 * @param {HTMLInputElement} box where one types
 * @param {object} options `find(typed, signal)` gives the names, `hrefOf(id)` the address of an entry, `showsGlossary`
 *   whether to say where a name is from
 */
export function suggest(box, { find, hrefOf, showsGlossary }) {
  made += 1;
  const list = element("ul", { id: `names-${made}`, class: "names", role: "listbox", "aria-label": "Terms" });
  list.hidden = true;
  box.closest(".box").after(list);
  const said = element("p", { class: "unseen", role: "status" });
  list.after(said);
  for (const [key, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  })) box.setAttribute(key, value);

  let active = -1;
  let latest = 0;
  let running = new AbortController();

  function close() {
    latest += 1; // what is under way comes too late
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
    said.textContent = names.length ? `${names.length} ${names.length === 1 ? "term" : "terms"}` : "";
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
      if (error.name !== "AbortError" && number === latest) close(); // names are a convenience: asking says what is wrong
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
