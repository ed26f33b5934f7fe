// Draws the points of the map as pixels. A path of a hundred thousand circles takes a browser ten times as long.

const PHASES = 4; // subpixel positions in each direction; whole pixels would jitter while the map moves

/** The coverage of each pixel by a dot, 0 to 255, for each subpixel position. */
function stamps(radius, strength, isSquare) {
  const side = Math.ceil(2 * radius + 1) + 1;
  const found = [];
  for (let phase = 0; phase < PHASES * PHASES; phase += 1) {
    const middle = [radius + 0.5 + (phase % PHASES) / PHASES, radius + 0.5 + Math.floor(phase / PHASES) / PHASES];
    found.push(Uint8Array.from({ length: side * side }, (_, at) => (
      strength * covered(at % side, Math.floor(at / side), middle, radius, isSquare))));
  }
  return { side, radius, found };
}

function covered(column, row, [x, y], radius, isSquare) {
  let inside = 0;
  for (let part = 0; part < 16; part += 1) {
    const dx = column + (part % 4) / 4 + 0.125 - x;
    const dy = row + Math.floor(part / 4) / 4 + 0.125 - y;
    inside += (isSquare ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.hypot(dx, dy)) <= radius;
  }
  return Math.round((inside / 16) * 255);
}

export class Dots {
  constructor(width, height) {
    this.image = new ImageData(width, height);
    this.words = new Uint32Array(this.image.data.buffer);
    this.stamps = new Map();
  }

  /** Fill the image with a colour, [red, green, blue]. */
  clear(colour) {
    this.words.fill(word(colour));
  }

  /** Return a pen for dots of a radius in pixels. A strength below 1 is transparent. */
  pen(radius, strength, isSquare, colour) {
    const name = `${radius} ${strength} ${isSquare}`;
    if (this.stamps.size > 64) this.stamps.clear(); // every step of a zoom has a radius of its own
    if (!this.stamps.has(name)) this.stamps.set(name, stamps(radius, strength, isSquare));
    return { ...this.stamps.get(name), colour, word: word(colour) };
  }

  /** Draw a dot at a place in pixels. */
  draw(pen, x, y) {
    const { width, height, data } = this.image;
    const { side } = pen;
    const left = Math.floor(x - pen.radius - 0.5);
    const top = Math.floor(y - pen.radius - 0.5);
    if (left >= width || top >= height || left + side <= 0 || top + side <= 0) return;
    const phase = Math.floor((x - pen.radius - 0.5 - left) * PHASES) + PHASES * Math.floor((y - pen.radius - 0.5 - top) * PHASES);
    const stamp = pen.found[phase];
    const [red, green, blue] = pen.colour;
    for (let row = Math.max(0, -top); row < side && top + row < height; row += 1) {
      let at = (top + row) * width + left + Math.max(0, -left);
      for (let column = Math.max(0, -left); column < side && left + column < width; column += 1, at += 1) {
        const share = stamp[row * side + column];
        if (share === 255) this.words[at] = pen.word;
        else if (share) {
          data[4 * at] += ((red - data[4 * at]) * share) >> 8;
          data[4 * at + 1] += ((green - data[4 * at + 1]) * share) >> 8;
          data[4 * at + 2] += ((blue - data[4 * at + 2]) * share) >> 8;
        }
      }
    }
  }
}

/** A colour as the four bytes of a pixel, in the byte order of this machine. */
function word(colour) {
  return new Uint32Array(Uint8Array.of(...colour, 255).buffer)[0];
}
