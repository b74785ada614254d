(() => {
  const A = {{spec}};
  let failed = 0, lockedUntil = 0, skipped = 0;
  const now = () => Date.now() + skipped;
  const show = (text, good) => { $("login-notice").className = "notice " + (good ? "good" : "bad"); $("login-notice").textContent = text; };
  const draw = () => {
    const left = Math.max(0, Math.ceil((lockedUntil - now()) / 60000));
    $("attempts").textContent = left ? T.locked_for.replace("{n}", left) : T.attempts_left.replace("{n}", A.attempts - failed);
  };
  $("login").addEventListener("submit", (event) => {
    event.preventDefault();
    if (now() < lockedUntil) { show(T.locked, false); draw(); return; }
    if ($("user").value.trim() === A.user && $("secret").value === A.password) { failed = 0; show(T.welcome, true); draw(); return; }
    failed += 1;
    if (failed >= A.attempts) { failed = 0; lockedUntil = now() + A.lock * 60000; show(T.locked, false); }
    else show(T.wrong, false);
    draw();
  });
  $("skip").addEventListener("click", () => { skipped += A.lock * 60000; draw(); show(T.time_passed.replace("{n}", A.lock), true); });
  draw();
})();
