// What keeps a picture from being read, judged by the middle of the picture alone. Pure.
const DARK = 48; // mean luminance of 255 below which a code is hard to tell from its paper
const CONTRAST = 400; // variance of luminance below which nothing printed is in the picture
const SOFT = 0.06; // edges in proportion to contrast, below which the picture is out of focus
const BLOCK = 16; // pixels; the square is judged in blocks of that side
const BUSY = 1200; // contrast of a block in which there is fine print
const SMALL = 0.12; // of all blocks: fine print in fewer is a code too far away

/** Luminance, contrast, sharpness, and how much is fine print, of a square of RGBA pixels. */
export function measure(pixels, side) {
  const grey = new Float32Array(side * side);
  let sum = 0;
  for (let place = 0; place < grey.length; place += 1) {
    const at = 4 * place;
    grey[place] = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    sum += grey[place];
  }
  const light = sum / grey.length;
  const { contrast, edges } = spread(grey, side, light);
  return { light, contrast, sharpness: edges / Math.max(contrast, 1), print: print(grey, side) };
}

function spread(grey, side, light) {
  let [contrast, edges] = [0, 0];
  for (let y = 1; y < side - 1; y += 1) {
    for (let x = 1; x < side - 1; x += 1) {
      const at = y * side + x;
      contrast += (grey[at] - light) ** 2;
      edges += (4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - side] - grey[at + side]) ** 2;
    }
  }
  return { contrast: contrast / (side - 2) ** 2, edges: edges / (side - 2) ** 2 };
}

/** The part of the blocks in which there is fine print. */
function print(grey, side) {
  let busy = 0;
  for (let top = 0; top < side; top += BLOCK) {
    for (let left = 0; left < side; left += BLOCK) {
      let [sum, squares] = [0, 0];
      for (let y = top; y < top + BLOCK; y += 1) {
        for (let x = left; x < left + BLOCK; x += 1) {
          sum += grey[y * side + x];
          squares += grey[y * side + x] ** 2;
        }
      }
      const mean = sum / BLOCK ** 2;
      if (squares / BLOCK ** 2 - mean ** 2 > BUSY) busy += 1;
    }
  }
  return busy / (side / BLOCK) ** 2;
}

/** The code of the sentence that helps most, or null while all looks well. */
export function hint({ light, contrast, sharpness, print: fine }, other) {
  if (light < DARK) return "page.hint_dark";
  if (other) return "page.scan_not_ours";
  if (contrast > CONTRAST && sharpness < SOFT) return "page.hint_blurred";
  if (fine > 0 && fine < SMALL) return "page.hint_small";
  return null;
}
