// Forms: Enter is the next field, errors get the focus, nothing is sent twice.
import { icon, say, word } from "./words.js";

const FIELDS = "input:not([type=hidden],[disabled]), select:not([disabled]), textarea:not([disabled])";

function onEnter(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const form = event.target.closest?.('form[data-enter="next"]');
  if (!form || !event.target.matches(FIELDS) || event.ctrlKey || event.altKey) return;
  if (event.target.matches("textarea") && !event.shiftKey && event.target.value.slice(-1) !== "\n" && event.target.value) return;
  event.preventDefault();
  step(form, event.target, event.shiftKey ? -1 : 1);
}

function step(form, from, by) {
  const fields = [...form.querySelectorAll(FIELDS)].filter((one) => one.getClientRects().length && one.tabIndex >= 0);
  const next = fields[fields.indexOf(from) + by];
  const target = next ?? (by > 0 ? form.querySelector('button:not([type=button]):not([disabled]), [data-primary]') : from);
  target?.focus();
  if (target?.matches("input")) target.select?.();
}

/** The plus of the number pad leads to the amount. */
function onPlus(event) {
  if (event.code !== "NumpadAdd" || event.isComposing) return;
  const amount = event.target.closest?.("form")?.querySelector("amount-input input");
  if (!amount || amount === event.target) return;
  event.preventDefault();
  amount.focus();
  amount.select();
}

function focusErrors(root = document) {
  const box = root.querySelector?.(".op-errors, #ops-refusal");
  if (!box) return;
  box.tabIndex = -1;
  box.focus({ preventScroll: false });
}

function onSubmit(event) {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return say(word("sent"));
  }
  if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
}

function onClick(event) {
  const jump = event.target.closest('.op-errors a[href^="#"]');
  if (jump) {
    event.preventDefault();
    document.getElementById(jump.hash.slice(1))?.focus();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => { say(word("copied")); copy.replaceChildren(icon("check")); });
}

/** A digit chooses the reason that it stands beside. */
function onDigit(event) {
  if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.isComposing) return;
  if (event.target.matches?.("textarea, input:not([type=radio],[type=checkbox])")) return;
  const open = [...document.querySelectorAll("dialog[open]")].pop();
  const choice = open?.querySelector(`.op-choices input[value="${event.key}"]`)
    ?? [...(open?.querySelectorAll(".op-choices .op-digit") ?? [])].find((one) => one.textContent.trim() === event.key)?.closest("label")?.querySelector("input");
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", onEnter);
document.addEventListener("keydown", onPlus);
document.addEventListener("keydown", onDigit);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-auto-submit]")) event.target.form.requestSubmit();
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.addEventListener("htmx:after:swap", () => focusErrors());
focusErrors();
