(() => {
  const L = {{spec}};
  const state = { text: "", filters: {}, bounds: [], column: L.sorted.column, down: L.sorted.down, page: 1 };
  const compare = (a, b) => {
    const x = Number(a), y = Number(b);
    return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a.localeCompare(b, LANG);
  };
  const found = () => {
    const text = state.text.toLocaleLowerCase(LANG);
    let rows = L.rows.filter((row) => Object.entries(state.filters).every(([k, v]) => !v || row[k] === v)
      && state.bounds.every((b) => b.most ? Number(row[b.name]) <= b.value : Number(row[b.name]) >= b.value)
      && (!text || L.search.some((k) => row[k].toLocaleLowerCase(LANG).includes(text))));
    if (state.column) rows = [...rows].sort((a, b) => compare(a[state.column], b[state.column]) * (state.down ? -1 : 1));
    return rows;
  };
  const draw = () => {
    const rows = found(), pages = Math.max(1, Math.ceil(rows.length / L.size));
    state.page = Math.min(state.page, pages);
    $("rows").replaceChildren(...rows.slice((state.page - 1) * L.size, state.page * L.size).map((row) =>
      make("tr", {}, ...L.columns.map((c) => make("td", { class: L.numeric.includes(c.name) ? "num" : "" },
        c.tag ? make("span", { class: "tag", text: row[c.name] }) : row[c.name])))));
    $("count").textContent = rows.length ? T.results.replace("{n}", rows.length) : L.empty;
    $("count").className = rows.length ? "muted" : "notice";
    if ($("pages")) {
      $("pages").textContent = `${state.page} / ${pages}`;
      $("prev").disabled = state.page <= 1;
      $("next-page").disabled = state.page >= pages;
    }
    document.querySelectorAll("[data-sort]").forEach((b) => {
      const on = b.dataset.sort === state.column;
      b.closest("th").setAttribute("aria-sort", on ? (state.down ? "descending" : "ascending") : "none");
      b.textContent = b.dataset.label + (on ? (state.down ? " ↓" : " ↑") : "");
    });
  };
  $("search")?.addEventListener("input", (e) => { state.text = e.target.value.trim(); state.page = 1; draw(); });
  document.querySelectorAll("[data-filter]").forEach((select) => select.addEventListener("change", () => {
    state.filters[select.dataset.filter] = select.value; state.page = 1; draw();
  }));
  const bound = () => [...document.querySelectorAll("[data-bound]")].filter((i) => i.value !== "")
    .map((i) => ({ name: i.dataset.bound, most: i.dataset.side === "most", value: Number(i.value) }));
  document.querySelectorAll("[data-bound]").forEach((input) => input.addEventListener("input", () => {
    state.bounds = bound(); state.page = 1; draw();
  }));
  document.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
    state.down = state.column === button.dataset.sort ? !state.down : L.down.includes(button.dataset.sort);
    state.column = button.dataset.sort; draw();
  }));
  $("clear")?.addEventListener("click", () => {
    state.text = ""; state.filters = {}; state.bounds = []; state.page = 1;
    document.querySelectorAll("[data-bound]").forEach((i) => { i.value = ""; });
    document.querySelectorAll("[data-filter]").forEach((s) => { s.value = ""; });
    if ($("search")) $("search").value = "";
    draw();
  });
  $("prev")?.addEventListener("click", () => { state.page -= 1; draw(); });
  $("next-page")?.addEventListener("click", () => { state.page += 1; draw(); });
  const today = () => new Date().toISOString().slice(0, 10);
  $("csv")?.addEventListener("click", () => {
    const quote = (v) => (/[",;\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);
    const lines = [L.columns.map((c) => c.name), ...found().map((r) => L.columns.map((c) => r[c.name]))];
    saveFile(`${L.file}-${today()}.csv`, "text/csv;charset=utf-8", lines.map((l) => l.map(quote).join(L.delimiter)).join("\r\n"));
    $("saved").textContent = T.exported.replace("{n}", found().length);
  });
  $("json")?.addEventListener("click", () => {
    saveFile(`${L.file}-${today()}.json`, "application/json", JSON.stringify(found(), null, 2));
    $("saved").textContent = T.exported.replace("{n}", found().length);
  });
  draw();
})();
