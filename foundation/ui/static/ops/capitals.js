// Amounts in Chinese capitals and in fen: the same rules and vectors as foundation/kernel.

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const FEN_MAX = 10n ** 17n - 1n;
const AMOUNT = /^¥?(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,2}))?$/;
const WIDE = /[０-９，．－￥]/g;

/** The amount in capitals as the rules for bills write it; fen is a BigInt or its digits. */
export function toCapitals(fen, { bill = false } = {}) {
  const amount = wholeFen(fen);
  const yuan = amount / 100n;
  const jiao = Number((amount / 10n) % 10n);
  const odd = Number(amount % 10n);
  let text = bill ? "人民币" : "";
  if (yuan || amount === 0n) text += (yuan ? whole(yuan) : "零") + "元";
  if (!jiao && !odd) return text + "整";
  if (yuan && (!jiao || yuan % 10n === 0n)) text += "零";
  if (jiao) text += DIGITS[jiao] + "角";
  return odd ? text + DIGITS[odd] + "分" : text;
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

/** Text from the clipboard as it may be typed: blanks left out, full-width figures narrow. */
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

function whole(number) {
  for (const [size, unit] of [[10n ** 8n, "亿"], [10n ** 4n, "万"]]) {
    const high = number / size;
    const low = number % size;
    if (high) {
      const gap = low && low < size / 10n ? "零" : "";
      return whole(high) + unit + gap + (low ? whole(low) : "");
    }
  }
  return section(Number(number));
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
