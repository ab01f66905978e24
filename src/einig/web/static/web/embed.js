// Puts a form into a page: <script async src="https://…/embed.js" data-form="KEY"></script>
(function () {
  var us = document.currentScript;
  (us ? [us] : document.querySelectorAll('script[data-form][src$="/embed.js"]')).forEach(function (script) {
    var of = script.dataset, host = new URL(script.src).origin, key = of.form;
    if (of.there) return;
    of.there = "yes";
    var asks = new URLSearchParams({frame: location.origin, page: location.host + location.pathname});
    var language = of.language || document.documentElement.lang;
    if (language) asks.set("language", language.slice(0, 2));
    if (document.referrer) asks.set("referrer", new URL(document.referrer).origin);
    new URLSearchParams(location.search).forEach(function (value, name) {
      if (name.startsWith("utm_")) asks.set(name, value);
    });
    var frame = document.createElement("iframe");
    frame.src = host + "/f/" + encodeURIComponent(key) + "?" + asks;
    frame.title = of.title || "Form";
    frame.style.cssText = "width:100%;height:40rem;border:0;color-scheme:normal";
    addEventListener("message", function (event) {
      var told = event.data;
      if (event.origin !== host || event.source !== frame.contentWindow || !told || told.einig !== key) return;
      if (told.height > 0) frame.style.height = Math.min(told.height, 20000) + "px";
      if (told.sent) frame.scrollIntoView({block: "nearest"});
    });
    script.after(frame);
  });
})();
