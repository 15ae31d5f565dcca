"""A network of the tests' own: see ../network.mjs, which starts this and speaks with it by lines of JSON.

Each host is a network namespace with one TUN device, and this process is all the wire that there is between them: it
takes the packets out of one device and puts them into another, late, slowly or not at all. The namespaces have no names
and end with this process and the browsers in them, which end with the tests: nothing is left behind.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import ipaddress
import json
import os
import random
import socket
import struct
import subprocess
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
# Not tun0, which browsers take for a VPN.
DEVICE = "eth0"
PACKET = 1500
# A packet that would wait longer for a slow link is dropped, in seconds.
QUEUE = 0.5

libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def namespace():
    return os.open("/proc/self/ns/net", os.O_RDONLY)


outside = namespace()


@contextlib.contextmanager
def inside(net):
    """What is opened within belongs to that namespace for good."""
    check(libc.setns(net, CLONE_NEWNET))
    try:
        yield
    finally:
        check(libc.setns(outside, CLONE_NEWNET))


def ip(*words):
    subprocess.run(["ip", *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def media(packet):
    """The payload type of an RTP packet over UDP, which routers can read, too; None of anything else (RFC 5761, 7983)."""
    at = (packet[0] & 15) * 4 + 8
    if packet[9] != socket.IPPROTO_UDP or len(packet) < at + 12 or not 128 <= packet[at] < 192:
        return None
    kind = packet[at + 1] & 127
    return None if 64 <= kind < 96 else kind


class Lane:
    """One direction of a link, or of a part of what takes it, which comes later by `late()`. Packets stay in order."""

    def __init__(self, link, deliver, late=lambda: 0):
        self.link = link
        self.deliver = deliver
        self.late = late
        self.free = 0
        self.due = 0

    def put(self, packet):
        link, loop = self.link, asyncio.get_running_loop()
        now = loop.time()
        begin = max(now, self.free)
        if link.cut or random.random() * 100 < link.loss or begin - now > QUEUE:
            return
        self.free = begin + (len(packet) / (link.rate * 125) if link.rate else 0)
        late = (link.delay + self.late() + random.uniform(-link.jitter, link.jitter)) / 1000
        # Timers of one moment would fire in any order.
        self.due = max(self.free + max(late, 0), self.due + 1e-6)
        if self.due <= now:
            self.deliver(packet)
        else:
            loop.call_at(self.due, self.deliver, packet)


class Host:
    """A namespace and its link to all others: loss in percent, delay and jitter in ms, rate in kbit/s (0: any)."""

    def __init__(self, number):
        check(libc.unshare(CLONE_NEWNET))
        try:
            self.net = namespace()
            self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
            ip("link", "set", "lo", "up")
            ip("link", "set", DEVICE, "up", "mtu", str(PACKET))
        finally:
            check(libc.setns(outside, CLONE_NEWNET))
        self.cut, self.loss, self.delay, self.jitter, self.rate = False, 0, 0, 0, 0
        # Media that leave here: whether they are withheld, and those payload types that are late, by so many ms.
        self.withheld, self.late, self.late_types = False, 0, []
        self.out = Lane(self, route)
        self.out_late = Lane(self, route, lambda: self.late)
        self.into = Lane(self, self.write)
        self.address = None
        self.move(ipaddress.IPv4Address("10.0.0.1") + number)
        asyncio.get_running_loop().add_reader(self.tun, self.read)

    def move(self, address):
        """Another address; connections from the old one hang, as they do where a network is left for another one."""
        hosts.pop(self.address, None)
        self.address = address.packed
        hosts[self.address] = self
        with inside(self.net):
            ip("address", "flush", "dev", DEVICE)
            ip("address", "add", f"{address}/16", "dev", DEVICE)
            # Without one, browsers find no candidates.
            ip("route", "replace", "default", "dev", DEVICE)

    def read(self):
        with contextlib.suppress(BlockingIOError):
            for _ in range(64):
                packet = os.read(self.tun, PACKET)
                if packet[0] >> 4 != 4:
                    continue
                kind = media(packet)
                if kind is None or not self.withheld:
                    (self.out_late if kind in self.late_types else self.out).put(packet)

    def write(self, packet):
        # A device that takes no more loses it.
        with contextlib.suppress(OSError):
            os.write(self.tun, packet)


hosts = {}


def route(packet):
    to = hosts.get(packet[16:20])
    if to:
        to.into.put(packet)


async def pump(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def forward(from_net, from_address, to_net, to_address, port):
    """Whoever connects to this port at one place speaks with the same port at another."""

    async def serve(reader, writer):
        with inside(to_net):
            far = socket.socket()
        far.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(far, (to_address, port))
            far_reader, far_writer = await asyncio.open_connection(sock=far)
        except OSError:
            far.close()
            return writer.transport.abort()
        ways = [asyncio.create_task(pump(reader, far_writer)), asyncio.create_task(pump(far_reader, writer))]
        _, left = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in left:
            way.cancel()
        writer.close()
        far_writer.close()

    with inside(from_net):
        listening = socket.create_server((from_address, port))
    # Kept, or it would be collected.
    servers.append(await asyncio.start_server(serve, sock=listening))


servers = []


class Network:
    """What can be asked for. Hosts are known by their number; 0 is the one at which the tests' servers are reached."""

    def __init__(self):
        self.hosts = []

    async def add_host(self):
        number = len(self.hosts)
        host = Host(number)
        self.hosts.append(host)
        return {"host": number, "namespace": f"/proc/{os.getpid()}/fd/{host.net}"}

    async def impair(self, host, **how):
        vars(self.hosts[host]).update(how)

    async def link(self, host, up):
        it = self.hosts[host]
        with inside(it.net):
            ip("link", "set", DEVICE, "up" if up else "down")
        # It has lost its routes.
        if up:
            it.move(ipaddress.IPv4Address(it.address))

    async def change_address(self, host):
        moving = self.hosts[host]
        moving.move(ipaddress.IPv4Address(moving.address) + 256)

    async def serve(self, host, port):
        """The port of the machine is this host's own, too, over its link."""
        server, net = self.hosts[0], self.hosts[host].net
        near = "127.0.0.1"
        if host == 0:
            return await forward(net, "0.0.0.0", outside, near, port)
        await forward(net, near, net, str(ipaddress.IPv4Address(server.address)), port)

    async def expose(self, host, port):
        """The port of this host is the machine's own, too, past the link."""
        await forward(outside, "127.0.0.1", self.hosts[host].net, "127.0.0.1", port)


async def main():
    # A wire does not wait for busy browsers.
    os.nice(-10)
    network = Network()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        try:
            answer = {"value": await getattr(network, command.pop("do"))(**command)}
        except (OSError, subprocess.SubprocessError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
    # Without a word to those who are connected.
    os._exit(0)


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
