"""Another process of the same machine, for the tests of the embedded chain.

``serve PATH`` owns and serves the chain; ``send PATH NAME COUNT`` sends so many transactions of
that account and prints the hash of each once it is mined.
"""

import sys
from pathlib import Path

from chain import defaults
from chain.embedded import serve_forever
from chain.provider import close, connect
from chain.sender import Sender
from credential.records import Call
from tests.chain.world import FUNDED, private_key


def send(path: Path, name: str, count: int) -> None:
    web3 = connect(path, funded=FUNDED)
    sender = Sender(web3, defaults.CHAIN_ID, private_key(name))
    for _ in range(count):
        call = Call(sender.sender, b"", 21_000)
        transaction = sender.sign("idle", call, sender.nonce())
        sender.broadcast(transaction)
        receipt = sender.receipt(transaction)
        assert receipt is not None
        assert receipt.succeeded
        sys.stdout.write(transaction.hash.hex() + "\n")
        sys.stdout.flush()
    close(web3)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve_forever(Path(sys.argv[2]), funded=FUNDED)
    else:
        send(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
