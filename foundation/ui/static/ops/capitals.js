// Amounts in Chinese capitals and in fen: the same rules and vectors as foundation/kernel.

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const SAME = { 圆: "元", 正: "整", "〇": "零" };
const UNITS = { 拾: 10n, 佰: 100n, 仟: 1000n };
const CAPITALS = new RegExp(
  "^(?:(?<high>[零壹贰叁肆伍陆柒捌玖拾佰仟万]+)亿)?(?:(?<middle>[零壹贰叁肆伍陆柒捌玖拾佰仟]+)万)?" +
  "(?:(?<low>[零壹贰叁肆伍陆柒捌玖拾佰仟]*)元)?" +
  "(?:零?(?<jiao>[壹贰叁肆伍陆柒捌玖])角)?(?:零?(?<fen>[壹贰叁肆伍陆柒捌玖])分)?整?$", "u");
const FEN_MAX = 10n ** 17n - 1n;
const AMOUNT = /^¥?(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?$/;
const WIDE = /[０-９，．－￥]/g;

/** The amount in capitals as the rules for bills write it; fen is a BigInt or its digits. */
export function toCapitals(fen, { bill = false } = {}) {
  return (bill ? "人民币" : "") + parts(wholeFen(fen)).map(([ours]) => ours).join("");
}

/** The fen (BigInt) of an amount in capitals as the rules allow it, or null. */
export function fromCapitals(text) {
  const plain = text.replace(/^人民币/u, "").replace(/[圆正〇]/gu, (char) => SAME[char]);
  const fen = roughly(plain);
  return fen !== null && spelt(parts(fen), plain) ? fen : null;
}

/** The fen (BigInt) of an amount as a teller types it, or null when it is none. */
export function toFen(text) {
  const found = AMOUNT.exec(narrow(text));
  if (!found) return null;
  return BigInt(found[1].replaceAll(",", "")) * 100n + BigInt((found[2] ?? "").padEnd(2, "0"));
}

/** The amount in figures, 1,234.50, as a field shows it when it is left. */
export function toFigures(fen) {
  const amount = wholeFen(fen);
  const yuan = String(amount / 100n).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  return `${yuan}.${String(amount % 100n).padStart(2, "0")}`;
}

/** Pasted text as it may be typed: no blanks, narrow figures. */
export function pasted(text) {
  return narrow(text).replace(/\s/gu, "");
}

function wholeFen(fen) {
  if (typeof fen !== "bigint" && !(typeof fen === "string" && /^[0-9]+$/.test(fen))) {
    throw new TypeError("fen is a BigInt or a string of digits");
  }
  const amount = BigInt(fen);
  if (amount < 0n || amount > FEN_MAX) throw new RangeError("no capitals for this amount");
  return amount;
}

function narrow(text) {
  return text.replace(WIDE, (char) => (char === "￥" ? "¥" : char.normalize("NFKC")));
}

/** The amount in pieces, each with its spellings, the first one ours. */
function parts(fen) {
  const yuan = fen / 100n;
  const jiao = Number((fen / 10n) % 10n);
  const odd = Number(fen % 10n);
  const found = yuan || fen === 0n ? [...(yuan ? whole(yuan) : [["零"]]), ["元"]] : [];
  if (!jiao && !odd) return [...found, ["整"]];
  if (!jiao) return [...found, [yuan ? "零" : ""], [DIGITS[odd] + "分"]];
  if (yuan && yuan % 10n === 0n) found.push(["零", ""]);
  return [...found, [DIGITS[jiao] + "角"], odd ? [DIGITS[odd] + "分"] : ["", "整"]];
}

/** The pieces of a whole number above nothing: 亿 over 万 over the last four digits. */
function whole(number) {
  for (const [size, unit] of [[10n ** 8n, "亿"], [10n ** 4n, "万"]]) {
    const high = number / size;
    const low = number % size;
    if (high) return [...whole(high), [unit], ...(low ? [between(high, low, size / 10n), ...whole(low)] : [])];
  }
  return [[section(Number(number))]];
}

/** The zero between two sections: needed before a gap. */
function between(high, low, lead) {
  if (low < lead) return ["零"];
  return high % 10n === 0n ? ["", "零"] : [""];
}

function section(number) {
  let text = "";
  let gap = false;
  for (const [size, unit] of [[1000, "仟"], [100, "佰"], [10, "拾"], [1, ""]]) {
    const digit = Math.floor(number / size) % 10;
    if (digit) text += (gap && text ? "零" : "") + DIGITS[digit] + unit;
    gap = !digit;
  }
  return text;
}

/** The amount that the text can only mean, however it is spelt, or null. */
function roughly(text) {
  const found = text && CAPITALS.exec(text);
  if (!found) return null;
  const { high = "", middle = "", low = "", jiao = "零", fen = "零" } = found.groups;
  const cut = high.lastIndexOf("万");
  const above = value(high.slice(0, Math.max(cut, 0))) * 10n ** 4n + value(high.slice(cut + 1));
  const yuan = above * 10n ** 8n + value(middle) * 10n ** 4n + value(low);
  return yuan * 100n + BigInt(DIGITS.indexOf(jiao) * 10 + DIGITS.indexOf(fen));
}

function value(text) {
  let total = 0n;
  let digit = 0n;
  for (const char of text) {
    if (DIGITS.includes(char)) digit = BigInt(DIGITS.indexOf(char));
    else {
      total += digit * (UNITS[char] ?? 0n);
      digit = 0n;
    }
  }
  return total + digit;
}

/** Whether a text is one of the spellings of the pieces in their order. */
function spelt(pieces, text) {
  let rests = new Set([text]);
  for (const spellings of pieces) {
    const next = new Set();
    for (const rest of rests) for (const one of spellings) if (rest.startsWith(one)) next.add(rest.slice(one.length));
    rests = next;
  }
  return rests.has("");
}
