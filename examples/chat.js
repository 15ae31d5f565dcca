import '../components/define.ts';

// `?room=…&name=…`: whoever opens the same room is in it.
const query = new URLSearchParams(location.search);
const call = document.getElementById('call');
call.name = query.get('name') ?? `Guest ${Math.ceil(Math.random() * 99)}`;
call.room = query.get('room') ?? 'chat';
