// What keeps a picture from being read, judged by the picture alone. Pure.
const DARK = 48; // mean luminance of 255 below which a code is hard to tell from its paper
const SMALL = 0.22; // of the picture's shorter side: a code must be wider than this
const CONTRAST = 400; // variance of luminance below which nothing printed is in the picture
const SOFT = 0.06; // edges in proportion to contrast, below which the picture is out of focus

/** Mean luminance, contrast and sharpness of a square of RGBA pixels with that side. */
export function measure(pixels, side) {
  const grey = new Float32Array(side * side);
  let sum = 0;
  for (let place = 0; place < grey.length; place += 1) {
    const at = 4 * place;
    grey[place] = 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
    sum += grey[place];
  }
  const light = sum / grey.length;
  let contrast = 0;
  let edges = 0;
  for (let y = 1; y < side - 1; y += 1) {
    for (let x = 1; x < side - 1; x += 1) {
      const at = y * side + x;
      contrast += (grey[at] - light) ** 2;
      edges += (4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - side] - grey[at + side]) ** 2;
    }
  }
  const inner = (side - 2) ** 2;
  return { light, contrast: contrast / inner, sharpness: edges / Math.max(contrast, 1) };
}

/**
 * The code of the sentence that helps most, or null while all looks well. `side` is the width of a
 * code that was seen and could not be read, as a part of the picture's shorter side.
 */
export function hint({ light, contrast, sharpness }, { other = false, side = null } = {}) {
  if (light < DARK) return "page.hint_dark";
  if (other) return "page.scan_not_ours";
  if (side !== null && side < SMALL) return "page.hint_small";
  if (contrast > CONTRAST && sharpness < SOFT) return "page.hint_blurred";
  return null;
}
