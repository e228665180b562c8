// <amount-input>: separators while typing, capitals below; the field holds what a teller would type.
// An amount in capitals becomes figures; what is pasted with its separators astray (1,50) stays, as none.
import { fromCapitals, pasted, toCapitals, toFen, toFigures } from "./capitals.js";
import { word } from "./words.js";

class AmountInput extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input || this.ready) return;
    this.ready = true;
    this.output = this.querySelector("output") ?? this.appendChild(document.createElement("output"));
    this.input.inputMode = "decimal";
    this.input.classList.add("op-num");
    this.input.addEventListener("input", (event) => event.isComposing || this.show(event));
    this.input.addEventListener("compositionend", () => this.show({ inputType: "insertText" }));
    this.input.addEventListener("blur", () => this.leave());
    if (this.hasAttribute("no-paste")) this.input.addEventListener("paste", (event) => event.preventDefault());
    this.show();
  }
  get fen() {
    return toFen(pasted(this.input.value));
  }
  bare() {
    return pasted(this.input.value).replace(/,/g, "").replace(/^¥/, "");
  }
  misread(event) {
    const whole = pasted(this.input.value).replace(/\.$/, "");
    const key = /^(insertText|delete)/.test(event?.inputType) && !(event.data?.length > 1);
    return (this.odd = (this.odd || !key) && whole.includes(",") && toFen(whole) === null);
  }
  show(event) {
    const before = this.input.value;
    const read = fromCapitals(pasted(before));
    if (read !== null) this.write(toFigures(read), before);
    const typed = this.bare();
    if (this.misread(event)) return this.tell(word("notAmount"), true);
    if (/^[0-9]{0,15}(\.[0-9]{0,2})?$/.test(typed)) {
      const [yuan, rest] = typed.split(".");
      const grouped = yuan.replace(/^0+(?=[0-9])/, "").replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
      const text = rest === undefined ? grouped : `${grouped}.${rest}`;
      if (text !== before) this.write(text, before);
    }
    const fen = typed ? toFen(typed.replace(/\.$/, "")) : null;
    const bad = fen === null && !/^[0-9]*\.?$/.test(typed);
    this.tell(fen === null ? (bad ? word("notAmount") : "") : toCapitals(fen), bad);
  }
  tell(text, bad) {
    this.output.textContent = text;
    this.output.classList.toggle("op-bad", bad);
  }
  write(text, before) {
    // The caret keeps its digits to the right: separators move, it does not.
    const right = before.slice(this.input.selectionStart ?? before.length).replace(/[^0-9.]/g, "").length;
    this.input.value = text;
    let at = text.length;
    for (let passed = 0; at > 0 && passed < right; at -= 1) if (/[0-9.]/.test(text[at - 1])) passed += 1;
    if (document.activeElement === this.input) this.input.setSelectionRange(at, at);
  }
  leave() {
    const fen = this.fen;
    if (fen !== null) this.input.value = toFigures(fen);
    this.show();
  }
}

customElements.define("amount-input", AmountInput);
