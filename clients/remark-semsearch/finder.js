// Finds names of terms in a text by the rules of semsearch/text/mentions.py: whole words, the longest name first, no part
// of a compound or of code, acronyms and short names in their case only, no name of several terms.

const TOKEN = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*[+#]*/gu;
const GAP = /^(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*|[-‐‑./'’&_]| [&/+–-] )$/u; // what may separate two words of a name
const BEFORE = "-‐‑._@#$\\:<"; // behind these a word is part of a compound or of code
const AFTER = /^(?:[._@:=\\][\p{L}\p{N}_]|[=_]|\(\))/u;
const GOES_ON = /^ [A-Z][a-z]/; // a longer proper name
const COUNTS = /^ of\b/; // "a type of"
const CLAUSE_END = ".!?:;•-*";
const LETTER = /[\p{L}\p{N}]/u;

const TYPED_AS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ħ: "h", ŧ: "t", ı: "i" };

const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}+/gu, "").replace(/[^\0-\x7f]/g, (c) => TYPED_AS[c] ?? c);
const isUpper = (text) => text === text.toUpperCase() && text !== text.toLowerCase();

const wordsOf = (text) => [...text.matchAll(TOKEN)].map((found) => ({
  start: found.index, end: found.index + found[0].length, folded: fold(found[0]),
}));

const keyOf = (words) => words.map((word) => word.folded).join(" ");

export class TermFinder {
  #anyCase = new Map(); // folded words of a name: ids
  #exact = new Map(); // a name as it is written: ids
  #lengths = new Map(); // first word of names: numbers of their words, largest first

  /** @param {Record<string, {names: string[], exact: string[]}>} terms by id */
  constructor(terms) {
    for (const [id, { names, exact }] of Object.entries(terms)) {
      for (const name of names) this.#add(this.#anyCase, keyOf(wordsOf(name)), name, id);
      for (const name of exact) this.#add(this.#exact, name, name, id);
    }
    for (const [first, found] of this.#lengths) this.#lengths.set(first, [...found].sort((a, b) => b - a));
  }

  #add(table, key, name, id) {
    const words = wordsOf(name);
    if (!words.length) return;
    if (!table.has(key)) table.set(key, new Set());
    table.get(key).add(id);
    if (!this.#lengths.has(words[0].folded)) this.#lengths.set(words[0].folded, new Set());
    this.#lengths.get(words[0].folded).add(words.length);
  }

  /** Return what a text names, in order and without overlaps: the id of each term, and its span. */
  find(text) {
    const words = wordsOf(text);
    const found = [];
    for (let at = 0; at < words.length;) {
      const [count, ids] = this.#longest(text, words, at);
      if (ids.size === 1) found.push({ id: [...ids][0], start: words[at].start, end: words[at + count - 1].end });
      at += count;
    }
    return found;
  }

  #longest(text, words, at) {
    for (const count of this.#lengths.get(words[at].folded) ?? []) {
      const own = words.slice(at, at + count);
      if (own.length < count || !isWhole(text, own)) continue;
      const [start, end] = [own[0].start, own.at(-1).end];
      const written = text.slice(start, end);
      const ids = new Set();
      if (!continues(text, written, end)) for (const id of this.#anyCase.get(keyOf(own)) ?? []) ids.add(id);
      if (isEvident(text, written, start, end)) for (const id of this.#exact.get(written) ?? []) ids.add(id);
      if (ids.size) return [count, ids];
    }
    return [1, new Set()];
  }
}

/** Return whether words form one name, not a part of a longer word or of code. */
function isWhole(text, words) {
  const [start, end] = [words[0].start, words.at(-1).end];
  const [before, earlier] = [text.charAt(start - 1), text.charAt(start - 2)];
  if (before && (BEFORE.includes(before) || (before === "/" && !LETTER.test(earlier)))) return false;
  return !AFTER.test(text.slice(end, end + 3))
    && words.slice(1).every((word, n) => GAP.test(text.slice(words[n].end, word.start)));
}

/** Return whether a single word begins a longer proper name, or counts what follows. */
function continues(text, written, end) {
  const follows = isCapital(written) ? GOES_ON : COUNTS;
  return !written.includes(" ") && follows.test(text.slice(end, end + 4));
}

/** Return whether the capitals of a name are evidence: not those that begin a sentence, unless it is an acronym. */
function isEvident(text, written, start, end) {
  if (isUpper(written.replace(/s$/, ""))) return true;
  return !continues(text, written, end) && !(isCapital(written) && beginsSentence(text, start));
}

const isCapital = (written) => isUpper(written.charAt(0));

function beginsSentence(text, start) {
  const before = text.slice(Math.max(0, start - 8), start);
  const blank = before.slice(before.trimEnd().length);
  const last = before.replace(/[ "'“‘(]+$/u, "").slice(-1);
  return blank.includes("\n") || last === "" || CLAUSE_END.includes(last);
}
