// Zones on the picture of a form: drawn with the mouse, moved by keys; what counts stands in the
// form's own fields, which can be typed as well.
const svg = document.getElementById("zones");
const lines = document.getElementById("zone-lines");
let chosen = "";
let began = null;

const rect = (name) => svg.querySelector(`rect[data-zone="${name}"]`);
const field = (name) => lines.querySelector(`input[name="${name}-box"]`);

function boxOf(name) {
  const parts = field(name).value.trim().split(/[\s,]+/).map(Number);
  return parts.length === 4 && parts.every(Number.isInteger) ? parts : null;
}

function show(name) {
  const box = boxOf(name);
  const zone = rect(name);
  zone.toggleAttribute("hidden", !box);
  ["x", "y", "width", "height"].forEach((side, at) => box && zone.setAttribute(side, box[at]));
}

function put(name, box) {
  field(name).value = box.map((side) => Math.max(0, Math.round(side))).join(" ");
  show(name);
}

function choose(name) {
  chosen = name;
  for (const node of document.querySelectorAll("[data-zone]")) {
    node.classList.toggle("zn-chosen", node.dataset.zone === name);
  }
}

function place(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [at.x, at.y];
}

lines.addEventListener("focusin", (event) => {
  const row = event.target.closest("tr[data-zone]");
  if (row) choose(row.dataset.zone);
});
lines.addEventListener("input", (event) => {
  const row = event.target.closest("tr[data-zone]");
  if (row && event.target.name.endsWith("-box")) show(row.dataset.zone);
});
svg.addEventListener("focusin", (event) => {
  if (event.target.dataset.zone) choose(event.target.dataset.zone);
});
svg.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  if (!chosen && event.target.dataset.zone) choose(event.target.dataset.zone);
  if (!chosen) return;
  event.preventDefault();
  began = place(event);
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", (event) => {
  if (!began) return;
  const [x, y] = place(event);
  const box = [Math.min(x, began[0]), Math.min(y, began[1]), Math.abs(x - began[0]), Math.abs(y - began[1])];
  if (box[2] > 3 || box[3] > 3) put(chosen, box);
});
svg.addEventListener("pointerup", () => { began = null; });
svg.addEventListener("pointercancel", () => { began = null; });
svg.addEventListener("keydown", (event) => {
  const name = event.target.dataset.zone;
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const box = name && step && boxOf(name);
  if (!box) return;
  event.preventDefault();
  const from = event.shiftKey ? 2 : 0;
  const by = event.ctrlKey ? 10 : 2;
  box[from] += step[0] * by;
  box[from + 1] += step[1] * by;
  put(name, box);
});
