// Asks the browser for a passkey: the one thing that no page can do without script.
for (const form of document.querySelectorAll('form[data-passkey]')) {
  const button = form.querySelector('button');
  const say = (name) => {
    for (const line of form.querySelectorAll('[data-problem]')) line.hidden = line.dataset.problem !== name;
  };
  const isCreation = form.dataset.passkey === 'create';
  const read = isCreation ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
  if (!window.PublicKeyCredential?.[read]) {
    say('unsupported');
    continue;
  }
  const ask = async () => {
    say('');
    button.disabled = true;
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options));
      const made = await navigator.credentials[isCreation ? 'create' : 'get']({ publicKey });
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch (error) {
      button.disabled = false;
      say(error.name === 'InvalidStateError' ? 'present' : 'failed');
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.reportValidity()) void ask();
  });
  button.hidden = false;
}
