// The code in a picture, read on this device only.
import { decoder } from "./decoding.js";
import { site } from "./texts.js";

/** The text of the code in an image file; null if there is none, or nothing to read it with here. */
export async function codeIn(file) {
  const reader = site.scanner === "local" ? await decoder("local") : null;
  if (!reader || !globalThis.ZXingWASM) return null; // else the picture would go to the server
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  return (await reader.read(canvas, context)).text;
}
