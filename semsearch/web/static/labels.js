// Labels of the map: those that have room, each cached as an image, since outlined text is slow to draw.

const MAX_LABELS = 120; // on the screen
const MAX_TRIED = 1500; // points on the screen
const MAX_IMAGES = 600; // in the cache
const CELL = 4; // pixels, of the grid of occupied places
const FAR = 130; // most pixels from a place to its label
const BUTTONS = [60, 130]; // pixels at the right and the top that the buttons cover
const HIGH = 18;
const MAX_CHARS = 34;
const FONT = "13px system-ui, sans-serif";
const FIRST_FONT = "600 13px system-ui, sans-serif";

/** Steps from a place, the nearest first. */
const AROUND = [];
for (let dy = -FAR; dy <= FAR; dy += 10) for (let dx = -FAR; dx <= FAR; dx += 10) AROUND.push([dx, dy]);
AROUND.sort((one, other) => Math.hypot(one[0], 2 * one[1]) - Math.hypot(other[0], 2 * other[1]));

export class Labels {
  constructor() {
    this.widths = [];
    this.measure = document.createElement("canvas").getContext("2d");
    this.measure.font = FONT;
    this.restyle("", "", 1);
  }

  /** Set the colours of text and outline, and the device pixels of a CSS pixel. */
  restyle(ink, paper, ratio) {
    if (this.ink === ink && this.paper === paper && this.ratio === ratio) return;
    Object.assign(this, { ink, paper, ratio, pictures: new Map() });
  }

  /**
   * Draw labels that cover neither a point nor each other: `first` ones near their places, then terms at their points.
   *
   * `candidates` yields [number of the point, text, left, top]. `away` is the distance of a label from its point. `other`
   * is a text that is drawn already. `points` are places to keep free, `first` [text, left, top,
   * colour, most pixels from there].
   */
  draw(context, candidates, width, height, away, { other, points, radius, first }) {
    const columns = Math.ceil(width / CELL) + 1;
    const taken = new Uint8Array(columns * (Math.ceil(height / CELL) + 1));
    for (const [left, top] of points) keepFree(taken, columns, left, top, radius);
    for (let y = 0; y < BUTTONS[1]; y += HIGH) take(taken, columns, width - BUTTONS[0], y, BUTTONS[0]);
    if (other) take(taken, columns, other.x, Math.max(HIGH, Math.min(height - HIGH, other.y)), other.wide);
    this.first(context, first, taken, columns, width, height);
    let drawn = 0;
    let tried = 0;
    for (const [i, term, left, top] of candidates) {
      if (drawn === MAX_LABELS || tried === MAX_TRIED) return;
      tried += 1;
      const wide = (this.widths[i] ??= Math.ceil(this.measure.measureText(shortened(term)).width));
      const places = [[left + away, top], [left - away - wide, top], [left - wide / 2, top - away - 8], [left - wide / 2, top + away + 8]];
      const free = places.find(([x, y]) => x >= 0 && y >= 0 && x + wide <= width && y <= height && isFree(taken, columns, x - 3, y, wide + 6));
      if (!free) continue;
      take(taken, columns, free[0] - 3, free[1], wide + 6);
      drawn += 1;
      const picture = this.picture(term, wide);
      context.drawImage(picture, Math.round((free[0] - 3) * this.ratio) / this.ratio, Math.round((free[1] - HIGH / 2) * this.ratio) / this.ratio, wide + 6, HIGH);
    }
  }

  /** Draw labels, each at the free place that is nearest to its own. */
  first(context, labels, taken, columns, width, height) {
    Object.assign(context, { font: FIRST_FONT, textBaseline: "middle", lineJoin: "round", lineWidth: 4, strokeStyle: this.paper });
    const isPossible = (x, y, wide) => (
      x >= 4 && y >= HIGH && x + wide + 4 <= width && y + HIGH <= height && isFree(taken, columns, x - 6, y, wide + 12));
    for (const [text, left, top, colour, far] of labels) {
      const wide = Math.ceil(context.measureText(text).width);
      const begin = left - wide / 2;
      const step = AROUND.find(([dx, dy]) => Math.abs(dx) <= far + wide / 2 && Math.abs(dy) <= far && isPossible(begin + dx, top + dy, wide));
      if (!step) continue;
      const free = [begin + step[0], top + step[1]];
      take(taken, columns, free[0] - 6, free[1], wide + 12);
      context.fillStyle = colour;
      context.strokeText(text, ...free);
      context.fillText(text, ...free);
    }
  }

  picture(term, wide) {
    const known = this.pictures.get(term);
    if (known) return known;
    if (this.pictures.size === MAX_IMAGES) this.pictures.clear();
    const made = document.createElement("canvas");
    made.width = Math.ceil((wide + 6) * this.ratio);
    made.height = HIGH * this.ratio;
    const context = made.getContext("2d");
    context.setTransform(made.width / (wide + 6), 0, 0, this.ratio, 0, 0);
    Object.assign(context, { font: FONT, textBaseline: "middle", lineJoin: "round", lineWidth: 3, strokeStyle: this.paper, fillStyle: this.ink });
    context.strokeText(shortened(term), 3, HIGH / 2);
    context.fillText(shortened(term), 3, HIGH / 2);
    this.pictures.set(term, made);
    return made;
  }
}

function shortened(term) {
  return term.length > MAX_CHARS ? `${term.slice(0, MAX_CHARS - 1)}…` : term;
}

/** Whether all cells of a label are free; `x` is its left edge, `y` its middle. */
function isFree(taken, columns, x, y, wide) {
  const [left, right] = [cell(x), cell(x + wide)];
  const bottom = cell(y + HIGH / 2);
  for (let row = cell(y - HIGH / 2); row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) if (taken[row * columns + column]) return false;
  }
  return true;
}

/** Mark the cells of a point as occupied. */
function keepFree(taken, columns, left, top, radius) {
  const [first, last] = [cell(left - radius), cell(left + radius)];
  const bottom = cell(top + radius);
  for (let row = cell(top - radius); row <= bottom; row += 1) taken.fill(1, row * columns + first, row * columns + last + 1);
}

function take(taken, columns, x, y, wide) {
  const [left, right] = [cell(x), cell(x + wide)];
  const bottom = cell(y + HIGH / 2);
  for (let row = cell(y - HIGH / 2); row <= bottom; row += 1) taken.fill(1, row * columns + left, row * columns + right + 1);
}

function cell(pixels) {
  return Math.max(0, Math.floor(pixels / CELL));
}
