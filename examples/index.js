import '../components/define.ts';

const element = (id) => document.getElementById(id);
const [start, form, room, call, preview, testPicture] = [
  'start',
  'form',
  'room',
  'call',
  'preview',
  'test-picture',
].map(element);
const { name, room: roomName, picture } = form.elements;

const whyNoCamera = {
  'permission-denied': 'The camera and microphone are blocked for this page, so others see a test picture.',
  'permission-dismissed': 'The camera was not allowed, so others see a test picture.',
  'device-not-found': 'No camera and microphone were found, so others see a test picture.',
  'device-in-use': 'The camera is in use by another program, so others see a test picture.',
  'insecure-context':
    'Browsers give the camera to https pages and to localhost only, so others see a test picture.',
};

function say(text) {
  element('notice').textContent = text;
}

/** Ten letters that nobody guesses and that are easily read aloud, as `kdm-twpx-hqz`. */
function randomRoom() {
  const letters = 'abcdefghjkmnpqrstuvwxyz';
  const text = [...crypto.getRandomValues(new Uint32Array(10))]
    .map((n) => letters[n % letters.length])
    .join('');
  return `${text.slice(0, 3)}-${text.slice(3, 7)}-${text.slice(7)}`;
}

/** The address always names the room, so that it can be shared as it stands. */
function enterRoomName(text) {
  const url = new URL(location.href);
  url.searchParams.set('room', text);
  history.replaceState(null, '', url);
  element('link').value = url.href;
  roomName.value = text;
}

async function useCamera() {
  say('');
  preview.source = null;
  preview.capture = 'user';
  try {
    await preview.start();
    testPicture.stop();
  } catch (error) {
    if (error.code !== 'aborted')
      useTestPicture(whyNoCamera[error.code] ?? `${error.message} Others see a test picture.`);
  }
}

function useTestPicture(why = '') {
  picture.value = 'test';
  say(why);
  preview.stop();
  preview.capture = null;
  preview.source = 'test-picture';
  void testPicture.start().catch((error) => say(error.message));
}

function show(section, focused) {
  start.hidden = section !== start;
  room.hidden = section !== room;
  document.title = section === room ? `${call.room} – call` : 'Join a call';
  focused.focus();
}

form.addEventListener('change', ({ target }) => {
  if (target.name === 'picture') picture.value === 'camera' ? useCamera() : useTestPicture();
  if (target === roomName) enterRoomName(roomName.value.trim() || randomRoom());
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  call.name = name.value.trim() || 'Guest';
  call.room = roomName.value.trim();
  // What fails is told by `error`.
  call.join().catch(() => {});
});

/** Why the call ends, while it does. */
let failure = '';

// It also leaves by itself when it fails, and joins by itself on the return from another page.
call.addEventListener('call-state-change', () => {
  const active = !['idle', 'left'].includes(call.state.status);
  if (active !== room.hidden) return;
  element('room-title').textContent = call.room;
  if (active) show(room, element('room-title'));
  else show(start, form.querySelector('.primary'));
  say(active ? '' : failure || 'You left the call.');
});

// What ends the call is told right before the state says so, what prevents it right after.
call.addEventListener('error', ({ error }) => {
  // Left while joining: that has been said.
  if (error.code === 'aborted') return;
  if (room.hidden) say(error.message);
  failure = error.message;
  setTimeout(() => (failure = ''));
});

element('copy').addEventListener('click', async () => {
  const link = element('link');
  try {
    await navigator.clipboard.writeText(link.value);
    say('The link is copied. Send it to those you want to meet.');
  } catch {
    link.select();
    say('Copy the marked link and send it to those you want to meet.');
  }
});

enterRoomName(new URLSearchParams(location.search).get('room')?.trim() || randomRoom());
void useCamera();
