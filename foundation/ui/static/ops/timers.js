// <ops-timer data-since="9" data-target="25">: a ring that fills towards the target.
// <ops-countdown data-seconds="171">: what is left of a lease; tells when it ends.
import { word } from "./words.js";

const LENGTH = 169.6;

class OpsTimer extends HTMLElement {
  connectedCallback() {
    this.from = performance.now() - Number(this.dataset.since ?? 0) * 1000;
    this.target = Number(this.dataset.target ?? 25);
    this.setAttribute("role", "timer");
    const svg = `<svg width="62" height="62" viewBox="0 0 62 62" aria-hidden="true"><circle cx="31" cy="31" r="27"/><circle class="op-arc" cx="31" cy="31" r="27" stroke-dasharray="${LENGTH}"/></svg><b aria-hidden="true"><span></span><small></small></b>`;
    this.innerHTML = svg;
    this.querySelector("small").textContent = `/ ${word("seconds", { target: this.target })}`;
    this.beat = setInterval(() => this.paint(), 250);
    this.paint();
  }
  disconnectedCallback() {
    clearInterval(this.beat);
  }
  get seconds() {
    return Math.floor((performance.now() - this.from) / 1000);
  }
  paint() {
    const seconds = this.seconds;
    this.querySelector("b span").textContent = seconds > 999 ? "999+" : seconds;
    this.querySelector(".op-arc").setAttribute("stroke-dashoffset", LENGTH * (1 - Math.min(1, (performance.now() - this.from) / 1000 / this.target)));
    this.dataset.late = seconds > this.target ? "over" : seconds > this.target * 0.7 ? "near" : "no";
    this.setAttribute("aria-label", word("elapsed", { seconds, target: this.target }));
  }
}

class OpsCountdown extends HTMLElement {
  connectedCallback() {
    this.until = performance.now() + Number(this.dataset.seconds ?? 0) * 1000;
    this.classList.add("op-num");
    this.beat = setInterval(() => this.paint(), 500);
    this.paint();
  }
  disconnectedCallback() {
    clearInterval(this.beat);
  }
  renew(seconds) {
    this.until = performance.now() + seconds * 1000;
  }
  paint() {
    const left = Math.max(0, Math.ceil((this.until - performance.now()) / 1000));
    this.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
    this.classList.toggle("op-bad", left <= 20);
    if (!left) { clearInterval(this.beat); this.dispatchEvent(new CustomEvent("ops:ended", { bubbles: true })); }
  }
}

customElements.define("ops-timer", OpsTimer);
customElements.define("ops-countdown", OpsCountdown);
