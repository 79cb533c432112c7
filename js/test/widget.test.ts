// The widget on a page: the contract that the browser tests and assistive technology rely on.
import assert from "node:assert/strict";
import test from "node:test";
import loader from "../src/loader.js";
import widget from "../src/index";
import { FakeModel, installPage, sceneText, settle } from "./helpers";
import { fitName, fitNumber } from "../src/fittext";

installPage();

function show(name: string, state: Record<string, unknown> = {}) {
  const model = new FakeModel({ _scene: sceneText(name), lang: "en", ...state });
  const el = document.createElement("div");
  document.body.append(el);
  const leave = widget.render({ model, el });
  const root = el.querySelector<HTMLElement>(".stepper")!;
  const node = (label: string) => root.querySelector<SVGGElement>(`.node[aria-label^="${label},"]`)!;
  const button = (label: string) => root.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`)!;
  const press = async (key: string, target: Element = root) => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await settle();
  };
  const click = async (label: string) => {
    button(label).click();
    await settle();
  };
  return { model, el, root, leave, node, button, press, click };
}

test("the root, its name, its buttons", () => {
  const { root, button, leave } = show("diamond");
  assert.equal(root.getAttribute("role"), "group");
  assert.match(root.getAttribute("aria-label")!, /backward/);
  assert.equal(root.getAttribute("data-lm-suppress-shortcuts"), "true");
  for (const name of ["First", "Previous", "Play", "Next", "Last"]) assert.ok(button(name), name);
  const slider = root.querySelector("input[type=range]")!;
  assert.equal(slider.getAttribute("aria-label"), "Step");
  assert.ok(root.querySelector("[aria-live=polite]")!.textContent);
  leave();
});

test("every node says what it is", () => {
  const { root, leave } = show("diamond");
  const nodes = [...root.querySelectorAll(".node")];
  assert.equal(nodes.length, 9);
  for (const node of nodes) for (const name of ["data-node-id", "data-kind", "data-generation", "aria-label"]) assert.ok(node.hasAttribute(name));
  assert.equal(nodes.filter((node) => node.getAttribute("data-kind") === "function").length, 4);
  leave();
});

test("a general rule may hold a sign of equality", async () => {
  const state = sceneText("diamond").replaceAll('"rule": "gx = 2 · x · gy"', '"rule": "gx = gy where x = y, else 0"');
  const { root, click, leave } = show("diamond", { _scene: state });
  await click("Last");
  assert.equal(root.querySelector(".general .formula")!.textContent!.replaceAll("\u00a0", " "), "gx=gy where x=y, else 0");
  leave();
});

test("stepping to the end: a 16, x 64", async () => {
  const { node, click, model, leave } = show("diamond");
  assert.equal(node("y").getAttribute("data-grad"), "1");
  assert.equal(node("x").getAttribute("data-grad"), null);
  for (const _ of [1, 2, 3]) await click("Next");
  assert.equal(model.get("step"), 3);
  assert.equal(node("a").getAttribute("data-grad"), "16");
  assert.equal(node("x").getAttribute("data-grad"), "64");
  assert.equal(node("x").getAttribute("data-active"), "true");
  assert.equal(node("y").getAttribute("data-active"), null);
  assert.equal(node("y").getAttribute("data-freed"), "true");
  leave();
});

test("keys", async () => {
  const { press, model, leave } = show("diamond");
  await press("ArrowRight");
  assert.equal(model.get("step"), 1);
  await press("End");
  assert.equal(model.get("step"), 3);
  await press("ArrowLeft");
  assert.equal(model.get("step"), 2);
  await press("Home");
  assert.deepEqual([model.get("step"), model.get("rewind")], [0, 0]);
  await press("ArrowLeft");
  assert.deepEqual([model.get("step"), model.get("rewind")], [0, 1]);
  await press("Home");
  assert.equal(model.get("rewind"), 4);
  await press("End");
  assert.equal(model.get("rewind"), 0);
  await press(" ");
  assert.equal(model.get("playing"), true);
  leave();
});

test("Play becomes Pause, and starts over at the end", async () => {
  const { click, button, model, leave } = show("diamond", { step: 3 });
  await click("Play");
  assert.ok(button("Pause"));
  assert.equal(model.get("step"), 0);
  await click("Pause");
  assert.ok(button("Play"));
  leave();
});

test("changes from the kernel show", async () => {
  const { model, node, root, leave } = show("diamond");
  model.set("step", 2);
  await settle();
  assert.equal(node("a").getAttribute("data-grad"), "16");
  model.set("granularity", "function");
  await settle();
  assert.equal(node("a").getAttribute("data-grad"), "8");
  model.set("step", 99);
  await settle();
  assert.equal(root.getAttribute("data-step"), "4");
  leave();
});

test("two views of one model stay in step", async () => {
  const first = show("diamond");
  const el = document.createElement("div");
  const leave = widget.render({ model: first.model, el });
  await first.click("Next");
  assert.equal(el.querySelector(".stepper")!.getAttribute("data-step"), "1");
  leave();
  first.leave();
});

test("removing it leaves nothing behind", () => {
  const { model, el, leave } = show("diamond");
  assert.ok(model.listening > 0);
  leave();
  assert.equal(model.listening, 0);
  assert.equal(el.childNodes.length, 0);
});

test("a hostile name is text", () => {
  const { root, leave } = show("hostile");
  assert.equal(root.querySelector("script"), null);
  assert.match(root.querySelector(".node.leaf")!.getAttribute("aria-label")!, /<script>alert\(1\)<\/script>/);
  leave();
});

test("selecting shows the ledger", async () => {
  const { node, root, model, leave } = show("diamond", { step: 2 });
  node("a").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  await settle();
  assert.equal(model.get("selected"), node("a").getAttribute("data-node-id"));
  const ledger = root.querySelector(".ledger")!;
  assert.equal(ledger.querySelectorAll("tbody tr").length, 2);
  assert.match(ledger.querySelector("tfoot")!.textContent!, /16/);
  leave();
});

test("predict hides, judges and reveals", async () => {
  const { node, root, click, leave } = show("diamond", { predict: true, step: 1 });
  await click("Next");
  assert.equal(node("a").getAttribute("data-grad"), null);
  assert.equal(node("a").getAttribute("data-state"), "hidden");
  for (const place of [".said", ".chips"]) assert.doesNotMatch(root.querySelector(place)!.textContent!, /16|8/);
  root.querySelector<HTMLInputElement>(".guess-input")!.value = "16";
  root.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await settle();
  assert.equal(node("a").getAttribute("data-grad"), "16");
  assert.match(root.querySelector(".guess")!.textContent!, /Right: 16/);
  assert.match(root.querySelector(".guess")!.textContent!, /1 of 1/);
  leave();
});

test("the naive order beside the right one", async () => {
  const { root, node, leave } = show("diamond", { order: "naive", step: 5 });
  assert.equal(node("x").getAttribute("data-grad"), "96");
  assert.match(root.querySelector(".orders")!.textContent!, /96.*64/s);
  assert.equal(root.querySelectorAll(".orders [data-parts]").length, 2);
  leave();
});

test("Korean", () => {
  const { root, leave } = show("diamond", { lang: "ko" });
  assert.equal(root.getAttribute("lang"), "ko");
  assert.ok(root.querySelector('button[aria-label="다음"]'));
  leave();
});

test("the language can be changed", () => {
  const { model, el, leave } = show("diamond");
  model.set("lang", "ko");
  assert.equal(el.querySelectorAll(".stepper").length, 1);
  assert.equal(el.querySelector(".stepper")!.getAttribute("lang"), "ko");
  leave();
  assert.equal(model.listening, 0);
});

test("Tab walks controls, then nodes", () => {
  const { root, leave } = show("diamond");
  const stops = [...root.querySelectorAll("button, input, select, [tabindex='0']")];
  const firstNode = stops.findIndex((stop) => stop.classList.contains("node"));
  assert.ok(stops.findIndex((stop) => stop.getAttribute("aria-label") === "Step") < firstNode);
  assert.deepEqual(stops.slice(firstNode, firstNode + 9).map((stop) => stop.getAttribute("aria-label")!.split(",")[0]), ["x", "Square → a", "a", "Square → b", "Square → c", "b", "c", "Add → y", "y"]);
  assert.ok(stops.every((stop) => stop.hasAttribute("data-lm-suppress-shortcuts")));
  leave();
});

test("bad data gives a sentence, never a blank cell", () => {
  const cases: [string, RegExp][] = [
    ["", /broken/], ["{", /broken/], ["null", /empty/], ['{"version": 99}', /newer/], ['{"version": 1, "trace": {"version": 7}}', /newer/],
    ['{"version": 1}', /broken \(at trace\)/], ['{"version": 1, "error": {"en": "too large"}}', /too large/],
  ];
  for (const [text, sentence] of cases) {
    const el = document.createElement("div");
    const log = console.error;
    console.error = () => undefined;
    const leave = widget.render({ model: new FakeModel({ _scene: text, lang: "en" }), el });
    console.error = log;
    assert.match(el.querySelector("[role=alert]")!.textContent!, sentence, text);
    leave();
  }
});

test("NaN is marked on nodes", () => {
  const { root, leave } = show("nan", { step: 0 });
  assert.ok(root.querySelector('.node[data-trouble="nan"]'));
  assert.match(root.querySelector(".alarm")!.textContent!, /first NaN/);
  leave();
});

test("a leaf's number is edited where there is a kernel", async () => {
  const scene = { ...JSON.parse(sceneText("diamond")), live: true };
  const model = new FakeModel({ _scene: JSON.stringify(scene), lang: "en", selected: "v0" });
  const sent: unknown[] = [];
  const el = document.createElement("div");
  document.body.append(el);
  const field = () => el.querySelector<HTMLInputElement>(".edit")!;
  const leave = widget.render({ model: Object.assign(model, { send: (content: unknown) => void sent.push(content) }), el });
  await settle();
  assert.equal(field().getAttribute("aria-label"), "value");
  assert.deepEqual([field().value, field().step], ["2", "0.1"]);
  field().value = "3";
  field().dispatchEvent(new Event("change"));
  assert.deepEqual(sent, [{ ask: "what_if", leaf: "v0", value: 3, lang: "en" }]);
  assert.equal(field().getAttribute("aria-busy"), "true");
  field().value = "";
  field().dispatchEvent(new Event("change"));
  assert.equal(sent.length, 1);
  assert.match(el.querySelector(".guess [role=alert]")!.textContent!, /type a number/);
  leave();
  assert.equal(model.listening, 0);
  const without = widget.render({ model: new FakeModel({ _scene: JSON.stringify(scene), lang: "en", selected: "v0" }), el });
  await settle();
  assert.match(el.querySelector(".panel")!.textContent!, /needs a kernel/);
  without();
});

test("other numbers of the same graph change only what stands on it", async () => {
  const scene = { ...JSON.parse(sceneText("diamond")), live: true };
  const model = new FakeModel({ _scene: JSON.stringify(scene), lang: "en", selected: "v0", step: 1 });
  const sent: { ask: string }[] = [];
  const el = document.createElement("div");
  document.body.append(el);
  const leave = widget.render({ model: Object.assign(model, { send: (content: unknown) => void sent.push(content as { ask: string }) }), el });
  await settle();
  const node = (label: string) => el.querySelector<SVGGElement>(`.node[aria-label^="${label},"]`)!;
  const [root, leaf] = [el.querySelector(".stepper"), node("x")];
  const field = el.querySelector<HTMLInputElement>(".edit")!;
  field.focus();
  const { functions, ...trace } = scene.trace;
  const trouble = [{ kind: "nan", phase: "forward", variable: "v0", function: null, call: null }];
  const other = { ...trace, trouble, summaries: trace.summaries.map((one: number) => (one === 2 ? 2.5 : one)), variables: trace.variables.map(({ source, ...row }: { source: unknown }) => row) };
  const drawing = { ...scene.drawing, width: scene.drawing.width + 20, nodes: { ...scene.drawing.nodes, v0: [1, 2, 333, 78] } };
  const story = { en: { ...scene.story.en, generation: [["new"], ["other words"]], function: [] } };
  model.set("_numbers", JSON.stringify({ trace: other, drawing, remarks: { en: [] }, story }));
  await settle();
  assert.equal(el.querySelector(".stepper"), root);
  assert.equal(node("x"), leaf);
  assert.match(leaf.textContent!, /2\.5/);
  assert.deepEqual([leaf.getAttribute("transform"), leaf.querySelector(".card")!.getAttribute("width"), leaf.hasAttribute("data-changed")], ["translate(1 2)", "333", true]);
  assert.equal(node("b").hasAttribute("data-changed"), false);
  assert.ok(el.querySelector(".alarm"));
  assert.equal(el.querySelector(".said")!.textContent, "other words");
  assert.equal(field.value, "2.5");
  assert.equal(document.activeElement, field);
  const second = document.createElement("div"); // another view of the same model begins with the same numbers
  const close = widget.render({ model, el: second });
  assert.match(second.querySelector('.node[aria-label^="x,"]')!.textContent!, /2\.5/);
  close();
  await new Promise((done) => setTimeout(done, 900));
  assert.deepEqual(sent.map(({ ask }) => ask), ["tell"]);
  model.set("step", 2);
  model.set("order", "naive"); // its numbers are on their way: the right order is shown until then
  await settle();
  assert.equal(root!.querySelector(".orders"), null);
  Object.assign(model.state, { _numbers: "" });
  model.set("_scene", JSON.stringify({ ...scene, drawing }));
  await settle();
  assert.equal(el.querySelector(".stepper"), root);
  assert.ok(root!.querySelector(".orders"));
  assert.equal(model.get("step"), 3); // as many functions have run
  assert.match(leaf.textContent!, /x2/);
  assert.equal(el.querySelector(".alarm"), null);
  leave();
  assert.equal(model.listening, 0);
});

test("a number that has little room has fewer digits before it is cut", () => {
  const fitted = (text: string, letters: number) => fitNumber(text, 8 * letters, "1px x"); // without a canvas a letter is 8 wide
  const cases: [string, number, string][] = [["0.0003539", 9, "0.0003539"], ["0.0003539", 7, "3.54e-4"], ["0.0003539", 6, "3.5e-4"], ["0.0003539", 5, "4e-4"], ["0.7071", 4, "0.71"], ["-7.511e-9", 7, "-7.5e-9"], ["‖0.1234‖", 6, "‖0.12‖"], ["123456", 5, "1.2e5"], ["nan", 2, "n…"]];
  for (const [text, letters, wanted] of cases) assert.equal(fitted(text, letters), wanted);
});

test("a parameter's name is cut from the left, the name of a gradient is not", () => {
  for (const [name, wanted] of [["net.linear1.weight", "…weight"], ["x.grad", "x.grad"], ["weights.grad", "weight…"], ["x @ W + b", "x @ W …"]] as const) assert.equal(fitName(name, 8 * 7, "1px x"), wanted);
});

test("a series: its slider brings other numbers, marks, lines, and another graph", async () => {
  const { model, el, root, button, leave } = show("series", { take: 0, selected: "v0" });
  const said = () => el.querySelector(".take-said")!.textContent;
  const card = (label: string) => el.querySelector(`.node[aria-label^="${label},"]`)!;
  assert.match(said()!, /^iteration 0: /);
  assert.deepEqual([...el.querySelectorAll(".take-mark")].map((mark) => mark.textContent), ["0"]);
  assert.deepEqual([...el.querySelectorAll(".take-line > :first-child")].map((line) => line.textContent), ["v2", "‖w.grad‖", "‖b.grad‖"]);
  button("Last").click();
  await settle();
  assert.equal(card("w").getAttribute("data-grad"), "[1, 0]");
  const slider = el.querySelector<HTMLInputElement>(".along")!;
  assert.equal(slider.getAttribute("aria-label"), "iteration");
  const compare = [...el.querySelectorAll<HTMLButtonElement>(".takes .toggle")].pop()!;
  compare.click();
  const go = async (take: number) => {
    slider.value = String(take);
    slider.dispatchEvent(new Event("input"));
    await settle();
  };
  await go(2);
  assert.equal(model.get("take"), 2);
  assert.equal(card("w").getAttribute("data-grad"), "[0, 0]");
  assert.match(said()!, /w\.grad is exactly zero/);
  assert.equal(root.getAttribute("data-step"), String(model.get("step")));
  const rows = () => [...el.querySelectorAll(".compared > table > tbody > tr")].map((row) => row.textContent);
  assert.deepEqual(rows(), ["w.grad‖1‖‖0‖-10", "b.grad0.50-0.5"]);
  await go(3);
  assert.match(el.querySelector(".takes")!.textContent!, /The graph of iteration 0 is another one/);
  assert.match(said()!, /^iteration 3: /);
  compare.click();
  assert.equal(compare.getAttribute("aria-pressed"), "false");
  leave();
  assert.equal(model.listening, 0);
});

test("what is sent keeps no host waiting while it unpacks", () => {
  assert.equal(loader.initialize({ model: new FakeModel({}) }), undefined);
});
