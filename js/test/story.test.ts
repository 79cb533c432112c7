// The story of a trace: what holds at each stop. The numbers are the diamond's: a = x², y = a² + a² at 2.
import assert from "node:assert/strict";
import test from "node:test";
import { Book, Moment } from "../src/moment";
import { briefGrad } from "../src/numbers";
import { renumber } from "../src/scene";
import { findNodes } from "../src/search";
import { forwardStops, generationsOf, Granularity, makePlan, nearestStep, Order, stopAt } from "../src/timeline";
import { findTroubles } from "../src/trouble";
import { Words } from "../src/words";
import { scene } from "./helpers";

function moment(name: string, position: number, granularity: Granularity = "generation", order: Order = "generation"): Moment {
  const data = scene(name);
  const generations = generationsOf(data.trace);
  const book = new Book(data, generations);
  const plan = makePlan(data, granularity, order);
  return new Moment(book.facts, book.index, plan, book.history(plan), stopAt(data, plan, generations, position), book.rank);
}

function grads(at: Moment): Record<string, string> {
  return Object.fromEntries(at.facts.trace.variables.map((v) => {
    const grad = at.grad(v);
    return [v.name, grad.state === "value" ? briefGrad(grad.values!) : grad.state];
  }));
}

const names = (at: Moment) => [...at.nodes].map((id) => at.facts.variables.get(id)?.name ?? at.facts.func(id).name).sort();

test("the diamond, by generation", () => {
  assert.deepEqual(grads(moment("diamond", 0)), { x: "none", a: "none", b: "none", c: "none", y: "1" });
  assert.deepEqual(grads(moment("diamond", 1)), { x: "none", a: "none", b: "1", c: "1", y: "1" });
  assert.deepEqual(grads(moment("diamond", 2)), { x: "none", a: "16", b: "1", c: "1", y: "freed" });
  assert.deepEqual(grads(moment("diamond", 3)), { x: "64", a: "16", b: "freed", c: "freed", y: "freed" });
});

test("who takes part", () => {
  assert.deepEqual(names(moment("diamond", 0)), ["y"]);
  assert.deepEqual(names(moment("diamond", 2)), ["Square", "Square", "a", "b", "c"]);
  const at = moment("diamond", 2);
  assert.deepEqual([...at.changed].map((id) => at.facts.variable(id).name), ["a"]);
  assert.deepEqual(at.chips.map((chip) => briefGrad(at.facts.values(chip.amount))), ["8", "8"]);
  assert.deepEqual([...at.flows.values()].sort(), ["down", "down", "up", "up"]);
});

test("by function a gradient gathers bit by bit", () => {
  assert.equal(grads(moment("diamond", 2, "function")).a, "8");
  assert.equal(grads(moment("diamond", 3, "function")).a, "16");
  assert.equal(grads(moment("diamond", 4, "function")).x, "64");
});

test("the naive order ends at 96", () => {
  const data = scene("diamond");
  const plan = makePlan(data, "generation", "naive");
  assert.equal(plan.calls.length, 5);
  assert.equal(grads(moment("diamond", 5, "generation", "naive")).x, "96");
  assert.deepEqual(Object.values(data.naive!.wrong), [["96", "64"]]);
});

test("forward, values appear generation by generation", () => {
  const data = scene("diamond");
  assert.equal(forwardStops(generationsOf(data.trace)), 4);
  const known = (position: number) => {
    const at = moment("diamond", position);
    return at.facts.trace.variables.filter((v) => at.isVariableComputed(v)).map((v) => v.name).join("");
  };
  assert.deepEqual([-4, -3, -2, -1, 0].map(known), ["x", "xa", "xabc", "xabcy", "xabcy"]);
  assert.deepEqual(names(moment("diamond", -3)), ["Square", "a", "x"]);
});

test("another granularity keeps the place", () => {
  const data = scene("diamond");
  const [wide, fine] = [makePlan(data, "generation", "generation"), makePlan(data, "function", "generation")];
  assert.deepEqual([0, 1, 2, 3].map((step) => nearestStep(wide, step, fine)), [0, 1, 3, 4]);
  assert.deepEqual([0, 1, 2, 3, 4].map((step) => nearestStep(fine, step, wide)), [0, 1, 1, 2, 3]);
});

test("x * x has two edges and two contributions", () => {
  const at = moment("twice", 1);
  assert.equal(at.chips.length, 2);
  assert.equal(new Set(at.chips.map((chip) => chip.edge)).size, 2);
});

test("what was there before counts", () => {
  const at = moment("kept", 1);
  const x = at.facts.trace.variables.find((v) => v.name === "x")!;
  assert.equal(briefGrad(moment("kept", 0).grad(x).values!), "4");
  assert.equal(briefGrad(at.grad(x).values!), "8");
});

test("the first NaN is found", () => {
  const data = scene("nan");
  const troubles = findTroubles(new Book(data, generationsOf(data.trace)));
  assert.equal(troubles.first?.what, "nan");
  assert.ok(troubles.first!.position < 0);
});

test("search finds names, beginnings first", () => {
  const at = moment("net", 0);
  assert.equal(findNodes(at.facts, "w1")[0]?.label, "W1");
  assert.ok(findNodes(at.facts, "tanh").length > 0);
  assert.deepEqual(findNodes(at.facts, "  "), []);
});

test("what a turn of a loop made is called in the reader's language, and in another one again", () => {
  const data = scene("diamond");
  data.trace.variables[1]!.name = "tanh(h (step 3))";
  for (const [lang, name] of [["ko", "tanh(h (단계 3))"], ["en", "tanh(h (step 3))"]] as const) {
    new Words(data, lang);
    assert.equal(data.trace.variables[1]!.name, name);
  }
});

test("with other numbers no term is shown that was of the numbers before", () => {
  const data = scene("diamond");
  const elements = { f1: { 0: [[[0, 0, 4]]] } };
  data.elements = elements;
  renumber(data, { trace: {}, story: {} });
  assert.deepEqual(data.elements, { f1: {} });
  renumber(data, { trace: {}, story: {}, elements });
  assert.deepEqual(data.elements, elements);
});
