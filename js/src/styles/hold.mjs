// Style sheets that hold against any other sheet of the page: every rule speaks of the stepper alone, with three ids'
// worth of specificity and `!important`, so that neither `.card` of Bootstrap nor `dd` of JupyterLab reaches in.
// Key frames and custom properties stay as they are: neither takes part in that contest.

const HOLD = ":not(#n#n#n)";
const RESET = ":not(#n#n)"; // in a rule that takes everything back: it weighs less than ours, and says itself what is important

/** Rewrite minified CSS. Selectors without the root's class (in container queries) are put under it. */
export function hold(css) {
  let out = "";
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) return out + css.slice(at);
    const close = closing(css, open);
    const [head, body] = [css.slice(at, open), css.slice(open + 1, close)];
    if (head.startsWith("@keyframes")) out += `${head}{${body}}`;
    else if (head.startsWith("@")) out += `${head}{${hold(body)}}`;
    else if (head.includes(RESET)) out += `${head}{${body}}`;
    else out += `${parts(head, ",").map(selector).join(",")}{${parts(body, ";").map(declaration).join(";")}}`;
    at = close + 1;
  }
  return out;
}

function selector(text) {
  const root = /\.(stepper|nbgrad)(?![\w-])/;
  return root.test(text) ? text.replace(root, `$&${HOLD}`) : `.stepper${HOLD} ${text}`;
}

function declaration(text) {
  return text.startsWith("--") || text.endsWith("!important") ? text : `${text}!important`;
}

function closing(css, open) {
  for (let depth = 0, at = open; at < css.length; at++) {
    if (css[at] === "{") depth++;
    else if (css[at] === "}" && --depth === 0) return at;
  }
  throw new Error("a style sheet has an open brace");
}

/** Split at separators that stand in no brackets or quotes. */
function parts(text, separator) {
  const found = [""];
  let depth = 0;
  let quote = "";
  for (const char of text) {
    if (quote) quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    if (char === separator && !depth && !quote) found.push("");
    else found[found.length - 1] += char;
  }
  return found.filter(Boolean);
}
