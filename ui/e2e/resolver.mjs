// A tablet's resolver, run in its namespace: who asks here is asked for on the network, once and
// from a port of its own, as Android does it. The box's answer repeats id and question
// (RFC 6762, section 6.7; app/lan/netns_test.go), so it can be handed back as it came.

import dgram from 'node:dgram';

const MDNS = ['224.0.0.251', 5353];
const GIVE_UP_MS = 2000;

const resolver = dgram.createSocket('udp4');
resolver.on('message', (question, asker) => {
	const once = dgram.createSocket('udp4');
	const late = setTimeout(() => once.close(), GIVE_UP_MS);
	once.on('error', () => {}); // no way there at the moment; whoever asked asks again
	once.on('message', (answer) => {
		resolver.send(answer, asker.port, asker.address);
		clearTimeout(late);
		once.close();
	});
	once.send(question, MDNS[1], MDNS[0]);
});
resolver.bind(53, '127.0.0.1', () => console.log('ready'));
