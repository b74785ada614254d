(() => {
  const A = {{spec}};
  const calls = { "<": (v) => v < A.limit, "<=": (v) => v <= A.limit, ">": (v) => v > A.limit, ">=": (v) => v >= A.limit };
  const draw = () => {
    const value = Number($("level").value), on = calls[A.operator](value);
    $("level-value").textContent = value;
    $("level-notice").className = "notice " + (on ? "bad" : "good");
    $("level-notice").textContent = on ? T.alert_on : T.alert_off;
  };
  $("level").addEventListener("input", draw);
  draw();
})();
