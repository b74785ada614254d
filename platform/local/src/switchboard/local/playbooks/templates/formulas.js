(() => {
  const F = {{spec}};
  const number = (id) => Number($(id).value.replace(",", "."));
  const rounded = (value, digits) => new Intl.NumberFormat(LANG, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  const SUMS = {
    bmi: (w, h) => (w > 0 && h > 0 ? [rounded(w / (h / 100) ** 2, 1), T[((v) => (v < 18.5 ? "under" : v < 25 ? "normal" : v < 30 ? "over" : "obese"))(w / (h / 100) ** 2)]] : null),
    temperature: (c) => (c >= -273.15 ? [rounded(c * 9 / 5 + 32, 1) + " °F", ""] : null),
    currency: (a) => (a >= 0 ? [rounded(a * F.rate, 2), "× " + F.rate] : null),
    distance: (k) => (k >= 0 ? [rounded(k / 1.609344, 1) + " mi", ""] : null),
    average: (...v) => (v.every((x) => !Number.isNaN(x)) ? [rounded(v.reduce((a, b) => a + b, 0) / v.length, 1), ""] : null),
    loan: (a, p, m) => { if (a < 0 || p < 0 || m < 1) return null; const r = p / 1200; return [money(r ? a * r / (1 - (1 + r) ** -m) : a / m), ""]; },
  };
  F.kinds.forEach(({ kind, inputs }) => {
    const draw = () => {
      const answer = SUMS[kind](...inputs.map((id) => number(id)));
      const ok = answer && !String(answer[0]).includes("NaN");
      $("r-" + kind).textContent = ok ? answer[0] : "–";
      $("n-" + kind).textContent = ok ? answer[1] : T.invalid;
    };
    inputs.forEach((id) => $(id).addEventListener("input", draw));
    draw();
  });
})();
