import '../components/define.ts';

const element = (id) => document.getElementById(id);
const [start, form, room, call, link] = ['start', 'form', 'room', 'call', 'link'].map(element);

function say(text) {
  element('notice').textContent = text;
}

const toText = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

/** The secret of the link; a new one where there is none yet. It goes nowhere but into the call. */
function readSecret() {
  if (location.hash.length < 2) {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    history.replaceState(null, '', `#${toText(secret)}`);
  }
  link.value = location.href;
  if (!/^#[\w-]{43}$/.test(location.hash)) throw new Error('This link is damaged: copy all of it once more.');
  return toBytes(location.hash.slice(1));
}

/** Whoever has the secret finds the room, and the name of the room gives nothing away. */
async function roomOf(secret) {
  const purpose = new TextEncoder().encode('the room of this call');
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array([...purpose, ...secret]));
  return toText(new Uint8Array(hash)).slice(0, 22);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  say('');
  call.name = form.elements.name.value.trim() || 'Guest';
  try {
    call.secret = readSecret();
    call.room = await roomOf(call.secret);
    await call.join();
  } catch (error) {
    if (error.code !== 'aborted') say(error.message);
  }
});

call.addEventListener('call-state-change', ({ state }) => {
  const active = !['idle', 'left'].includes(state.status);
  if (active !== room.hidden) return;
  room.hidden = !active;
  start.hidden = active;
  element(active ? 'room-title' : 'start-title').focus();
});

call.addEventListener('error', ({ error }) => say(error.message));

element('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(link.value);
    say('The link is copied. Send it to those you want to meet.');
  } catch {
    link.select();
    say('Copy the marked link and send it to those you want to meet.');
  }
});

// Another secret is another call.
addEventListener('hashchange', () => location.reload());

try {
  readSecret();
} catch (error) {
  say(error.message);
}
