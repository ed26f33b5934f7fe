// Finds entries of a static site by meaning; loaded with two files of numbers at the first question.
// `search/static_search.py` writes the files and says what the parts of the score are.

(() => {
  const UNKNOWN = -1;
  const MAX_WORD = 100; // characters; longer words have no pieces
  const RARE = 1.5; // IDF from which a piece counts as content
  const REST = 4; // pieces of content beside a name of a question that describes something
  const TYPES = { float32: Float32Array, int32: Int32Array, int8: Int8Array };

  /** Split a text into words as the tokenizer of the encoder does: lower case, no accents, no marks. */
  function words(text) {
    const plain = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/gu, (mark) => (/\s/.test(mark) ? " " : ""))
      .normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
    return plain.match(/[^\s\p{P}$+<=>^`|~\p{Script=Han}]+/gu) ?? [];
  }

  /** The number of each piece of a word, always the longest that fits; none if a part has none. */
  function pieces(word, known) {
    const letters = [...word];
    const found = [];
    for (let start = 0; start < letters.length && letters.length <= MAX_WORD;) {
      let end = letters.length;
      let number = UNKNOWN;
      for (; end > start; end -= 1) {
        number = known.get((start ? "##" : "") + letters.slice(start, end).join("")) ?? UNKNOWN;
        if (number !== UNKNOWN) break;
      }
      if (number === UNKNOWN) return [];
      found.push(number);
      start = end;
    }
    return found;
  }

  /** The header and the arrays of a file. */
  function unpacked(buffer) {
    let end = 4 + new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, end - 4)));
    const arrays = {};
    for (const [name, type, length] of header.arrays) {
      const begin = end + (-end & 3);
      arrays[name] = new TYPES[type](buffer, begin, length);
      end = begin + arrays[name].byteLength;
    }
    return { header, arrays };
  }

  async function read(address, cache) {
    const response = await fetch(address, { cache });
    if (!response.ok) throw new TypeError(`${address}: ${response.status}`);
    return unpacked(await response.arrayBuffer());
  }

  /** Read the files below `start`, and return the search. */
  async function open(start) {
    const { header, arrays } = await read(`${start}meaning-entries.bin`, "no-cache");
    const vocabulary = await read(`${start}${header.words}`, "default"); // its name has a hash of it
    const size = header.dimensions;
    const known = new Map(vocabulary.header.pieces.map((piece, number) => [piece, number]));
    const places = new Map([...arrays.posting_pieces].map((number, place) => [number, place]));

    const numbers = (question) => words(question).flatMap((word) => pieces(word, known));

    /** The unit vector of a question: the sum of its pieces. */
    function vectorOf(found) {
      const { rows, scales } = vocabulary.arrays;
      const vector = new Float64Array(size);
      for (const number of found) {
        for (let i = 0; i < size; i += 1) vector[i] += rows[number * size + i] * scales[number];
      }
      const length = Math.max(Math.hypot(...vector), 1e-9);
      return vector.map((value) => value / length);
    }

    function cosine(vector, rows, row) {
      let sum = 0;
      for (let i = 0; i < size; i += 1) sum += vector[i] * rows[row * size + i];
      return sum / 127;
    }

    /** How much of a name of each entry is said in a question that describes something else. */
    function named(found) {
      const asked = new Set(found);
      const isContent = (number) => !places.has(number) || arrays.posting_idf[places.get(number)] > RARE;
      const content = [...asked].filter(isContent).length;
      const shares = new Float64Array(header.entries.length);
      arrays.name_entries.forEach((entry, name) => {
        const own = arrays.name_pieces.subarray(arrays.name_starts[name], arrays.name_starts[name + 1]);
        const shared = own.filter((number) => asked.has(number)).length;
        if (!shared) return;
        const rest = Math.min(1, Math.max(0, content - shared) / REST);
        shares[entry] = Math.max(shares[entry], (shared / own.length) * rest);
      });
      return shares;
    }

    /** The BM25 score of each entry. */
    function bm25(found) {
      const sums = new Float64Array(header.entries.length);
      for (const place of found.map((number) => places.get(number)).filter((one) => one !== undefined)) {
        for (let i = arrays.posting_starts[place]; i < arrays.posting_starts[place + 1]; i += 1) {
          sums[arrays.posting_entries[i]] += arrays.posting_weights[i];
        }
      }
      return sums;
    }

    /** The fused score of every entry. */
    function scores(question) {
      const found = numbers(question);
      const vector = vectorOf(found);
      const weights = header.weights;
      const byWords = bm25(found);
      const byName = named(found);
      return Float64Array.from(header.entries, (_, entry) => {
        let phrase = -Infinity;
        for (let i = arrays.phrase_starts[entry]; i < arrays.phrase_starts[entry + 1]; i += 1) {
          phrase = Math.max(phrase, cosine(vector, arrays.phrases, i));
        }
        return weights.definition * cosine(vector, arrays.definitions, entry)
          + weights.lead * cosine(vector, arrays.leads, entry)
          + (phrase === -Infinity ? weights.no_phrases : weights.asked * phrase)
          + weights.words * byWords[entry]
          + weights.named * byName[entry];
      });
    }

    /** The best entries for a question, and whether none of them matches well. */
    function find(question, count) {
      const all = scores(question);
      const best = [...all.keys()].sort((a, b) => all[b] - all[a] || a - b).slice(0, count);
      return {
        found: best.map((entry) => header.entries[entry]),
        isWeak: !best.length || all[best[0]] < header.weights.least,
      };
    }

    return { numbers, scores, find };
  }

  globalThis.semsearchMeaning = open;
})();
