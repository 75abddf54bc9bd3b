// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Elements are made here and nowhere else: text becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

/** A name from elsewhere, which writes in its own direction. */
function name(text, attributes = {}) {
  return h("bdi", attributes, clean(text));
}

function icon(level) {
  return svg("svg", { class: `icon ${level}`, "aria-hidden": "true" }, svg("use", { href: `#sign-${level}` }));
}

function swatch(kind) {
  return svg("svg", { class: "swatch", viewBox: "0 0 10 10", "aria-hidden": "true" },
    svg("rect", { class: `fill-${kind}`, width: 10, height: 10 }),
    kind === "f" || kind === "failed" ? svg("rect", { fill: "url(#hatch)", width: 10, height: 10 }) : null);
}

function share(parts, slim) {
  const total = parts.reduce((sum, [, number]) => sum + number, 0) || 1;
  let x = 0;
  return svg("svg", { class: `share${slim ? " slim" : ""}`, viewBox: `0 0 ${total} 1`, preserveAspectRatio: "none", "aria-hidden": "true" },
    parts.filter(([, number]) => number).map(([kind, number]) => {
      const part = svg("rect", { class: `fill-${kind}`, x, width: number, height: 1 });
      x += number;
      return part;
    }));
}

/** One of a few: radio buttons that look like a switch. */
function choice(legend, group, options, chosen, onchoice) {
  return h("fieldset", {},
    h("legend", { class: "unseen" }, legend),
    h("div", { class: "choice" }, options.map(([value, ...content]) =>
      h("label", {}, h("input", { type: "radio", name: group, value, checked: value === chosen, onchange: () => onchoice(value) }), content))));
}

/** What a chart shows, for those who would rather read it. */
function asTable(caption, heads, rows) {
  return h("details", { class: "data" }, h("summary", {}, "As a table"),
    h("table", {}, h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads.map((head, n) => h("th", { scope: "col", class: n ? "number" : null }, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, n) =>
        n ? h("td", { class: "number" }, cell) : h("th", { scope: "row" }, cell)))))));
}
