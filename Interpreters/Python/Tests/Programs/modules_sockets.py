# socket, select, selectors and socketserver. On the serial backend a call that waits for another thread takes a second:
# so most of this waits for nobody.
import io, select, selectors, socket, socketserver, threading

def wrong(call):
    try: return call()
    except Exception as error: return type(error).__name__, str(error)

# What comes in at one end of a pair.
a, b = socket.socketpair()
print(a.family.name, a.type.name, a.proto, a.gettimeout(), a.getblocking())  # expect: AF_UNIX SOCK_STREAM 0 None True
print(b.send(b"hello"), a.recv(3, socket.MSG_PEEK), a.recv(10))  # expect: 5 b'hel' b'hello'
room = bytearray(4)
b.sendall(memoryview(b"xyzzy"))
print(a.recv_into(room), room, a.recv_into(room, 1), room)  # expect: 4 bytearray(b'yyzz') 1 bytearray(b'yyzz')
print(select.select([a, b], [a], [], 0) == ([], [a], []))  # expect: True
print(wrong(lambda: a.settimeout("x")))  # expect: ('TypeError', "'str' object cannot be interpreted as an integer")
print(wrong(lambda: a.settimeout(2 ** 70)))  # expect: ('OverflowError', 'timestamp too large to convert to C _PyTime_t')
b.send(b"long")
a.settimeout(1e8)
print(a.recv(4), select.select([], [a], [], 1e8) == ([], [a], []))  # expect: b'long' True
a.settimeout(0.01)
print(wrong(lambda: a.recv(1)))  # expect: ('TimeoutError', 'timed out')
a.setblocking(False)
print(wrong(lambda: a.recv(1)))  # expect: ('BlockingIOError', '[Errno 11] Resource temporarily unavailable')
a.setblocking(True)
with b.makefile("w", encoding="utf-8", newline="\n") as file:
    file.writelines(f"{n} Zeilen für dich\n" for n in range(3))
b.close()
with a.makefile("r", encoding="utf-8") as file:
    print(file.readline(), file.readlines())
    # expect: 0 Zeilen für dich
    # expect:  ['1 Zeilen für dich\n', '2 Zeilen für dich\n']
print(a.recv(5), wrong(lambda: a.send(b"x")))  # expect: b'' ('BrokenPipeError', '[Errno 32] Broken pipe')
print(b, wrong(lambda: b.recv(1)))  # expect: <socket.socket [closed] fd=-1, family=1, type=1, proto=0> ('OSError', '[Errno 9] Bad file descriptor')

# Connections and datagrams.
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    end, address = server.accept()
    print(address == client.getsockname(), end.getpeername() == address, client.getpeername() == server.getsockname())  # expect: True True True
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), client.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 4))  # expect: 1 b'\x01\x00\x00\x00'
    end.sendfile(io.BytesIO(b"the whole file"))
    end.shutdown(socket.SHUT_WR)
    print(client.recv(100), client.recv(100))  # expect: b'the whole file' b''
    end.close()
one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
one.bind(("127.0.0.1", 0))
two.sendto(b"question", one.getsockname())
data, address = one.recvfrom(100)
print(data, address[0], one.sendto(b"answer", 0, address), two.recv(100))  # expect: b'question' 127.0.0.1 6 b'answer'
for end in one, two: end.close()
with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
    server.bind("")  # the system finds a name
    server.listen()
    client.connect(server.getsockname())
    end, address = server.accept()
    print(repr(address), client.getpeername() == server.getsockname())  # expect: '' True
    end.close()

# Addresses.
print(socket.inet_ntoa(socket.inet_aton("10.1")), socket.inet_pton(socket.AF_INET6, "1::2").hex())  # expect: 10.0.0.1 00010000000000000000000000000002
print(*(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(h)) for h in ("20010db8" + "0" * 23 + "1", "0" * 32, "0" * 20 + "ffff01020304")))  # expect: 2001:db8::1 :: ::ffff:1.2.3.4
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))  # expect: [(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('127.0.0.1', 80))]
print(socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV), socket.ntohs(socket.htons(258)))  # expect: ('127.0.0.1', '80') 258
with socket.socket() as end:
    print(wrong(lambda: end.bind(5)))  # expect: ('TypeError', 'bind(): AF_INET address must be tuple, not int')
    print(wrong(lambda: end.bind(("a",))))  # expect: ('TypeError', 'AF_INET address must be a pair (host, port)')
    print(wrong(lambda: end.bind(("127.0.0.1", 99999))))  # expect: ('OverflowError', 'bind(): port must be 0-65535.')
    print(wrong(lambda: end.connect(("127.0.0.1", 1))), end.connect_ex(("127.0.0.1", 1)))  # expect: ('ConnectionRefusedError', '[Errno 111] Connection refused') 111
    print(wrong(lambda: end.send("x")), wrong(lambda: end.recv(-1)))  # expect: ('TypeError', "a bytes-like object is required, not 'str'") ('ValueError', 'negative buffersize in recv')
print(wrong(lambda: socket.socket(999)))  # expect: ('OSError', '[Errno 97] Address family not supported by protocol')

# Several at once.
a, b = socket.socketpair()
with selectors.DefaultSelector() as selector:
    selector.register(a, selectors.EVENT_READ, "a")
    selector.register(b, selectors.EVENT_READ | selectors.EVENT_WRITE, "b")
    print([(key.data, events) for key, events in selector.select(0)])  # expect: [('b', 2)]
    b.send(b"q")
    print(sorted((key.data, events) for key, events in selector.select(0)))  # expect: [('a', 1), ('b', 2)]
    print(len(selector.get_map()), selector.unregister(b).data, a in selector.get_map(), b in selector.get_map())  # expect: 2 b True False
for end in a, b: end.close()
class Backwards(socketserver.DatagramRequestHandler):
    def handle(self): self.wfile.write(self.rfile.read()[::-1])
with socketserver.UDPServer(("127.0.0.1", 0), Backwards) as server, socket.socket(type=socket.SOCK_DGRAM) as client:
    client.sendto(b"abc", server.server_address)
    server.handle_request()
    print(client.recv(10))  # expect: b'cba'

# A thread for each connection.
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line.upper())
answers = []
def ask(number):
    with socket.create_connection(server.server_address) as end, end.makefile("rwb") as file:
        file.write(b"number %d\n" % number)
        file.flush()
        answers.append(file.readline())
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Lines) as server:
    asking = threading.Thread(target=ask, args=(7,))
    asking.start()
    server.handle_request()
    asking.join()
print(answers)  # expect: [b'NUMBER 7\n']
