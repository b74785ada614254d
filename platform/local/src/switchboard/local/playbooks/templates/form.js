(() => {
  const FIELDS = {{spec}};
  const form = $("form"), notice = $("form-notice");
  const NEEDS = { upper: /[A-ZÀ-Þ]/, lower: /[a-zß-ÿ]/, digit: /[0-9]/, special: /[^A-Za-z0-9]/ };
  const PATTERNS = { email: /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/, tel: /^\+?[0-9][0-9 ()\/-]{5,19}$/,
    postal: /^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$/, url: /^https?:\/\/[^\s\/.]+\.[^\s]+$/, username: /^[A-Za-z0-9._-]+$/ };
  const iban = (text) => {
    const clean = text.replace(/\s/g, "").toUpperCase();
    if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(clean)) return false;
    let rest = 0;
    for (const c of clean.slice(4) + clean.slice(0, 4)) for (const d of String(parseInt(c, 36))) rest = (rest * 10 + +d) % 97;
    return rest === 1;
  };
  const problem = (f) => {
    const value = $("f-" + f.name).value.trim();
    if (f.matches) return value === $("f-" + f.matches).value.trim() ? "" : T.must_match;
    if (!value) return f.required ? T.required : "";
    if (f.min_length && value.length < f.min_length) return T.too_short.replace("{n}", f.min_length);
    if (f.max_length && value.length > f.max_length) return T.too_long.replace("{n}", f.max_length);
    if (PATTERNS[f.kind] && !PATTERNS[f.kind].test(value)) return T.invalid;
    if (f.options.length && !f.options.includes(value)) return T.invalid;
    if (f.digits_only && !/^\d{5}$/.test(value)) return T.invalid;
    if (f.kind === "iban" && !iban(value)) return T.invalid;
    if (f.kind === "number") {
      const number = Number(value.replace(",", "."));
      if (Number.isNaN(number)) return T.invalid;
      if (f.minimum !== null && number < Number(f.minimum)) return T.at_least.replace("{n}", f.minimum);
      if (f.maximum !== null && number > Number(f.maximum)) return T.at_most.replace("{n}", f.maximum);
    }
    if (f.not_past && value < new Date().toISOString().slice(0, 10)) return T.not_past;
    const missing = f.needs.filter((need) => !NEEDS[need].test(value)).map((need) => T[need]);
    return missing.length ? T.needs + " " + missing.join(", ") : "";
  };
  const REFERENCE = {{reference}};
  const accepted = () => REFERENCE
    ? {{message}} + " " + REFERENCE[0].toUpperCase() + REFERENCE.slice(1) + ": " + String(Math.floor(Math.random() * 1e10)).padStart(10, "0")
    : {{message}};
  const show = (f) => {
    const text = problem(f), input = $("f-" + f.name);
    input.setAttribute("aria-invalid", text ? "true" : "false");
    $("e-" + f.name).textContent = text;
    return text;
  };
  FIELDS.forEach((f) => $("f-" + f.name).addEventListener("blur", () => $("f-" + f.name).value && show(f)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = FIELDS.filter((f) => show(f));
    notice.className = "notice " + (wrong.length ? "bad" : "good");
    notice.textContent = wrong.length ? T.correct_fields.replace("{n}", wrong.length) : accepted();
    if (wrong.length) $("f-" + wrong[0].name).focus(); else form.reset();
  });
  $("form-fill").addEventListener("click", () => {
    FIELDS.forEach((f) => { $("f-" + f.name).value = f.example; show(f); });
  });
})();
