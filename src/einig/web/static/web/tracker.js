// What a visitor does, once they agreed to that; until then nothing is sent, stored or read.
(function () {
  var script = document.currentScript, host = new URL(script.src).origin, key = script.dataset.key;
  var service = script.dataset.service || "Einig", ID = "einig_id", FROM = "einig_from";
  var agreed = false, waiting = [], sending = null, seen = "";

  function id() {
    var kept = localStorage.getItem(ID);
    if (!kept) localStorage.setItem(ID, kept = random());
    return kept;
  }
  function random() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (n) {
      return n.toString(16).padStart(2, "0");
    }).join("");
  }
  function campaign() {  // of the first page of this visit
    var from = {};
    new URLSearchParams(location.search).forEach(function (value, name) {
      if (name.startsWith("utm_")) from[name === "utm_campaign" ? "name" : name.slice(4)] = value;
    });
    if (!from.source && document.referrer && new URL(document.referrer).host !== location.host)
      from.source = new URL(document.referrer).host;
    var kept = sessionStorage.getItem(FROM);
    if (!kept) sessionStorage.setItem(FROM, kept = JSON.stringify(from));
    return JSON.parse(kept);
  }
  function say(type, more) {
    waiting.push(Object.assign({
      type: type, messageId: random(), timestamp: new Date().toISOString(),
      page: {path: location.pathname, url: location.href, title: document.title, referrer: document.referrer}
    }, more));
    if (waiting.length > 200) waiting.shift();
    send();
  }
  function send() {
    if (!agreed || sending || !waiting.length) return;
    var batch = waiting.slice(0, 20);
    var body = batch.map(function (one) {
      var context = {page: one.page, userAgent: navigator.userAgent, locale: navigator.language, campaign: campaign()};
      return Object.assign({}, one, {anonymousId: id(), context: context, page: undefined});
    });
    sending = fetch(host + "/v1/batch", {
      method: "POST", keepalive: true, headers: {"Content-Type": "text/plain"},
      body: JSON.stringify({writeKey: key, sentAt: new Date().toISOString(), batch: body})
    }).then(function (answer) {  // what is refused for good would be refused again
      return answer.ok || answer.status === 400 || answer.status === 401;
    }, function () {}).then(function (done) {
      if (done) waiting = waiting.filter(function (one) { return batch.indexOf(one) < 0; });
      setTimeout(function () { sending = null; send(); }, done ? 0 : 5000);
    });
  }
  function page() {
    if (location.href === seen) return;
    seen = location.href;
    say("page", {properties: {path: location.pathname, url: location.href, title: document.title}});
  }
  function consent(now) {
    if (now === agreed) return;
    agreed = now;
    if (agreed) return send();
    waiting = [];
    localStorage.removeItem(ID);
    sessionStorage.removeItem(FROM);
  }

  var commands = {
    track: function (name, properties) { say("track", {event: name, properties: properties || {}}); },
    identify: function (traits) { say("identify", {traits: traits || {}}); },
    page: function () { seen = ""; page(); },
    consent: consent
  };
  var before = window.einig && window.einig.q || [];
  window.einig = function (name) { commands[name].apply(null, [].slice.call(arguments, 1)); };

  // --- what the banner of the website says ---
  function look() {
    var uc = window.UC_UI, bot = window.Cookiebot, bor = window.BorlabsCookie;
    if (uc && uc.isInitialized && uc.isInitialized())
      consent(uc.getServicesBaseInfo().some(function (one) { return one.name === service && one.consent.status; }));
    if (bot && bot.hasResponse) consent(!!bot.consent.marketing);
    if (bor && bor.Consents) consent(!!bor.Consents.hasConsent(service.toLowerCase()));
    else if (bor && bor.checkCookieConsent) consent(!!bor.checkCookieConsent(service.toLowerCase()));
  }
  ["UC_UI_INITIALIZED", "UC_UI_CMP_EVENT", "CookiebotOnConsentReady", "CookiebotOnAccept",
    "CookiebotOnDecline", "borlabs-cookie-consent-saved", "load"].forEach(function (name) {
    addEventListener(name, look);
  });
  function listen() {
    window.__tcfapi("addEventListener", 2, function (told, fine) {
      if (fine && told.eventStatus !== "cmpuishown")
        consent(told.gdprApplies === false || !!(told.purpose.consents[1] && told.purpose.consents[9]));
    });
  }
  if (window.__tcfapi) listen();
  else addEventListener("load", function () { if (window.__tcfapi) listen(); });

  // --- pages that change without being loaded ---
  ["pushState", "replaceState"].forEach(function (name) {
    var was = history[name];
    history[name] = function () { was.apply(this, arguments); page(); };
  });
  addEventListener("popstate", page);

  page();
  before.forEach(function (one) { window.einig.apply(null, one); });
  if (script.dataset.consent === "given") consent(true);
  look();
})();
