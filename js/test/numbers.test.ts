import assert from "node:assert/strict";
import test from "node:test";
import { aligned, brief, briefGrad, contribution, formatNumber, formatShape, fromValues, fullGrad, gradName, magnitude, plus, plusSigns, readSummary, toFloat, writeSum } from "../src/numbers";
import { Num } from "../src/trace";
import { sceneText as fixture } from "./helpers";

const cases = JSON.parse(fixture("numbers")) as { numbers: [Num, string][]; sums: [Num[], Num, [string[], string, string]][]; tables: [Num[], string[]][] };

test("numbers, sums and tables are written as Python writes them", () => {
  for (const [value, text] of cases.numbers) assert.equal(formatNumber(toFloat(value)), text);
  for (const [terms, total, shown] of cases.sums) {
    const { terms: texts, sign, total: whole } = writeSum(terms.map(toFloat), toFloat(total));
    assert.deepEqual([texts, sign, whole], shown);
  }
  for (const [values, texts] of cases.tables) assert.deepEqual(aligned(values.map(toFloat)), texts);
  assert.equal(formatNumber(null), "–");
  assert.equal(plusSigns(["8", "-3", "1"]), "8 − 3 + 1");
});

test("shapes are written as Python writes them", () => {
  assert.deepEqual([[], [3], [32, 64]].map(formatShape), ["()", "(3,)", "(32, 64)"]);
});

test("a bare number is a 0-d float64", () => {
  const values = readSummary(8);
  assert.deepEqual([values.shape, values.dtype, values.values], [[], "float64", [8]]);
  assert.equal(briefGrad(readSummary("nan")), "nan");
  assert.equal(briefGrad(readSummary("-inf")), "-inf");
});

test("a gradient's name and what arrives are written as Python writes them", () => {
  const names = ["a", "x @ W", "tanh(x @ W)", "h**2", "-x", "f(a) + b[1]", "h (step 3)", "layers.0.weight"];
  assert.deepEqual(names.map((name) => gradName({ name })), ["a.grad", "(x @ W).grad", "tanh(x @ W).grad", "(h**2).grad", "(-x).grad", "(f(a) + b[1]).grad", "h (step 3).grad", "layers.0.weight.grad"]);
  assert.deepEqual([8, -6.5, 0].map((value) => contribution(readSummary(value))), ["+8", "-6.5", "+0"]);
});

test("an array shows its shape, its gradient the norm", () => {
  const values = readSummary({ shape: [2, 2], dtype: "float64", values: [3, 0, 0, 4] });
  assert.equal(brief(values), "(2, 2)");
  assert.equal(briefGrad(values), "‖5‖");
  assert.equal(briefGrad(readSummary({ shape: [0, 2], dtype: "float64", values: [] })), "‖–‖");
  assert.equal(fullGrad(values), "[[3, 0], [0, 4]]");
  assert.equal(magnitude(values), 4);
});

test("NaN in an array is what one sees first", () => {
  const values = readSummary({ shape: [3], dtype: "float64", values: [1, "nan", "inf"] });
  assert.deepEqual([values.nan, values.inf, values.max, briefGrad(values)], [1, 1, 1, "nan"]);
});

test("a large array keeps statistics", () => {
  const values = readSummary({ shape: [32, 64], dtype: "float32", min: -1, max: 2, mean: 0, norm: 12.34, nan: 0, inf: 0, thumb: { rows: 1, cols: 2, values: [1, "nan"] } });
  assert.equal(briefGrad(values), "‖12.34‖");
  assert.equal(fullGrad(values), "(32, 64) norm 12.34");
  assert.ok(Number.isNaN(values.thumb!.values[1]));
});

test("arrays of one shape add up", () => {
  assert.deepEqual(plus(fromValues([2], "f", [1, 2]), fromValues([2], "f", [3, 4]))!.values, [4, 6]);
  assert.equal(plus(fromValues([1], "f", [1]), fromValues([2], "f", [3, 4])), null);
});
