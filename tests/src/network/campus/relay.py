"""Carries frames between two cables, each so many milliseconds later, and loses every so-and-so-manyth: what a kernel
without netem cannot do itself. Arguments: milliseconds, which frame is lost, the two interfaces."""

import heapq
import select
import socket
import sys
import time

ALL_PROTOCOLS = 3
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_VNET_HDR = 263, 15

late_s, every = int(sys.argv[1]) / 1000, int(sys.argv[2])
ends = []
for name in sys.argv[3:5]:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    # Without it the checksums that a cable of the kernel's leaves open would stay open.
    end.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    end.bind((name, ALL_PROTOCOLS))
    ends.append(end)
print("carries", flush=True)

under_way, number = [], 0
while True:
    wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
    for end in select.select(ends, [], [], wait)[0]:
        frame, origin = end.recvfrom(70000)
        if origin[2] == PACKET_OUTGOING:
            continue
        number += 1
        if number % every:
            other = ends[1 - ends.index(end)]
            heapq.heappush(under_way, (time.monotonic() + late_s, number, other, frame))
    while under_way and under_way[0][0] <= time.monotonic():
        _, _, other, frame = heapq.heappop(under_way)
        other.send(frame)
