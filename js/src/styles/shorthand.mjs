// What stands in nearly every rule travels as one character that no sheet here uses: the module is sent once per widget.

const LONG = { "?": "!important;", "!": "!important", "|": ".stepper:not(#n#n#n)", "&": "var(--ng-" };

/** For the bundle. */
export function shorten(css) {
  if (/[|&?]/.test(css)) throw new Error("a style sheet uses a character of the shorthand");
  return Object.entries(LONG).reduce((text, [short, long]) => text.replaceAll(long, short), css);
}

/** For the page. */
export function expand(css) {
  return css.replace(/[!|&?]/g, (short) => LONG[short]);
}
