// What a picture of a stepper must not show: returns a list of sentences, empty when all is well.
() => {
  const root = document.querySelector(".stepper");
  const stage = root.querySelector(".stage").getBoundingClientRect();
  const found = [];
  const name = (element) => `${element.getAttribute("class") ?? element.localName} “${(element.textContent ?? "").slice(0, 30)}”`;
  const boxes = (selector) => [...root.querySelectorAll(selector)].map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.right > stage.left && box.left < stage.right && box.bottom > stage.top && box.top < stage.bottom);
  const shared = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
  const apart = (some, others, tolerance, what) => {
    for (const [i, one] of some.entries())
      for (const other of some === others ? some.slice(i + 1) : others)
        if (shared(one.box, other.box) > tolerance) found.push(`${what}: ${name(one.element.parentNode)} and ${name(other.element.parentNode)} share ${shared(one.box, other.box)} px`);
  };

  // the drawing
  const nodes = boxes(".node .card, .node .pill");
  const chips = boxes(".chip rect");
  apart(nodes, nodes, 0.5, "nodes overlap");
  apart(chips, chips, 3, "chips overlap");
  apart(chips, nodes, 4, "a chip covers a node");
  const heads = boxes(".head-of text");
  apart(heads, heads, 0.5, "names of generations overlap");
  for (const { element, box } of boxes(".node text, .chip text")) {
    const ground = element.parentNode.querySelector(".card, .pill, rect:not(.ring):not(.waits)").getBoundingClientRect();
    if (box.left < ground.left - 1 || box.right > ground.right + 1) found.push(`text leaves its node: ${name(element)}`);
  }
  const band = root.querySelector(".band[data-active] rect")?.getBoundingClientRect();
  if (band && band.width < stage.width - 26 && (band.left < stage.left - 1 || band.right > stage.right + 1)) found.push("the generation at work is cut off");

  // texts
  const frame = root.getBoundingClientRect();
  for (const element of root.querySelectorAll(".head *, .said, .said *, .transport *, .side *, .orders *, .legend *")) {
    if (element.closest("svg, math, .scroll, .order ol, .code, select, [hidden]")) continue;
    const own = [...element.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    const box = element.getBoundingClientRect();
    if (!own || !box.width) continue;
    if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`text leaves the stepper: ${name(element)}`);
    const style = getComputedStyle(element);
    const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && style.overflowX !== "visible";
    if (cut && !(style.textOverflow === "ellipsis" && element.title)) found.push(`text is cut off: ${name(element)}`);
  }
  for (const element of root.querySelectorAll(".side math")) {
    const box = element.getBoundingClientRect();
    const scroller = element.closest(".formula"); // what is too wide for the column scrolls, for keys too
    if (scroller && scroller.scrollWidth > scroller.clientWidth && scroller.tabIndex === 0) continue;
    if (box.right > root.querySelector(".side").getBoundingClientRect().right) found.push(`mathematics is cut off: ${name(element)}`);
  }
  const labels = [...root.querySelectorAll(".labels span")].map((element) => ({ element, box: element.getBoundingClientRect() }));
  apart(labels, labels, 0.5, "labels of the timeline overlap");
  const side = root.querySelector(".side");
  if (side.scrollWidth > side.clientWidth + 1) found.push("the column scrolls sideways");
  const longer = side.scrollHeight - side.scrollTop - side.clientHeight > 8;
  if (longer === root.querySelector(".more").hidden) found.push("the column does not say truly whether it goes on");

  // the frame
  for (const element of root.querySelectorAll(".head, .tools > *, .transport, .transport .buttons > *, .line, .slider, .stage-bar, .zoom > *")) {
    const box = element.getBoundingClientRect();
    if (box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)) found.push(`a control leaves the stepper: ${name(element)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  return found;
}
