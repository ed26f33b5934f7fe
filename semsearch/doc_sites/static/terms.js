// Explains marked terms on hover, focus and touch. A tooltip stays under the pointer and closes on Escape (WCAG 1.4.13).
// The first touch explains a link, the second follows it.

(() => {
  const OPEN_MS = 200; // a pointer that passes sooner opens nothing
  const CLOSE_MS = 200; // time to move the pointer to the tooltip
  const url = document.currentScript.dataset.semsearch;

  const tip = document.createElement("div");
  tip.id = "semsearch-tooltip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;

  let entries = null; // promise of the data, asked for at the first term that is looked at
  let shown = null; // the term that is explained
  let timer = 0;

  function read() { // a script, since pages that are opened from the disk may fetch nothing
    entries ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.onload = () => resolve(globalThis.semsearchTerms);
      script.onerror = reject;
      document.head.append(script);
    });
    entries.catch(() => { entries = null; });
    return entries;
  }

  function isDark() {
    for (let place = document.body; place; place = place.parentElement) {
      const [red, green, blue, alpha] = getComputedStyle(place).backgroundColor.match(/[\d.]+/g).map(Number);
      if (alpha !== 0) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    }
    return getComputedStyle(document.documentElement).colorScheme === "dark";
  }

  function place(term) {
    const at = term.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(at.left, width - tip.offsetWidth - 8));
    const below = at.bottom + tip.offsetHeight + 8 < innerHeight || at.top < tip.offsetHeight + 8;
    const parent = tip.offsetParent ?? document.body;
    const origin = getComputedStyle(parent).position === "static" // then the page is what it stands in
      ? { left: -scrollX, top: -scrollY } : parent.getBoundingClientRect();
    tip.style.left = `${left - origin.left}px`;
    tip.style.top = `${(below ? at.bottom + 4 : at.top - tip.offsetHeight - 4) - origin.top}px`;
  }

  async function open(term) {
    clearTimeout(timer);
    if (shown === term && tip.isConnected) return;
    close();
    shown = term;
    try {
      const entry = (await read())[term.dataset.term];
      if (shown !== term || !entry) return;
      const name = document.createElement("strong");
      name.textContent = entry.term;
      tip.replaceChildren(name, entry.text);
      name.dir = "auto";
      // only now: frameworks that build the page again would take out what stood there before
      if (!tip.isConnected) (document.querySelector("main, [role=main], article") ?? document.body).append(tip);
      tip.dir = "auto";
      tip.classList.toggle("is-dark", isDark());
      tip.hidden = false;
      term.setAttribute("aria-describedby", tip.id);
      place(term);
    } catch {
      close(); // a link still leads to the page of the term
    }
  }

  function close() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    tip.hidden = true;
  }

  function later(act, ms) {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  }

  const termAt = (event) => event.target.closest?.(".semsearch-term");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const term = termAt(event);
    if (term) later(() => open(term), OPEN_MS);
    else if (tip.contains(event.target)) clearTimeout(timer);
    else if (shown && shown !== document.activeElement) later(close, CLOSE_MS);
  });
  document.addEventListener("focusin", (event) => {
    const term = termAt(event);
    if (term && term.matches(":focus-visible")) open(term);
  });
  document.addEventListener("focusout", (event) => {
    if (termAt(event) === shown) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) close();
  });

  let touched = false;
  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
  document.addEventListener("click", (event) => {
    const term = termAt(event);
    if (term && (touched || !term.href) && shown !== term) {
      event.preventDefault();
      open(term);
    } else if (!term && !tip.contains(event.target)) close();
  });
})();
