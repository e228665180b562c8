// <ops-viewer data-images="id of a JSON script">: rail 1–9, one stage or two, tools, watermark.
// An image is {title, src, thumb, width, height, boxes: {name: [left, top, width, height, differs]},
// note, compare, page: its timeline}. Event ops:seen {index, image}: an image is first shown.
import { bind, keyOf, shownKey, unbind } from "./keys.js";
import { renewed, Stage } from "./stage.js";
import { icon, make, say, word } from "./words.js";

const MARK = document.querySelector('meta[name="ops-mark"]')?.content ?? "";
const SVG = "http://www.w3.org/2000/svg";
const ACTIONS = {
  zoomIn: "images.zoom_in", zoomOut: "images.zoom_out", fit: "images.fit", rotateRight: "images.rotate_right",
  rotateLeft: "images.rotate_left", contrast: "images.contrast", boxes: "images.boxes", compare: "images.compare",
  second: "images.second", linked: "images.link", overlay: "images.overlay", less: "images.less", more: "images.more",
  blink: "images.blink",
};
let count = 0;

class OpsViewer extends HTMLElement {
  connectedCallback() {
    if (this.stages) return;
    this.id ||= `ops-viewer-${++count}`;
    this.images = JSON.parse(document.getElementById(this.dataset.images)?.textContent ?? "[]");
    this.seen = new Set();
    this.at = -1;
    this.stages = [new Stage(this)];
    this.stages[0].node.id = `${this.id}-stage`;
    this.caption = make("div", { class: "op-cap op-num", "aria-hidden": "true" });
    this.box = make("div", { class: "op-stages" }, this.stages[0].node, this.caption);
    this.rail = this.makeRail();
    this.tools = this.makeTools();
    this.replaceChildren(...(this.rail ? [this.rail] : []), this.box, this.tools);
    if (!this.rail) this.dataset.rail = "off";
    this.drawMark(this.dataset.mark ?? MARK);
    this.bindKeys();
    this.onRow = (event) => this.pickRow(event);
    document.addEventListener("click", this.onRow);
    if (this.images.length) this.show(0);
    this.prefetch();
  }
  disconnectedCallback() {
    unbind(this);
    document.removeEventListener("click", this.onRow);
    this.stages?.forEach((stage) => stage.close());
    this.stages = this.pair = null;
  }
  makeRail() {
    if (this.images.length < 2 && !this.hasAttribute("always-rail")) return null;
    const rail = make("div", { class: "op-rail", role: "tablist", "aria-label": word("images"), "aria-orientation": "vertical" });
    this.images.forEach((image, index) => {
      const title = image.title || word("image", { number: index + 1 });
      const seen = make("span", { class: "op-rail__seen", title: word("unseen") }, icon("eye"));
      const tab = make("button", { type: "button", role: "tab", "aria-selected": "false", "aria-controls": `${this.id}-stage`, tabindex: index ? "-1" : "0" },
        make("img", { src: image.thumb || image.src, alt: "", width: "70", height: "46", loading: "lazy" }));
      const small = tab.firstChild;
      small.addEventListener("error", async () => { small.src = (await renewed(small.src)) || small.src; }, { once: true });
      if (index < 9) tab.append(make("span", { class: "op-rail__key", "aria-hidden": "true" }, String(index + 1)));
      tab.append(seen, title);
      tab.addEventListener("click", () => this.show(index));
      rail.append(tab);
    });
    rail.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.show(Math.min(Math.max(this.at + by, 0), this.images.length - 1));
      rail.children[this.at].focus();
    });
    return rail;
  }
  makeTools() {
    const bar = make("div", { class: "op-tools", role: "toolbar", "aria-label": word("imageTools") });
    const tool = (name, sign, key, run, pressed) => {
      const shown = shownKey(keyOf(ACTIONS[name], key));
      const button = make("button", { type: "button", title: `${word(name)} ${shown}`, "aria-label": word(name), "aria-pressed": pressed === undefined ? false : String(pressed) }, icon(sign));
      button.addEventListener("click", run);
      return button;
    };
    const gap = () => make("span", { class: "op-v" });
    this.percent = make("output", { class: "op-num", "aria-live": "off" });
    this.contrastTool = tool("contrast", "contrast", "C", () => this.contrast(), false);
    this.boxesTool = tool("boxes", "text-scan-2", "B", () => this.boxes(), true);
    this.compareTool = tool("compare", "columns-2", "V", () => this.compare(), false);
    bar.append(
      tool("zoomOut", "zoom-out", "−", () => this.stage.zoom(0.8)), this.percent,
      tool("zoomIn", "zoom-in", "+", () => this.stage.zoom(1.25)),
      tool("fit", "arrows-maximize", "0", () => this.stage.fit()), gap(),
      tool("rotateLeft", "rotate", "Shift+R", () => this.stage.rotate(-90)),
      tool("rotateRight", "rotate-clockwise", "R", () => this.stage.rotate(90)), this.contrastTool, gap(),
      this.boxesTool);
    this.overlayTool = tool("overlay", "stack-2", "O", () => this.overlay(), false);
    this.linkTool = tool("linked", "lock", "L", () => this.link(), true);
    this.linkTool.hidden = true;
    if (this.images.length > 1) bar.append(this.compareTool, this.overlayTool, this.linkTool);
    if (this.images.some((image) => image.page)) {
      this.pageTool = make("a", { target: "_blank", rel: "noopener", title: word("timeline"), "aria-label": word("timeline") }, icon("history"));
      bar.append(this.pageTool);
    }
    return bar;
  }
  bindKeys() {
    const keys = {
      "+": ["zoomIn", () => this.stage.zoom(1.25)], "=": ["", () => this.stage.zoom(1.25)],
      "-": ["zoomOut", () => this.stage.zoom(0.8)], 0: ["fit", () => this.stage.fit()],
      r: ["rotateRight", () => this.stage.rotate(90)], "Shift+R": ["rotateLeft", () => this.stage.rotate(-90)],
      c: ["contrast", () => this.contrast()], b: ["boxes", () => this.boxes()],
      ArrowDown: ["down", () => this.step(1)], ArrowUp: ["up", () => this.step(-1)],
    };
    if (this.images.length > 1) {
      const pair = (act) => () => this.pair && act(this.pair);
      Object.assign(keys, {
        v: ["compare", () => this.compare()], n: ["second", pair((two) => two.next())], l: ["linked", pair(() => this.link())],
        o: ["overlay", () => this.overlay()], "[": ["less", pair((two) => two.more(-1))], "]": ["more", pair((two) => two.more(1))],
        t: ["blink", pair((two) => two.blink())],
      });
    }
    const named = ([key, [name, run]]) => [key, { label: name && word(name), run, action: ACTIONS[name] }];
    const images = this.images.slice(0, 9).map((image, index) => [index + 1, { label: image.title || word("image", { number: index + 1 }), run: () => this.show(index) }]);
    bind(this, Object.fromEntries([...Object.entries(keys).map(named), ...images]));
  }
  /** The stage that has the focus, or the first. */
  get stage() {
    return this.stages.find((stage) => stage.node.contains(document.activeElement)) ?? this.stages[0];
  }
  show(index) {
    const image = this.images[index];
    if (!image || index === this.at) return;
    this.at = index;
    this.stages[0].show(image);
    if (this.pageTool) this.pageTool.href = image.page;
    const title = image.title || word("image", { number: index + 1 });
    this.caption.replaceChildren(make("span", {}, `${title} ${index + 1}/${this.images.length}`), ...(image.note ? [make("span", {}, image.note)] : []));
    if (this.rail) [...this.rail.children].forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === index));
      tab.tabIndex = place === index ? 0 : -1;
    });
    this.noteSeen(index, image);
    say(title);
  }
  noteSeen(index, image) {
    if (this.seen.has(index)) return;
    this.seen.add(index);
    const sign = this.rail?.children[index].querySelector(".op-rail__seen");
    if (sign) {
      sign.classList.add("op-rail__seen--yes");
      sign.title = word("seen");
      sign.replaceChildren(icon("check"));
    }
    this.dispatchEvent(new CustomEvent("ops:seen", { bubbles: true, detail: { index, image, all: this.seen.size === this.images.length } }));
  }
  contrast() {
    this.toggle(this.contrastTool, "op-stage--contrast");
  }
  boxes() {
    this.toggle(this.boxesTool, "op-stage--boxes");
  }
  toggle(tool, name) {
    const on = tool.getAttribute("aria-pressed") !== "true";
    tool.setAttribute("aria-pressed", String(on));
    this.stages.forEach((stage) => stage.node.classList.toggle(name, on));
  }
  /** Put the marked image (or the next) beside this one, or away. */
  async compare() {
    if (this.pair) {
      this.stages.pop();
      this.pair.close();
      this.pair = null;
      this.stages[0].fit();
    } else {
      const { Pair } = await import("./compare.js");
      if (this.pair) return;
      const marked = this.images.findIndex((image, index) => image.compare && index !== this.at);
      this.pair = new Pair(this, marked >= 0 ? marked : (this.at + 1) % this.images.length);
      this.stages.push(this.pair.second);
      if (this.contrastTool.getAttribute("aria-pressed") === "true") this.pair.second.node.classList.add("op-stage--contrast");
    }
    this.tellPair();
  }
  /** Lay the other image over this one. */
  async overlay() {
    if (!this.pair) await this.compare();
    this.pair.lay();
    this.tellPair();
  }
  /** Let both images move together, or each by itself. */
  link() {
    this.pair.linked = !this.pair.linked;
    if (this.pair.linked) this.pair.follow(this.stages[0]);
    this.tellPair();
    say(word(this.pair.linked ? "linked" : "unlinked"));
  }
  tellPair() {
    this.compareTool.setAttribute("aria-pressed", String(Boolean(this.pair)));
    this.overlayTool.setAttribute("aria-pressed", String(Boolean(this.pair?.over)));
    this.linkTool.setAttribute("aria-pressed", String(this.pair?.linked ?? true));
    this.linkTool.hidden = !this.pair;
  }
  /** Bring the box of a field near; the image that has it is shown first. */
  fly(name) {
    if (this.stages.map((stage) => stage.fly(name)).some(Boolean)) return true;
    const index = this.images.findIndex((image) => image.boxes && name in image.boxes);
    if (index < 0) return false;
    this.show(index);
    return this.stages[0].fly(name);
  }
  get rows() {
    return [...document.querySelectorAll(`[data-viewer="#${CSS.escape(this.id)}"] [data-box]`)].filter((row) => row.getClientRects().length);
  }
  pickRow(event) {
    const row = event.target.closest?.("[data-box]");
    if (row && this.rows.includes(row)) this.choose(row);
  }
  step(by) {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next) this.choose(next);
  }
  choose(row) {
    this.rows.forEach((one) => (one === row ? one.setAttribute("aria-selected", "true") : one.removeAttribute("aria-selected")));
    row.scrollIntoView({ block: "nearest" });
    this.fly(row.dataset.box);
    say([...row.children].map((cell) => cell.textContent.trim()).filter(Boolean).join(", "));
  }
  scaled(stage) {
    if (this.percent && stage === this.stages?.[0]) this.percent.textContent = `${Math.round(stage.scale * 100)}%`;
  }
  /** Who looks, when and from where, over every image. */
  drawMark(text) {
    if (!text) return;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "op-mark");
    svg.setAttribute("aria-hidden", "true");
    const id = `${this.id}-mark`;
    svg.innerHTML = `<defs><pattern id="${id}" width="330" height="190" patternUnits="userSpaceOnUse" patternTransform="rotate(-22)"><text x="12" y="96" font-size="15" font-family="sans-serif"></text></pattern></defs><rect width="100%" height="100%" fill="url(#${id})"/>`;
    svg.querySelector("text").textContent = text;
    this.box.append(svg);
  }
  prefetch() {
    const rest = this.images.slice(1, 5);
    (window.requestIdleCallback ?? setTimeout)(() => rest.forEach((image) => { new Image().src = image.src; }));
  }
}

customElements.define("ops-viewer", OpsViewer);
