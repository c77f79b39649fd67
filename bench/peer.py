"""What mailgraft is measured beside: Python's standard library encodes a file as a part of a message."""
import base64
import sys

sys.stdout.write('Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n')
sys.stdout.flush()
with open(sys.argv[1], 'rb') as source:
    base64.encode(source, sys.stdout.buffer)
