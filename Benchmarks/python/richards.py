"""Martin Richards' simulation of an operating system: six tasks pass packets to each other."""

from workers import arguments, each

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)
ROUNDS = 10000


class Packet:
    def __init__(self, link, identity, kind):
        self.link = link
        self.identity = identity
        self.kind = kind
        self.datum = 0
        self.data = [0] * 4

    def append_to(self, queue):
        """The queue with this packet at its end."""
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    """What a task does is in `run`; it returns the task to go on with."""

    def __init__(self, system, identity, priority, queue, waiting):
        self.system = system
        self.identity = identity
        self.priority = priority
        self.queue = queue
        self.packet_pending = queue is not None
        self.task_waiting = waiting
        self.task_holding = False
        self.link = system.tasks
        system.tasks = self
        system.table[identity] = self

    def is_held_or_waiting(self):
        return self.task_holding or (self.task_waiting and not self.packet_pending)

    def take_turn(self):
        if self.task_waiting and self.packet_pending:
            packet = self.queue
            self.queue = packet.link
            self.task_waiting = False
            self.packet_pending = self.queue is not None
        else:
            packet = None
        return self.run(packet)

    def wait(self):
        self.task_waiting = True
        return self

    def hold(self):
        self.system.holds += 1
        self.task_holding = True
        return self.link

    def release(self, identity):
        task = self.system.table[identity]
        task.task_holding = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        """Queues a packet at the task that it names."""
        task = self.system.table[packet.identity]
        self.system.packets += 1
        packet.link = None
        packet.identity = self.identity
        return task.receive(packet, self)

    def receive(self, packet, sender):
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > sender.priority:
                return self
        else:
            packet.append_to(self.queue)
        return sender

    def run(self, packet):
        raise NotImplementedError


class IdleTask(Task):
    def __init__(self, system):
        super().__init__(system, IDLE, 0, None, False)
        self.control = 1
        self.count = ROUNDS

    def run(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1:
            self.control = self.control // 2 ^ 0xd008
            return self.release(DEVICE_B)
        self.control //= 2
        return self.release(DEVICE_A)


class WorkTask(Task):
    def __init__(self, system, queue):
        super().__init__(system, WORKER, 1000, queue, True)
        self.destination = HANDLER_A
        self.count = 0

    def run(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.identity = self.destination
        packet.datum = 0
        for i in range(len(packet.data)):
            self.count = self.count % 26 + 1
            packet.data[i] = ord("A") + self.count - 1
        return self.send(packet)


class HandlerTask(Task):
    def __init__(self, system, identity, priority, queue):
        super().__init__(system, identity, priority, queue, True)
        self.work = None
        self.device = None

    def run(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        work = self.work
        if work is not None:
            if work.datum >= len(work.data):
                self.work = work.link
                return self.send(work)
            device = self.device
            if device is not None:
                self.device = device.link
                device.datum = work.data[work.datum]
                work.datum += 1
                return self.send(device)
        return self.wait()


class DeviceTask(Task):
    def __init__(self, system, identity, priority):
        super().__init__(system, identity, priority, None, True)
        self.pending = None

    def run(self, packet):
        if packet is not None:
            self.pending = packet
            return self.hold()
        if self.pending is None:
            return self.wait()
        packet, self.pending = self.pending, None
        return self.send(packet)


class System:
    def __init__(self):
        self.tasks = None
        self.table = [None] * 6
        self.packets = 0
        self.holds = 0

    @staticmethod
    def packets_for(identity, kind, count):
        queue = None
        for _ in range(count):
            queue = Packet(queue, identity, kind)
        return queue

    def run(self):
        IdleTask(self)
        WorkTask(self, self.packets_for(IDLE, WORK_PACKET, 2))
        HandlerTask(self, HANDLER_A, 2000, self.packets_for(DEVICE_A, DEVICE_PACKET, 3))
        HandlerTask(self, HANDLER_B, 3000, self.packets_for(DEVICE_B, DEVICE_PACKET, 3))
        DeviceTask(self, DEVICE_A, 4000)
        DeviceTask(self, DEVICE_B, 5000)
        task = self.tasks
        while task is not None:
            task = task.link if task.is_held_or_waiting() else task.take_turn()
        return self.packets, self.holds


def main():
    threads, size = arguments(40)
    results = each(lambda _: System().run(), range(size), threads)
    assert len(set(results)) == 1
    print("richards:", size, *results[0])


main()
