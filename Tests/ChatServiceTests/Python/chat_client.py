#!/usr/bin/env python3
"""The protocol of chat, as a program sees it that has nothing in common with the server.

Usage: chat_client.py PORT [PORT...]: servers of one chat, with development identities. Ends with 0 when all is as it should be.
"""
import asyncio
import json
import sys
import urllib.request
import uuid

import websockets

DEADLINE = 20


class Client:
    """One connection, and everything that came over it and was not asked for yet."""

    def __init__(self, socket):
        self.socket = socket
        self.kept = []

    @classmethod
    async def join(cls, port, user):
        client = cls(await websockets.connect(f"ws://127.0.0.1:{port}/v1/ws?user={user}", max_size=None))
        client.welcome = await client.next("welcome")
        assert client.welcome["user"] == user and client.welcome["connection"] and client.welcome["server"]
        return client

    async def tell(self, type, **fields):
        await self.socket.send(json.dumps({"type": type, **fields}))

    async def next(self, type, **fields):
        """The next frame of this type, with these values."""
        looked = 0
        while True:
            for index in range(looked, len(self.kept)):
                frame = self.kept[index]
                if frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()):
                    return self.kept.pop(index)
            looked = len(self.kept)
            text = await asyncio.wait_for(self.socket.recv(), DEADLINE)
            assert isinstance(text, str), "a binary message"
            self.kept.append(json.loads(text))

    async def send(self, to, text, id=None):
        id = id or str(uuid.uuid4())
        await self.tell("send", id=id, to=to, text=text)
        return await self.next("sent", id=id)


def request(port, method, path, user, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-User-ID": user, "Content-Type": "application/json"}
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=headers, method=method)
    with urllib.request.urlopen(call, timeout=DEADLINE) as reply:
        text = reply.read()
        return json.loads(text) if text else None


async def pairs(first, last):
    ann, bob = await Client.join(first, "py-ann"), await Client.join(last, "py-bob")
    phone = await Client.join(last, "py-ann")
    sent = await ann.send({"user": "py-bob"}, "Grüße 🙂", id="one")
    assert sent["seq"] == 1 and sent["at"].endswith("Z"), sent
    for client in (bob, phone):
        message = await client.next("message")
        assert message == {**message, "conversation": sent["conversation"], "seq": 1, "id": "one", "from": "py-ann",
                           "text": "Grüße 🙂", "at": sent["at"]}, message
    assert (await phone.send({"user": "py-bob"}, "another text", id="one"))["seq"] == 1
    await bob.tell("received", conversation=sent["conversation"], seq=1)
    await ann.next("receipt", user="py-bob", received=1, read=0)
    await bob.tell("read", conversation=sent["conversation"], seq=1)
    await ann.next("receipt", user="py-bob", received=1, read=1)
    await bob.tell("typing", to={"user": "py-ann"})
    await ann.next("typing", **{"from": "py-bob"}, conversation=sent["conversation"])
    return sent["conversation"]


async def mistakes(port):
    ann = await Client.join(port, "py-careless")
    for text in ("not JSON", "[]", '{"type":"send","id":"m"}'):
        await ann.socket.send(text)
        error = await ann.next("error")
        assert error["code"] and error["detail"] and error.get("id") == ("m" if '"m"' in text else None), error
    assert (await ann.send({"user": "py-careless"}, "still here"))["seq"] == 1
    for hostile, code in ((b"binary", 1003), ("x" * (1 << 20), 1009)):
        client = await Client.join(port, "py-hostile")
        await client.socket.send(hostile)
        try:
            while True:
                await asyncio.wait_for(client.socket.recv(), DEADLINE)
        except websockets.exceptions.ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code == code, closed
    try:
        await websockets.connect(f"ws://127.0.0.1:{port}/v1/ws")
        raise AssertionError("an upgrade without an identity")
    except websockets.exceptions.InvalidHandshake as refused:
        status = refused.response.status_code if hasattr(refused, "response") else refused.status_code
        assert status == 401, refused


async def groups_and_absence(first, last):
    request(first, "POST", "/v1/groups", "py-ann", {"id": "py-group", "members": ["py-joe", "py-eve"]})
    ann, eve = await Client.join(first, "py-ann"), await Client.join(last, "py-eve")
    await ann.tell("watch", users=["py-joe"])
    await ann.next("presence", user="py-joe")
    joe = await Client.join(last, "py-joe")
    await ann.next("presence", user="py-joe", online=True)
    sent = [await ann.send({"group": "py-group"}, str(number)) for number in range(10)]
    assert [frame["seq"] for frame in sent] == list(range(1, 11))
    conversation = sent[0]["conversation"]
    for client in (joe, eve):
        for number in range(10):
            assert (await client.next("message", conversation=conversation))["text"] == str(number)
    await joe.tell("received", conversation=conversation, seq=4)
    await ann.next("receipt", user="py-joe", received=4)
    await joe.socket.close()
    gone = await ann.next("presence", user="py-joe", online=False)
    assert gone["lastSeenAt"].endswith("Z"), gone
    await ann.send({"group": "py-group"}, "10")
    joe = await Client.join(first, "py-joe")
    for number in range(4, 11):
        assert (await joe.next("message", conversation=conversation))["text"] == str(number)
    await joe.tell("sync", conversation=conversation, after=2, limit=3)
    for seq in (3, 4, 5):
        await joe.next("message", conversation=conversation, seq=seq)
    await joe.next("synced", conversation=conversation, through=5)
    request(first, "DELETE", "/v1/groups/py-group/members/py-eve", "py-eve")
    await eve.tell("send", id="late", to={"group": "py-group"}, text="text")
    await eve.next("error", id="late")


async def readings(port, conversation):
    messages = request(port, "GET", f"/v1/conversations/{conversation}/messages?after=0&limit=10", "py-bob")["messages"]
    assert [message["text"] for message in messages] == ["Grüße 🙂"], messages
    listed = {item["id"]: item for item in request(port, "GET", "/v1/conversations", "py-bob")["conversations"]}
    assert listed[conversation]["with"] == "py-ann" and listed[conversation]["group"] is None, listed
    presence = request(port, "GET", "/v1/presence?users=py-nobody,py-ann", "py-bob")["presence"]
    assert presence[0] == {**presence[0], "user": "py-nobody", "online": False, "lastSeenAt": None, "connections": 0}


async def main(ports):
    first, last = ports[0], ports[-1]
    conversation = await pairs(first, last)
    await mistakes(first)
    await groups_and_absence(first, last)
    await readings(last, conversation)
    print(f"websockets {getattr(websockets, '__version__', '?')}: all is as it should be")


asyncio.run(main(sys.argv[1:]))
