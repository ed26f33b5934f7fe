// A remark plugin: the first occurrence of each term in a page is marked as `semsearch annotate` marks it in HTML, but in
// the tree that the page is made of, so that frameworks that build the page again in the browser keep the marks.

import { readFileSync } from "node:fs";

import { TermFinder } from "./finder.js";
import { isOpaque } from "./opaque.js";

const MARK = "semsearchTerm";
const OPAQUE_NODES = new Set(["heading", "link", "linkReference", MARK]);
const TAG = /<!--[\s\S]*?-->|<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*?)(\/?)>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
const HOW = "write it with `semsearch annotate static glossary.md --data-only`";

/**
 * Mark the first occurrence of each term in a page.
 *
 * @param {import("./index.js").Options} options
 */
export default function remarkSemsearch({ data, address = "", skip = [] } = {}) {
  const terms = read(data);
  if (address && !/^https?:\/\/[^\s/?#][^\s?#]*$/i.test(address)) {
    throw new Error(`remark-semsearch: ${JSON.stringify(address)} is not the address of a service, such as https://terms.example.org`);
  }
  const finder = new TermFinder(terms);
  const base = address && `${address.replace(/\/+$/, "")}/`;

  return (tree) => {
    const seen = new Set();
    const raw = []; // open elements of raw HTML, and whether each is opaque

    function walk(node) {
      if (!node.children || isOpaqueNode(node, skip)) return;
      node.children = node.children.flatMap((child) => {
        if (child.type === MARK) seen.add(child.data.hProperties.dataTerm); // of an earlier run
        if (child.type === "html") follow(child.value, raw);
        if (child.type === "text" && !raw.some((open) => open.isOpaque)) return marked(child);
        walk(child);
        return [child];
      });
    }

    function marked(text) {
      const pieces = [];
      let at = 0;
      for (const { id, start, end } of finder.find(text.value)) {
        if (seen.has(id)) continue;
        seen.add(id);
        pieces.push(piece(text.value.slice(at, start)), mark(id, text.value.slice(start, end)));
        at = end;
      }
      if (!pieces.length) return [text];
      return [...pieces, piece(text.value.slice(at))].filter((one) => one.type === MARK || one.value);
    }

    function mark(id, written) {
      const how = base ? { href: base + terms[id].path } : { tabIndex: 0 };
      const hProperties = { className: ["semsearch-term"], dataTerm: id, ...how };
      return { type: MARK, data: { hName: base ? "a" : "span", hProperties }, children: [piece(written)] };
    }

    walk(tree);
  };
}

const piece = (value) => ({ type: "text", value });

/** Return the terms by id; a message says what is wrong with the file, and how to write it. */
function read(data) {
  if (data === undefined) throw new Error(`remark-semsearch: the option "data" is missing, the path of terms.json; ${HOW}`);
  const isPath = typeof data === "string" || data instanceof URL;
  let terms = data;
  try {
    if (isPath) terms = JSON.parse(readFileSync(data, "utf8"));
  } catch (error) {
    throw new Error(`remark-semsearch: cannot read ${data}: ${error.message}; ${HOW}`, { cause: error });
  }
  const wrong = Object.entries(terms ?? {}).find(([, term]) => ![term?.names, term?.exact].every(Array.isArray));
  if (wrong || typeof terms !== "object" || terms === null) {
    const where = isPath ? String(data) : "the option \"data\"";
    throw new Error(`remark-semsearch: ${where} has no names of ${wrong ? JSON.stringify(wrong[0]) : "terms"}; ${HOW}`);
  }
  return terms;
}

function isOpaqueNode(node, skip) {
  if (OPAQUE_NODES.has(node.type)) return true;
  if (node.data?.hName && isOpaque(node.data.hName, ofProperties(node.data.hProperties))) return true;
  if (!node.type.startsWith("mdxJsx") || !node.name) return false;
  if (/^[a-z]/.test(node.name) && !node.name.includes(".")) return isOpaque(node.name, ofJsx(node.attributes));
  // what a component makes of a text in a line is not known; boxes such as tabs show what they are given
  return node.type === "mdxJsxTextElement" || skip.includes(node.name);
}

/** Return the attributes that properties of hast stand for: `ariaHidden` is `aria-hidden`. */
function ofProperties(properties) {
  const named = (name) => name.replace(/^(aria|data)([A-Z])/, "$1-$2").toLowerCase();
  const stated = Object.entries(properties ?? {}).filter(([, value]) => value !== false && value != null);
  return new Map(stated.map(([name, value]) => [named(name), [value].flat().join(" ")]));
}

function ofJsx(attributes) {
  const found = new Map();
  for (const { name, value } of attributes ?? []) {
    if (!name) continue; // a spread, whose names are not known
    const written = value && typeof value === "object" ? value.value.trim().replace(/^(["'`])(.*)\1$/s, "$2") : value ?? "";
    if (value && typeof value === "object" && ["false", "null", "undefined"].includes(written) && !/^(aria|data)-/.test(name)) continue;
    found.set(name.toLowerCase(), written);
  }
  return found;
}

/** Follow the tags of raw HTML, which remark does not parse: what they open goes on behind them. */
function follow(html, open) {
  for (const [whole, slash, name, rest, selfClosed] of html.matchAll(TAG)) {
    const tag = name?.toLowerCase();
    if (whole.startsWith("<!--") || VOID.has(tag)) continue;
    if (slash) {
      const place = open.findLastIndex((one) => one.tag === tag);
      if (place >= 0) open.splice(place);
    } else if (!selfClosed) {
      const attributes = [...rest.matchAll(ATTRIBUTE)].map(([, key, ...values]) => [key.toLowerCase(), values.find((one) => one !== undefined) ?? ""]);
      open.push({ tag, isOpaque: isOpaque(tag, new Map(attributes)) });
    }
  }
}
