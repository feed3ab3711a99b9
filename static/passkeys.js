"use strict";

// Passkeys: the one thing that HTML cannot do alone. A form says with data-passkey what it asks the device for.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const inText = (buffer) =>
  buffer &&
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (credentials) => (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));

// The device's answer as the server reads it: https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
const answer = (credential, fields) => {
  const response = Object.fromEntries(fields.map((name) => [name, inText(credential.response[name])]));
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: inText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const ceremonies = {
  create: async (options, form) => {
    const publicKey = { ...options.publicKey, excludeCredentials: known(options.publicKey.excludeCredentials) };
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    const alone = form.elements.passwordless?.checked;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: Boolean(alone),
      ...(alone && { userVerification: "required" }),
    };
    return answer(await navigator.credentials.create({ publicKey }), ["clientDataJSON", "attestationObject"]);
  },
  get: async (options) => {
    const publicKey = { ...options.publicKey, allowCredentials: known(options.publicKey.allowCredentials) };
    publicKey.challenge = bytes(publicKey.challenge);
    const fields = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
    return answer(await navigator.credentials.get({ publicKey }), fields);
  },
};

const optionsOf = async (form) => {
  const given = document.getElementById("passkey-options");
  if (given) return JSON.parse(given.textContent)[`${form.dataset.passkey === "create" ? "creation" : "request"}_options`];
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.status);
  return (await response.json()).request_options;
};

const reason = (error) => {
  if (error.name === "InvalidStateError") return "This device holds a passkey for your account already.";
  if (error.name === "NotAllowedError") return "The passkey was not used: it was cancelled, or took too long. Try again.";
  return "The passkey could not be used. Load the page again, then try once more.";
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const works = Boolean(window.PublicKeyCredential);
  form.hidden = !works;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const alert = form.querySelector("[role=alert]");
    alert.hidden = true;
    try {
      const credential = await ceremonies[form.dataset.passkey](await optionsOf(form), form);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (error) {
      alert.textContent = reason(error);
      alert.hidden = false;
    }
  });
}
for (const words of document.querySelectorAll("[data-without-passkeys]")) {
  words.hidden = Boolean(window.PublicKeyCredential);
}
