import './make.js';
import { onClient } from './client.js';
import { byId, clicked, part } from './dom.js';
import { drawFaults, drawLimits } from './drawer.js';
import { base64 } from './file.js';
import { drawHood, forgetHood, showTraffic, tickHood } from './hood.js';
import { drawList, drawPeople, placesOf } from './list.js';
import { openTalk, refreshTalk, showMessage } from './talk.js';
import { dress } from './theme.js';
import { speak, switchLanguage, t } from './words.js';
import { control, listen, world } from './world.js';

const form = byId('write', HTMLFormElement);
const words = byId('words', HTMLTextAreaElement);
const attach = byId('attach', HTMLInputElement);
/** The person and the place shown are kept in the address, so that a reload keeps them. */
let me = '';
let placeId = '';
/** What has changed since the last frame. */
let pending = false;
const stale = { list: false, hood: false, faults: false, limits: false, all: false };
const changed = new Set();

speak();
dress();
readAddress();
onClient(drawAll);
listen(take, (live) => {
  if (live) {
    forgetHood();
    drawAll();
  }
  part('live').textContent = t(live ? 'live' : 'lost');
  part('live').classList.toggle('on', live);
});
setInterval(() => {
  drawLimits();
  tickHood();
}, 1000);

function take(kind, data) {
  if (kind === 'message') changed.add(data.id);
  if (kind === 'read') for (const id of data.ids) changed.add(id);
  // a message leads to the push that told of it
  if (kind === 'push' && data.message) changed.add(data.message);
  if (['message', 'read', 'todo', 'push'].includes(kind)) stale.list = true;
  if (kind === 'call' || kind === 'push') stale.hood = true;
  if (kind === 'faults') stale.faults = true;
  if (kind === 'counters') stale.limits = true;
  if (pending) return;
  pending = true;
  // several updates may come in one frame; drawing once is enough. A hidden page gets no frames.
  if (document.hidden) setTimeout(drawStale, 500);
  else requestAnimationFrame(drawStale);
}

function drawStale() {
  pending = false;
  if (stale.list) {
    refreshTalk(changed);
    drawMenu();
  }
  if (stale.hood) {
    drawHood();
    tickHood();
  }
  if (stale.faults || stale.limits) {
    drawFaults();
    drawFacts();
  }
  changed.clear();
  for (const part of Object.keys(stale)) stale[part] = false;
}

function drawAll() {
  if (!world.people.has(me)) me = world.people.keys().next().value ?? '';
  if (!placesOf(me).some((place) => place.id === placeId)) placeId = placesOf(me)[0]?.id ?? 'todos';
  drawTalk();
  drawMenu();
  drawHood();
  tickHood();
  drawFaults();
  drawFacts();
}

function drawTalk() {
  const place = placesOf(me).find((candidate) => candidate.id === placeId);
  if (!place) return;
  form.hidden = place.kind !== 'group' && place.kind !== 'robot';
  words.placeholder = t(place.kind === 'group' ? 'writeGroup' : 'write');
  openTalk(place, me);
}

function drawMenu() {
  drawPeople(part('people'), me, (userId) => go(userId, placeId));
  drawList({ groups: part('groups'), mine: part('mine') }, me, placeId, (id) => {
    showPane('talk');
    go(me, id);
    part('title').focus({ preventScroll: true });
  });
}

function drawFacts() {
  const places = [world.callbackUrl, world.streams > 0 ? `Stream × ${world.streams}` : ''].filter(Boolean);
  part('callback').textContent = places.join(' · ') || t('nobody');
  const seconds = Math.round(world.clockOffsetMs / 1000);
  part('clock').textContent = world.clockOffsetMs ? `${seconds < 0 ? '−' : '+'}${Math.abs(seconds)} s` : t('realTime');
  drawLimits();
}

function go(userId, id) {
  me = userId;
  placeId = placesOf(userId).some((place) => place.id === id) ? id : 'robot';
  history.replaceState(null, '', `#as=${encodeURIComponent(me)}&in=${encodeURIComponent(placeId)}`);
  part('sent').textContent = '';
  drawTalk();
  drawMenu();
}

function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  me = wanted.get('as') ?? me;
  placeId = wanted.get('in') ?? placeId;
}

addEventListener('hashchange', () => {
  readAddress();
  drawAll();
  const wanted = new URLSearchParams(location.hash.slice(1));
  const message = wanted.get('message');
  const call = wanted.get('call');
  if (message) {
    showPane('talk');
    showMessage(message);
  }
  if (call) {
    showPane('hood');
    showTraffic(call);
  }
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = words.value.trim();
  const attached = attach.files?.[0];
  if (!text && !attached) return;
  const group = placeId === 'robot' ? {} : { conversation: placeId };
  const file = attached ? await attachment(attached) : {};
  words.value = '';
  attach.value = '';
  part('sent').textContent = t('sending');
  const answer = await control('POST', '/say', { from: me, text, ...group, ...file });
  const reason = answer.error ?? answer.why ?? answer.attempt?.reason;
  part('sent').textContent = answer.delivered ? t('answered', answer.attempt.ms) : t('notTaken', reason);
});

words.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

attach.addEventListener('change', () => {
  const file = attach.files?.[0];
  part('sent').textContent = file ? t('goesAlong', file.name) : '';
});

part('reset').addEventListener('click', () => {
  if (confirm(t('confirmReset'))) void control('POST', '/reset', {});
});

part('language').addEventListener('click', () => {
  switchLanguage();
  dress();
  forgetHood();
  drawAll();
  part('live').textContent = t(part('live').classList.contains('on') ? 'live' : 'lost');
});

part('panes').addEventListener('click', (event) => {
  const pane = clicked(event)?.value;
  if (pane) showPane(pane);
});

/** On a phone one of the three columns is shown. */
function showPane(pane) {
  document.body.dataset.pane = pane;
  for (const button of part('panes').querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.value === pane));
}

/** DingTalk's client makes a picture, a voice or a video of such a file. */
async function attachment(file) {
  const given = { name: file.name, base64: await base64(file) };
  const [kind] = file.type.split('/');
  if (kind === 'audio' || kind === 'video') return { [kind]: given };
  return { file: given, ...(kind === 'image' ? { picture: true } : {}) };
}
