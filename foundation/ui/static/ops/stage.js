// One stage of the viewer: an image that pans, zooms, turns and flies to a box.
import { make, word } from "./words.js";

const MOVE = 60;
const ZOOM_MAX = 6;
const ZOOM_MIN = 0.1;
/** Where a shown image comes from; who fetches ahead answers. */
export const from = { shown: (src) => src };

/** A fresh address of an image whose own expired, or nothing. */
export async function renewed(src) {
  const found = /^(.*)\/(view|thumb|original)\/(\d+)\/\?/.exec(src);
  const answer = found && (await fetch(`${found[1]}/link/${found[3]}/${found[2]}/`).catch(() => null));
  return answer?.ok ? (await answer.json()).src : "";
}

export class Stage {
  constructor(viewer) {
    this.viewer = viewer;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.turned = 0;
    this.pan = make("div", { class: "op-pan" });
    this.image = make("img", { alt: "", decoding: "async", draggable: "false" });
    this.pan.append(this.image);
    this.node = make("div", { class: "op-stage op-stage--boxes", tabindex: "0", role: "application", "aria-label": word("imageHelp") }, this.pan);
    this.watch();
  }
  watch() {
    const node = this.node;
    node.addEventListener("wheel", (event) => {
      event.preventDefault();
      const at = node.getBoundingClientRect();
      this.zoom(event.deltaY < 0 ? 1.18 : 1 / 1.18, event.clientX - at.left, event.clientY - at.top);
    }, { passive: false });
    node.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      node.setPointerCapture(event.pointerId);
      this.grip = [event.clientX - this.x, event.clientY - this.y];
      node.classList.add("op-stage--drag");
    });
    node.addEventListener("pointermove", (event) => this.grip && this.put(event.clientX - this.grip[0], event.clientY - this.grip[1]));
    const drop = () => { this.grip = null; node.classList.remove("op-stage--drag"); };
    node.addEventListener("pointerup", drop);
    node.addEventListener("pointercancel", drop);
    node.addEventListener("dblclick", () => this.fit());
    node.addEventListener("contextmenu", (event) => event.preventDefault());
    node.addEventListener("keydown", (event) => this.onArrow(event));
    this.image.addEventListener("error", () => this.fail());
    this.image.addEventListener("load", () => this.arrive());
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(node);
  }
  close() {
    this.sizes.disconnect();
    this.node.remove();
  }
  onArrow(event) {
    const by = { ArrowLeft: [MOVE, 0], ArrowRight: [-MOVE, 0], ArrowUp: [0, MOVE], ArrowDown: [0, -MOVE] }[event.key];
    if (!by || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.put(this.x + by[0], this.y + by[1], true);
  }
  show(page) {
    this.page = page;
    this.turned = 0;
    this.node.querySelector(".op-fail")?.remove();
    this.image.alt = page.title ?? "";
    this.resize(page.width || 0, page.height || 0);
    this.image.src = from.shown(page.src);
    this.drawBoxes();
    this.fit();
  }
  async fail() {
    const page = this.page;
    if (page && !page.asked) {
      page.asked = true;
      const src = await renewed(page.src);
      if (src && page === this.page) {
        page.src = this.image.src = src;
        return;
      }
    }
    this.node.querySelector(".op-fail")?.remove();
    this.node.append(make("p", { class: "op-fail", role: "alert" }, word("imageFailed")));
  }
  arrive() {
    if (this.page) this.page.asked = false;
    this.node.querySelector(".op-fail")?.remove();
    this.measure();
  }
  measure() {
    if (!this.page || (this.page.width && this.page.height)) return;
    this.resize(this.image.naturalWidth, this.image.naturalHeight);
    this.fit();
  }
  resize(width, height) {
    this.width = width;
    this.height = height;
    if (!width) return;
    for (const part of [this.pan, this.image]) {
      part.style.width = `${width}px`;
      part.style.height = `${height}px`;
    }
  }
  drawBoxes() {
    this.pan.querySelectorAll(".op-box").forEach((box) => box.remove());
    for (const [name, [left, top, width, height, differs]] of Object.entries(this.page.boxes ?? {})) {
      const box = make("div", { class: differs ? "op-box op-box--differs" : "op-box" });
      box.dataset.name = name;
      Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      this.pan.append(box);
    }
  }
  get angle() {
    return ((this.turned % 360) + 360) % 360;
  }
  fit() {
    const [width, height] = this.angle % 180 ? [this.height, this.width] : [this.width, this.height];
    const [room, high] = [this.node.clientWidth, this.node.clientHeight];
    if (!room || !width) return;
    this.scale = this.whole;
    this.put((room - width * this.scale) / 2, (high - 56 - height * this.scale) / 2 + 6, true);
  }
  zoom(by, cx = this.node.clientWidth / 2, cy = this.node.clientHeight / 2) {
    const next = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, this.scale * by));
    const ratio = next / this.scale;
    this.scale = next;
    this.put(cx - (cx - this.x) * ratio, cy - (cy - this.y) * ratio);
  }
  rotate(by) {
    this.turned += by;
    this.fit();
  }
  /** The scale at which the whole image is in the window. */
  get whole() {
    const [width, height] = this.angle % 180 ? [this.height, this.width] : [this.width, this.height];
    return Math.max(ZOOM_MIN, Math.min((this.node.clientWidth - 28) / width, (this.node.clientHeight - 80) / height));
  }
  /** Show the same part of the own image as another stage shows of its. */
  copy(other) {
    if (!this.width || !other.width || !this.node.clientWidth) return;
    const [room, high] = [other.node.clientWidth / 2, (other.node.clientHeight - 56) / 2];
    const part = [(room - other.x) / (other.scale * other.width), (high - other.y) / (other.scale * other.height)];
    this.scale = this.whole * (other.scale / other.whole);
    this.put(this.node.clientWidth / 2 - part[0] * this.scale * this.width, (this.node.clientHeight - 56) / 2 - part[1] * this.scale * this.height);
  }
  /** Light a box and bring it near; returns whether the page has such a box. */
  fly(name) {
    let target = null;
    for (const box of this.pan.querySelectorAll(".op-box")) {
      const on = box.dataset.name === name;
      box.classList.toggle("op-box--on", on);
      if (on) target = this.page.boxes[name];
    }
    if (!target || this.angle) return Boolean(target);
    const [left, top, width, height] = target;
    const [room, high] = [this.node.clientWidth, this.node.clientHeight - 56];
    this.scale = Math.min(1.6, Math.max(Math.min(1, room / this.width), Math.min((room * 0.5) / width, (high * 0.34) / height)));
    this.put(room / 2 - (left + width / 2) * this.scale, high / 2 - (top + height / 2) * this.scale, true);
    return true;
  }
  put(x, y, smooth = false) {
    this.x = x;
    this.y = y;
    this.pan.classList.toggle("op-pan--anim", smooth);
    const shift = { 0: [0, 0], 90: [this.height, 0], 180: [this.width, this.height], 270: [0, this.width] }[this.angle];
    this.pan.style.transform = `translate(${x}px,${y}px) scale(${this.scale}) translate(${shift[0]}px,${shift[1]}px) rotate(${this.angle}deg)`;
    this.viewer.scaled(this);
    this.viewer.pair?.follow(this);
  }
}
