// The map: terms as points, near in meaning is near. A canvas, since a hundred thousand points must move; the table of
// the page says the same.

import { get } from "./service.js";

const COLOURS = ["--accent", "--second", "--third", "--fourth"]; // of glossaries; shapes tell more of them apart
const PART = 10000; // points fetched at a time behind the first ones
const NEAREST = 24; // pixels around the pointer in which a point is meant
const CELLS = 64; // of the grid that finds points, each way
const LABELS = 120; // most labels at a time
const MANY = 10000; // points at a time of which each is written as pixels: a fifth of the time that paths take
const FAINT = 64; // of 255, how dark one of many points is
const MOST_LABELLED = 4000; // points that are looked at for a label
const FURTHEST = 200; // times

const root = document.body.dataset.root;

class Chart {
  constructor(place) {
    this.place = place;
    this.canvas = place.querySelector("canvas");
    this.card = place.querySelector(".map-card");
    this.note = place.querySelector(".map-note");
    this.points = { x: [], y: [], id: [], path: [], term: [], glossary: [] };
    this.glossaries = [];
    this.grid = new Map();
    this.question = null;
    this.view = { x: 0, y: 0, scale: 1 }; // what is in the middle, and how large; 1 shows all
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

  // -- what is shown --------------------------------------------------------------------------------------------------

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
      const cell = this.cellOf(part.x[i], part.y[i]);
      if (!this.grid.has(cell)) this.grid.set(cell, []);
      this.grid.get(cell).push(at);
    }
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

  // -- where things are -----------------------------------------------------------------------------------------------

  cellOf(x, y) {
    return Math.floor(((x + 1) / 2) * CELLS) * 1000 + Math.floor(((y + 1) / 2) * CELLS);
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.ratio = ratio;
    this.later();
  }

  get unit() {
    return (Math.min(this.width, this.height) / 2) * 0.92 * this.view.scale;
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.view.x) * this.unit, this.height / 2 - (y - this.view.y) * this.unit];
  }

  toMap(left, top) {
    return [this.view.x + (left - this.width / 2) / this.unit, this.view.y - (top - this.height / 2) / this.unit];
  }

  /** The point nearest to a place on the screen, -1 if none is near enough. */
  at(left, top) {
    const [x, y] = this.toMap(left, top);
    const reach = NEAREST / this.unit;
    let best = -1;
    let least = reach * reach;
    for (const i of this.inside(x - reach, y - reach, x + reach, y + reach)) {
      const far = (this.points.x[i] - x) ** 2 + (this.points.y[i] - y) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }

  /** The points of the cells that a part of the map touches. */
  inside(left, bottom, right, top) {
    const cell = (value) => Math.max(0, Math.min(CELLS, Math.floor(((value + 1) / 2) * CELLS)));
    const found = [];
    for (let column = cell(left); column <= cell(right); column += 1) {
      for (let row = cell(bottom); row <= cell(top); row += 1) {
        for (const i of this.grid.get(column * 1000 + row) ?? []) found.push(i);
      }
    }
    return found;
  }

  /** A colour of the style sheet as a canvas understands it. */
  colour(name) {
    this.note.style.color = `var(${name})`;
    const found = getComputedStyle(this.note).color;
    this.note.style.color = "";
    return found;
  }

  // -- drawing --------------------------------------------------------------------------------------------------------

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const began = performance.now();
    const context = this.canvas.getContext("2d");
    const colour = (name) => (this.colours[name] ??= this.colour(name));
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const [left, top] = this.toMap(0, 0);
    const [right, bottom] = this.toMap(this.width, this.height);
    const seen = this.inside(left, bottom, right, top);
    const size = Math.max(1.5, Math.min(5, (2.2 * Math.sqrt(this.view.scale) * 26) / Math.sqrt(this.points.id.length + 60)));
    if (seen.length > MANY) this.specks(context, seen, COLOURS.map(colour), size);
    for (let number = 0; seen.length <= MANY && number < this.glossaries.length; number += 1) {
      context.fillStyle = colour(COLOURS[number % COLOURS.length]);
      this.dots(context, seen, number, size);
    }
    this.labels(context, seen, colour("--ink"), colour("--paper"), size);
    if (this.question) this.drawQuestion(context, colour("--bad"), colour("--paper"));
    if (this.active >= 0) this.ring(context, colour("--ink"), size);
    this.place.dataset.frame = (performance.now() - began).toFixed(1);
  }

  dots(context, seen, number, size) {
    const { x, y, glossary } = this.points;
    const isSquare = Math.floor(number / COLOURS.length) % 2 === 1;
    context.beginPath();
    for (const i of seen) {
      if (glossary[i] !== number) continue;
      const [left, top] = this.toScreen(x[i], y[i]);
      if (isSquare || size < 2) context.rect(left - size, top - size, 2 * size, 2 * size);
      else {
        context.moveTo(left + size, top);
        context.arc(left, top, size, 0, 2 * Math.PI);
      }
    }
    context.fill();
  }

  /** Points as squares of pixels, which are the darker the more of them stand there; shapes are too small to be told. */
  specks(context, seen, colours, size) {
    const { width, height } = this.canvas;
    const { x, y, glossary } = this.points;
    const image = context.createImageData(width, height);
    const { data } = image;
    const values = colours.map((colour) => colour.match(/\d+/g).map(Number));
    const edge = Math.max(2, Math.round(1.5 * size * this.ratio));
    const unit = this.unit * this.ratio;
    const [left, top] = this.toScreen(0, 0).map((at) => at * this.ratio - edge / 2);
    for (const i of seen) {
      const column = Math.round(left + x[i] * unit);
      const row = Math.round(top - y[i] * unit);
      if (column < 0 || row < 0 || column + edge > width || row + edge > height) continue;
      const [red, green, blue] = values[glossary[i] % values.length];
      for (let down = 0; down < edge; down += 1) {
        let at = ((row + down) * width + column) * 4;
        for (let along = 0; along < edge; along += 1, at += 4) {
          data[at] = red;
          data[at + 1] = green;
          data[at + 2] = blue;
          data[at + 3] += FAINT;
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Labels that cover neither each other nor, where that can be helped, points; the first points first. */
  labels(context, seen, ink, paper, size) {
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [];
    const first = this.question ? new Set(this.question.nearest.map((one) => one.id)) : new Set();
    const apart = Math.ceil(seen.length / MOST_LABELLED); // from everywhere, not from one side
    const order = seen.filter((i, at) => at % apart === 0 || (first.size && first.has(this.points.id[i])));
    order.sort((a, b) => Number(first.has(this.points.id[b])) - Number(first.has(this.points.id[a])) || a - b);
    for (const i of order) {
      if (taken.length >= LABELS) break;
      const [left, top] = this.toScreen(this.points.x[i], this.points.y[i]);
      if (left < -50 || top < 0 || left > this.width || top > this.height) continue;
      const text = this.points.term[i].length > 34 ? `${this.points.term[i].slice(0, 33)}…` : this.points.term[i];
      const wide = context.measureText(text).width;
      const away = size + 4;
      const corners = [[left + away, top], [left - away - wide, top], [left - wide / 2, top - away - 8], [left - wide / 2, top + away + 8]];
      const free = corners.find(([x, y]) => x >= 0 && x + wide <= this.width && !taken.some((other) => (
        x - 3 < other[2] && other[0] < x + wide + 3 && y - 9 < other[3] && other[1] < y + 9)));
      if (!free) continue;
      const [from, middle] = free;
      taken.push([from - 3, middle - 9, from + wide + 3, middle + 9]);
      context.lineWidth = 3;
      context.strokeStyle = paper;
      context.strokeText(text, from, middle);
      context.fillStyle = ink;
      context.fillText(text, from, middle);
    }
  }

  drawQuestion(context, colour, paper) {
    const [left, top] = this.toScreen(this.question.x, this.question.y);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    for (const one of this.question.nearest) {
      context.beginPath();
      context.moveTo(left, top);
      context.lineTo(...this.toScreen(one.x, one.y));
      context.stroke();
    }
    context.setLineDash([]);
    context.fillStyle = colour;
    context.beginPath();
    for (const [dx, dy] of [[0, -8], [8, 0], [0, 8], [-8, 0]]) context.lineTo(left + dx, top + dy);
    context.fill();
    context.font = "600 13px system-ui, sans-serif";
    const text = this.question.text.length > 50 ? `${this.question.text.slice(0, 49)}…` : this.question.text;
    const wide = context.measureText(text).width;
    const from = Math.max(4, Math.min(left - wide / 2, this.width - wide - 4));
    context.lineWidth = 4;
    context.strokeStyle = paper;
    context.strokeText(text, from, top - 18);
    context.fillText(text, from, top - 18);
  }

  ring(context, ink, size) {
    const [left, top] = this.toScreen(this.points.x[this.active], this.points.y[this.active]);
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(left, top, size + 4, 0, 2 * Math.PI);
    context.stroke();
  }

  // -- moving about ---------------------------------------------------------------------------------------------------

  zoom(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toMap(left, top);
    this.view.scale = Math.max(1, Math.min(FURTHEST, this.view.scale * factor));
    const [newX, newY] = this.toMap(left, top);
    this.pan(x - newX, y - newY);
  }

  pan(x, y) {
    this.view.x = Math.max(-1, Math.min(1, this.view.x + x));
    this.view.y = Math.max(-1, Math.min(1, this.view.y + y));
    this.later();
  }

  all() {
    this.view = { x: 0, y: 0, scale: 1 };
    this.later();
  }

  activate(i, said = false) {
    if (i === this.active) return;
    this.active = i;
    this.card.hidden = i < 0;
    if (i >= 0) {
      this.card.textContent = this.points.term[i];
      if (this.glossaries.length > 1) this.card.textContent += ` (${this.glossaries[this.points.glossary[i]]})`;
      this.describe(i, said);
    }
    this.canvas.style.cursor = i < 0 ? "" : "pointer";
    this.later();
  }

  async describe(i) {
    if (this.place.dataset.source) return; // files: there is nobody to ask
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
    const held = new Map(); // pointers that are down, by id
    let moved = 0;
    const place = (event) => [event.offsetX, event.offsetY];
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas && !this.place.matches(":hover")) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...place(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, place(event));
      canvas.setPointerCapture(event.pointerId);
      moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = place(event);
      const before = held.get(event.pointerId);
      if (!before) return this.activate(this.at(...now));
      if (held.size === 2) {
        const [other] = [...held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
        const far = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
        this.zoom(far(now) / far(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      } else this.pan((before[0] - now[0]) / this.unit, (now[1] - before[1]) / this.unit);
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      held.set(event.pointerId, now);
    });
    const up = (event) => {
      const isClick = held.delete(event.pointerId) && event.type === "pointerup" && moved < 6;
      if (!isClick) return;
      this.activate(this.at(...place(event)));
      this.open();
    };
    canvas.addEventListener("pointerup", up);
    canvas.addEventListener("pointercancel", up);
    canvas.addEventListener("pointerleave", () => !held.size && document.activeElement !== canvas && this.activate(-1));
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
  chart.load().catch(() => chart.say("The map cannot be read now; the table below says the same."));
}
