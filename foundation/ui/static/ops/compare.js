// Two images of the viewer beside one another or one over the other, moved together: is it one seal?
import { Stage } from "./stage.js";
import { make, word } from "./words.js";

const STEP = 10;

export class Pair {
  constructor(viewer, index) {
    this.viewer = viewer;
    this.linked = true;
    this.over = false;
    this.share = 50;
    this.first = viewer.stages[0];
    this.second = new Stage(viewer);
    this.caption = make("div", { class: "op-cap op-cap--compare", "aria-hidden": "true" });
    this.first.node.after(this.second.node);
    viewer.box.append(this.caption);
    viewer.box.classList.add("op-stages--split");
    this.show(index);
  }
  close() {
    this.second.close();
    this.caption.remove();
    this.bar?.remove();
    this.viewer.box.classList.remove("op-stages--split", "op-stages--over");
  }
  show(index) {
    const image = this.viewer.images[index];
    this.index = index;
    this.second.show(image);
    this.caption.textContent = image.title || word("image", { number: index + 1 });
    this.viewer.noteSeen(index, image);
  }
  /** Put the next image in the place of the second, leaving out the first. */
  next() {
    const count = this.viewer.images.length;
    let index = (this.index + 1) % count;
    if (index === this.viewer.at) index = (index + 1) % count;
    this.show(index);
  }
  /** What one stage does the other does as well, each in proportion to its own image. */
  follow(stage) {
    if (!this.linked || this.moving) return;
    const other = stage === this.first ? this.second : this.first;
    this.moving = true;
    other.copy(stage);
    this.moving = false;
  }
  /** Lay the second over the first, or beside it again. */
  lay() {
    this.over = !this.over;
    this.viewer.box.classList.toggle("op-stages--over", this.over);
    this.viewer.box.classList.toggle("op-stages--split", !this.over);
    if (this.over) this.viewer.tools.before(this.bar = this.makeBar());
    else this.bar?.remove();
    this.paint();
    requestAnimationFrame(() => { this.first.fit(); this.second.fit(); });
  }
  makeBar() {
    const slider = make("input", { type: "range", min: "0", max: "100", step: String(STEP), value: String(this.share), "aria-label": word("share") });
    slider.addEventListener("input", () => this.blend(Number(slider.value)));
    this.slider = slider;
    return make("div", { class: "op-blend" }, slider);
  }
  /** Show so many percent of the second over the first. */
  blend(share) {
    if (!this.over) return;
    this.share = Math.min(100, Math.max(0, share));
    this.slider.value = String(this.share);
    this.paint();
  }
  more(by) {
    this.blend(this.share + by * STEP);
  }
  /** One, then the other: what moves between the two is what differs. */
  blink() {
    this.blend(this.share >= 50 ? 0 : 100);
  }
  paint() {
    this.second.node.style.opacity = this.over ? String(this.share / 100) : "";
  }
}
