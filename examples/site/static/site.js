// What the theme leaves open for those who use a keyboard or a screen reader.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  // Whatever scrolls sideways can be scrolled by keyboard.
  for (const box of document.querySelectorAll("pre, .site-scroll, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth && !box.hasAttribute("tabindex")) box.tabIndex = 0;
  }
  // A table's empty corner heads nothing.
  for (const head of document.querySelectorAll("th")) {
    if (!head.textContent.trim()) head.setAttribute("role", "cell");
  }
  // The arrows that open a part of the navigation are called as that part is.
  for (const summary of document.querySelectorAll("nav details > summary")) {
    const link = summary.closest("li")?.querySelector("a");
    if (link && !summary.hasAttribute("aria-label")) summary.setAttribute("aria-label", link.textContent.trim());
  }
});
