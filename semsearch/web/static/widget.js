// A glossary inside the pages of other sites:
//
//   <script src="https://glossary.example.org/widget.js" defer></script>
//   <semsearch-search glossary="optional"></semsearch-search>
//   <semsearch-term name="dropout">dropout</semsearch-term>
//
// Shadow trees separate the widget from the page. Texts are never parsed as HTML.

(() => {
  const base = new URL("./", document.currentScript.src);
  const MAX_CHARS = 260; // of a definition
  const LIMIT = 5;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { font: inherit; color-scheme: light dark; }
    * { box-sizing: border-box; }
    form { display: flex; gap: .4em; }
    input { flex: 1; min-width: 0; padding: .5em .7em; border: 1px solid #8888; border-radius: .4em; background: Field; color: FieldText; font: inherit; }
    button { padding: .5em 1em; border: 0; border-radius: .4em; background: light-dark(#20545c, #8fd0d9); color: light-dark(#fff, #10262a); font: inherit; cursor: pointer; }
    :focus-visible { outline: 2px solid light-dark(#20545c, #8fd0d9); outline-offset: 2px; }
    ol { margin: .8em 0 0; padding: 0; list-style: none; }
    li { margin: 0 0 .9em; overflow-wrap: anywhere; }
    a { color: light-dark(#20545c, #8fd0d9); font-weight: 600; }
    p { margin: .2em 0 0; }
    .quiet { opacity: .75; font-size: .875em; }
    .term { border-bottom: 1px dotted; cursor: help; }
    :host(semsearch-term) { position: relative; display: inline-block; }
    .card { position: absolute; left: 0; top: 100%; z-index: 2147483000; width: max-content; max-width: min(24em, 90vw); margin-top: .3em; padding: .6em .8em; border: 1px solid #8886; border-radius: .5em; background: Canvas; color: CanvasText; box-shadow: 0 6px 24px #0003; font-size: .9375rem; line-height: 1.45; text-align: start; }
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

  const pageOf = (id) => new URL(`entry/${encodeURIComponent(id)}`, base).href;

  class Search extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      this.box = element("input", { type: "search", name: "q", maxlength: "1000", "aria-label": this.getAttribute("label") ?? "Ask the glossary", placeholder: "Ask or type a term", dir: "auto" });
      this.status = element("p", { class: "quiet", role: "status" });
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
        this.status.textContent = answer.no_close_match ? "No close match. The nearest entries:" : "";
        this.list.replaceChildren(...answer.hits.map((hit) => element("li", { dir: "auto" },
          element("a", { href: pageOf(hit.id), target: "_blank", rel: "noopener" }, hit.term), element("p", {}, beginning(hit.definition)))));
      } catch (error) {
        if (error.name !== "AbortError") this.status.textContent = error.status === 503 ? "The glossary is overloaded. Ask again in a moment." : "The glossary cannot be reached.";
      }
    }
  }

  class Term extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      this.card = element("div", { class: "card", role: "tooltip", id: "card" });
      this.card.hidden = true;
      const word = element("span", { class: "term", tabindex: "0", "aria-describedby": "card" }, element("slot", {}));
      shadow.append(word, this.card);
      this.addEventListener("pointerenter", () => this.open());
      this.addEventListener("pointerleave", () => this.close(200));
      word.addEventListener("focus", () => this.open());
      word.addEventListener("blur", () => this.close(0));
      this.addEventListener("keydown", (event) => event.key === "Escape" && this.close(0));
    }

    async open() {
      clearTimeout(this.timer);
      this.isWanted = true;
      const name = this.getAttribute("name") ?? this.textContent.trim();
      try {
        const entry = await read(`v1/entries/${encodeURIComponent(name)}`, {});
        if (!this.isWanted) return;
        this.card.replaceChildren(element("a", { href: pageOf(entry.id), target: "_blank", rel: "noopener" }, entry.term), element("p", {}, beginning(entry.definition)));
      } catch (error) {
        if (!this.isWanted) return;
        this.card.replaceChildren(element("p", { class: "quiet" }, error.status === 404 ? "The glossary has no such term." : "The glossary cannot be reached."));
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
