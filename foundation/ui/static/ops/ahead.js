// Images fetched before they are shown, and told of when they are.
import { from } from "./stage.js";

const kept = new Map(); // the path of an image, whose address is given anew each time -> {blob, seen}
const path = (src) => src.split("?")[0];

/** Fetch the images of a list of {src, ahead, seen}; what was fetched before and is not in it goes. */
export async function fetchAhead(images) {
  for (const [at, one] of kept) if (!images.some((image) => path(image.src) === at)) forget(at, one);
  for (const { src, ahead, seen } of images) {
    if (kept.has(path(src))) continue;
    const answer = await fetch(ahead);
    if (!answer.ok) continue;
    const blob = URL.createObjectURL(await answer.blob());
    await Object.assign(new Image(), { src: blob }).decode().catch(() => {});
    kept.set(path(src), { blob, seen });
  }
}

/** Return where an image that is shown now comes from; the server is told that it is seen. */
from.shown = function shownFrom(src) {
  const one = kept.get(path(src));
  if (!one) return src;
  if (one.seen) {
    fetch(one.seen, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" }, keepalive: true }).catch(() => {});
    one.seen = "";
  }
  return one.blob;
};

function forget(at, { blob }) {
  URL.revokeObjectURL(blob);
  kept.delete(at);
}
