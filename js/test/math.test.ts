import assert from "node:assert/strict";
import test from "node:test";
import { formula, tokenize, workedRule } from "../src/mathml";
import { fromValues } from "../src/numbers";
import { judge } from "../src/predict";
import { arrayView } from "../src/tint";
import { installPage } from "./helpers";

installPage();
const plain = (text: string) => formula(text).textContent;

test("names, numbers, signs, powers", () => {
  assert.deepEqual(tokenize("2·x² / gy").map((t) => t.text), ["2", "·", "x", "²", "/", "gy"]);
  assert.deepEqual(tokenize("x1ᵀ · (32, 1)").map((t) => t.text), ["x1", "ᵀ", "·", "(32, 1)"]);
});

test("a rule becomes mathematics", () => {
  const row = formula("gx0 = gy / (1 − y²)");
  assert.ok(row.querySelector("mfrac"));
  assert.ok(row.querySelector("msup"));
  assert.equal(row.querySelector("msub")!.textContent, "gx0");
  assert.equal(plain("exp(x) · gy"), "exp(x)·gy");
});

test("a power is raised, without its brackets", () => {
  const row = formula("gy · x0 ^ (x1 − 1)");
  const [base, raised] = row.querySelector("msup")!.children;
  assert.equal(base!.textContent, "x0");
  assert.equal(raised!.textContent, "x1−1");
});

test("a word of a rule is no name, arrays of a list stay apart, and a derivative is raised as a whole", () => {
  const kinds = (text: string) => tokenize(text).map((token) => `${token.kind} ${token.text}`);
  assert.deepEqual(kinds("gy0, gy1 joined"), ["name gy0", "sign ,", "name gy1", "word  joined"]);
  assert.deepEqual(kinds("gy · cos x where x > 0, else slope · gy").filter((token) => /^word/.test(token)), ["word  where ", "word  else ", "word slope "]);
  assert.deepEqual(kinds("[1, 2], [[3], [4]] joined"), ["array [1, 2]", "sign ,", "array [[3], [4]]", "word  joined"]);
  assert.deepEqual(kinds("y인 곳은 gy"), ["name y", "word 인 ", "word 곳은 ", "name gy"]);
  const raised = formula("∂⟦y⟧/∂⟦W⟧ᵀ · 2").querySelector("msup")!;
  assert.deepEqual([raised.textContent, raised.querySelectorAll("mfrac").length], ["(∂y∂W)T", 1]);
});

test("a power of ten has no zero before it, nor 1 times", () => {
  assert.deepEqual(["x + 1e-05", "2.5e+20"].map(plain), ["x+10−5", "2.5×1020"]);
});

test("a line breaks before a definition, not within", () => {
  const pieces = [...workedRule("gx", "d / x, d = g − n", "", "").querySelectorAll("math")].map((piece) => piece.textContent);
  assert.ok(pieces.includes("d=g"), pieces.join(" | "));
});

test("what cannot be read is set as text", () => {
  assert.equal(formula("a ) b").localName, "mtext");
});

test("the result is said once", () => {
  assert.equal(workedRule("gx", "2 · x · gy", "2 · 4 · 1", "8").textContent, "gx=2·x·gy=2·4·1=8");
  assert.equal(workedRule("gx", "gy", "(3, 1)", "(3,1)").textContent, "gx=gy=(3,1)");
});

test("guesses", () => {
  const sixteen = fromValues([], "float64", [16]);
  for (const good of ["16", " 16.0 ", "2*8", "32/2", "1.6e1"]) assert.equal(judge(good, sixteen), true, good);
  for (const bad of ["8", "-16"]) assert.equal(judge(bad, sixteen), false, bad);
  for (const odd of ["", "abc", "2*"]) assert.equal(judge(odd, sixteen), null, odd);
  assert.equal(judge("1/3", fromValues([], "float64", [1 / 3])), true);
  assert.equal(judge("−0.42", fromValues([], "float64", [-0.41997])), true);
  assert.equal(judge("(2, 3)", fromValues([2, 3], "float64", [1, 2, 3, 4, 5, 6])), true);
  assert.equal(judge("3 2", fromValues([2, 3], "float64", [1, 2, 3, 4, 5, 6])), false);
  assert.equal(judge("nan", fromValues([], "float64", [NaN])), true);
});

test("up to sixteen numbers are numbers in the inspector, whatever their shape", () => {
  const cells = (shape: number[]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return arrayView(fromValues(shape, "float64", Array.from({ length: size }, (_, k) => k)), { t: (key: string) => key } as never, "w").querySelectorAll("td").length;
  };
  assert.deepEqual([[15], [16], [1, 16], [16, 1], [2, 2, 4], [8, 8], [17]].map(cells), [15, 16, 16, 16, 16, 64, 0]);
});

test("as many numbers stand beside each other as the inspector has room for; others scroll", () => {
  const shown = (shape: number[], value: number) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const table = arrayView(fromValues(shape, "float64", Array.from({ length: size }, () => value)), { t: (key: string) => key } as never, "w");
    return [table.className, table.querySelector("tr")!.children.length];
  };
  assert.deepEqual(shown([6], 1), ["values", 4]);
  assert.deepEqual(shown([6], -1.0734e-5), ["values", 3]);
  assert.deepEqual(shown([2, 4], 1), ["values", 4]);
  assert.deepEqual(shown([2, 4], -1.0734e-5), ["scroll", 4]);
});

test("a rule stands below a target that is long", () => {
  assert.equal(workedRule("∂loss/∂⟦h⟧", "gy", "", "").className, "formula");
  assert.equal(workedRule("∂loss/∂⟦conv2d(img, k, c)⟧", "gy", "", "").className, "formula long");
});
