// The desk of slices: counts keystrokes and how long a slice stood on the screen, keeps the cursor.
let shown = "", since = 0, strokes = 0;

function look() {
  const form = document.querySelector("#desk form[data-slice]");
  if (!form || form.dataset.slice === shown) return;
  [shown, since, strokes] = [form.dataset.slice, performance.now(), 0];
  form.elements.value.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("#desk form[data-slice] input[name=value]") && !event.isComposing) strokes += 1;
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-slice]");
  if (!form) return;
  form.elements.strokes.value = strokes;
  form.elements.milliseconds.value = Math.round(performance.now() - since);
}, true);
new MutationObserver(look).observe(document.getElementById("desk"), { childList: true, subtree: true });
look();
