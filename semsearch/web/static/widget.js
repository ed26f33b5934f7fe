// A glossary inside the pages of other sites:
//
//   <script src="https://glossary.example.org/widget.js" defer></script>
//   <semsearch-search glossary="optional" theme="optional: light or dark"></semsearch-search>
//   <semsearch-term name="dropout">dropout</semsearch-term>
//
// Light or dark is what the page states by the CSS property `color-scheme`, or the attribute `theme`; never what the
// visitor's system prefers, since the page may not follow it.
// Shadow trees separate the widget from the page. Texts are never parsed as HTML.

(() => {
  const base = new URL("./", document.currentScript.src);
  const OWNER = { title: "", accent: "#20545c", accent_dark: "#8fd0d9" };
  const MAX_CHARS = 260; // of a definition
  const LIMIT = 5;
  const MAX_NEAREST = 3; // entries that are no answer

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font: inherit; --accent: light-dark(${OWNER.accent}, ${OWNER.accent_dark}); --bad: light-dark(#9b2c1f, #ff9d8f); }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    * { box-sizing: border-box; }
    form { display: flex; gap: .4em; }
    input { flex: 1; min-width: 0; padding: .5em .7em; border: 1px solid light-dark(#767676, #949494); border-radius: .4em; background: Field; color: FieldText; font: inherit; }
    input::placeholder { color: light-dark(#595959, #c4c4c4); opacity: 1; }
    button { padding: .5em 1em; border: 0; border-radius: .4em; background: var(--accent); color: light-dark(#fff, #101214); font: inherit; cursor: pointer; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    ol { margin: .8em 0 0; padding: 0; list-style: none; }
    li { margin: 0 0 .9em; overflow-wrap: anywhere; }
    a { color: var(--accent); font-weight: 600; }
    p { margin: .2em 0 0; }
    .status { font-size: .875em; }
    .outdated { color: var(--bad); font-weight: 600; }
    .quiet { opacity: .75; font-size: .875em; }
    .verdict:not(:empty) { margin: .6em 0 0; font-size: .875em; font-weight: 600; }
    .other p { opacity: .85; font-size: .9375em; }
    .term { border-bottom: 1px dotted; cursor: help; }
    :host(semsearch-term) { position: relative; display: inline-block; }
    .card { position: absolute; left: 0; top: 100%; z-index: 2147483000; width: max-content; max-width: min(24em, calc(100vw - 2em)); margin-top: .3em; padding: .6em .8em; border: 1px solid #8886; border-radius: .5em; background: Canvas; color: CanvasText; box-shadow: 0 6px 24px #0003; font-size: .9375rem; line-height: 1.45; text-align: start; }
    .card[hidden] { display: none; }
  `);

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  async function read(path, parameters, signal) {
    const address = new URL(path, base);
    for (const [key, value] of Object.entries(parameters)) if (value) address.searchParams.set(key, value);
    const response = await fetch(address, { signal, headers: { Accept: "application/json" }, credentials: "omit" });
    if (!response.ok) throw Object.assign(new Error("refused"), { status: response.status });
    return response.json();
  }

  function beginning(text) {
    const plain = text.replace(/\s+/g, " ");
    return plain.length <= MAX_CHARS ? plain : `${plain.slice(0, plain.lastIndexOf(" ", MAX_CHARS))} …`;
  }

  /** How sure an answer is, as the pages say it. */
  function verdictOf({ verdict, confidence, no_close_match: none }) {
    if (none) return "No close match. The nearest entries:";
    if (verdict === "exact") return "Exact name";
    if (verdict === "about these terms") return "About these terms";
    return `${Math.min(99, Math.floor(confidence * 100))} % sure: ${verdict}`;
  }

  const UNREACHABLE = "The glossary cannot be reached.";
  const FAILURES = { 401: "The glossary can only be read with an access key.", 503: "The glossary is overloaded. Ask again in a moment." };

  /** The status of an entry, if it has one. */
  function statusOf(status, kind) {
    return status ? [element("p", { class: kind, dir: "auto" }, status)] : [];
  }

  const pageOf = (id) => new URL(`entry/${encodeURIComponent(id)}`, base).href;

  class Search extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      this.box = element("input", { type: "search", name: "q", maxlength: "1000", "aria-label": this.getAttribute("label") ?? (OWNER.title ? `Ask: ${OWNER.title}` : "Ask the glossary"), placeholder: "Ask or type a term", dir: "auto" });
      this.status = element("p", { class: "verdict", role: "status" });
      this.list = element("ol", {});
      const form = element("form", { role: "search" }, this.box, element("button", { type: "submit" }, "Ask"));
      shadow.append(form, this.status, this.list);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(this.box.value.trim());
      });
    }

    async ask(question) {
      this.running?.abort();
      this.running = new AbortController();
      const { signal } = this.running;
      this.list.replaceChildren();
      this.status.textContent = "";
      if (!question) return;
      try {
        const answer = await read("v1/search", { q: question, limit: LIMIT, glossary: this.getAttribute("glossary") }, signal);
        if (signal.aborted) return;
        this.status.textContent = [verdictOf(answer), ...(answer.notices ?? []).map((notice) => notice.message)].join(" ");
        const matching = answer.hits.filter((hit) => hit.matched_by !== "nearest");
        const shown = answer.no_close_match ? answer.hits.slice(0, MAX_NEAREST) : matching;
        this.list.replaceChildren(...shown.map((hit, i) => element("li", { dir: "auto", class: i ? "other" : "first" },
          element("a", { href: pageOf(hit.id), target: "_blank", rel: "noopener" }, hit.term),
          ...statusOf(hit.outdated && hit.status, "status outdated"),
          element("p", {}, beginning(i ? hit.sentence?.text ?? hit.definition : hit.definition)))));
      } catch (error) {
        if (error.name !== "AbortError") this.status.textContent = FAILURES[error.status] ?? UNREACHABLE;
      }
    }
  }

  class Term extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      this.card = element("div", { class: "card", id: "card" });
      this.card.hidden = true;
      const word = element("span", { class: "term", tabindex: "0", "aria-describedby": "card" }, element("slot", {}));
      shadow.append(word, this.card);
      this.addEventListener("pointerenter", () => this.open());
      this.addEventListener("pointerleave", () => this.close(200));
      word.addEventListener("focus", () => this.open());
      shadow.addEventListener("focusout", ({ relatedTarget }) => shadow.contains(relatedTarget) || this.close(0)); // the card has a link
      this.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        word.focus();
        this.close(0);
      });
    }

    async open() {
      clearTimeout(this.timer);
      this.isWanted = true;
      const name = this.getAttribute("name") ?? this.textContent.trim();
      try {
        const entry = await read(`v1/entries/${encodeURIComponent(name)}`, {});
        if (!this.isWanted) return;
        this.card.replaceChildren(element("a", { href: pageOf(entry.id), target: "_blank", rel: "noopener" }, entry.term), ...statusOf(entry.status, "status"), element("p", {}, beginning(entry.definition)));
      } catch (error) {
        if (!this.isWanted) return;
        this.card.replaceChildren(element("p", { class: "quiet" }, error.status === 404 ? "The glossary has no such term." : FAILURES[error.status] ?? UNREACHABLE));
      }
      this.card.hidden = false;
      this.card.style.left = "0px";
      const over = this.card.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
      if (over > 0) this.card.style.left = `${-over}px`;
    }

    close(ms) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.isWanted = false;
        this.card.hidden = true;
      }, ms);
    }
  }

  customElements.define("semsearch-search", Search);
  customElements.define("semsearch-term", Term);
})();
