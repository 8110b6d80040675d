"""Compresses texts with zlib, on all processors.

`local` functions write only memory of their own, so calls of them run inside transactions, and are undone
with them. With the global lock such calls keep it; `atomic` ones would leave it.
"""

import os
import threading

import ffi

zlib = ffi.load(os.path.join(os.path.dirname(__file__), "../bindings/zlib.bindings"))

texts = [bytes([letter]) * 300_000 for letter in range(65, 81)]
packed = [None] * len(texts)


def pack(first):
    for i in range(first, len(texts), 4):
        text = texts[i]
        status, data, size = zlib.compress(zlib.compressBound(len(text)), text, len(text))
        assert status == zlib.Z_OK
        packed[i] = data


threads = [threading.Thread(target=pack, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

for text, data in zip(texts, packed):
    status, back, size = zlib.uncompress(len(text), data, len(data))
    assert status == zlib.Z_OK and back == text
print(len(texts), "texts of", len(texts[0]), "bytes each")  # expect: 16 texts of 300000 bytes each
print(all(len(data) < 1000 for data in packed))  # expect: True
