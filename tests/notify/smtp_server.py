#!/usr/bin/env python3
"""A real mail server on loopback for the tests, run by them.

    smtp_server.py FOLDER [PORT]

Prints its port. Each message it takes becomes FOLDER/N.txt: the recipient, the headers that matter and the body as a mail
program shows it. A recipient called refused… gets 550, one called later… 451. Ends when its input ends.
"""
import asyncio
import email
import email.policy
import os
import sys

from aiosmtpd.smtp import SMTP



class Box:
    def __init__(self, folder):
        self.folder, self.count = folder, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mail box"
        if address.startswith("later"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        lines = [f"rcpt {','.join(envelope.rcpt_tos)}", f"from {envelope.mail_from}"]
        lines += [f"{name}: {message[name]}" for name in ("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted")]
        self.count += 1
        while os.path.exists(os.path.join(self.folder, f"{self.count}.txt")):
            self.count += 1
        path = os.path.join(self.folder, f"{self.count}.txt")
        with open(path + ".part", "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n\n" + message.get_content())
        os.rename(path + ".part", path)
        return "250 taken"


def main():
    folder, port = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    box = Box(folder)
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(box, loop=loop, hostname="test.invalid"), "0.0.0.0", port))
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.run_in_executor(None, sys.stdin.read).add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
    loop.run_forever()


main()
