// Every key of a page: declared by data-key in the markup, or bound by an element for itself.
// A key is live when its owner is shown, enabled and in the topmost dialog.
import { make, word } from "./words.js";

const bound = new Map(); // owner element -> {key: {label, run, action}}
const chosen = JSON.parse(document.getElementById("ops-keymap")?.textContent ?? "{}");

/** The key that the person chose for an action, or the usual one. */
export function keyOf(action, usual) {
  return chosen[action] ?? usual;
}

/** A key as it stands on keyboards. */
export function shownKey(key) {
  return key.length === 1 ? key.toUpperCase() : key;
}

export function bind(owner, keys) {
  bound.set(owner, { ...bound.get(owner), ...keys });
}

export function unbind(owner) {
  bound.delete(owner);
}

const FUNCTION = /^F([1-9]|1[0-2])$/;
const MODIFIED = /^(Ctrl|Alt)\+/;

export function nameOf(event) {
  let key = event.key === " " ? "Space" : event.key;
  const digit = /^Digit([0-9])$/.exec(event.code ?? "");
  if (event.ctrlKey && event.altKey && digit) return `F${digit[1] === "0" ? 10 : digit[1]}`;
  const letter = /^[a-z]$/i.test(key);
  if (letter) key = key.toLowerCase();
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (letter || key.length > 1)) parts.push("Shift");
  return [...parts, parts.length && letter ? key.toUpperCase() : key].join("+");
}

function editable(target) {
  if (target.isContentEditable) return true;
  if (target.matches?.("textarea, select")) return true;
  return target.matches?.("input") && !/^(checkbox|radio|button|submit|range|file)$/.test(target.type);
}

function stage() {
  const open = [...document.querySelectorAll("dialog[open]")];
  return open.length ? open[open.length - 1] : document.body;
}

function shown(node) {
  return node.isConnected && node.getClientRects().length > 0;
}

/** All keys that would do something now: [{key, label, run, group}]. */
export function live() {
  const inside = stage();
  const found = [];
  for (const node of inside.querySelectorAll("[data-key]")) {
    if (node.closest("dialog:not([open])") || node.disabled || !shown(node)) continue;
    const label = node.dataset.keyLabel || textOf(node);
    const everywhere = Boolean(node.closest(".op-top"));
    found.push({ key: node.dataset.key, label, run: () => press(node), group: everywhere ? "keysEverywhere" : "keysHere" });
  }
  for (const [owner, keys] of bound) {
    if (!owner.isConnected) bound.delete(owner);
    else if (inside.contains(owner) && (owner === document.body || shown(owner))) {
      for (const [usual, entry] of Object.entries(keys)) {
        found.push({ key: keyOf(entry.action, usual), label: entry.label, run: entry.run, group: owner === document.body ? "keysEverywhere" : "keysHere" });
      }
    }
  }
  return found;
}

function textOf(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("kbd, .op-count").forEach((part) => part.remove());
  return (node.getAttribute("aria-label") || copy.textContent).trim();
}

function press(node) {
  if (node.matches("input:not([type=checkbox],[type=radio],[type=button],[type=submit]), select, textarea")) {
    node.focus();
    node.select?.();
  } else node.click();
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const name = nameOf(event);
  const strong = FUNCTION.test(name) || MODIFIED.test(name);
  if (!strong && editable(event.target)) return;
  if (event.repeat && FUNCTION.test(name)) return event.preventDefault();
  const entry = live().find((one) => one.key === name);
  if (!entry) return;
  event.preventDefault();
  entry.run(event);
}

export function showHelp() {
  const dialog = document.getElementById("ops-keys-help");
  if (!dialog || dialog.open) return;
  const body = dialog.querySelector("#ops-keys-body");
  const entries = live();
  body.replaceChildren();
  for (const group of ["keysHere", "keysEverywhere"]) {
    const lines = entries.filter((one) => one.group === group && one.label);
    if (!lines.length) continue;
    body.append(make("h3", {}, word(group)));
    const list = make("dl", { class: "op-keys" });
    for (const line of lines) {
      list.append(make("div", {}, make("dt", {}, line.label), make("dd", {}, make("kbd", {}, shownKey(line.key)))));
    }
    body.append(list);
  }
  dialog.showModal();
}

class OpsKeys extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) return;
    const dialog = document.getElementById("ops-keys-title");
    const button = make("button", { type: "button", class: "op-btn op-btn--small" }, dialog?.textContent ?? "", " ", make("kbd", {}, shownKey(keyOf("everywhere.keys", "?"))));
    button.addEventListener("click", showHelp);
    this.append(button);
  }
}

document.addEventListener("keydown", onKey);
bind(document.body, { "?": { action: "everywhere.keys", label: document.getElementById("ops-keys-title")?.textContent ?? "", run: showHelp } });
customElements.define("ops-keys", OpsKeys);
