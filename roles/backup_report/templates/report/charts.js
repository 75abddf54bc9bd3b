// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Charts as SVG. Each has a text that says the same, and a table or a sentence beside it.

/** The days of a machine. Height and gaps say what colour says: good is full, failed is a full bar with a cut. */
function strip(days, dates) {
  const wide = days.length > 20 ? 4 : 8;
  const step = wide + 2;
  const paths = {};
  [...days].forEach((sign, n) => {
    const x = n * step;
    const bar = (from, to) => `M${x} ${from}h${wide}v${to - from}h${-wide}z`;
    const shape = {
      s: () => bar(5, 22),
      w: () => bar(5, 9) + bar(11, 22),
      f: () => bar(0, 22),
      r: () => bar(14, 22),
      "-": () => bar(20, 22),
    }[sign]();
    paths[sign] = (paths[sign] || "") + shape;
  });
  const width = days.length * step - 2;
  return svg("svg", { class: "strip", role: "img", "aria-label": stripText(days, dates), viewBox: `0 0 ${width} 22`, width, height: 22 },
    svg("title", {}, stripText(days, dates)),
    Object.entries(paths).map(([sign, d]) => svg("path", { d, class: sign === "-" ? "fill-gap" : `fill-${sign}` })),
    paths.f ? svg("path", { d: paths.f, fill: "url(#hatch)" }) : null);
}

function stripText(days, dates) {
  const said = Object.entries(DAYS)
    .map(([sign, word]) => [word, [...days].filter((one) => one === sign).length])
    .filter(([, number]) => number)
    .map(([word, number]) => `${number} ${word}`);
  const failed = days.lastIndexOf("f");
  return `${dates.length} days: ${said.join(", ")}${failed >= 0 ? `; last failed on ${day(dates[failed])}` : ""}`;
}

/** Steps for an axis: about four round numbers from low to high, in powers of `base`. */
function ticks(low, high, about = 4) {
  const rough = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const found = [];
  for (let at = Math.floor(low / step + 1e-9) * step; at < high + step * 0.999; at += step) found.push(at);
  return found;
}

const narrow = matchMedia("screen and (max-width: 860px)");
let WIDE = 0; // of a chart in its own units, which are about pixels

function measure() {
  WIDE = narrow.matches ? Math.max(300, Math.min(innerWidth, 720) - 68) : 500;
}

function grid(values, y, label, left = 0) {
  return values.map((value) => svg("g", {},
    svg("line", { class: "grid", x1: left, x2: WIDE, y1: y(value), y2: y(value) }),
    svg("text", { x: left, y: y(value) - 4 }, label(value))));
}

function dayLabels(dates, x, y) {
  const every = Math.max(1, Math.ceil((dates.length * 62) / (WIDE - 34)));
  return dates.map((date, n) => (dates.length - 1 - n) % every ? null :
    svg("text", { x: x(n), y, "text-anchor": "middle" }, day(date)));
}

/** A column a day: how many machines were backed up well, with a warning, failed, or not at all. */
function dayColumns(days, dates) {
  const top = Math.max(1, ...days.map((one) => one.f + one.w + one.s + one.r));
  const steps = ticks(0, top, 3).filter((one) => Number.isInteger(one));
  const height = 170, high = Math.max(top, steps.at(-1));
  const y = (value) => 18 + height - (value / high) * height;
  const step = (WIDE - 34) / dates.length, wide = Math.min(26, step * 0.72);
  const x = (n) => 34 + step * (n + 0.5);
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDE} 214`, role: "img", "aria-label": "Machines by the result of each day" },
    grid(steps, y, (value) => whole.format(value)),
    days.map((one, n) => {
      let below = 0;
      return svg("g", { class: "bar" },
        svg("title", {}, `${day(dates[n])}: ${dayText(one)}`),
        ["s", "w", "r", "f"].flatMap((sign) => {
          if (!one[sign]) return [];
          const box = { x: x(n) - wide / 2, width: wide, y: y(below + one[sign]), height: Math.max(1.5, y(below) - y(below + one[sign]) - (below ? 1 : 0)) };
          below += one[sign];
          return [svg("rect", { ...box, class: `fill-${sign}` }), sign === "f" ? svg("rect", { ...box, fill: "url(#hatch)" }) : null];
        }));
    }),
    dayLabels(dates, x, 208));
}

function dayText(one) {
  return Object.entries(DAYS).filter(([sign]) => one[sign]).map(([sign, word]) => `${whole.format(one[sign])} ${word}`).join(", ") || "no machine";
}

/** Bars for how much of the time that is allowed has passed, with the objective as a line between them. */
function ageBars(bars) {
  const top = Math.max(1, ...bars.map((bar) => bar.count));
  const step = WIDE / bars.length, height = 150;
  const limit = step * bars.filter((bar) => bar.within).length;
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDE} 214`, role: "img", "aria-label": "Machines by age against their objective" },
    svg("line", { class: "grid", x1: 0, x2: WIDE, y1: 188, y2: 188 }),
    bars.map((bar, n) => {
      const tall = bar.count ? Math.max(2, (bar.count / top) * height) : 0;
      const box = { x: n * step + step * 0.14, width: step * 0.72, y: 188 - tall, height: tall };
      return svg("g", { class: "bar" },
        svg("title", {}, `${bar.label}: ${counted(bar.count, "machine")}`),
        svg("rect", { ...box, class: `fill-${bar.kind}` }),
        svg("text", { class: bar.count ? "strong" : null, x: n * step + step / 2, y: 182 - tall, "text-anchor": "middle" }, whole.format(bar.count)),
        svg("text", { x: n * step + step / 2, y: 208, "text-anchor": "middle" }, bar.short));
    }),
    svg("line", { class: "rule", x1: limit, x2: limit, y1: 8, y2: 188 }),
    svg("text", { class: "strong", x: limit + 7, y: 15 }, "objective"));
}

/** The line of sizes over the days. */
function sizeLine(history, dates) {
  const known = history.filter((one) => one !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const steps = ticks(most - least < most * 0.02 ? least * 0.95 : least, most === least ? most * 1.05 || 1 : most);
  const [low, high] = [steps[0], steps.at(-1)];
  const y = (value) => 188 - ((value - low) / (high - low || 1)) * 165;
  const x = (n) => 62 + (dates.length > 1 ? (n / (dates.length - 1)) * (WIDE - 84) : (WIDE - 84) / 2);
  const points = history.map((value, n) => `${x(n).toFixed(1)} ${y(value).toFixed(1)}`);
  const last = history.length - 1;
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDE} 214`, role: "img", "aria-label": "Size of the newest good backups over the days" },
    grid(steps, y, bytes),
    svg("path", { class: "under", d: `M${points.join("L")}L${x(last)} 188L${x(0)} 188z` }),
    svg("path", { class: "trend", d: `M${points.join("L")}` }),
    svg("circle", { class: "end", cx: x(last), cy: y(history[last]), r: 5 }),
    history.map((value, n) => svg("rect", { x: x(n) - 12, width: 24, y: 10, height: 180, fill: "transparent" }, svg("title", {}, `${day(dates[n])}: ${bytes(value)}`))),
    dayLabels(dates, x, 208));
}

/** A small line for one machine; days without a backup are left out. */
function spark(history) {
  const known = history.map((value, n) => [n, value]).filter(([, value]) => value !== null);
  if (known.length < 2) return null;
  const sizes = known.map(([, value]) => value);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const points = known.map(([n, value]) => `${((n / (history.length - 1)) * 196 + 2).toFixed(1)} ${(33 - ((value - low) / (high - low || 1)) * 30).toFixed(1)}`);
  return svg("svg", { class: "chart spark", viewBox: "0 0 200 36", role: "img", "aria-label": `From ${bytes(sizes[0])} to ${bytes(sizes.at(-1))}` },
    svg("path", { class: "trend", d: `M${points.join("L")}` }));
}

/** Age against its limit: the bar is the age, the mark is the limit. Beyond twice the limit the bar ends. */
function ageBar(age, limit, kind) {
  const part = age === null ? 96 : Math.min(96, (age / (limit || 1)) * 48);
  return svg("svg", { viewBox: "0 0 96 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: `fill-${kind}`, width: Math.max(1, part), height: 6 }),
    svg("rect", { class: "limit", x: 47, width: 2, height: 6 }));
}
