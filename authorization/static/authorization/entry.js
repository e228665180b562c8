// The teller's form: a scanned image is sent at once, so that nothing typed or scanned is lost;
// the form itself waits until its images have arrived.
import "./fill.js";

let arriving = 0;
let asked = false;

document.addEventListener("ops:scanned", (event) => {
  const form = event.target.closest("form[data-send-when-scanned]");
  if (form && event.detail.files.length) {
    arriving += 1;
    form.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "entry" || !arriving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  asked = true;
}, true);

document.addEventListener("htmx:finally:request", () => {
  arriving = Math.max(0, arriving - 1);
  setTimeout(sendWhenComplete, 50);
});

function sendWhenComplete() {
  if (arriving || !asked) return;
  asked = false;
  if (!document.querySelector("#images .op-errors")) document.getElementById("entry").requestSubmit();
}
