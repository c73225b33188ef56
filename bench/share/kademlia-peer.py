"""A network of bmuller/kademlia in one process.   kademlia-peer.py NODES

Says when it has joined; then does a line of JSON a piece of work, and says what came of it.
"""
import asyncio
import json
import logging
import sys
import time

from kademlia.network import Server

HOST = "127.0.0.1"


def value_of(name):
    return f"http://127.0.0.1:9400/share/n/{name}"


class Network:
    def __init__(self):
        self.nodes = []

    async def add(self):
        node = Server()
        await node.listen(0, interface=HOST)
        if self.nodes:
            first = self.nodes[0].transport.get_extra_info("sockname")[1]
            await node.bootstrap([(HOST, first)])
        self.nodes.append(node)

    def kill(self, places):
        for place in places:
            self.nodes[place].stop()
        self.nodes = [node for at, node in enumerate(self.nodes) if at not in places]

    async def one(self, work, at):
        place = at if work["do"] == "set" else at * 3 + 1
        node = self.nodes[place % len(self.nodes)]
        name = f"{work['under']}{at}"
        if work["do"] == "set":
            return bool(await node.set(name, value_of(name)))
        return await node.get(name) == value_of(name)

    async def does(self, work):
        times = []
        right = 0
        began = time.perf_counter()
        every = iter(range(work["count"]))

        async def lane():
            nonlocal right
            for at in every:
                begun = time.perf_counter()
                # Not in one line: others count while this one waits.
                is_right = await self.one(work, at)
                right += is_right
                times.append(time.perf_counter() - begun)

        lanes = asyncio.gather(*(lane() for _ in range(work["atOnce"])))
        try:
            await asyncio.wait_for(lanes, work["withinMs"] / 1e3)
        except asyncio.TimeoutError:
            pass
        took = time.perf_counter() - began
        slowest = max(times) * 1e3 if len(times) == work["count"] else None
        return {"tookMs": took * 1e3, "slowestMs": slowest, "right": right}


async def main():
    # Of each dead node there is a warning and an error.
    logging.disable(logging.CRITICAL)
    network = Network()
    for _ in range(int(sys.argv[1])):
        await network.add()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps("joined"), flush=True)
    while line := await reader.readline():
        work = json.loads(line)
        if work["do"] == "kill":
            network.kill(set(work["places"]))
            print(json.dumps("killed"), flush=True)
        else:
            print(json.dumps(await network.does(work)), flush=True)


asyncio.run(main())
