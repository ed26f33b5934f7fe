// The map: terms as points, which are near if their meanings are. It is a canvas, since a hundred thousand points must
// move smoothly. The table of the page shows the same.

import { Dots } from "./dots.js";
import { Labels } from "./labels.js";
import { get } from "./service.js";

const COLOURS = ["--first", "--second", "--third", "--fourth"]; // of glossaries; further ones differ by shape
const PART = 10000; // points in each request after the first
const NEAREST = 24; // pixels from the pointer to a point that it selects
const CELLS = 64; // of the search grid, in each direction
const MAX_SCALE = 200;
const HOVER_MS = 120; // on a point before its definition is fetched
const MARGIN = [70, 34]; // pixels at the sides and above for labels, at most a tenth of the canvas
const MAX_STRETCH = 2.2; // of one direction against the other, which have no meaning
const MAX_KEPT_FREE = 3000; // points on the screen that labels do not cover; more leave no room
const MAX_TOPIC_SCALE = 3; // at which topics are named
const FAR = 130; // pixels from the middle of a topic to its name

const root = document.body.dataset.root;

/** The column or row of the grid for a coordinate. */
function cell(value) {
  return Math.max(0, Math.min(CELLS - 1, Math.floor(((value + 1) / 2) * CELLS)));
}

class Chart {
  constructor(place) {
    this.place = place;
    this.canvas = place.querySelector("canvas");
    this.card = place.querySelector(".map-card");
    this.note = place.querySelector(".map-note");
    this.points = { x: [], y: [], id: [], path: [], term: [], glossary: [] };
    this.glossaries = [...document.querySelectorAll(".map-legend [data-name]")].map((one) => one.dataset.name);
    this.topics = [];
    this.bounds = [1, -1, 1, -1]; // left, right, bottom and top of all points
    this.isMoved = false;
    this.grid = Array.from({ length: CELLS * CELLS }, () => []);
    this.names = new Labels();
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.question = null;
    this.view = { x: 0, y: 0, scale: 1 }; // centre and scale; 1 shows all
    this.active = -1;
    this.colours = {};
    place.hidden = false;
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colours = {};
      this.later();
    });
    this.listen();
    this.resize();
  }

  // -- data ------------------------------------------------------------------------------------------------------------

  async load() {
    let start = 0;
    let limit = 5000;
    const within = this.place.dataset.glossary;
    do {
      const wanted = new URLSearchParams({ start: String(start), limit: String(limit) });
      if (within) wanted.set("glossary", within);
      const response = await get(this.place.dataset.source ?? `${root}v1/map?${wanted}`);
      if (!response.ok) throw new Error(`status ${response.status}`);
      const part = await response.json();
      this.add(part);
      start = part.next;
      limit = PART;
      this.say(start === null ? "" : `${this.points.id.length.toLocaleString()} of ${part.total.toLocaleString()} terms`);
    } while (start !== null);
    this.place.dataset.ready = "true";
  }

  add(part) {
    const { x, y, id, path, term, glossary } = this.points;
    const numbers = part.glossaries.map((name) => {
      if (!this.glossaries.includes(name)) this.glossaries.push(name);
      return this.glossaries.indexOf(name);
    });
    for (let i = 0; i < part.ids.length; i += 1) {
      const at = id.length;
      x.push(part.x[i]);
      y.push(part.y[i]);
      id.push(part.ids[i]);
      path.push(part.paths?.[i] ?? `entry/${encodeURIComponent(part.ids[i])}`);
      term.push(part.terms[i]);
      glossary.push(numbers[part.in_glossary[i]]);
      this.grid[cell(part.x[i]) * CELLS + cell(part.y[i])].push(at);
      const [left, right, bottom, top] = this.bounds;
      this.bounds = [Math.min(left, part.x[i]), Math.max(right, part.x[i]), Math.min(bottom, part.y[i]), Math.max(top, part.y[i])];
    }
    this.topics.push(...part.topics);
    if (!this.isMoved) this.all();
    this.later();
  }

  async ask(question) {
    const wanted = new URLSearchParams({ q: question });
    if (this.place.dataset.glossary) wanted.set("glossary", this.place.dataset.glossary);
    const response = await get(`${root}v1/map/question?${wanted}`);
    if (!response.ok) return;
    this.question = { text: question, ...(await response.json()) };
    this.place.dataset.asked = "true";
    this.later();
  }

  say(text) {
    this.note.textContent = text;
  }

  // -- coordinates ---------------------------------------------------------------------------------------------------

  resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.ratio = ratio;
    this.pixels = new Dots(Math.max(1, this.canvas.width), Math.max(1, this.canvas.height));
    this.later();
  }

  /** Pixels of a step on the map, to the side and upwards: all points fill the canvas at scale 1. */
  get units() {
    const [left, right, bottom, top] = this.bounds;
    const room = (pixels, margin) => Math.max(1, pixels - 2 * Math.min(margin, pixels / 10));
    const across = room(this.width, MARGIN[0]) / Math.max(0.02, right - left);
    const up = room(this.height, MARGIN[1]) / Math.max(0.02, top - bottom);
    return [Math.min(across, up * MAX_STRETCH) * this.view.scale, Math.min(up, across * MAX_STRETCH) * this.view.scale];
  }

  toScreen(x, y) {
    const [across, up] = this.units;
    return [this.width / 2 + (x - this.view.x) * across, this.height / 2 - (y - this.view.y) * up];
  }

  toMap(left, top) {
    const [across, up] = this.units;
    return [this.view.x + (left - this.width / 2) / across, this.view.y - (top - this.height / 2) / up];
  }

  /** The nearest point to a place on the screen, or -1 if none is near enough. */
  at(left, top) {
    const [x, y] = this.toMap(left, top);
    const [across, up] = this.units;
    let best = -1;
    let least = NEAREST * NEAREST;
    for (const own of this.cells(x - NEAREST / across, y - NEAREST / up, x + NEAREST / across, y + NEAREST / up)) {
      for (const i of own) {
        const far = ((this.points.x[i] - x) * across) ** 2 + ((this.points.y[i] - y) * up) ** 2;
        if (far < least) [best, least] = [i, far];
      }
    }
    return best;
  }

  /** The points of the grid cells that a part of the map touches. */
  cells(left, bottom, right, top) {
    const found = [];
    for (let column = cell(left); column <= cell(right); column += 1) {
      for (let row = cell(bottom); row <= cell(top); row += 1) found.push(this.grid[column * CELLS + row]);
    }
    return found;
  }

  /** A colour of the style sheet as [red, green, blue]. */
  colour(name) {
    if (this.colours[name]) return this.colours[name];
    this.note.style.color = `var(${name})`;
    const one = document.createElement("canvas").getContext("2d");
    one.fillStyle = getComputedStyle(this.note).color;
    this.note.style.color = "";
    one.fillRect(0, 0, 1, 1);
    return (this.colours[name] = [...one.getImageData(0, 0, 1, 1).data.subarray(0, 3)]);
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { context, ratio } = this;
    const [ink, paper, bad, soft] = ["--ink", "--paper", "--bad", "--soft"].map((name) => `rgb(${this.colour(name)})`);
    const room = (57 * Math.sqrt(this.view.scale)) / Math.sqrt(this.points.id.length + 60); // pixels for each point, roughly
    const size = Math.max(1, Math.min(5, room));
    this.dots(Math.round(size * ratio * 4) / 4, Math.round(Math.max(0.25, Math.min(1, room / size)) * 8) / 8);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.names.restyle(ink, paper, ratio);
    const question = this.question && this.asked(context);
    const first = (this.question?.nearest ?? []).map(({ term, x, y }) => [term, ...this.toScreen(x, y), ink, NEAREST]);
    if (this.view.scale <= MAX_TOPIC_SCALE) first.push(...this.topics.map(({ words, x, y }) => [words.join(" · "), ...this.toScreen(x, y), soft, FAR]));
    this.names.draw(context, this.named(), this.width, this.height, size + 8, {
      other: question, points: this.onScreen(), radius: size, first,
    });
    if (question) this.drawQuestion(context, question, bad, paper);
    if (this.active >= 0) this.ring(context, ink, size);
  }

  /** Draw all points. A lower strength separates more of them. */
  dots(radius, strength) {
    const { x, y, glossary } = this.points;
    const pens = this.glossaries.map((_, number) => (
      this.pixels.pen(radius, strength, Math.floor(number / COLOURS.length) % 2 === 1, this.colour(COLOURS[number % COLOURS.length]))));
    this.pixels.clear(this.colour("--paper"));
    const [across, up] = this.units.map((one) => one * this.ratio);
    const [left, top] = this.toMap(0, 0);
    const [right, bottom] = this.toMap(this.width, this.height);
    for (const own of this.cells(left - radius / across, bottom - radius / up, right + radius / across, top + radius / up)) {
      for (const i of own) this.pixels.draw(pens[glossary[i]], (x[i] - left) * across, (top - y[i]) * up);
    }
    this.context.putImageData(this.pixels.image, 0, 0);
  }

  /** The places of the visible points; none if they are too many to keep them free of labels. */
  onScreen() {
    const { x, y } = this.points;
    const [left, top] = this.toMap(0, 0);
    const [right, bottom] = this.toMap(this.width, this.height);
    const found = [];
    for (const own of this.cells(left, bottom, right, top)) {
      for (const i of own) found.push(this.toScreen(x[i], y[i]));
      if (found.length > MAX_KEPT_FREE) return [];
    }
    return found;
  }

  /** The visible points with their labels in order, without those that the question is nearest to. */
  *named() {
    const { x, y, id, term } = this.points;
    const others = new Set(this.question?.nearest.map((one) => id.indexOf(one.id)));
    const [left, top] = this.toMap(0, 0);
    const [right, bottom] = this.toMap(this.width, this.height);
    const isSeen = (i) => x[i] > left && x[i] < right && y[i] > bottom && y[i] < top;
    for (let i = 0; i < x.length; i += 1) if (isSeen(i) && !others.has(i)) yield [i, term[i], ...this.toScreen(x[i], y[i])];
  }

  /** The text of the question with its left edge, middle and width. */
  asked(context) {
    const [left, top] = this.toScreen(this.question.x, this.question.y);
    context.font = "600 13px system-ui, sans-serif";
    const text = this.question.text.length > 50 ? `${this.question.text.slice(0, 49)}…` : this.question.text;
    const wide = context.measureText(text).width;
    return { text, wide, x: Math.max(4, Math.min(left - wide / 2, this.width - wide - 4)), y: top - 18 };
  }

  drawQuestion(context, { text, wide, x, y }, colour, paper) {
    const [left, top] = this.toScreen(this.question.x, this.question.y);
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.5, lineJoin: "round", textBaseline: "middle" });
    context.setLineDash([5, 4]);
    for (const one of this.question.nearest) {
      context.beginPath();
      context.moveTo(left, top);
      context.lineTo(...this.toScreen(one.x, one.y));
      context.stroke();
    }
    context.setLineDash([]);
    context.beginPath();
    for (const [dx, dy] of [[0, -8], [8, 0], [0, 8], [-8, 0]]) context.lineTo(left + dx, top + dy);
    context.fill();
    context.fillStyle = paper;
    context.fillRect(x - 4, y - 11, wide + 8, 22);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  ring(context, ink, size) {
    const [left, top] = this.toScreen(this.points.x[this.active], this.points.y[this.active]);
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(left, top, size + 4, 0, 2 * Math.PI);
    context.stroke();
  }

  // -- interaction ----------------------------------------------------------------------------------------------------

  zoom(factor, left = this.width / 2, top = this.height / 2) {
    this.isMoved = true;
    const [x, y] = this.toMap(left, top);
    this.view.scale = Math.max(1, Math.min(MAX_SCALE, this.view.scale * factor));
    const [newX, newY] = this.toMap(left, top);
    this.pan(x - newX, y - newY);
  }

  pan(x, y) {
    this.isMoved = true;
    this.view.x = Math.max(-1, Math.min(1, this.view.x + x));
    this.view.y = Math.max(-1, Math.min(1, this.view.y + y));
    this.later();
  }

  all() {
    const [left, right, bottom, top] = this.bounds;
    this.view = { x: (left + right) / 2, y: (bottom + top) / 2, scale: 1 };
    this.later();
  }

  activate(i) {
    if (i === this.active) return;
    this.active = i;
    this.card.hidden = i < 0;
    if (i >= 0) {
      this.card.textContent = this.points.term[i];
      if (this.glossaries.length > 1) this.card.textContent += ` (${this.glossaries[this.points.glossary[i]]})`;
      clearTimeout(this.staying);
      this.staying = setTimeout(() => this.describe(i), HOVER_MS);
    }
    this.canvas.style.cursor = i < 0 ? "" : "pointer";
    this.later();
  }

  async describe(i) {
    if (this.place.dataset.source) return; // a static site has no service
    const response = await get(`${root}v1/entries/${encodeURIComponent(this.points.id[i])}`).catch(() => null);
    if (!response?.ok || this.active !== i) return;
    const { definition } = await response.json();
    if (this.active !== i) return;
    const end = definition.indexOf(". ");
    this.card.textContent = `${this.card.textContent.split(": ")[0]}: ${definition.slice(0, end > 0 && end < 220 ? end + 1 : 220)}`;
  }

  /** The nearest point in a direction from the active one. */
  next(dx, dy) {
    const { x, y } = this.points;
    const from = this.active >= 0 ? [x[this.active], y[this.active]] : [this.view.x, this.view.y];
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < x.length; i += 1) {
      const [ax, ay] = [x[i] - from[0], y[i] - from[1]];
      const along = ax * dx + ay * dy;
      const across = Math.abs(ax * dy - ay * dx);
      if (i === this.active || along <= 1e-9 || across > along * 1.5) continue;
      const far = along + 2 * across;
      if (far < least) [best, least] = [i, far];
    }
    if (best < 0) return;
    this.activate(best);
    const [left, top] = this.toScreen(x[best], y[best]);
    if (left < 40 || top < 40 || left > this.width - 40 || top > this.height - 40) this.pan(x[best] - this.view.x, y[best] - this.view.y);
  }

  open() {
    if (this.active >= 0) location.href = root + this.points.path[this.active];
  }

  listen() {
    const { canvas } = this;
    const pressed = new Map(); // pressed pointers by id
    let moved = 0;
    const place = (event) => [event.offsetX, event.offsetY];
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas && !this.place.matches(":hover")) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...place(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      pressed.set(event.pointerId, place(event));
      canvas.setPointerCapture(event.pointerId);
      moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = place(event);
      const before = pressed.get(event.pointerId);
      if (!before) return this.activate(this.at(...now));
      if (pressed.size === 2) {
        const [other] = [...pressed].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        const far = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
        this.zoom(far(now) / far(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else {
        const [across, up] = this.units;
        this.pan((before[0] - now[0]) / across, (now[1] - before[1]) / up);
      }
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      pressed.set(event.pointerId, now);
    });
    const up = (event) => {
      const isClick = pressed.delete(event.pointerId) && event.type === "pointerup" && moved < 6;
      if (!isClick) return;
      this.activate(this.at(...place(event)));
      this.open();
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("pointerleave", () => !pressed.size && document.activeElement !== canvas && this.activate(-1));
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = {
        ArrowLeft: () => this.next(-1, 0), ArrowRight: () => this.next(1, 0), ArrowUp: () => this.next(0, 1), ArrowDown: () => this.next(0, -1),
        "+": () => this.zoom(1.4), "=": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), Home: () => this.all(), Enter: () => this.open(),
        Escape: () => this.activate(-1),
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    });
    for (const button of this.place.querySelectorAll("button[data-act]")) {
      button.addEventListener("click", () => ({ in: () => this.zoom(1.6), out: () => this.zoom(1 / 1.6), all: () => this.all() })[button.dataset.act]());
    }
  }
}

for (const place of document.querySelectorAll(".map")) {
  const chart = new Chart(place);
  const { question } = place.dataset;
  if (question) chart.ask(question);
  chart.load().catch(() => chart.say("The map cannot be loaded. The table below shows the same."));
}
