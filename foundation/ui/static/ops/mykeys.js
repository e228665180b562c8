// <key-choice>: in its fields for keys the next key pressed is the answer, not what it does.
import { nameOf } from "./keys.js";

const MODIFIERS = new Set(["Control", "Shift", "Alt", "AltGraph", "Meta", "CapsLock"]);

class KeyChoice extends HTMLElement {
  connectedCallback() {
    this.addEventListener("focusin", (event) => event.target.select?.());
    this.onKey = (event) => this.capture(event);
    // Before any other listener: a key that is being chosen does nothing else.
    document.addEventListener("keydown", this.onKey, true);
  }
  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey, true);
  }
  capture(event) {
    const field = event.target.closest?.("[data-capture-key]");
    if (!field || event.isComposing || MODIFIERS.has(event.key)) return;
    // Without it nobody could leave the field by keyboard.
    if (event.key === "Tab" && !event.ctrlKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (event.key === "Escape") return field.blur();
    const name = nameOf(event);
    if (name === field.defaultValue) return;
    field.value = name;
    field.form.requestSubmit();
  }
}

customElements.define("key-choice", KeyChoice);
