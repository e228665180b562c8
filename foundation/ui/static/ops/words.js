// The page's words and icons for scripts: no script holds a word of its own.
const data = document.getElementById("ops-words");
const words = data ? JSON.parse(data.textContent) : {};
const sprite = document.querySelector('meta[name="ops-icons"]')?.content ?? "";

export function word(key, params = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "op-icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Tell a screen reader something, without showing it. */
export function say(text) {
  const box = document.getElementById("ops-say");
  if (box) box.textContent = text;
}
