// Idle lock: the screen stays as it is behind a dialog; a password, not a new sign-in, opens it.
import { bind } from "./keys.js";
import { toast } from "./shell.js";
import { word } from "./words.js";

const WARN_SECONDS = 60;
// The server locks too: it hears of a hand at work this often, and of its rest.
const TELL_MS = 30000;
const REST_MS = 5000;
const dialog = document.getElementById("ops-lock");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("ops-lock") : null;
let last = Date.now();
let told = Date.now();
let warning = null;

function touch() {
  last = Date.now();
  warning?.remove();
  warning = null;
}

function alive(event) {
  // The button of the warning stays under the finger until it is let go.
  if (event && warning?.contains(event.target)) return;
  touch();
  channel?.postMessage("alive");
}

function cover(on) {
  // Nothing behind the dialog can be read while it is locked.
  for (const part of document.body.children) {
    if (part !== dialog) part.toggleAttribute("data-covered", on);
  }
  document.documentElement.classList.toggle("op-locked", on);
}

export function lock({ tell = true } = {}) {
  if (!dialog || dialog.dataset.locked) return;
  dialog.dataset.locked = "1";
  for (const other of document.querySelectorAll("dialog[open]")) other.dataset.under = "1";
  cover(true);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input[type=password]").focus();
  if (!tell) return;
  channel?.postMessage("lock");
  const address = dialog.querySelector("form").dataset.lockAddress;
  if (address) send(address, new FormData(dialog.querySelector("form"))).catch(() => {});
}

function open({ tell = true } = {}) {
  delete dialog.dataset.locked;
  cover(false);
  dialog.close();
  dialog.querySelector("form").reset();
  dialog.querySelector("#ops-lock-error").textContent = "";
  touch();
  if (tell) channel?.postMessage("open");
}

function send(address, body) {
  return fetch(address, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" } });
}

async function unlock(event) {
  event.preventDefault();
  event.stopPropagation();
  const error = dialog.querySelector("#ops-lock-error");
  error.textContent = "";
  try {
    const answer = await send(event.target.action, new FormData(event.target));
    if (answer.ok) return open();
    if (answer.status === 401 || answer.type === "opaqueredirect") return location.reload();
    error.textContent = word("wrongPassword");
  } catch {
    error.textContent = word("offline");
  }
  const field = dialog.querySelector("input[type=password]");
  field.value = "";
  field.focus();
}

function stay() {
  const now = Date.now();
  if (last <= told || (now - last < REST_MS && now - told < TELL_MS)) return;
  told = now;
  const address = dialog.querySelector("form").dataset.stayAddress;
  if (!address) return;
  send(address, new FormData()).then((answer) => { if (answer.status === 423) lock({ tell: false }); }).catch(() => {});
}

function warn(seconds) {
  const text = word("lockSoon", { seconds });
  if (!warning) warning = toast(text, { seconds: 0, action: { label: word("stay"), run: alive } });
  // Told anew to screen readers as well, so not every second before the last ten.
  else if (seconds % 15 === 0 || seconds <= 10) warning.querySelector("span").textContent = text;
}

function watch() {
  const limit = Number(dialog.dataset.idle);
  const idle = Math.round((Date.now() - last) / 1000);
  if (!limit || dialog.dataset.locked) return;
  stay();
  if (idle >= limit) lock();
  else if (idle >= limit - WARN_SECONDS) warn(limit - idle);
}

if (dialog) {
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.dataset.locked && dialog.showModal());
  dialog.querySelector("form").addEventListener("submit", unlock);
  for (const kind of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(kind, alive, { passive: true, capture: true });
  }
  channel?.addEventListener("message", ({ data }) => {
    if (data === "lock") lock({ tell: false });
    else if (data === "open" && dialog.dataset.locked) open({ tell: false });
    else if (data === "alive") touch();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-lock]") && lock());
  document.addEventListener("htmx:before:swap", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (status === 423) { event.preventDefault(); lock(); }
  });
  setInterval(watch, 1000);
}
export { bind };
