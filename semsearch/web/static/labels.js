// Labels of the map: those that have room, each cached as an image, since outlined text is slow to draw.

const MAX_LABELS = 120; // on the screen
const MAX_TRIED = 1500; // points on the screen
const MAX_IMAGES = 600; // in the cache
const CELL = 6; // pixels, of the grid of occupied places
const HIGH = 18;
const MAX_CHARS = 34;
const FONT = "13px system-ui, sans-serif";

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
   * Draw labels that do not overlap, in the order of the points.
   *
   * `candidates` yields [number of the point, text, left, top]. `away` is the distance of a label from its point. `other`
   * is a text that is drawn already.
   */
  draw(context, candidates, width, height, away, other) {
    const columns = Math.ceil(width / CELL) + 1;
    const taken = new Uint8Array(columns * (Math.ceil(height / CELL) + 1));
    if (other) take(taken, columns, other.x, Math.max(HIGH, Math.min(height - HIGH, other.y)), other.wide);
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

function take(taken, columns, x, y, wide) {
  const [left, right] = [cell(x), cell(x + wide)];
  const bottom = cell(y + HIGH / 2);
  for (let row = cell(y - HIGH / 2); row <= bottom; row += 1) taken.fill(1, row * columns + left, row * columns + right + 1);
}

function cell(pixels) {
  return Math.max(0, Math.floor(pixels / CELL));
}
