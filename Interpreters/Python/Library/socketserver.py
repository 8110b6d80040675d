"""Servers: what comes in at a socket is given to handlers."""

import io
import selectors
import socket
import sys
import threading
import time

__all__ = ["BaseRequestHandler", "BaseServer", "DatagramRequestHandler", "StreamRequestHandler", "TCPServer",
           "ThreadingMixIn", "ThreadingTCPServer", "ThreadingUDPServer", "ThreadingUnixDatagramServer",
           "ThreadingUnixStreamServer", "UDPServer", "UnixDatagramServer", "UnixStreamServer"]


class BaseServer:
    """Takes requests and hands them out. What a request is, subclasses say."""

    timeout = None

    def __init__(self, server_address, RequestHandlerClass):
        self.server_address = server_address
        self.RequestHandlerClass = RequestHandlerClass
        self._is_shut_down = threading.Event()
        self._shall_stop = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server_close()

    # What subclasses say.

    def server_activate(self):
        pass

    def server_close(self):
        pass

    def service_actions(self):
        pass

    def handle_timeout(self):
        pass

    def verify_request(self, request, client_address):
        return True

    # Waiting for requests.

    def serve_forever(self, poll_interval=0.5):
        """Handles requests until another thread calls `shutdown`."""
        self._is_shut_down.clear()
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self, selectors.EVENT_READ)
                while not self._shall_stop:
                    ready = selector.select(poll_interval)
                    if self._shall_stop:
                        break
                    if ready:
                        self._handle_request_noblock()
                    self.service_actions()
        finally:
            self._shall_stop = False
            self._is_shut_down.set()

    def shutdown(self):
        """Ends `serve_forever` of another thread, and waits until it has ended."""
        self._shall_stop = True
        self._is_shut_down.wait()

    def handle_request(self):
        """Handles one request, or the timeout."""
        own = self.socket.gettimeout()
        waits = [wait for wait in (own, self.timeout) if wait is not None]
        end = time.monotonic() + min(waits) if waits else None
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            while not selector.select(None if end is None else max(0, end - time.monotonic())):
                if end is not None and time.monotonic() >= end:
                    return self.handle_timeout()
        return self._handle_request_noblock()

    def _handle_request_noblock(self):
        try:
            request, client_address = self.get_request()
        except OSError:
            return
        try:
            if self.verify_request(request, client_address):
                self.process_request(request, client_address)
            else:
                self.shutdown_request(request)
        except Exception:
            self.handle_error(request, client_address)
            self.shutdown_request(request)
        except BaseException:
            self.shutdown_request(request)
            raise

    def process_request(self, request, client_address):
        self.finish_request(request, client_address)
        self.shutdown_request(request)

    def finish_request(self, request, client_address):
        self.RequestHandlerClass(request, client_address, self)

    def shutdown_request(self, request):
        self.close_request(request)

    def close_request(self, request):
        pass

    def handle_error(self, request, client_address):
        """Reports the exception of a handler; the server goes on."""
        import traceback
        rule = "-" * 40
        print(rule, f"Exception occurred during processing of request from {client_address}", sep="\n", file=sys.stderr)
        traceback.print_exc()
        print(rule, file=sys.stderr)


class TCPServer(BaseServer):
    """Each request is a connection."""

    address_family = socket.AF_INET
    socket_type = socket.SOCK_STREAM
    request_queue_size = 5
    allow_reuse_address = False
    allow_reuse_port = False

    def __init__(self, server_address, RequestHandlerClass, bind_and_activate=True):
        super().__init__(server_address, RequestHandlerClass)
        self.socket = socket.socket(self.address_family, self.socket_type)
        if bind_and_activate:
            try:
                self.server_bind()
                self.server_activate()
            except BaseException:
                self.server_close()
                raise

    def server_bind(self):
        for wanted, option in ((self.allow_reuse_address, socket.SO_REUSEADDR), (self.allow_reuse_port, socket.SO_REUSEPORT)):
            if wanted:
                self.socket.setsockopt(socket.SOL_SOCKET, option, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def server_activate(self):
        self.socket.listen(self.request_queue_size)

    def server_close(self):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def get_request(self):
        return self.socket.accept()

    def shutdown_request(self, request):
        try:
            request.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.close_request(request)

    def close_request(self, request):
        request.close()


class UDPServer(TCPServer):
    """Each request is a datagram, with the socket to answer by."""

    socket_type = socket.SOCK_DGRAM
    max_packet_size = 8192

    def get_request(self):
        data, client_address = self.socket.recvfrom(self.max_packet_size)
        return (data, self.socket), client_address

    def server_activate(self):
        pass

    def shutdown_request(self, request):
        self.close_request(request)

    def close_request(self, request):
        pass


class ThreadingMixIn:
    """Each request has a thread of its own."""

    daemon_threads = False
    block_on_close = True
    _threads = None

    def process_request_thread(self, request, client_address):
        try:
            self.finish_request(request, client_address)
        except Exception:
            self.handle_error(request, client_address)
        finally:
            self.shutdown_request(request)

    def process_request(self, request, client_address):
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=self.daemon_threads)
        if self.block_on_close and not self.daemon_threads:
            self._threads = [known for known in self._threads or () if known.is_alive()] + [thread]
        thread.start()

    def server_close(self):
        super().server_close()
        waiting, self._threads = self._threads or (), None
        for thread in waiting:
            thread.join()


class ThreadingUDPServer(ThreadingMixIn, UDPServer):
    pass


class ThreadingTCPServer(ThreadingMixIn, TCPServer):
    pass


class UnixStreamServer(TCPServer):
    address_family = socket.AF_UNIX


class UnixDatagramServer(UDPServer):
    address_family = socket.AF_UNIX


class ThreadingUnixStreamServer(ThreadingMixIn, UnixStreamServer):
    pass


class ThreadingUnixDatagramServer(ThreadingMixIn, UnixDatagramServer):
    pass


class BaseRequestHandler:
    """Handles one request: `setup`, `handle`, and `finish` in any case."""

    def __init__(self, request, client_address, server):
        self.request, self.client_address, self.server = request, client_address, server
        self.setup()
        try:
            self.handle()
        finally:
            self.finish()

    def setup(self):
        pass

    def handle(self):
        pass

    def finish(self):
        pass


class StreamRequestHandler(BaseRequestHandler):
    """A connection as two files, `rfile` and `wfile`."""

    rbufsize = -1
    wbufsize = 0
    timeout = None
    disable_nagle_algorithm = False

    def setup(self):
        self.connection = self.request
        if self.timeout is not None:
            self.connection.settimeout(self.timeout)
        if self.disable_nagle_algorithm:
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = _Writer(self.connection) if self.wbufsize == 0 else self.connection.makefile("wb", self.wbufsize)

    def finish(self):
        if not self.wfile.closed:
            try:
                self.wfile.flush()
            except OSError:
                pass
        self.wfile.close()
        self.rfile.close()


class _Writer(io.BufferedIOBase):
    """Writes everything at once."""

    def __init__(self, connection):
        self._connection = connection

    def writable(self):
        return True

    def write(self, data):
        self._connection.sendall(data)
        return memoryview(data).nbytes

    def fileno(self):
        return self._connection.fileno()


class DatagramRequestHandler(BaseRequestHandler):
    """A datagram as two files."""

    def setup(self):
        self.packet, self.socket = self.request
        self.rfile, self.wfile = io.BytesIO(self.packet), io.BytesIO()

    def finish(self):
        self.socket.sendto(self.wfile.getvalue(), self.client_address)
