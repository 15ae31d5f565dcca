import { correction, generate } from 'lean-qr';
import '../components/define.ts';

const element = (id) => document.getElementById(id);
const [form, answer, call, preview, testPicture] = ['form', 'answer', 'call', 'preview', 'test-picture'].map(
  element,
);
const sections = ['start', 'host', 'guest', 'room'].map(element);
const { name, picture, invite } = form.elements;
const { reply } = answer.elements;

function say(text) {
  element('notice').textContent = text;
}

function show(id) {
  for (const section of sections) section.hidden = section.id !== id;
  element(`${id}-title`).focus();
}

/** Shows a text as the address of this page that carries it: a phone that scans the code opens it. */
function handOver(kind, text) {
  const link = new URL(`#${text}`, location.href).href;
  element(`${kind}-text`).value = link;
  const drawn = document.createElement('canvas');
  generate(link, { minCorrectionLevel: correction.L, maxVersion: 25 }).toCanvas(drawn, {
    on: [0, 0, 0, 255],
    off: [255, 255, 255, 255],
  });
  // One pixel for each module is not enough: larger than shown, it stays even.
  const code = element(`${kind}-code`);
  code.width = code.height = drawn.width * 12;
  const context = code.getContext('2d');
  context.imageSmoothingEnabled = false;
  context.drawImage(drawn, 0, 0, code.width, code.height);
}

/** Does what may fail; says why it did. */
async function attempt(work) {
  say('');
  try {
    await work();
  } catch (error) {
    if (error.code !== 'aborted') say(error.message);
  }
}

function makeInvite() {
  return attempt(async () => {
    call.name = name.value.trim() || 'Guest';
    handOver('invite', await call.createInvite());
    show('host');
  });
}

function acceptInvite() {
  return attempt(async () => {
    call.name = name.value.trim() || 'Guest';
    handOver('reply', await call.acceptInvite(invite.value));
    show('guest');
  });
}

function acceptReply(text) {
  return attempt(async () => {
    await call.acceptReply(text);
    say('Connecting …');
  });
}

element('make').addEventListener('click', makeInvite);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void acceptInvite();
});

answer.addEventListener('submit', (event) => {
  event.preventDefault();
  void acceptReply(reply.value);
});

form.addEventListener('change', async ({ target }) => {
  if (target.name !== 'picture') return;
  preview.stop();
  const camera = picture.value === 'camera';
  preview.capture = camera ? 'user' : null;
  preview.source = camera ? null : testPicture.id;
  if (!camera) return;
  await attempt(() => preview.start());
  if (preview.stream) return;
  picture.value = 'test';
  preview.capture = null;
  preview.source = testPicture.id;
});

for (const button of document.querySelectorAll('.back')) button.addEventListener('click', () => call.leave());

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const text = element(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.value);
      say('Copied.');
    } catch {
      text.select();
      say('Copy the marked text.');
    }
  });
}

call.addEventListener('peer-join', () => {
  say('');
  show('room');
});

// Two were invited: one alone has no call.
call.addEventListener('peer-leave', ({ peer }) => {
  call.leave();
  say(`${peer.name} has left the call.`);
});

call.addEventListener('call-state-change', ({ state }) => {
  if (state.status !== 'left' && state.status !== 'idle') return;
  invite.value = reply.value = '';
  show('start');
});

call.addEventListener('error', ({ error }) => {
  if (error.code !== 'aborted') say(error.message);
});

// A reply that this device scanned opens here, and belongs to the page that made the invite.
const pages = new BroadcastChannel('rtc-elements/examples/invite');
pages.onmessage = ({ data }) => {
  if (!element('host').hidden) void acceptReply(data);
};

function readAddress() {
  const text = decodeURIComponent(location.hash.slice(1));
  // Once: whoever comes back or reloads begins anew.
  history.replaceState(null, '', location.pathname + location.search);
  if (/^invite-/i.test(text)) {
    invite.value = text;
    say('Somebody invites you. Choose what the other sees and hears, and accept.');
  } else if (/^reply-/i.test(text)) {
    pages.postMessage(text);
    say('The reply was handed to the page with your invite: the call begins there. You may close this one.');
  }
}

window.addEventListener('hashchange', readAddress);
if (location.hash) readAddress();
