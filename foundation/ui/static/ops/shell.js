// The frame: dialogs, drawer, toasts, theme, wallboard, clock.
import { bind, shownKey } from "./keys.js";
import { icon, make, say, word } from "./words.js";

const root = document.documentElement;
const byId = (id) => document.getElementById(id);

/**
 * Show a short message. While it is seen, what it tells can be undone: by a click or its key, `undo`
 * is asked for and its answer put `into` a part. Only the latest message has the key.
 */
export function toast(text, { undo = "", into = "", key = "Ctrl+Z", bad = false, seconds = 5, action = null } = {}) {
  const box = byId("ops-toasts");
  if (!box || !text) return null;
  const note = make("div", { class: bad ? "op-toast op-toast--bad" : "op-toast" }, icon(bad ? "alert-triangle" : "check"), make("span", {}, text));
  let beat = 0;
  if (undo || action) {
    if (undo) box.querySelectorAll("[data-key]").forEach((older) => older.removeAttribute("data-key"));
    const button = make("button", { type: "button", "data-key": undo ? key : false, "data-key-label": undo ? word("undo") : false }, action?.label ?? word("undo"));
    if (undo) beat = countDown(button, key, seconds);
    button.addEventListener("click", () => {
      clearInterval(beat);
      note.remove();
      if (action) action.run();
      else window.htmx.ajax("POST", undo, { source: into || "#main", target: into || "#main", swap: into ? "innerHTML" : "none" });
    });
    note.append(button);
  }
  box.append(note);
  if (seconds) setTimeout(() => { clearInterval(beat); note.remove(); }, seconds * 1000);
  return note;
}

/** Show beside a button its key and how many seconds are left of it. */
function countDown(button, key, seconds) {
  const until = performance.now() + seconds * 1000;
  const left = make("span", { class: "op-num", "aria-hidden": "true" });
  const paint = () => { left.textContent = String(Math.max(1, Math.ceil((until - performance.now()) / 1000))); };
  button.append(" ", make("kbd", {}, shownKey(key)), " ", left);
  paint();
  return setInterval(paint, 250);
}

/** Show the message that a template of an answer carries. */
function toastOf({ dataset }) {
  toast(dataset.toast, { undo: dataset.undo, into: dataset.into, key: dataset.key, seconds: Number(dataset.seconds ?? 5) });
}

async function load(dialog, address) {
  const body = dialog.querySelector(".op-dialog__body");
  const title = dialog.querySelector("h2");
  body.replaceChildren();
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    // Pages of this server, escaped there; scripts in them do not run.
    body.innerHTML = await answer.text();
    const named = body.querySelector("[data-title]");
    title.textContent = named?.dataset.title || title.dataset.manualTitle;
  } catch {
    body.textContent = word("offline");
  }
}

function openManual(slug) {
  const drawer = byId("ops-drawer");
  const start = drawer.dataset.address;
  if (!drawer.open) drawer.showModal();
  load(drawer, slug && slug !== "start" ? `${start}${slug}/` : start);
}

function onClick(event) {
  const node = event.target.closest("[data-open], [data-close], [data-manual], [data-toast], [data-print], [data-back], [data-wall], [data-theme-switch]");
  if (!node) {
    const inside = event.target.closest("#ops-drawer article a[href]");
    if (inside && inside.origin === location.origin && inside.pathname.startsWith(byId("ops-drawer").dataset.address)) {
      event.preventDefault();
      load(byId("ops-drawer"), inside.pathname);
    }
    return;
  }
  const data = node.dataset;
  if ("open" in data) {
    const dialog = document.querySelector(data.open);
    if (dialog && !dialog.open) {
      dialog.showModal();
      dialog.querySelector("[hx-trigger~='ops:opened']")?.dispatchEvent(new CustomEvent("ops:opened"));
    }
    if (data.load) load(dialog, data.load);
  } else if ("close" in data) node.closest("dialog")?.close("cancel");
  else if ("manual" in data) openManual(data.manual || document.body.dataset.help);
  else if ("toast" in data) toastOf(node);
  else if ("print" in data) window.print();
  else if ("back" in data) history.back();
  else if ("wall" in data) wall();
  else if ("themeSwitch" in data) switchTheme(event, node);
}

function switchTheme(event, node) {
  event.preventDefault();
  const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  const body = new FormData(node.form);
  body.set("theme", theme);
  root.dataset.bsTheme = theme;
  node.value = theme === "dark" ? "light" : "dark";
  fetch(node.form.action, { method: "POST", body, redirect: "manual" });
  document.dispatchEvent(new CustomEvent("ops:theme", { detail: theme }));
}

let themeBefore = "";
export function wall(on = !root.classList.contains("op-wall")) {
  root.classList.toggle("op-wall", on);
  if (on) themeBefore = root.dataset.bsTheme;
  root.dataset.bsTheme = on ? "dark" : themeBefore || "light";
  if (on) root.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
  document.dispatchEvent(new CustomEvent("ops:theme", { detail: root.dataset.bsTheme }));
}

// The bank's time, whatever the clock and the zone of this machine say.
const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit" });

const DATE = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });
const opened = Date.now();

function notePrinting() {
  for (const node of document.querySelectorAll("[data-printed]")) {
    const at = Number(node.dataset.printed) * 1000 + Date.now() - opened;
    node.textContent = `${DATE.format(at)} ${TIME.format(at)}`;
  }
}

class OpsClock extends HTMLElement {
  connectedCallback() {
    const digits = this.firstElementChild ?? this;
    const ahead = Number(this.dataset.now) * 1000 - Date.now();
    this.beat = setInterval(() => { digits.textContent = TIME.format(Date.now() + ahead); }, 1000);
  }
  disconnectedCallback() {
    clearInterval(this.beat);
  }
}

/** ↑ and ↓ walk through the answers of the search; Enter in the field opens the first. */
function walkResults(event) {
  const box = event.target.closest?.("#ops-palette");
  if (!box || event.isComposing) return;
  const links = [...box.querySelectorAll(".op-results a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : byId("ops-find")).focus();
  else if (event.key === "Enter" && event.target.id === "ops-find") links[0]?.click();
  else return;
  event.preventDefault();
}

document.addEventListener("click", onClick);
document.addEventListener("keydown", walkResults);
document.addEventListener("ops:toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail));
document.addEventListener("htmx:error", () => toast(word("offline"), { bad: true, seconds: 8 }));
function arrived() {
  // A dialog whose answer was refused comes back open, with what was typed.
  for (const dialog of document.querySelectorAll("dialog[data-open-again]:not([open])")) {
    delete dialog.dataset.openAgain;
    dialog.showModal();
    dialog.querySelector("[aria-invalid]")?.focus();
  }
  for (const note of document.querySelectorAll("template[data-toast]")) {
    toastOf(note);
    note.remove();
  }
}
document.addEventListener("htmx:after:swap", arrived);
bind(document.body, { F5: { action: "everywhere.refresh", label: "", run: () => document.dispatchEvent(new CustomEvent("ops:refresh")) } });
customElements.define("ops-clock", OpsClock);
addEventListener("beforeprint", notePrinting);
if (new URLSearchParams(location.search).has("wall")) wall(true);
arrived();
export { say };
