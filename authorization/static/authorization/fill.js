// What was read from the voucher fills fields that are still empty, marked until the teller confirms.
import { say } from "../ops/words.js";

const AGAIN_MS = 1500;
const TRIES = 40;
let asking = 0;

const form = () => document.getElementById("entry");
const marked = () => [...form().querySelectorAll("[data-read]")];

function keep() {
  const names = marked().map((one) => one.name);
  form().elements.unconfirmed.value = names.join(",");
  const button = document.getElementById("confirm-read");
  if (button) button.hidden = !names.length;
}

function confirmRead(input) {
  if (!input.dataset.read) return;
  delete input.dataset.read;
  document.getElementById(`${input.id}-read`)?.remove();
  keep();
}

function mark(input) {
  input.dataset.read = "1";
  const chip = document.createElement("span");
  chip.id = `${input.id}-read`;
  chip.className = "op-chip op-chip--warn";
  chip.textContent = form().dataset.readWord;
  input.closest(".op-field").append(chip);
}

function fill(name, value) {
  const input = form().elements[name];
  if (!input || input.value || input.dataset.typed) return false;
  input.value = value;
  mark(input);
  return true;
}

// A form that came back refused still has what was not confirmed.
function restore() {
  const names = form()?.elements.unconfirmed?.value ?? "";
  if (!names) return;
  names.split(",").map((name) => form().elements[name]).filter(Boolean).forEach(mark);
  keep();
}

async function ask(left = TRIES) {
  const answer = await fetch(form().dataset.readAt, { headers: { "HX-Request": "true" } });
  if (!answer.ok || !form()) return;
  const { read, fields } = await answer.json();
  const filled = Object.entries(fields).filter(([name, value]) => fill(name, value));
  if (filled.length) {
    keep();
    say(form().dataset.readWord);
  }
  if (!read && left > 1) asking = setTimeout(() => ask(left - 1).catch(() => {}), AGAIN_MS);
}

function begin() {
  clearTimeout(asking);
  if (form()?.dataset.readAt && document.querySelector("#images .op-shots")) ask().catch(() => {});
}

document.addEventListener("htmx:after:swap", (event) => event.target.closest?.("#images") && begin());
document.addEventListener("input", (event) => {
  if (!event.target.closest("#entry")) return;
  event.target.dataset.typed = "1";
  confirmRead(event.target);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.dataset?.read) confirmRead(event.target);
}, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("#confirm-read")) marked().forEach(confirmRead);
});
restore();
begin();
