// <scan-capture name="scans" accept="image/*" max="9">: choose, drop, paste or take pictures.
// The files stay in a plain file input: sending needs no script of ours.
import { toast } from "./shell.js";
import { icon, make, word } from "./words.js";

const LIMIT_MB = 12;
const KINDS = /^(image\/(jpeg|png|tiff|webp|bmp)|application\/pdf)$/;

class ScanCapture extends HTMLElement {
  connectedCallback() {
    if (this.input) return;
    this.max = Number(this.getAttribute("max") ?? 9);
    this.kept = [];
    this.input = this.querySelector("input[type=file]") ?? make("input", { type: "file", name: this.getAttribute("name") ?? "scans", multiple: true });
    this.input.accept = this.getAttribute("accept") ?? "image/*,application/pdf";
    this.input.multiple = this.max > 1;
    this.input.classList.add("visually-hidden");
    this.input.setAttribute("aria-label", this.getAttribute("label") ?? word("choose"));
    this.input.tabIndex = -1;
    this.shots = make("ul", { class: "op-shots" });
    this.said = make("p", { class: "op-error mb-0", role: "alert" });
    const choose = make("button", { type: "button", class: "op-btn", "data-key": this.dataset.chooseKey ?? false }, icon("upload"), word("choose"));
    this.cameraButton = make("button", { type: "button", class: "op-btn" }, icon("camera"), word("camera"));
    choose.addEventListener("click", () => this.input.click());
    this.cameraButton.addEventListener("click", () => this.toggleCamera());
    this.append(make("div", { class: "op-row" }, choose, this.cameraButton, make("span", { class: "op-hint" }, word("dropHint"))), this.said, this.shots, this.input);
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.addEventListener("dragover", (event) => { event.preventDefault(); this.classList.add("op-drop"); });
    this.addEventListener("dragleave", () => this.classList.remove("op-drop"));
    this.addEventListener("drop", (event) => { event.preventDefault(); this.classList.remove("op-drop"); this.add([...event.dataTransfer.files]); });
    this.onPaste = (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length && this.getClientRects().length) { event.preventDefault(); this.add(files); }
    };
    document.addEventListener("paste", this.onPaste);
  }
  disconnectedCallback() {
    document.removeEventListener("paste", this.onPaste);
    this.stopCamera();
  }
  add(files) {
    const wrong = [];
    for (const file of files) {
      if (this.kept.includes(file)) continue;
      if (!KINDS.test(file.type)) wrong.push(word("wrongKind", { name: file.name }));
      else if (file.size > LIMIT_MB * 1024 * 1024) wrong.push(word("tooLarge", { name: file.name, limit: LIMIT_MB }));
      else if (this.max === 1) this.kept = [file];
      else if (this.kept.length < this.max) this.kept.push(file);
    }
    // It stays at the place until the next file: a message that passes by may be missed.
    this.said.textContent = wrong.join(" ");
    this.keep();
  }
  keep() {
    const box = new DataTransfer();
    this.kept.forEach((file) => box.items.add(file));
    this.input.files = box.files;
    this.shots.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    this.shots.replaceChildren(...this.kept.map((file, index) => this.shot(file, index)));
    this.dispatchEvent(new CustomEvent("ops:scanned", { bubbles: true, detail: { files: this.kept } }));
  }
  shot(file, index) {
    const remove = make("button", { type: "button", "aria-label": word("remove", { name: file.name }) }, icon("x"));
    remove.addEventListener("click", () => { this.kept.splice(index, 1); this.keep(); });
    const picture = file.type === "application/pdf" ? icon("file-text") : make("img", { alt: file.name, src: URL.createObjectURL(file) });
    return make("li", {}, picture, file.name, remove);
  }
  async toggleCamera() {
    if (this.media) return this.stopCamera();
    try {
      this.media = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 2592 }, height: { ideal: 1944 }, facingMode: "environment" } });
    } catch {
      return toast(word("noCamera"), { bad: true, seconds: 8 });
    }
    this.video = make("video", { autoplay: true, playsinline: true, "aria-label": word("camera") });
    this.video.muted = true;
    this.video.srcObject = this.media;
    this.shoot = make("button", { type: "button", class: "op-btn op-btn--pri" }, icon("camera"), word("shoot"));
    this.shoot.addEventListener("click", () => this.take());
    this.shots.before(this.video, this.shoot);
    this.cameraButton.lastChild.textContent = word("stop");
    this.shoot.focus();
  }
  async take() {
    const canvas = make("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    if (blob) this.add([new File([blob], `scan-${this.kept.length + 1}.jpg`, { type: "image/jpeg" })]);
  }
  stopCamera() {
    this.media?.getTracks().forEach((track) => track.stop());
    this.media = null;
    this.video?.remove();
    this.shoot?.remove();
    if (this.cameraButton) this.cameraButton.lastChild.textContent = word("camera");
  }
}

customElements.define("scan-capture", ScanCapture);
