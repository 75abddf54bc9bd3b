// Copyright: (c) 2026, safehold.backup contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// A table that sorts and pages what it is given. Only the rows of one page are in the document.

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

class Sheet {
  /**
   * columns: {label, kind, value(row) to sort by, cell(row) to show, down: whether the largest come first}.
   * noun: what a row is. more(row): what unfolds below a row, of which the first column is the button.
   */
  constructor(table, below, { columns, noun, size = 25, more = null, sorted = 0 }) {
    Object.assign(this, { table, columns, noun, more, size, column: sorted, down: Boolean(columns[sorted].down), rows: [], page: 0, ranks: new Map() });
    this.said = h("p", { role: "status" });
    this.back = h("button", { type: "button", class: "button", onclick: () => this.turn(-1) }, "Previous");
    this.next = h("button", { type: "button", class: "button", onclick: () => this.turn(1) }, "Next");
    this.place = h("span", { class: "quiet" });
    this.pages = h("nav", { "aria-label": `Pages of ${noun}s` }, this.back, this.place, this.next);
    below.replaceChildren(h("div", { class: "below" }, this.said, this.pages));
    this.heads = columns.map((column, n) => h("th", { scope: "col", class: column.kind },
      column.value ? h("button", { type: "button", class: "sort", onclick: () => this.sort(n) }, column.label) : column.label));
    table.tHead.replaceChildren(h("tr", {}, this.heads));
    addEventListener("beforeprint", () => this.draw(Sheet.PRINTED));
    addEventListener("afterprint", () => this.draw());
  }

  show(rows, all = rows.length) {
    Object.assign(this, { rows, all, page: 0 });
    this.order();
    this.draw();
  }

  sort(n) {
    this.down = this.column === n ? !this.down : Boolean(this.columns[n].down);
    this.column = n;
    this.page = 0;
    this.order();
    this.draw();
  }

  turn(by) {
    this.page += by;
    this.draw();
    // The button may just have ended its work: whoever pressed it by key goes on from the other one.
    if (document.activeElement === document.body || document.activeElement?.disabled) (by < 0 ? this.next : this.back).focus();
    const top = this.table.getBoundingClientRect().top;
    if (top < 0) this.table.scrollIntoView({ block: "start" });
  }

  order() {
    const { value } = this.columns[this.column];
    if (!this.ranks.has(this.column)) this.ranks.set(this.column, new Map());
    const known = this.ranks.get(this.column);
    for (const row of this.rows) if (!known.has(row)) known.set(row, value(row));
    const sign = this.down ? -1 : 1;
    const compare = typeof known.get(this.rows[0]) === "string" ? collator.compare : (a, b) => a - b;
    this.rows = [...this.rows].sort((a, b) => sign * compare(known.get(a), known.get(b)));
  }

  draw(size = this.size) {
    const from = size === this.size ? this.page * size : 0;
    const shown = this.rows.slice(from, from + size);
    const pages = Math.max(1, Math.ceil(this.rows.length / size));
    this.heads.forEach((head, n) => {
      if (n === this.column) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.table.tBodies[0].replaceChildren(...shown.map((row) => this.row(row)));
    this.said.textContent = this.summary(from, shown.length);
    this.place.textContent = `${whole.format(this.page + 1)} of ${whole.format(pages)}`;
    this.back.disabled = this.page === 0;
    this.next.disabled = this.page >= pages - 1;
    this.pages.hidden = pages === 1;
  }

  summary(from, shown) {
    const found = this.rows.length;
    const all = counted(this.all, this.noun);
    if (!found) return this.all ? `None of ${all} matches.` : `No ${this.noun}.`;
    const part = `${whole.format(from + 1)}–${whole.format(from + shown)} of `;
    if (found === this.all) return shown === found ? all : part + all;
    return shown === found ? `${whole.format(found)} of ${all}` : `${part}${whole.format(found)} that match, of ${all}`;
  }

  row(row) {
    const cells = this.columns.map((column, n) =>
      n ? h("td", { class: column.kind, "data-label": column.label }, column.cell(row))
        : h("th", { scope: "row", class: column.kind }, this.more ? this.unfolding(row, column) : column.cell(row)));
    return h("tr", {}, cells);
  }

  unfolding(row, column) {
    const button = h("button", { type: "button", class: "open", "aria-expanded": "false", onclick: () => {
      const line = button.closest("tr");
      const open = button.getAttribute("aria-expanded") === "true";
      if (open) line.nextElementSibling.remove();
      else line.after(h("tr", { class: "details" }, h("td", { colspan: this.columns.length }, this.more(row))));
      button.setAttribute("aria-expanded", String(!open));
    } }, column.cell(row));
    return button;
  }
}
Sheet.PRINTED = 200;
