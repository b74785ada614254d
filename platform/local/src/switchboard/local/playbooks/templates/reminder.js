(() => {
  const R = {{spec}};
  const base = new Date(Date.UTC(2026, 2, 2, 9));
  const items = R.items.map((item) => ({ ...item, muted: false }));
  const label = (date) => new Intl.DateTimeFormat(LANG, { dateStyle: "medium", timeZone: "UTC" }).format(date);
  const draw = () => {
    const day = Number($("day").value), now = new Date(+base + day * 864e5);
    $("today").textContent = label(now);
    $("due").replaceChildren(...items.map((item) => {
      const due = new Date(+base + item.day * 864e5);
      const leads = R.leads.filter((hours) => {
        const at = +due - hours * 36e5;
        return at <= +now && +now < at + 864e5;
      });
      const sends = leads.length > 0 && !item.done && !item.muted;
      const toggle = (key) => (e) => { item[key] = e.target.checked; draw(); };
      return make("li", { class: item.done ? "done" : "" },
        make("span", { class: "name", text: `${item.name}, ${label(due)}` }),
        make("label", { class: "row" }, make("input", { type: "checkbox", checked: item.done, onchange: toggle("done") }), T.done),
        make("label", { class: "row" }, make("input", { type: "checkbox", checked: item.muted, onchange: toggle("muted") }), T.mute),
        make("span", { class: "tag", text: sends ? T.reminder_today : T.no_reminder }));
    }));
    const n = document.querySelectorAll("#due .tag").length && items.filter((_, i) => $("due").children[i].querySelector(".tag").textContent === T.reminder_today).length;
    $("due-count").textContent = T.reminders.replace("{n}", n);
  };
  $("day").addEventListener("input", draw);
  draw();
})();
